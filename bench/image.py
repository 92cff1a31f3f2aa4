"""Start-up in the image against the same command with warm bytecode outside it, side by side in one run, as a ratio.

The command is the image's entry point as it is, with `pre` asking a port where nobody listens, without retries: it
loads all that a gate loads, judges, writes its report and ends, and neither network nor sandbox is part of the time.

"Inside" is a running container of the image, read-only, so that bytecode that the image lacks is missing in every
round, as it is in every job. "Outside" is the same interpreter and libraries as plain files on this machine's disk,
without container and layered file system: the container's files, exported without their bytecode, which the first run
makes anew, as any installation comes by its own. Each side is timed by a loop that runs on that side, so the cost of
getting there (`docker exec`, `chroot`) is not in it. Rounds alternate; medians are compared. The disk's cache is warm
on both sides.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.build import built
from e2e.engine import NoEngineError, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from e2e.build import Image

ROUNDS, RUNS = 9, 3
WANTED = 1.15
NOBODY = "http://127.0.0.1:9"
STEP = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "chittyos/chittydemo",
    "INPUT_PHASE": "pre",
    "INPUT_RETRIES": "0",
    "INPUT_ALLOW-PRIVATE-HOSTS": "true",
    **{f"INPUT_{hub}-URL": NOBODY for hub in ("CONNECT", "REGISTRY", "REGISTER", "API", "MCP")},
}
LOOP = """\
import subprocess, sys, time
times = []
for _ in range(int(sys.argv[1])):
    began = time.perf_counter()
    done = subprocess.run(sys.argv[2:], capture_output=True)
    times.append(time.perf_counter() - began)
    assert done.returncode == 1 and b"ChittyConnect is unavailable" in done.stdout, done
print(min(times))
"""


def seconds(prefix: Sequence[str], entry: Sequence[str], environ: dict[str, str]) -> float:
    """Run the loop on one side and give the best of its runs."""
    command = [*prefix, entry[0], "-I", "-c", LOOP, str(RUNS), *entry]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise SystemExit(f"the command did not end as it should:\n{done.stderr}")
    return float(done.stdout)


def exported(image: Image, container: str, folder: Path) -> Path:
    """Write the container's files out, but no bytecode, and give their root."""
    archive, files = folder / "files.tar", folder / "files"
    files.mkdir()
    image.engine.docker("export", "--output", str(archive), container)
    tar = ["tar", "--extract", "--file", str(archive), "--directory", str(files), "--exclude", "__pycache__"]
    subprocess.run(tar, check=True)  # noqa: S603 - fixed words
    return files


def compare(image: Image, entry: Sequence[str], container: str, folder: Path) -> None:
    """Alternate the two sides and print the ratio of their medians."""
    files = exported(image, container, folder)
    docker = shutil.which("docker") or "docker"
    inside = ([docker, "exec", container], {**image.engine.environ})
    outside = (["chroot", str(files)], {**STEP, "PATH": os.environ["PATH"]})
    taken: dict[str, list[float]] = {"outside": [], "inside": []}
    for _ in range(ROUNDS + 1):
        for name, (prefix, environ) in {"outside": outside, "inside": inside}.items():
            taken[name].append(seconds(prefix, entry, environ))
    medians = {name: statistics.median(times[1:]) for name, times in taken.items()}  # the first round only warms
    print(f"start-up of `pre`, median of {ROUNDS} alternating rounds, each the best of {RUNS}")
    print(
        f"image {medians['inside'] / medians['outside']:.2f}, outside with warm bytecode 1.00; wanted: at most {WANTED}"
    )


def main() -> None:
    """Start the engine, the image and a container that waits, and compare."""
    if os.geteuid():
        print("start-up in the image: not measured, because only root can run its files outside of it (chroot)")
        return
    try:
        with running() as engine, tempfile.TemporaryDirectory(prefix="chitty-bench-") as folder:
            image = built(engine)
            said = engine.docker("image", "inspect", "--format", "{{json .Config.Entrypoint}}", image.tag)
            entry: list[str] = json.loads(said)
            variables = [part for name, value in STEP.items() for part in ("--env", f"{name}={value}")]
            waiting = ("--entrypoint", entry[0], image.tag, "-I", "-c", "import signal; signal.pause()")
            container = engine.docker(
                *("run", "--detach", "--read-only", "--network", "host", *variables, *waiting)
            ).strip()
            try:
                compare(image, entry, container, Path(folder))
            finally:
                engine.docker("rm", "--force", container)
    except NoEngineError as error:
        print(f"start-up in the image: not measured, because {error}")


if __name__ == "__main__":
    main()
