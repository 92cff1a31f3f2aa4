"""What a person is told when GitHub does not do it, and which limits are waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chitty_action.model.ports import IssuesError
from sandbox import Flapping, Redirect, Status
from tests.github_contract import BODY, long_ago
from tests.github_world import open_issues, writes

if TYPE_CHECKING:
    from chitty_action.adapters.github import GitHubIssues
    from sandbox import Sandbox
    from sandbox.github_state import GitHubState

SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}


async def test_a_primary_limit_is_waited_for(github: GitHubState, issues: GitHubIssues) -> None:
    """When it ends before the deadline does."""
    github.budget, github.budget_renewed_at = 1, github.now() + timedelta(seconds=1)
    assert await issues.listed(long_ago()) == ()


async def test_a_limit_beyond_the_deadline_ends_the_matter(
    sandbox: Sandbox, github: GitHubState, issues: GitHubIssues
) -> None:
    """The sentence says until when; nothing waits and nothing is asked again."""
    github.budget, github.budget_renewed_at = 0, datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
    with pytest.raises(IssuesError, match="limits this token until 20") as caught:
        await issues.create("title", BODY, (), ("octocat",))
    assert (caught.value.is_lasting, caught.value.is_doubted, len(sandbox.requests)) == (True, False, 1)


@pytest.mark.parametrize("status", [403, 429])
async def test_a_secondary_limit_is_waited_for(sandbox: Sandbox, issues: GitHubIssues, status: int) -> None:
    """Nothing was done yet, so that even a new issue may be tried again."""
    limit = Flapping(1, bad_answer=Status(status, 1, SECONDARY))
    sandbox.faults.set("github", limit)
    assert (await issues.create("title", BODY, (), ())).number == 1
    assert len(sandbox.issues) == 1


@pytest.mark.parametrize("status", [403, 429])
async def test_a_secondary_limit_without_a_time_is_a_minute(
    sandbox: Sandbox, issues: GitHubIssues, status: int
) -> None:
    """Which does not fit here, so it is told and not waited for."""
    sandbox.faults.set("github", Status(status, body=SECONDARY))
    with pytest.raises(IssuesError, match=r"limits this token until \d{4}-\d\d-\d\dT") as caught:
        await issues.create("title", BODY, ("a label",), ())
    assert caught.value.is_lasting
    assert writes(sandbox) == [("POST", "/issues")]


@pytest.mark.parametrize(
    ("refusal", "told", "cure"),
    [
        ((401, "Bad credentials"), "does not accept the github-token", "expired"),
        ((403, "Resource not accessible by integration"), "may not do that", "permissions: issues: write"),
        ((404, "Not Found"), "no such repository for this token", "permissions: issues: write"),
        ((410, "Issues has been disabled in this repository."), "issues are disabled", "permissions: issues: write"),
    ],
)
async def test_what_a_person_must_set_right_is_one_sentence(
    sandbox: Sandbox, issues: GitHubIssues, refusal: tuple[int, str], told: str, cure: str
) -> None:
    """It names the thing, the cause in GitHub's own words, and the cure; and it is not tried again."""
    status, message = refusal
    sandbox.faults.set("github", Status(status, body={"message": message}))
    with pytest.raises(IssuesError) as caught:
        await issues.listed(long_ago())
    assert caught.value.message.startswith("GitHub did not list the issues of chittyos/operations: ")
    assert told in caught.value.message
    assert f"(answered {status} “{message}”)" in caught.value.message
    assert cure in caught.value.hint
    assert (caught.value.is_lasting, caught.value.is_doubted, len(sandbox.requests)) == (True, False, 1)


async def test_switched_off_issues_end_a_comment_too(github: GitHubState, issues: GitHubIssues) -> None:
    """410 about one issue means that it is gone, unless it says that all are."""
    open_issues(github, 1)
    github.is_disabled = True
    with pytest.raises(IssuesError, match="issues are disabled") as caught:
        await issues.comment(1, "text")
    assert caught.value.is_lasting


async def test_a_token_without_the_permission_is_told(
    sandbox: Sandbox, github: GitHubState, issues: GitHubIssues
) -> None:
    """Whatever was asked of it."""
    open_issues(github, 1)
    github.forbid_writing()
    with pytest.raises(IssuesError, match="may not do that") as caught:
        await issues.create("title", BODY, ("automated",), ("octocat",))
    assert caught.value.is_lasting
    assert len(sandbox.issues) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(
    sandbox: Sandbox, github: GitHubState, issues: GitHubIssues, status: int
) -> None:
    """The token would go along, and a write would be done somewhere else."""
    elsewhere = f"{github.api_url}/repos/{github.repository}/labels"
    sandbox.faults.set("github", Redirect(elsewhere, status))
    with pytest.raises(IssuesError, match="the repository or issue was moved") as caught:
        await issues.listed(long_ago())
    assert "no redirect is followed" in caught.value.hint
    assert len(sandbox.requests) == 1
