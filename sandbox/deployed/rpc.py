"""JSON-RPC as the MCP gateway speaks it: results, errors, and what its two methods answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.gateways import tools_of

if TYPE_CHECKING:
    from sandbox.world import Deployment, Json

INVALID_REQUEST = -32600
_INVALID_PARAMS = -32602
_PROTOCOLS = ("2025-06-18", "2025-03-26")  # the newest first: it is the answer to a version that is neither
_PAGE = 20


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of JSON-RPC."""

    code: int
    message: str


def initialized(message: Json, deployment: Deployment) -> Json:
    """Answer `initialize`: the protocol that was asked for when it is known, else the newest."""
    asked = _params(message).get("protocolVersion")
    return {
        "protocolVersion": asked if asked in _PROTOCOLS else _PROTOCOLS[0],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": deployment.name, "version": deployment.version},
    }


def tools_page(message: Json, deployment: Deployment) -> Json | Refusal:
    """Answer `tools/list`: twenty tools a page, and the cursor of the next."""
    tools = tools_of(deployment)
    cursors = {f"after-{position}": position for position in range(_PAGE, len(tools), _PAGE)}
    cursor = _params(message).get("cursor")
    if cursor is not None and (not isinstance(cursor, str) or cursor not in cursors):
        return Refusal(_INVALID_PARAMS, "Invalid cursor")
    first = 0 if cursor is None else cursors[cursor]
    page: Json = {"tools": tools[first : first + _PAGE]}
    if (following := f"after-{first + _PAGE}") in cursors:
        page["nextCursor"] = following
    return page


def rpc_result(message: Json, result: Json) -> Json:
    """Wrap the result of a request."""
    return {"jsonrpc": "2.0", "id": message.get("id"), "result": result}


def rpc_error(message_id: object, refusal: Refusal) -> Json:
    """Wrap an error; the id is None where no request could be read."""
    return {"jsonrpc": "2.0", "id": message_id, "error": {"code": refusal.code, "message": refusal.message}}


def _params(message: Json) -> Json:
    params = message.get("params")
    return params if isinstance(params, dict) else {}
