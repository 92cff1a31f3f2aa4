"""A sandbox for each worker, fresh for every test, and the program pointed at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Sandbox
from tests.phases.program import SERVICE, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """Run one sandbox for the whole session."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """Give the running sandbox with its initial state, and our service just deployed to it."""
    running.reset()
    running.deploy(SERVICE)
    return running


@pytest.fixture
def program(tmp_path: Path, sandbox: Sandbox) -> Program:
    """Give the program in a workspace of its own."""
    return Program(tmp_path, sandbox)
