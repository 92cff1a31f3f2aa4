"""A repository's issues in memory: what GitHub does with them, and every way in which a call may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from chitty_action.incidents.decide import decide
from chitty_action.incidents.ours import LISTED_FOR
from chitty_action.incidents.standing import standing
from chitty_action.model.incident import Issue
from chitty_action.model.ports import IssuesError
from chitty_action.reporting.incidents import Page, worded, worded_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from chitty_action.changes.sync_incident import Synced
    from chitty_action.incidents.decision import Settings
    from chitty_action.model.finding import Finding
    from chitty_action.model.incident import Picture

LOGIN = "github-actions[bot]"
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
RUN_URL = "https://github.example/chittyos/chitty-action/actions/runs/42"

T = TypeVar("T")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run what never really waits, without an event loop."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waited for something")


@dataclass(slots=True)
class GitHub:
    """The port `Issues`; `faults` says which calls of a run fail: refused, lost on the way, or after their effect."""

    now: datetime = MONDAY
    issues: dict[int, Issue] = field(default_factory=dict)
    updated: dict[int, datetime] = field(default_factory=dict)
    comments: list[tuple[int, str]] = field(default_factory=list)
    locked: set[int] = field(default_factory=set)
    written: list[tuple[str, int]] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    calls: int = 0

    def expect(self, faults: dict[int, str] | None = None) -> None:
        """Begin a run, in which these calls fail."""
        self.faults, self.calls = faults or {}, 0

    def _call(self, work: Callable[[], T]) -> T:
        self.calls += 1
        match self.faults.get(self.calls - 1):
            case "before":
                raise IssuesError("GitHub answered 403: no permission", "grant `issues: write`", is_lasting=True)
            case "lost":
                raise IssuesError("GitHub timed out", is_doubted=True)
            case "after":
                work()
                raise IssuesError("GitHub answered 502", is_doubted=True)
        return work()

    async def login(self) -> str:
        """Say who writes."""
        return LOGIN

    async def listed(self, since: datetime) -> tuple[Issue, ...]:
        """List like GitHub, whose `since` is about the last change."""

        def work() -> tuple[Issue, ...]:
            found = (one for one in self.issues.values() if one.is_open or self.updated[one.number] >= since)
            return tuple(sorted(found, key=lambda issue: -issue.number))

        return self._call(work)

    async def create(self, title: str, body: str, labels: Sequence[str], assignees: Sequence[str]) -> Issue:
        """Open an issue."""
        del labels, assignees
        return self._call(lambda: self.plant(title=title, body=body))

    async def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Rewrite it."""
        assert title is None, "a title is a person's to change"
        assert body is not None
        self._call(lambda: self._change("edit", number, body=body))

    async def close(self, number: int, reason: str) -> None:
        """Close it."""
        self._call(lambda: self._change("close", number, is_open=False, closed=self.now, reason=reason))

    async def reopen(self, number: int) -> None:
        """Open it again."""
        self._call(lambda: self._change("reopen", number, is_open=True, closed=None, reason="reopened"))

    async def lock(self, number: int) -> None:
        """Lock it."""

        def work() -> None:
            self.written.append(("lock", number))
            self.locked.add(number)

        self._call(work)

    async def comment(self, number: int, body: str) -> None:
        """Keep it."""

        def work() -> None:
            assert len(body.encode()) < 60_000
            self.written.append(("comment", number))
            self.comments.append((number, body))

        self._call(work)

    def remarks(self) -> tuple[Finding, ...]:
        """Labels are no trouble here."""
        return ()

    def _change(self, what: str, number: int, **changes: Any) -> None:  # noqa: ANN401 - any field
        self.written.append((what, number))
        self.person(number, **changes)

    def person(self, number: int, **changes: Any) -> None:  # noqa: ANN401 - any field
        """Change an issue as a person does."""
        self.issues[number] = replace(self.issues[number], **changes)
        self.updated[number] = self.now

    def plant(self, *, body: str, author: str = LOGIN, association: str = "NONE", title: str = "x") -> Issue:
        """Put an issue there, whoever wrote it."""
        number = len(self.issues) + 1
        url = f"https://github.example/issues/{number}"
        issue = Issue(number, title, body, True, author, association, self.now, url=url)  # noqa: FBT003 - it is open
        self.issues[number] = issue
        self.updated[number] = self.now
        if author == LOGIN:
            self.written.append(("create", number))
        return issue

    def by_person(self, number: int, reason: str) -> None:
        """Close it as a person does."""
        self.person(number, is_open=False, closed=self.now, reason=reason)

    def later(self, **spans: float) -> None:
        """Let time pass."""
        self.now += timedelta(**spans)


async def _run(github: GitHub, pictures: Sequence[Picture], settings: Settings) -> list[Synced]:
    listed = await github.listed(github.now - LISTED_FOR)
    page = Page(github.now, RUN_URL, LOGIN)
    decisions = decide(pictures, listed, LOGIN, settings, github.now)
    kept = standing(decisions, listed, LOGIN, settings)
    changes = [worded(decision, page) for decision in decisions]
    changes += [worded_memory(kept, page)] if kept else []
    return [await change.apply(github) for change in changes]


def run(
    github: GitHub, pictures: Iterable[Picture], settings: Settings, faults: dict[int, str] | None = None
) -> list[Synced]:
    """Do what the phase does with incidents. Raises IssuesError where the list could not be read."""
    github.expect(faults)
    return finished(_run(github, tuple(pictures), settings))
