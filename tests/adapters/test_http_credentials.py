from __future__ import annotations

import pytest

from chitty_action.adapters.http import Right
from chitty_action.errors import BugError
from chitty_action.model.exchange import Request
from chitty_action.model.reading import Credential
from tests.bad_worlds.asking import opened
from tests.bad_worlds.wire import WireServer, header

TOKEN = "very-secret-token"


def _right(*prefixes: str) -> dict[Credential, Right]:
    return {Credential.API_KEY: Right(TOKEN, prefixes)}


async def test_a_credential_is_sent_under_its_prefix() -> None:
    """As a bearer, at the origin and below the path that it is for."""
    with WireServer() as server:
        base = f"http://127.0.0.1:{server.port}"
        async with opened(rights=_right(f"{base}/api/context")) as http:
            await http.ask(Request("POST", f"{base}/api/context/tasks", b"{}", credential=Credential.API_KEY))
            await http.ask(Request("GET", f"{base}/api/context/tasks"))
    assert header(server.requests[0], "authorization") == f"Bearer {TOKEN}"
    assert header(server.requests[1], "authorization") is None, "a request that asks for no credential has none"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://127.0.0.1:{other}/api/context/tasks",
        "http://localhost:{port}/api/context/tasks",
        "http://127.0.0.1:{port}/api/contexts",
        "http://127.0.0.1:{port}/api/context/../admin",
        "http://127.0.0.1:{port}/api/context/%2e%2e/admin",
        "http://127.0.0.1:{port}/api/context\\..\\..\\admin",
        "http://127.0.0.1:{port}/",
    ],
)
async def test_a_credential_elsewhere_is_a_bug(elsewhere: str) -> None:
    """Another port, host or path is never sent it, however it is spelt; nothing is sent at all."""
    with WireServer() as server, WireServer() as other:
        url = elsewhere.format(port=server.port, other=other.port)
        async with opened(rights=_right(f"http://127.0.0.1:{server.port}/api/context")) as http:
            with pytest.raises(BugError, match="has no right"):
                await http.ask(Request("GET", url, credential=Credential.API_KEY))
        assert (server.connections, other.connections) == (0, 0)


async def test_a_credential_that_was_not_given_is_not_sent() -> None:
    """Without the input the request goes out bare."""
    with WireServer() as server:
        async with opened() as http:
            await http.ask(Request("GET", f"http://127.0.0.1:{server.port}/", credential=Credential.API_KEY))
    assert header(server.requests[0], "authorization") is None
