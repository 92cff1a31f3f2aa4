"""The program, the sandbox, haproxy between the two, and a browser for the page."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from integration.faults import FaultLab
from tests.conftest import _no_proxy, program, running, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox import Sandbox

__all__ = ["_no_proxy", "program", "running", "sandbox"]

_PATIENTLY = ("-qq", "-o", "DPkg::Lock::Timeout=240")  # others install what they need at the same time
_ENOUGH_FOR_APT = 300.0  # seconds
_SYSTEM = "/usr/sbin:/usr/local/sbin"


def _found_or_installed(*programs: str) -> str:
    """Find a program by one of its names, or install the package of the first.

    Where neither can be done, the tests that need it are skipped, and say so.
    """
    name = programs[0]
    for known in programs:
        if found := shutil.which(known) or shutil.which(known, path=_SYSTEM):
            return found
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        pytest.skip(f"NOT TESTED: {name} is not installed, and only root with apt-get could install it here")
    for step in (("update", *_PATIENTLY), ("install", *_PATIENTLY, "--yes", "--no-install-recommends", name)):
        done = subprocess.run(  # noqa: S603 - fixed words
            [apt, *step],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            timeout=_ENOUGH_FOR_APT,
            check=False,
        )
        if done.returncode:
            why = done.stderr.strip().rpartition("\n")[2]
            pytest.skip(f"NOT TESTED: {name} is not installed, and `apt-get {step[0]}` failed: {why}")
    return shutil.which(name) or f"/usr/sbin/{name}"


@pytest.fixture(scope="session")
def haproxy() -> str:
    """Give haproxy."""
    return _found_or_installed("haproxy")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give Chromium, or Chrome where that is there."""
    return _found_or_installed("chromium", "google-chrome", "chromium-browser")


@pytest.fixture
def lab(haproxy: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[FaultLab]:
    """Put haproxy in front of the sandbox, with fresh counters."""
    folder = tmp_path / "haproxy"
    folder.mkdir()
    with FaultLab(haproxy, folder, sandbox.url, {}) as lab:
        yield lab
