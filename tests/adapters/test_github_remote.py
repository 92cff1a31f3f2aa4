"""GitHub at its worst: what is tried again, what never, and what is not waited for."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from chitty_action.adapters.github_remote import Access
from chitty_action.model.ports import IssuesError
from sandbox import Flapping, Garbage, Reset, Slow, Status, Truncated
from sandbox.github_faults import AfterEffect, Only
from tests.github_contract import BODY, long_ago
from tests.github_world import adapter, open_issues, writes

if TYPE_CHECKING:
    from chitty_action.adapters.github import GitHubIssues
    from sandbox import Sandbox
    from sandbox.github_state import GitHubState

BAD = [500, 502, 503, 504]


@pytest.fixture
def unused_port() -> int:
    """Give a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_the_token_is_not_in_the_text_of_the_access() -> None:
    """A log or a traceback may show the value."""
    assert "secret-token" not in repr(Access("https://api.github.com", "a/b", "secret-token"))


@pytest.mark.parametrize("status", BAD)
async def test_a_list_is_asked_for_again(sandbox: Sandbox, issues: GitHubIssues, status: int) -> None:
    """Reading twice does no harm."""
    sandbox.faults.set("github", Flapping(1, bad_answer=Status(status, 0)))
    assert await issues.listed(long_ago()) == ()


@pytest.mark.parametrize("status", BAD)
async def test_an_issue_is_not_opened_twice(sandbox: Sandbox, issues: GitHubIssues, status: int) -> None:
    """A server's error does not say whether the issue is there, so it is for the next run to look."""
    sandbox.faults.set("github", Only("POST", "/issues", AfterEffect(Status(status, 0))))
    with pytest.raises(IssuesError, match=f"open an issue in chittyos/operations: .* \\(answered {status}") as caught:
        await issues.create("title", BODY, (), ("octocat",))
    assert (len(sandbox.issues), caught.value.is_doubted, caught.value.is_lasting) == (1, True, False)


@pytest.mark.parametrize(
    "fault", [Reset(after_effect=True), AfterEffect(Truncated()), AfterEffect(Garbage())], ids=repr
)
async def test_a_lost_answer_leaves_a_doubt(sandbox: Sandbox, issues: GitHubIssues, fault: Any) -> None:  # noqa: ANN401 - pytest's
    """The issue is there, and nobody said so."""
    sandbox.faults.set("github", Only("POST", "/issues", fault))
    with pytest.raises(IssuesError, match="open an issue") as caught:
        await issues.create("title", BODY, (), ())
    assert (len(sandbox.issues), caught.value.is_doubted) == (1, True)


async def test_a_comment_is_not_written_twice(sandbox: Sandbox, github: GitHubState, issues: GitHubIssues) -> None:
    """As with issues."""
    open_issues(github, 1)
    sandbox.faults.set("github", Only("POST", "/comments", AfterEffect(Status(502, 0))))
    with pytest.raises(IssuesError, match="comment on issue 1 of chittyos/operations") as caught:
        await issues.comment(1, "text")
    assert (len(github.comments[1]), caught.value.is_doubted) == (1, True)


@pytest.mark.parametrize("fault", [Status(500, 0), AfterEffect(Status(500, 0)), Reset(after_effect=True)], ids=repr)
async def test_what_may_be_done_twice_is_tried_again(
    sandbox: Sandbox,
    github: GitHubState,
    issues: GitHubIssues,
    fault: Any,  # noqa: ANN401 - pytest's
) -> None:
    """Edits, closing and locking end in the same state however often they are done."""
    open_issues(github, 1)
    for method in ("PATCH", "PUT"):
        sandbox.faults.set("github", Only(method, "/issues/1", fault, times=1))
        await issues.edit(1, body="new")
        await issues.close(1, "completed")
        await issues.lock(1)
    assert (sandbox.issues[1]["body"], sandbox.issues[1]["state"], sandbox.issues[1]["locked"]) == (
        "new",
        "closed",
        True,
    )


async def test_an_edit_that_never_got_through_is_in_doubt(
    sandbox: Sandbox, github: GitHubState, issues: GitHubIssues
) -> None:
    """It was sent, and what became of it nobody said."""
    open_issues(github, 1)
    sandbox.faults.set("github", Only("PATCH", "/issues/1", Status(500, 0)))
    with pytest.raises(IssuesError, match="edit issue 1") as caught:
        await issues.edit(1, body="new")
    assert (caught.value.is_doubted, len(writes(sandbox))) == (True, 4)


async def test_nobody_listening_leaves_no_doubt(github: GitHubState, unused_port: int) -> None:
    """Nothing was sent, so nothing was done; and it was tried again."""
    issues = adapter(github, access={"api_url": f"http://127.0.0.1:{unused_port}"}, retries=1)
    with pytest.raises(IssuesError, match="connection refused") as caught:
        await issues.create("title", BODY, (), ())
    assert (caught.value.is_doubted, caught.value.is_lasting) == (False, False)


async def test_a_hanging_call_does_not_outlive_the_deadline(sandbox: Sandbox, github: GitHubState) -> None:
    """Its thread is left behind, and is no reason for the process to wait."""
    sandbox.faults.set("github", Slow(60))
    with pytest.raises(IssuesError, match=r"open an issue .* the deadline of 0.5 s was reached") as caught:
        await adapter(github, deadline=0.5, timeout=30).create("title", BODY, (), ())
    assert caught.value.is_doubted


async def test_a_slow_answer_is_given_up_and_the_next_call_goes_on(sandbox: Sandbox, github: GitHubState) -> None:
    """The thread that still waits keeps its connection, and the next call has one of its own."""
    open_issues(github, 1)
    issues = adapter(github, timeout=0.5, retries=0)
    sandbox.faults.set("github", Slow(60))
    with pytest.raises(IssuesError, match=r"no whole answer (within 0.5 s|in time)"):
        await issues.listed(long_ago())
    sandbox.faults.clear()
    assert len(await issues.listed(long_ago())) == 1


def test_a_hanging_call_does_not_keep_the_process(sandbox: Sandbox, github: GitHubState) -> None:
    """The interpreter ends although the thread is still waiting."""
    sandbox.faults.set("github", Slow(60))
    program = f"""
import asyncio
from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github import GitHubIssues
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog
from chitty_action.model.ports import IssuesError
access = Access({github.api_url!r}, {github.repository!r}, {github.token!r})
issues = GitHubIssues(access, Deadline(1.0), 50.0, 0, EventLog("error", print, colours=False))
try:
    asyncio.run(issues.login())
except IssuesError as error:
    print(error.message)
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)  # noqa: S603 - our own words
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "the deadline of 1 s was reached" in ended.stdout


async def test_an_answer_that_is_not_ready_is_no_answer(sandbox: Sandbox, issues: GitHubIssues) -> None:
    """PyGithub would sleep and ask again for ever."""
    sandbox.faults.set("github", Status(202))
    with pytest.raises(IssuesError, match="answered 202"):
        await issues.listed(long_ago())
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"token": ""}, "github-token is empty"),
        ({"token": "two words"}, "github-token must be one word"),
        ({"token": "line\nbreak"}, "github-token must be one word"),
        ({"repository": "operations"}, "GITHUB_REPOSITORY must be an owner and a name"),
        ({"repository": "../../user"}, "GITHUB_REPOSITORY must be an owner and a name"),
        ({"repository": "owner/.."}, "GITHUB_REPOSITORY must be an owner and a name"),
        ({"api_url": "http://github.example"}, "GITHUB_API_URL must be https"),
        ({"api_url": "ftp://127.0.0.1"}, "GITHUB_API_URL must be a URL"),
        ({"api_url": "https://user:pass@github.example"}, "GITHUB_API_URL must be a URL without user name"),
    ],
)
async def test_settings_that_cannot_work_are_told_before_anything_is_sent(
    sandbox: Sandbox, github: GitHubState, setting: dict[str, str], told: str
) -> None:
    """And for the whole run."""
    with pytest.raises(IssuesError, match=told) as caught:
        await adapter(github, access=setting).create("title", BODY, (), ())
    assert (caught.value.is_lasting, caught.value.is_doubted, len(sandbox.requests)) == (True, False, 0)
    assert "pass@" not in caught.value.message


async def test_the_token_goes_to_github_only(
    sandbox: Sandbox, issues: GitHubIssues, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy for plain http would see it, so loopback is asked directly."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert await issues.listed(long_ago()) == ()
    assert all(seen.headers["authorization"].startswith("token ") for seen in sandbox.requests)
