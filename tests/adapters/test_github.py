"""The port: what is listed, what is opened, and what is left out."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from chitty_action.adapters.github import NEUTRAL, WORKFLOW_LOGIN
from chitty_action.model.finding import Level
from chitty_action.model.ports import IssuesError
from sandbox import Body, Down, Garbage, Reset, Status, Truncated
from sandbox.github_faults import Only
from tests.github_contract import BODY, long_ago
from tests.github_world import adapter, open_issues

if TYPE_CHECKING:
    from chitty_action.adapters.github import GitHubIssues
    from sandbox import Sandbox
    from sandbox.github_state import GitHubState


def test_importing_the_adapter_does_not_import_pygithub() -> None:
    """Phases that need no issues do not pay for it."""
    program = (
        "import sys, chitty_action.adapters.github; sys.exit('github' in sys.modules or 'requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own words


async def test_pull_requests_are_no_issues(github: GitHubState, issues: GitHubIssues) -> None:
    """They are in GitHub's list, and not in ours."""
    person = github.people[github.token]
    github.add(person, "a pull request", None, is_pull_request=True)
    issue = github.add(person, "an issue", None)
    assert [(one.number, one.body) for one in await issues.listed(long_ago())] == [(issue["number"], "")]


async def test_requests_use_pages_of_a_hundred_and_no_search(sandbox: Sandbox, issues: GitHubIssues) -> None:
    """Two lists: all that are open, then all that changed lately."""
    await issues.listed(datetime(2026, 3, 1, tzinfo=UTC))
    assert {(seen.method, seen.path) for seen in sandbox.requests} == {
        ("GET", "/github/repos/chittyos/operations/issues")
    }
    assert [seen.query for seen in sandbox.requests] == [
        "direction=asc&per_page=100&sort=created&state=open",
        "direction=asc&per_page=100&since=2026-03-01T00%3A00%3A00Z&sort=created&state=all",
    ]


async def test_an_issue_closed_between_the_two_lists_is_seen_as_closed(
    sandbox: Sandbox, github: GitHubState, issues: GitHubIssues
) -> None:
    """The later list is the truer one."""
    open_issues(github, 1)

    class ClosesIt(Down):
        async def answer(self, honest: Any, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
            if b"state=all" in scope["query_string"]:
                github.change(1, {"state": "closed"})
            await honest(scope, receive, send)

    sandbox.faults.set("github", ClosesIt())
    assert [issue.is_open for issue in await issues.listed(long_ago())] == [False]


@pytest.mark.parametrize(
    "fault",
    [Status(500, 0), Reset(), Garbage(), Truncated(), Body({"message": "no list"}), Body([{"title": "no number"}])],
    ids=lambda fault: repr(fault)[:30],
)
async def test_half_a_list_is_none(sandbox: Sandbox, github: GitHubState, fault: Any) -> None:  # noqa: ANN401 - pytest's
    """A page that cannot be had leaves nothing to guess from."""
    open_issues(github, 3)
    github.maximum_page = 2
    sandbox.faults.set("github", Only("GET", "page=2", fault))
    with pytest.raises(IssuesError, match="list the issues of chittyos/operations") as caught:
        await adapter(github, retries=1).listed(long_ago())
    assert (caught.value.is_lasting, caught.value.is_doubted) == (False, False)
    assert caught.value.hint


async def test_pages_without_end_are_given_up(sandbox: Sandbox, github: GitHubState, issues: GitHubIssues) -> None:
    """A next page that was read already would be read for ever."""
    open_issues(github, 3)
    github.maximum_page = 1

    class SamePage(Down):
        async def answer(self, honest: Any, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
            query = scope["query_string"].replace(b"page=3", b"page=1")
            await honest({**scope, "query_string": query}, receive, send)

    sandbox.faults.set("github", SamePage())
    with pytest.raises(IssuesError, match="there is no end of them"):
        await issues.listed(long_ago())


async def test_huge_pages_are_read(github: GitHubState, issues: GitHubIssues) -> None:
    """A hundred issues of the longest body are an honest page."""
    for _ in range(100):
        github.add(github.people[github.token], "long", "ü" * 65_536)
    assert [len(issue.body) for issue in await issues.listed(long_ago())] == [65_536] * 100


async def test_missing_labels_get_a_neutral_colour(github: GitHubState, issues: GitHubIssues) -> None:
    """So that nobody takes it for a choice."""
    await issues.create("title", BODY, ("automated", "automated"), ())
    assert [(label["name"], label["color"]) for label in github.labels.values()] == [("automated", NEUTRAL)]


async def test_a_label_that_somebody_was_quicker_to_create_is_fine(
    sandbox: Sandbox, github: GitHubState, issues: GitHubIssues
) -> None:
    """Two runs at once meet at the same label."""
    sandbox.faults.set("github", Only("GET", "/labels/", Status(404)))
    github.labels["automated"] = {"name": "automated"}
    await issues.create("title", BODY, ("automated",), ())
    assert [label["name"] for label in sandbox.issues[1]["labels"]] == ["automated"]
    assert issues.remarks() == ()


@pytest.mark.parametrize("status", [403, 404, 422, 500])
async def test_a_label_that_cannot_be_had_is_a_warning(sandbox: Sandbox, github: GitHubState, status: int) -> None:
    """The alarm matters more than its colour."""
    issues = adapter(github, retries=0)
    sandbox.faults.set("github", Only("POST", "/labels", Status(status, body={"message": "no such thing"})))
    await issues.create("title", BODY, ("automated",), ())
    assert sandbox.issues[1]["labels"] == []
    remark = issues.remarks()[0]
    assert (remark.level, len(issues.remarks())) == (Level.WARNING, 1)
    assert "goes without the label “automated”" in remark.message
    assert f"answered {status} “no such thing”" in remark.message


async def test_strangers_cannot_be_assigned_and_the_issue_is_opened_all_the_same(
    sandbox: Sandbox, issues: GitHubIssues
) -> None:
    """A 422 says that nothing was opened, so that it may be tried without them."""
    await issues.create("title", BODY, ("automated",), ("octocat", "left-the-company"))
    issue = sandbox.issues[1]
    assert (len(sandbox.issues), issue["assignees"], issue["labels"][0]["name"]) == (1, [], "automated")
    assert "goes without the assignees “octocat”, “left-the-company”" in issues.remarks()[0].message
    assert "assignees invalid left-the-company" in issues.remarks()[0].message


async def test_labels_and_assignees_dropped_in_silence_are_told(sandbox: Sandbox, issues: GitHubIssues) -> None:
    """Without push access GitHub answers 201 and leaves them out."""
    answer = {"number": 7, "state": "open", "created_at": "2026-03-01T00:00:00Z", "labels": [], "assignees": None}
    sandbox.faults.set("github", Only("POST", "/issues", Status(201, body=answer)))
    assert (await issues.create("title", BODY, ("automated",), ("octocat",))).number == 7
    told = [remark.message for remark in issues.remarks()]
    assert ["labels “automated”" in told[0], "assignees “octocat”" in told[1], len(told)] == [True, True, 2]


async def test_a_body_that_github_takes_for_too_long_is_told_and_opened_once_nowhere(
    sandbox: Sandbox, issues: GitHubIssues
) -> None:
    """The sentence has GitHub's words."""
    with pytest.raises(IssuesError, match="body is too long") as caught:
        await issues.create("title", "x" * 65_537, (), ())
    assert (len(sandbox.issues), caught.value.is_doubted) == (0, False)


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        [],
        {"login": None},
        {"login": 5},
        {"login": ""},
        {"message": "x"},
    ],
    ids=str,
)
async def test_an_owner_without_a_name_is_an_error(sandbox: Sandbox, issues: GitHubIssues, document: object) -> None:
    """Our own issues could not be told from a stranger's."""
    sandbox.faults.set("github", Body(document))
    with pytest.raises(IssuesError, match="name the owner of the github-token cannot be read"):
        await issues.login()


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_labels_that_github_refuses_with_the_issue_are_left_out(
    sandbox: Sandbox, issues: GitHubIssues, status: int
) -> None:
    """It said no, so nothing was opened, and without them it may say yes."""
    sandbox.faults.set("github", Only("POST", "/issues", Status(status, body={"message": "no labels"}), times=1))
    await issues.create("title", BODY, ("automated",), ())
    assert [issue["labels"] for issue in sandbox.issues.values()] == [[]]
    assert "goes without the labels “automated”" in issues.remarks()[0].message


@pytest.mark.parametrize("status", [403, 404])
async def test_a_token_without_an_owner_writes_as_the_workflow(
    sandbox: Sandbox, issues: GitHubIssues, status: int
) -> None:
    """Whether it may list issues, the list will say."""
    sandbox.faults.set("github", Status(status, body={"message": "Resource not accessible"}))
    assert await issues.login() == WORKFLOW_LOGIN
