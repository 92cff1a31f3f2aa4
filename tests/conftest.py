"""What holds for every test: nothing leaves this machine."""

from __future__ import annotations

import ipaddress
import sys

import pytest

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
