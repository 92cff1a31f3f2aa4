"""What holds for every test: nothing leaves this machine; and the sandbox with the program pointed at it."""

from __future__ import annotations

import ipaddress
import sys
from typing import TYPE_CHECKING

import pytest

from sandbox import Sandbox
from tests.phases.program import SERVICE, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

# Names that never become a question to a name server (RFC 6761).
_SAFE_NAMES = ("localhost", ".localhost", ".invalid")


def _stays_here(host: object) -> bool:
    """Say whether talking to this host stays on this machine."""
    if isinstance(host, bytes | bytearray):
        host = host.decode("ascii", "replace")
    if not host or not isinstance(host, str):
        return True  # every interface of this machine
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.lower().rstrip(".").endswith(_SAFE_NAMES)


def _is_literal(host: object) -> bool:
    """Say whether the host is an address already, which is resolved without asking anybody."""
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _refuse_strangers(event: str, arguments: tuple[object, ...]) -> None:
    """Fail a test that connects or resolves beyond loopback; pytest's own exception, so that no `except` swallows it.

    An audit hook sees Python's sockets, asyncio's included. The Rust client's sockets are out of its sight.
    """
    match event, arguments:
        case "socket.getaddrinfo", (host, *_) if not _stays_here(host) and not _is_literal(host):
            pytest.fail(f"a test asked a name server for {host!r}; tests stay on loopback")
        case "socket.connect" | "socket.sendto", (_, (host, *_)) if not _stays_here(host):
            pytest.fail(f"a test talked to {host!r}; tests stay on loopback")


sys.addaudithook(_refuse_strangers)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """Run one sandbox for all tests of a worker."""
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
