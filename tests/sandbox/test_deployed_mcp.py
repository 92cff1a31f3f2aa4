from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import Down

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

    Bearer = dict[str, dict[str, str]]

MCP = "/mcp/router/mcp"
VERSION = "2025-06-18"
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture
def speaking(deployed: Sandbox, bearer: Bearer) -> dict[str, str]:
    """Give the headers of a client that may speak to the gateway, before it has a session."""
    assert deployed.generation == "deployed"
    return {**bearer["key"], **ACCEPT}


def message(method: str, *, message_id: int | None = 1, **params: object) -> dict[str, Any]:
    """Write a request of JSON-RPC, or a notification when it has no id."""
    numbered = {} if message_id is None else {"id": message_id}
    return {"jsonrpc": "2.0", **numbered, "method": method, "params": params}


def session(client: httpx2.Client, headers: dict[str, str], path: str = MCP) -> dict[str, str]:
    """Open a session as the protocol asks, and give the headers of its requests."""
    opened = client.post(path, json=message("initialize", protocolVersion=VERSION), headers=headers)
    ours = {**headers, "Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": VERSION}
    assert client.post(path, json=message("notifications/initialized", message_id=None), headers=ours).content == b""
    return ours


def test_a_session_begins_and_ends(client: httpx2.Client, speaking: dict[str, str]) -> None:
    """`initialize` names the protocol and the server, the notification is taken, and DELETE ends it all."""
    opened = client.post(MCP, json=message("initialize", protocolVersion=VERSION), headers=speaking)
    result = opened.json()["result"]
    assert (opened.json()["id"], result["protocolVersion"], result["capabilities"]) == (1, VERSION, {"tools": {}})
    assert result["serverInfo"] == {"name": "chittyrouter", "version": "1.0.0"}
    ours = {**speaking, "Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": VERSION}
    assert client.post(MCP, json=message("notifications/initialized", message_id=None), headers=ours).status_code == 202
    assert client.delete(MCP, headers=ours).status_code == 204
    assert client.post(MCP, json=message("tools/list"), headers=ours).status_code == 404
    assert client.delete(MCP, headers=ours).status_code == 404


@pytest.mark.parametrize(
    ("asked", "agreed"), [("2025-03-26", "2025-03-26"), ("1999-01-01", VERSION), (7, VERSION), ([], VERSION)]
)
def test_the_protocol_is_negotiated(
    client: httpx2.Client, speaking: dict[str, str], asked: object, agreed: str
) -> None:
    """A known version is agreed to, another is answered with the newest."""
    opened = client.post(MCP, json=message("initialize", protocolVersion=asked), headers=speaking)
    assert opened.json()["result"]["protocolVersion"] == agreed


def test_tools_come_in_pages(deployed: Sandbox, client: httpx2.Client, speaking: dict[str, str]) -> None:
    """Twenty at a time; the cursors lead through all of them, once, and a made-up one nowhere."""
    deployed.deploy("chittymany", tools=tuple(f"t{number}" for number in range(45)))
    ours = session(client, speaking, "/mcp/many/mcp")
    sizes: list[int] = []
    names: set[str] = set()
    params: dict[str, str] = {}
    while True:
        page = client.post("/mcp/many/mcp", json={**message("tools/list"), "params": params}, headers=ours).json()[
            "result"
        ]
        sizes.append(len(page["tools"]))
        names |= {tool["name"] for tool in page["tools"]}
        if "nextCursor" not in page:
            break
        params = {"cursor": page["nextCursor"]}
    assert (sizes, len(names)) == ([20, 20, 5], 45)
    wrong: tuple[object, ...] = ("after-21", 20, [])
    for cursor in wrong:
        answer = client.post("/mcp/many/mcp", json=message("tools/list", cursor=cursor), headers=ours)
        assert answer.json()["error"]["code"] == -32602


def events(body: str) -> list[dict[str, Any]]:
    """Read a whole event stream the way the specification of server-sent events says."""
    messages = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        lines = [line.removeprefix("data:").removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if lines:
            messages.append(json.loads("\n".join(lines)))
    return messages


def test_an_event_stream_has_the_same_response(
    deployed: Sandbox, client: httpx2.Client, speaking: dict[str, str]
) -> None:
    """After a comment and a notification, over several data lines with CRLF; the session's id is in the head."""
    ours = session(client, speaking)
    plain = client.post(MCP, json=message("tools/list"), headers=ours)
    deployed.mcp_stream = True
    streamed = client.post(MCP, json=message("tools/list"), headers=ours)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    notification, response = events(streamed.text)
    assert "id" not in notification
    assert response == plain.json()
    assert streamed.text.count("data: ") > 2
    assert "\n" not in streamed.text.replace("\r\n", "")
    opened = client.post(MCP, json=message("initialize", protocolVersion=VERSION), headers=speaking)
    assert opened.headers["mcp-session-id"]


def test_a_stream_may_stay_open(deployed: Sandbox, client: httpx2.Client, speaking: dict[str, str]) -> None:
    """The response is there at once, and whoever waits for the end waits in vain; the gateway survives who leaves."""
    ours = session(client, speaking)
    deployed.mcp_stream = deployed.mcp_stream_stays_open = True
    with client.stream("POST", MCP, json=message("tools/list"), headers=ours) as streamed:
        pieces = streamed.iter_text()
        read = next(pieces)
        while len(events(read)) < 2:
            read += next(pieces)
        assert [next(pieces) for _ in range(2)]
    deployed.mcp_stream = False
    assert client.post(MCP, json=message("ping"), headers=ours).json()["result"] == {}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Mcp-Session-Id": None}, 400),
        ({"Mcp-Session-Id": "unknown"}, 404),
        ({"MCP-Protocol-Version": None}, 400),
        ({"MCP-Protocol-Version": "2025-03-26"}, 400),
        ({"Accept": "application/json"}, 406),
        ({"Accept": "text/event-stream"}, 406),
        ({"Accept": "*/*"}, 406),
    ],
    ids=str,
)
def test_a_request_out_of_protocol_is_refused(
    client: httpx2.Client, speaking: dict[str, str], changed: dict[str, str | None], status: int
) -> None:
    """Each header that the specification demands is looked at."""
    headers = {**session(client, speaking), **changed}
    if changed.get("Accept") is None:
        headers["Accept"] = ACCEPT["Accept"]
    sent = {name: value for name, value in headers.items() if value is not None}
    answer = client.post(MCP, json=message("tools/list"), headers=sent)
    assert (answer.status_code, set(answer.json())) == (status, {"jsonrpc", "id", "error"})


def test_a_session_belongs_to_its_service(client: httpx2.Client, speaking: dict[str, str]) -> None:
    """Another one does not know it."""
    ours = session(client, speaking)
    assert client.post("/mcp/gateway/mcp", json=message("tools/list"), headers=ours).status_code == 404


def test_nothing_is_listed_before_the_client_is_ready(client: httpx2.Client, speaking: dict[str, str]) -> None:
    """A client that leaves the notification out hears an error, as from the reference server."""
    opened = client.post(MCP, json=message("initialize", protocolVersion=VERSION), headers=speaking)
    ours = {**speaking, "Mcp-Session-Id": opened.headers["mcp-session-id"], "MCP-Protocol-Version": VERSION}
    assert "error" in client.post(MCP, json=message("tools/list"), headers=ours).json()
    assert client.post(MCP, json=message("nope"), headers=ours).json()["error"]["code"] == -32601


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"jsonrpc": "1.0", "id": 1, "method": "initialize"}'])
def test_what_is_no_message_is_refused(client: httpx2.Client, speaking: dict[str, str], body: bytes) -> None:
    """In the protocol's own words; a batch is none since this version."""
    answer = client.post(MCP, content=body, headers=speaking)
    assert (answer.status_code, set(answer.json())) == (400, {"jsonrpc", "id", "error"})


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}], ids=str)
@pytest.mark.parametrize("path", [MCP, f"{MCP}/tools/list"])
def test_nobody_speaks_without_the_key(
    deployed: Sandbox, client: httpx2.Client, path: str, headers: dict[str, str]
) -> None:
    """401 is JSON-RPC and says where to get authorised; also at the design's path, for a label that there is."""
    for method in ("GET", "POST", "DELETE"):
        answer = client.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, {"code": -32001, "message": "unauthorized"})
        assert f'resource_metadata="{deployed.url}' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/mcp/chittyrouter/mcp", "/mcp/chittyrouter/mcp/tools/list", "/mcp/x/mcp", "/mcp/x"])
def test_a_name_is_no_label(client: httpx2.Client, speaking: dict[str, str], path: str) -> None:
    """Where no service has the label, nothing is found, with the key or without it."""
    for headers in ({}, speaking):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.text) == (404, "Not Found")


def test_the_paths_of_the_design_are_not_there(client: httpx2.Client, speaking: dict[str, str]) -> None:
    """With the key there is no tools/list to GET, and no stream of the server's own."""
    assert client.get(f"{MCP}/tools/list", headers=speaking).text == "Not Found"
    assert client.get(MCP, headers=speaking).status_code == 405


def test_the_gateway_names_its_services(deployed: Sandbox, client: httpx2.Client) -> None:
    """To anybody: by label, in its health and in its list of servers."""
    deployed.deploy("chittynew")
    health = client.get("/mcp/health").json()
    assert (health["status"], health["count"]) == ("ok", len(health["services"]))
    assert {"new", "router"} < set(health["services"])
    servers = client.get("/mcp/v0.1/servers").json()["servers"]
    assert len(servers) == health["count"]


def test_a_fault_of_the_gateway_strikes_the_protocol(
    deployed: Sandbox, client: httpx2.Client, speaking: dict[str, str]
) -> None:
    """`mcp` is the target in every generation."""
    deployed.faults.set("mcp", Down())
    assert client.post(MCP, json=message("initialize"), headers=speaking).status_code == 503
