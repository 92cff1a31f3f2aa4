"""What the sandbox's GitHub remembers: repositories, of which one has issues, and who may do what to them."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.git_state import Author, GitRepository

Json = dict[str, Any]
WORKFLOW_LOGIN = "github-actions[bot]"
REPOSITORY = "chittyos/operations"


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a token belongs to. A workflow's token belongs to an app, which has no user of its own to show."""

    login: str
    association: str = "NONE"
    may_write: bool = True
    is_app: bool = False

    def shown(self) -> Json:
        """Give the user as GitHub shows it beside an issue."""
        return {"login": self.login, "type": "Bot" if self.is_app else "User", "site_admin": False}


class GitHubState:
    """Some repositories. A test reads and changes what is here; the server's thread takes the lock to change it.

    Attributes:
        repository: the one that has issues.
        repositories: what each contains, by name in lower case.
        issues: by number, pull requests among them, as GitHub shows them.
        comments: by number of the issue.
        labels: by name in lower case.
        people: by token.
        assignable: logins that may be assigned.
        is_disabled: whether issues are switched off (410).
        budget: requests until the primary rate limit answers instead; None for no limit.
        ahead: how far the clock is moved forward.
        maximum_page: what `per_page` is cut down to.
    """

    def __init__(self, origin: str, token: str) -> None:
        """Start with one repository and a workflow's token that may write."""
        self.lock = threading.RLock()
        self.api_url = f"{origin}/github"
        self.repository = REPOSITORY
        self.token = token
        self.reset()

    def reset(self) -> None:
        """Start over; address and token stay."""
        with self.lock:
            self.ahead = timedelta()
            self.issues: dict[int, Json] = {}
            self.comments: dict[int, list[Json]] = {}
            self.labels: dict[str, Json] = {}
            self.people = {self.token: Person(WORKFLOW_LOGIN, is_app=True)}
            self.assignable = {"octocat"}
            self.is_disabled = False
            self.budget: int | None = None
            self.budget_renewed_at = self.now()
            self.maximum_page = 100
            self.repositories: dict[str, GitRepository] = {}
            self.create_repository(self.repository)

    def now(self) -> datetime:
        """Give the time that GitHub goes by."""
        return datetime.now(UTC) + self.ahead

    def timestamp(self) -> str:
        """Give it as GitHub writes it."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def join(self, login: str, association: str = "NONE", *, may_write: bool = True) -> str:
        """Let somebody in, and give their token."""
        token = f"sandbox-github-{secrets.token_hex(8)}"
        self.people[token] = Person(login, association, may_write)
        return token

    def forbid_writing(self) -> None:
        """Take `issues: write` from the workflow's token."""
        self.people[self.token] = Person(WORKFLOW_LOGIN, may_write=False, is_app=True)

    def create_repository(self, name: str) -> GitRepository:
        """Let there be a repository, or start that one over, with one commit on `main`."""
        repository = GitRepository(name, Author("octocat", self.now()))
        self.repositories[name.lower()] = repository
        return repository

    def files(self, branch: str, repository: str | None = None) -> dict[str, str]:
        """Give the texts of a branch by path, of another repository than the usual one if named."""
        return self.repositories[(repository or self.repository).lower()].files(branch)

    def add(self, author: Person, title: str, body: str | None, *, is_pull_request: bool = False) -> Json:
        """Write a new issue and give it."""
        with self.lock:
            number = len(self.issues) + 1
            now = self.timestamp()
            url = f"{self.api_url}/repos/{self.repository}/issues/{number}"
            issue: Json = {
                "url": url,
                "html_url": f"https://github.com/{self.repository}/issues/{number}",
                "id": 1_000_000 + number,
                "number": number,
                "title": title,
                "user": author.shown(),
                "labels": [],
                "state": "open",
                "locked": False,
                "assignee": None,
                "assignees": [],
                "milestone": None,
                "comments": 0,
                "created_at": now,
                "updated_at": now,
                "closed_at": None,
                "author_association": author.association,
                "state_reason": None,
                "body": body,
            }
            if is_pull_request:
                issue["pull_request"] = {"url": url.replace("/issues/", "/pulls/"), "merged_at": None}
            self.issues[number] = issue
            self.comments[number] = []
            return issue

    def change(self, number: int, changed: Json) -> Json:
        """Change members of an issue, with what follows from a change of its state, and give it."""
        with self.lock:
            issue = {**self.issues[number], **changed, "updated_at": self.timestamp()}
            was_open = self.issues[number]["state"] == "open"
            if issue["state"] == "open":
                issue |= {"closed_at": None, "state_reason": None if was_open else "reopened"}
            elif was_open:
                issue |= {"closed_at": issue["updated_at"], "state_reason": changed.get("state_reason") or "completed"}
            self.issues[number] = issue
            return issue

    def add_comment(self, number: int, author: Person, body: str) -> Json:
        """Write a comment and give it."""
        with self.lock:
            earlier = self.comments[number]
            now = self.timestamp()
            comment: Json = {
                "id": 2_000_000 + number * 1000 + len(earlier),
                "html_url": f"{self.issues[number]['html_url']}#issuecomment-{len(earlier) + 1}",
                "user": author.shown(),
                "created_at": now,
                "updated_at": now,
                "author_association": author.association,
                "body": body,
            }
            earlier.append(comment)
            self.issues[number] = {**self.issues[number], "comments": len(earlier), "updated_at": now}
            return comment

    def spend(self) -> bool:
        """Take one request from the budget; False when there is none left until it is renewed."""
        with self.lock:
            if self.budget is None:
                return True
            if self.now() >= self.budget_renewed_at:
                self.budget = None
                return True
            self.budget -= 1
            return self.budget >= 0
