"""`/v0.1/servers`: the registry's separate catalogue of MCP servers, built in and unrelated to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.initial import initial_services, label_of

if TYPE_CHECKING:
    from sandbox.world import Json

_SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_MOST = 100
_BUILT_IN = 13
_SINCE = "2026-03-03T00:00:00Z"


def page(limit: str | None, cursor: str | None) -> Json:
    """Give one page of the catalogue; a limit or cursor that is no number is as good as none."""
    servers = [_server(service) for service in initial_services()[:_BUILT_IN]]
    first = _number(cursor, 0)
    last = first + min(_number(limit, _MOST), _MOST)
    metadata: Json = {"count": len(servers)}
    if last < len(servers):
        metadata["nextCursor"] = str(last)
    return {"servers": servers[first:last], "metadata": metadata}


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else otherwise  # noqa: PLR2004  # longer ones are no position in any list


def _server(service: Json) -> Json:
    name = service["name"]
    return {
        "server": {
            "$schema": _SCHEMA,
            "name": f"cc.chitty/{name}",
            "description": f"The tools of {name}",
            "version": "1.0.0",
            "websiteUrl": "https://chitty.cc",
            "repository": {"url": f"https://github.com/{service['repo']}", "source": "github"},
            "remotes": [{"transportType": "streamable-http", "url": f"https://{label_of(name)}.chitty.cc/mcp"}],
        },
        "_meta": {
            "io.modelcontextprotocol.registry/official": {
                "status": "active",
                "publishedAt": _SINCE,
                "updatedAt": _SINCE,
                "isLatest": True,
            }
        },
    }
