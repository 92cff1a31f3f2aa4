"""A Docker engine to talk to: the one that answers, or one of our own that leaves the machine as it was."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOT_RUN = "the container was NOT tested: "
"""How every test says that it proved nothing here; the end of a run looks for it."""
_PATIENCE = 60.0  # seconds for an engine to start or stop; both take about one
_BUILDING = 1800.0  # seconds for the slowest command, a build on a busy machine


class NoEngineError(Exception):
    """No engine answers here and none can be started; the message says why."""


class DockerError(Exception):
    """A docker command failed; the message has what it said."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers; `environ` is what its client needs to find it."""

    environ: Mapping[str, str]

    def docker(self, *arguments: str) -> str:
        """Run one docker command and give what it printed. Raises DockerError with what it said when it fails."""
        process = self.start(*arguments)
        try:
            stdout, stderr = process.communicate(timeout=_BUILDING)
        finally:
            process.kill()
        if process.returncode:
            raise DockerError(f"`docker {' '.join(arguments)}` failed:\n{stdout[-4000:]}{stderr[-4000:]}")
        return stdout

    def start(self, *arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start one docker command whose client has more variables, as the runner's client has."""
        client = shutil.which("docker") or "docker"  # by its path: the variables may have a PATH for the container
        pipe, variables = subprocess.PIPE, {**self.environ, **(environ or {})}
        return subprocess.Popen([client, *arguments], env=variables, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 - no shell

    def has(self, image: str) -> bool:
        """Say whether an image is here."""
        try:
            self.docker("image", "inspect", image)
        except DockerError:
            return False
        return True


def cache() -> Path:
    """Give the folder outside the repository that outlives a run."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chitty-action"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def install(program: str, package: str) -> None:
    """Install the Debian package of a program that is not here. Raises NoEngineError when it cannot."""
    if shutil.which(program):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise NoEngineError(f"{program} not found, and only root with apt-get can install it; start a Docker engine")
    # Patiently: on a new machine several tests install what they need at the same time.
    quietly = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=600")
    for command in ((*quietly, "update"), (*quietly, "install", "--yes", "--no-install-recommends", package)):
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        if done.returncode:
            raise NoEngineError(f"{program} not found, and `{' '.join(command)}` failed: {done.stderr.strip()[-1000:]}")


@contextmanager
def running() -> Iterator[Engine]:
    """Give the engine that answers (`DOCKER_HOST` counts), else one of our own for the time of the block.

    Raises:
        NoEngineError: when there is neither.
    """
    theirs = Engine(_client(os.environ))
    if shutil.which("docker") and _answers(theirs):
        yield theirs
        return
    if os.geteuid():
        raise NoEngineError("no Docker engine answers, and only root can start one; start one, or set DOCKER_HOST")
    install("dockerd", "docker.io")
    install("docker", "docker-cli")  # newer Debians pack the client on its own
    with _one_at_a_time(), tempfile.TemporaryDirectory(prefix="chitty-docker-") as name, _daemon(Path(name)) as host:
        ours = Engine(_client({**os.environ, "DOCKER_HOST": host}))
        ours.docker("container", "prune", "--force")  # what a run that was killed left in the cache, ...
        if volumes := ours.docker("volume", "ls", "--quiet").split():
            ours.docker("volume", "rm", "--force", *volumes)
        ours.docker("image", "prune", "--force", "--filter", "until=168h")  # ... and what last week's builds did
        yield ours


def _client(environ: Mapping[str, str]) -> dict[str, str]:
    """Ask for the classic builder where the client lacks BuildKit's half."""
    variables = dict(environ)
    if "DOCKER_BUILDKIT" not in variables and shutil.which("docker"):
        buildx = subprocess.run(["docker", "buildx", "version"], env=variables, capture_output=True, check=False)  # noqa: S607 - docker is where PATH says
        if buildx.returncode:
            variables["DOCKER_BUILDKIT"] = "0"
    return variables


def _answers(engine: Engine) -> bool:
    try:
        engine.docker("version", "--format", "{{.Server.Version}}")
    except DockerError:
        return False
    return True


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for another run's engine to end: two of them cannot share the folder of images."""
    with (cache() / "engine.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _daemon(folder: Path) -> Iterator[str]:
    """Run dockerd with neither bridge nor firewall rules, and give its address; its images stay in the cache."""
    host = f"unix://{folder / 'docker.sock'}"
    command = [
        *("dockerd", "--host", host, "--data-root", str(cache() / "docker"), "--exec-root", str(folder / "exec")),
        *("--pidfile", str(folder / "pid"), "--bridge", "none", "--iptables=false", "--ip-forward=false"),
    ]
    said = folder / "log"
    with said.open("w") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - fixed words
    try:
        _until_it_answers(daemon, Engine(_client({**os.environ, "DOCKER_HOST": host})), said)
        yield host
    finally:
        daemon.terminate()
        daemon.wait(_PATIENCE)
        _unmount(folder)


def _unmount(folder: Path) -> None:
    """Release what dockerd leaves mounted when it ends: the handle on the host's network."""
    for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        target = line.split()[1]
        if target.startswith(f"{folder}/"):
            subprocess.run(["umount", target], check=True)  # noqa: S603, S607 - a path that the kernel names


def _until_it_answers(daemon: subprocess.Popen[bytes], engine: Engine, said: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while not _answers(engine):
        if daemon.poll() is not None or time.monotonic() > end:
            last = said.read_text("utf-8", "replace").rstrip().rpartition("\n")[2]
            raise NoEngineError(f"dockerd does not start on this machine: {last}")
        time.sleep(0.1)
