"""The MCP gateway lists the service's tools.

Why: a repository with `mcp/manifest.json` promises tools; agents that find none cannot use the service.
Otherwise: warning when the list cannot be read or is empty; a notice where the gateway protects it and no `api-key` was
given, or where a bot challenge or an Access login keeps the runner out. Repositories without that file are skipped. A
gateway without `/<name>/mcp/tools/list` is asked by MCP itself.
Remedy: see what the gateway answers there; where it asks for a token give the input `api-key`, and where the runner is
kept out let its addresses through.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Blocked, Seen, Snapshot, Unfinished, trouble
from chitty_action.model.subject import Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.documents.tools import Tools
    from chitty_action.model.reading import Reading

ID = "mcp-tools-listed"


def _applies(subject: Subject) -> str | None:
    return None if subject.service.has_mcp_manifest else "the repository has no mcp/manifest.json"


def _reading(subject: Subject) -> Reading[Tools]:
    return ecosystem.mcp_tools(subject.hub, subject.service.name, subject.service.label)


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (_reading(subject),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name, host = subject.service.name, origin_of(subject.hub.mcp)[1]
    observation = snapshot[_reading(subject)]
    match observation:
        case Unfinished():
            return
        case Seen(value=tools) if tools.count > 0:
            return
        case Blocked(barred=True):
            message = f"{host} keeps this runner out, so the tools of {name} are unknown: {trouble(observation)}"
            hint = f"let this runner's addresses through to {host} (a WAF skip rule, or an Access bypass policy)"
            yield Finding(ID, name, Level.NOTICE, message, hint)
            return
        case Blocked(status=401 | 403) if not subject.has_api_key:
            message = f"{host} protects its lists of tools, so those of {name} are unknown: {trouble(observation)}"
            yield Finding(ID, name, Level.NOTICE, message, "give the input api-key, if the tools are to be counted")
            return
        case Seen():
            message, hint = f"{name} lists no MCP tools at {observation.url}", "see why the MCP server offers none"
        case _:
            message = f"the MCP tools of {name} cannot be read: {observation.url} {trouble(observation)}"
            hint = "see what the MCP gateway answers there"
            is_refused = isinstance(observation, Blocked) and observation.status != HTTPStatus.TOO_MANY_REQUESTS
            hint += ", and whether the api-key is the right one" if is_refused else ""
    yield Finding(ID, name, Level.WARNING, message, hint)


CHECK = Check(ID, "MCP tools are listed", frozenset({Phase.POST}), 5, _readings, _judge, _applies)
