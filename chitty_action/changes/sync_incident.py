"""GitHub's issues say what is broken in the ecosystem, and no more than that.

Why: an incident that nobody was told of lasts, and one that stays open when all is well teaches people to look away.
Otherwise: warning, and the next run goes on from where this one stopped; an error when something is broken and nobody
could be told of it, because then the red run is the alarm.
Remedy: what GitHub's answer names: mostly the permission `issues: write`, or issues that are disabled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Action, Told
from chitty_action.model.ports import IssuesError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chitty_action.model.incident import Issue, Kind
    from chitty_action.model.ports import Issues

ID = "incidents"


class Create(Struct, frozen=True):
    """Open an issue; what follows without a number is about this one."""

    title: str
    body: str
    done = "opened"


class Edit(Struct, frozen=True):
    """Rewrite a body."""

    number: int
    body: str
    done = "rewritten"


class Comment(Struct, frozen=True):
    """Write a comment."""

    number: int
    body: str
    done = "commented on"


class Close(Struct, frozen=True):
    """Close, for this reason of GitHub's."""

    number: int | None
    reason: str
    done = "closed"


class Reopen(Struct, frozen=True):
    """Open again."""

    number: int
    done = "reopened"


class Lock(Struct, frozen=True):
    """Let nobody but collaborators write on it."""

    number: int | None
    done = "locked"


Write = Create | Edit | Comment | Close | Reopen | Lock


class Synced(Struct, frozen=True):
    """What became of one change: for the output, if there is anything to tell, and for people."""

    told: Told | None
    findings: tuple[Finding, ...] = ()


class SyncIncident(Struct, frozen=True):
    """Make GitHub agree with what is decided about one kind.

    Attributes:
        kind: which one; None for the standing issue that remembers for all.
        action: for the output; None where there is nothing to tell.
        url: of the issue, if there is one already.
        writes: in this order. The first that fails is the last, because each relies on those before it. A comment comes
            before the body that remembers it: when the body then fails the next run says it again, while the reverse
            would lose it. What closes or reopens comes last, when the body knows why.
        untold: how many of them must succeed until people know of what is newly broken; 0 where nothing is.
        login: whom this token writes as.
        labels: of a new issue.
        assignees: of a new issue.
        now: for listing what was closed since.
    """

    kind: Kind | None
    action: Action | None
    url: str
    writes: tuple[Write, ...]
    untold: int
    login: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    now: datetime

    def would(self) -> Synced:
        """Say what would be done, for a dry run."""
        return Synced(self._told(f"would-{self.action}", self.url))

    async def apply(self, issues: Issues) -> Synced:
        """Do it; never raises for what GitHub does."""
        url, number, findings = self.url, None, list[Finding]()
        for position, write in enumerate(self.writes):
            try:
                created = await self._carry_out(issues, write, number)
            except IssuesError as error:
                level = Level.ERROR if position < self.untold else Level.WARNING
                return Synced(self._told(Action.FAILED, url), (*findings, self._finding(error, write, level)))
            if created:
                url, number = created.url, created.number
                findings += self._stranger(created)
        return Synced(self._told(self.action or "", url), tuple(findings))

    def _stranger(self, created: Issue) -> Iterator[Finding]:
        """Say so when the next run will not know its own issue: GitHub did not tell as whom this token writes."""
        if created.author and created.author.casefold() != self.login.casefold():
            message = f"issue {created.number} was written by {created.author}, not {self.login}"
            hint = "give the workflow's own github-token, or the next run opens another one"
            yield Finding(ID, self.kind or "memory", Level.WARNING, f"{message}, so it will not be found again", hint)

    async def _carry_out(self, issues: Issues, write: Write, created: int | None) -> Issue | None:
        match write:
            case Create():
                return await self._create(issues, write)
            case Edit(number, body):
                await issues.edit(number, body=body)
            case Comment(number, body):
                await issues.comment(number, body)
            case Close(number, reason):
                await issues.close(_one_of(number, created), reason)
            case Reopen(number):
                await issues.reopen(number)
            case Lock(number):
                await issues.lock(_one_of(number, created))
        return None

    async def _create(self, issues: Issues, write: Create) -> Issue:
        """Create once: where it is in doubt whether that was done, look before doing it again."""
        try:
            return await issues.create(write.title, write.body, self.labels, self.assignees)
        except IssuesError as error:
            if not error.is_doubted:
                raise
        for issue in await issues.listed(self.now):
            if issue.author.casefold() == self.login.casefold() and _plain(issue.body) == _plain(write.body):
                return issue
        return await issues.create(write.title, write.body, self.labels, self.assignees)

    def _told(self, action: str, url: str) -> Told | None:
        return Told(self.kind, url, action) if self.kind and self.action else None

    def _finding(self, error: IssuesError, write: Write, level: Level) -> Finding:
        whom = f"the incident {self.kind}" if self.kind else "the issue that remembers for chitty-action"
        lost = ", so nobody is told of what is broken" if level is Level.ERROR and self.kind else ""
        message = f"{whom} could not be {write.done}{lost}: {error.message}"
        return Finding(ID, self.kind or "memory", level, message, error.hint or "the next run tries again")


def _one_of(number: int | None, created: int | None) -> int:
    found = created if number is None else number
    if found is None:
        raise ValueError("nothing was created that this write could be about")
    return found


def _plain(body: str) -> str:
    return body.replace("\r\n", "\n").strip()
