"""The base image: the one that the Dockerfile names, or a stand-in where no registry of images can be reached.

The stand-in is Debian's own Python on a minimal Debian, not docker-library's: good for proofs on one machine, and never
to be pushed.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.engine import DockerError, NoEngineError, cache, install

if TYPE_CHECKING:
    from e2e.engine import Engine

ROOT = Path(__file__).resolve().parent.parent
STAND_IN = "chitty-action-stand-in"
_RELEASE = "trixie"
_PACKAGES = "ca-certificates,python3,python3-venv"
_OWN_AUTHORITIES = Path("/usr/local/share/ca-certificates")
_ROOTS = "/etc/ssl/certs/ca-certificates.crt"
# Like the official image: bytecode is not shipped, `python` is a name, pip may be used.
_LIKENESS = """\
set -eu
update-ca-certificates
ln -sf python3 /usr/bin/python
rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
find /usr/lib -name __pycache__ -prune -exec rm -rf {} +
apt-get clean
rm -rf /var/lib/apt/lists/*
"""
_ENVIRONMENT = f"ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 PIP_CERT={_ROOTS}"


def base_image(engine: Engine) -> str:
    """Give the reference of a base image that the engine has. Raises NoEngineError when there is none to be had."""
    official = official_name()
    if engine.has(official):
        return official
    try:
        engine.docker("pull", "--quiet", official)
    except DockerError as error:
        return _stand_in(engine, str(error))
    return official


def official_name() -> str:
    """Read the Dockerfile's default."""
    found = re.search(r"^ARG BASE_IMAGE=(\S+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    if not found:
        raise ValueError("Dockerfile: it needs a line `ARG BASE_IMAGE=<image>`")
    return found[1]


def _stand_in(engine: Engine, why: str) -> str:
    if os.geteuid():
        raise NoEngineError(f"the base image cannot be pulled, and only root can make a stand-in: {why}")
    reference = f"{STAND_IN}:{_recipe()}"
    if not engine.has(reference):
        engine.docker("import", "--change", _ENVIRONMENT, "--change", 'CMD ["python3"]', str(_archive()), reference)
    return reference


def _recipe() -> str:
    """Name what the stand-in is made of, so that a change makes a new one."""
    authorities = [path.read_text("utf-8") for path in sorted(_OWN_AUTHORITIES.glob("*.crt"))]
    parts = (_RELEASE, _PACKAGES, _LIKENESS, _ENVIRONMENT, *authorities)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _archive() -> Path:
    """Give the stand-in's files as an archive, made at the first call (about a minute)."""
    archive = cache() / f"{STAND_IN}-{_recipe()}.tar"
    if not archive.exists():
        install("debootstrap", "debootstrap")
        with tempfile.TemporaryDirectory(prefix="stand-in-", dir=cache()) as folder:
            files, unfinished = Path(folder) / "files", Path(folder) / "archive"
            _run("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _RELEASE, str(files), _mirror())
            _run("cp", "--recursive", f"{_OWN_AUTHORITIES}/.", str(files / _OWN_AUTHORITIES.relative_to("/")))
            _run("chroot", str(files), "/bin/sh", "-c", _LIKENESS)
            _run("tar", "--create", "--one-file-system", "--directory", str(files), "--file", str(unfinished), ".")
            unfinished.replace(archive)
    return archive


def _mirror() -> str:
    """Ask apt which Debian mirror this machine uses."""
    listed = _run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()
    mirrors = [uri for uri in listed if uri.rstrip("/").endswith("/debian")]
    if not mirrors:
        raise NoEngineError(f"the base image cannot be pulled, and apt names no Debian mirror for a stand-in: {listed}")
    return mirrors[0]


def _run(*command: str) -> str:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise NoEngineError(f"the stand-in for the base image was not made, `{command[0]}` failed: {said}")
    return done.stdout
