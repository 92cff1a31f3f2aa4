from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.mcp_tools_listed import CHECK
from chitty_action.documents.tools import Tools
from chitty_action.ecosystem import mcp_tools
from chitty_action.model.observation import Absent, Blocked, Redirected, Rejected, Seen, Unfinished, Unreachable
from chitty_action.model.reading import NotFound
from tests.world import NOTICE, SUBJECT, WARNING, about, findings, saw

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation

READING = mcp_tools(SUBJECT.hub, "alpha")


def test_a_repository_without_a_manifest_is_skipped() -> None:
    """Only `mcp/manifest.json` promises tools."""
    assert CHECK.applies(about({"has_mcp_manifest": True})) is None
    assert CHECK.applies(about({"has_mcp_manifest": False})) == "the repository has no mcp/manifest.json"


def test_one_tool_is_fine() -> None:
    """What they are is not judged."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(Tools(count=1), status=200))) == []


def test_no_tools_are_a_warning() -> None:
    """An empty list breaks the manifest's promise."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Seen(Tools(count=0), url="https://mcp.example/x", status=200)))
    assert finding.level is WARNING
    assert finding.message == "alpha lists no MCP tools at https://mcp.example/x"


@pytest.mark.parametrize(
    "observation",
    [
        Absent(NotFound.CAPABILITY, status=404),
        Blocked("answered 429: too many requests", status=429),
        Redirected("answered 302, a redirect to /login, which is not followed", status=302),
        Rejected("answered 400", status=400),
        Unreachable("answered 200 with HTML instead of JSON", status=200),
    ],
)
def test_an_unreadable_list_is_a_warning(observation: Observation[Tools]) -> None:
    """Also a 404: the gateway is not one of the systems whose paths may be missing."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is WARNING
    assert finding.message.startswith("the MCP tools of alpha cannot be read: ")
    assert f"answered {observation.status}" in finding.message


def test_a_protected_list_is_a_notice_without_a_key() -> None:
    """Nobody was to be let in, so that is no fault of the deployment."""
    blocked = saw(READING, Blocked("answered 401: it asks for a valid token", status=401))
    (finding,) = findings(CHECK, SUBJECT, blocked)
    assert finding.level is NOTICE
    assert "mcp.example protects its lists of tools, so those of alpha are unknown" in finding.message
    assert "give the input api-key" in finding.hint


@pytest.mark.parametrize("has_api_key", [False, True])
@pytest.mark.parametrize("status", [302, 403, 503])
def test_a_runner_that_is_kept_out_is_a_notice(status: int, *, has_api_key: bool) -> None:
    """A challenge or an Access login comes before any key, so none would help."""
    words = f"answered {status} with a bot challenge (cf-mitigated)"
    blocked = saw(READING, Blocked(words, barred=True, status=status))
    (finding,) = findings(CHECK, about(has_api_key=has_api_key), blocked)
    assert finding.level is NOTICE
    assert finding.message == f"mcp.example keeps this runner out, so the tools of alpha are unknown: {words}"
    assert "let this runner's addresses through to mcp.example" in finding.hint
    assert "WAF skip rule" in finding.hint
    assert "Access bypass policy" in finding.hint
    assert "api-key" not in finding.hint


@pytest.mark.parametrize("has_api_key", [False, True])
def test_too_many_requests_are_a_warning_with_and_without_a_key(*, has_api_key: bool) -> None:
    """No key is asked for."""
    blocked = saw(READING, Blocked("answered 429: too many requests", status=429))
    (finding,) = findings(CHECK, about(has_api_key=has_api_key), blocked)
    assert finding.level is WARNING
    assert "api-key" not in finding.hint


def test_a_key_that_is_refused_is_a_warning() -> None:
    """Nobody is told to give what was given."""
    blocked = saw(READING, Blocked("answered 401: it asks for a valid token", status=401))
    (finding,) = findings(CHECK, about(has_api_key=True), blocked)
    assert finding.level is WARNING
    assert "whether the api-key is the right one" in finding.hint


def test_a_read_that_the_deadline_cut_says_nothing() -> None:
    """The outcome is then skipped, and the phase says why."""
    assert findings(CHECK, SUBJECT, saw(READING, Unfinished("the deadline of 300 s was reached"))) == []
