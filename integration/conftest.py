"""The program, the sandbox, and haproxy between the two."""

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
_APT = (("update", *_PATIENTLY), ("install", *_PATIENTLY, "--yes", "--no-install-recommends", "haproxy"))
_ENOUGH_FOR_APT = 300.0  # seconds


@pytest.fixture(scope="session")
def haproxy() -> str:
    """Find haproxy, or install it; where neither can be done, the tests that need it are skipped, and say so."""
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
    if found:
        return found
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        pytest.skip("NOT TESTED: haproxy is not installed, and only root with apt-get could install it here")
    for step in _APT:
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
            pytest.skip(f"NOT TESTED: haproxy is not installed, and `apt-get {step[0]}` failed: {why}")
    return shutil.which("haproxy") or "/usr/sbin/haproxy"


@pytest.fixture
def lab(haproxy: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[FaultLab]:
    """Put haproxy in front of the sandbox, with fresh counters."""
    folder = tmp_path / "haproxy"
    folder.mkdir()
    with FaultLab(haproxy, folder, sandbox.url, {}) as lab:
        yield lab
