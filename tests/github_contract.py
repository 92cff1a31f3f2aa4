"""What any GitHub must do for the port `Issues`: written once, held against the sandbox's GitHub and an emulator."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github import GitHubIssues
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog
from chitty_action.model.ports import IssuesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chitty_action.model.incident import Issue

BODY = "<!-- chitty-action:incident=hub-unreachable -->\n🚨 `chittyscore` is down: «½» \\u0000 <i>&amp;\r\n| a | b |"


@dataclass(frozen=True, slots=True)
class Place:
    """A GitHub with one repository, in which `octocat` may be assigned; `login` is whom the token belongs to."""

    api_url: str
    repository: str
    token: str
    login: str
    propose: Callable[[], int]
    """Opens a pull request, and gives its number."""

    def issues(self, deadline: float = 20.0, timeout: float = 10.0, retries: int = 3, token: str = "") -> GitHubIssues:
        """Give the adapter, pointed at this place."""
        access = Access(self.api_url, self.repository, token or self.token)
        log = EventLog("error", lambda _: None, colours=False)
        return GitHubIssues(access, Deadline(deadline), timeout, retries, log)

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Ask for a path below the repository, as anybody may."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.api_url}/repos/{self.repository}{path}"
        return httpx2.get(url, headers=headers, trust_env=False).raise_for_status().json()


def long_ago() -> datetime:
    """Give a time before everything."""
    return datetime.now(UTC) - timedelta(days=8)


async def opened(issues: GitHubIssues, title: str = "a title") -> Issue:
    """Open an issue that has nothing but a title and a body."""
    return await issues.create(title, BODY, (), ())


class Contract:
    """Derive from it, with a fixture `place`."""

    @pytest.fixture
    def issues(self, place: Place) -> GitHubIssues:
        """Give the adapter, pointed at the place."""
        return place.issues()

    async def test_login_is_the_one_that_issues_are_written_as(self, place: Place, issues: GitHubIssues) -> None:
        """By it our own issues are known again."""
        login = await issues.login()
        assert (login, (await opened(issues)).author) == (place.login, place.login)

    async def test_a_new_issue_comes_back_whole(self, place: Place, issues: GitHubIssues) -> None:
        """The text is stored as it was sent, and the labels that were missing are there now."""
        made = await issues.create("Down: ½ of «all»", BODY, ("automated", "priority:high"), ())
        assert (made.title, made.body, made.is_open, made.closed) == ("Down: ½ of «all»", BODY, True, None)
        assert f"/{made.number}" in made.url
        assert abs(datetime.now(UTC) - made.created) < timedelta(minutes=5)
        assert {label["name"] for label in place.get("/labels")} >= {"automated", "priority:high"}
        shown = place.get(f"/issues/{made.number}")
        assert {label["name"] for label in shown["labels"]} == {"automated", "priority:high"}
        assert issues.remarks() == ()

    async def test_labels_that_are_there_are_used(self, place: Place, issues: GitHubIssues) -> None:
        """A second issue with the same labels makes no second label of a name."""
        await issues.create("first", BODY, ("ecosystem-health", "Ümläut & more/less"), ())
        await issues.create("second", BODY, ("ecosystem-health", "Ümläut & more/less"), ())
        names = [label["name"] for label in place.get("/labels?per_page=100")]
        assert (names.count("ecosystem-health"), names.count("Ümläut & more/less")) == (1, 1)
        assert issues.remarks() == ()

    async def test_who_may_be_assigned_is(self, place: Place, issues: GitHubIssues) -> None:
        """The alarm has an addressee."""
        made = await issues.create("title", BODY, (), ("octocat",))
        assert [user["login"] for user in place.get(f"/issues/{made.number}")["assignees"]] == ["octocat"]
        assert issues.remarks() == ()

    async def test_who_may_not_be_assigned_is_left_out(self, place: Place, issues: GitHubIssues) -> None:
        """The issue is opened once all the same, and a remark says why nobody is assigned."""
        made = await issues.create("for a stranger", BODY, ("automated",), ("left-the-company",))
        shown = place.get(f"/issues/{made.number}")
        assert (shown["assignees"], shown["labels"][0]["name"]) == ([], "automated")
        assert [one.title for one in await issues.listed(long_ago())].count("for a stranger") == 1
        assert "left-the-company" in issues.remarks()[0].message

    async def test_pull_requests_are_not_listed(self, place: Place, issues: GitHubIssues) -> None:
        """GitHub counts them among the issues, and we do not."""
        proposed, made = place.propose(), await opened(issues)
        listed = {issue.number for issue in await issues.listed(long_ago())}
        assert (proposed in listed, made.number in listed) == (False, True)

    async def test_open_issues_are_listed_over_all_pages(self, issues: GitHubIssues) -> None:
        """More than one page of a hundred, in order, and each once."""
        made = [(await opened(issues, f"number {count}")).number for count in range(103)]
        listed = [issue.number for issue in await issues.listed(long_ago())]
        assert listed == sorted(listed)
        assert [number for number in listed if number in set(made)] == made

    async def test_closed_issues_are_listed_with_time_and_reason(self, issues: GitHubIssues) -> None:
        """Lately closed ones are memory, and say how they ended."""
        made, other = await opened(issues), await opened(issues)
        await issues.close(made.number, "completed")
        await issues.close(other.number, "not_planned")
        found = {issue.number: issue for issue in await issues.listed(long_ago())}
        assert (found[made.number].is_open, found[made.number].reason) == (False, "completed")
        assert found[other.number].reason == "not_planned"
        closed = found[made.number].closed
        assert closed is not None
        assert closed >= made.created

    async def test_issues_closed_before_are_not_listed(self, issues: GitHubIssues) -> None:
        """What was closed earlier than asked for is no longer of interest, open ones always are."""
        closed, still_open = await opened(issues), await opened(issues)
        await issues.close(closed.number, "completed")
        listed = {issue.number for issue in await issues.listed(datetime.now(UTC) + timedelta(hours=1))}
        assert closed.number not in listed
        assert still_open.number in listed

    async def test_a_reopened_issue_is_open(self, issues: GitHubIssues) -> None:
        """It has no closing time any more."""
        made = await opened(issues)
        await issues.close(made.number, "completed")
        await issues.reopen(made.number)
        found = {issue.number: issue for issue in await issues.listed(long_ago())}
        assert (found[made.number].is_open, found[made.number].closed) == (True, None)

    async def test_edits_change_what_they_name(self, issues: GitHubIssues) -> None:
        """A new body leaves the title, a new title the body."""
        made = await opened(issues, "old title")
        await issues.edit(made.number, body="new body")
        await issues.edit(made.number, title="new title")
        found = {issue.number: issue for issue in await issues.listed(long_ago())}
        assert (found[made.number].title, found[made.number].body) == ("new title", "new body")

    async def test_comments_are_written(self, place: Place, issues: GitHubIssues) -> None:
        """In the order in which they were written."""
        made = await opened(issues)
        await issues.comment(made.number, "first")
        await issues.comment(made.number, BODY)
        assert [comment["body"] for comment in place.get(f"/issues/{made.number}/comments")] == ["first", BODY]

    async def test_a_locked_issue_is_locked(self, place: Place, issues: GitHubIssues) -> None:
        """Twice is no error."""
        made = await opened(issues)
        await issues.lock(made.number)
        await issues.lock(made.number)
        assert place.get(f"/issues/{made.number}")["locked"] is True

    async def test_an_issue_that_is_not_there_is_an_error_of_its_own(self, issues: GitHubIssues) -> None:
        """It says which one, and does not end the run."""
        with pytest.raises(IssuesError, match="there is no issue 9999") as caught:
            await issues.edit(9999, body="x")
        assert (caught.value.is_lasting, caught.value.is_doubted) == (False, False)

    async def test_a_repository_that_is_not_there_ends_the_matter(self, place: Place) -> None:
        """The cure names the permission."""
        elsewhere = replace(place, repository="nobody/nothing").issues()
        with pytest.raises(IssuesError, match="list the issues of nobody/nothing") as caught:
            await elsewhere.listed(long_ago())
        assert caught.value.is_lasting
        assert "issues: write" in caught.value.hint
