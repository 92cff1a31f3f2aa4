"""The issues of one repository: the port `Issues`. PyGithub is imported when the first question is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from chitty_action.adapters.github_answers import (
    Login,
    complaint_in,
    created_in,
    issues_in,
    query_of_next_page,
)
from chitty_action.adapters.github_limits import limited_for
from chitty_action.adapters.github_refusals import ISSUES, Errand, refusal, unreadable
from chitty_action.adapters.github_remote import GitHubRemote
from chitty_action.model.exchange import Answer, Request, Retry
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import IssuesError
from chitty_action.model.text import in_quotes, one_line, timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chitty_action.adapters.clock import Deadline
    from chitty_action.adapters.github_answers import Created
    from chitty_action.adapters.github_remote import Access
    from chitty_action.model.exchange import Failure
    from chitty_action.model.incident import Issue
    from chitty_action.model.ports import Log

CHECK = "incidents"
"""What the remarks are filed under."""
WORKFLOW_LOGIN = "github-actions[bot]"
"""As whom a workflow's token writes; the API does not tell it."""
NEUTRAL = "ededed"
"""The colour of a label that was missing."""
MOST_PAGES = 1000
_PAGE = 100
_GOOD = range(200, 300)
_FORBIDDEN, _NOT_FOUND, _INVALID = 403, 404, 422


class GitHubIssues:
    """Asks GitHub by its REST API, one request at a time."""

    def __init__(self, access: Access, clock: Deadline, timeout: float, retries: int, log: Log) -> None:
        """Take where to and as whom, and the bounds; nothing is asked yet."""
        self._remote = GitHubRemote(access, clock, timeout, retries, log)
        self._clock = clock
        self._name = access.repository
        self._path = f"/repos/{access.repository}"
        self._remarks: list[Finding] = []

    def remarks(self) -> tuple[Finding, ...]:
        """Return the warnings about labels and assignees that could not be set."""
        return tuple(self._remarks)

    async def login(self) -> str:
        """Return the login that this token writes as."""
        errand = Errand(ISSUES, "name the owner of the github-token", writes=False)
        exchange = await self._remote.ask(Request("GET", "/user"))
        is_limited = limited_for(exchange, self._clock.now()) is not None
        if isinstance(exchange, Answer) and exchange.status in {_FORBIDDEN, _NOT_FOUND} and not is_limited:
            return WORKFLOW_LOGIN  # a token without an owner; whether it may list issues, the list will say
        answer = self._good(errand, exchange)
        try:
            return Login.read(answer.body).login
        except ValueError as error:
            raise unreadable(errand, error) from error

    async def listed(self, since: datetime) -> tuple[Issue, ...]:
        """Return all open issues and those changed since, whole or not at all, without pull requests.

        Open ones first: an issue that is closed or reopened between the two lists is in the second one. An issue that
        was closed before counts too when something changed since, such as what the standing issue remembers.
        """
        found = {issue.number: issue for issue in await self._every({"state": "open"})}
        lately = {"state": "all", "since": timestamp(since)}
        found |= {issue.number: issue for issue in await self._every(lately)}
        return tuple(sorted(found.values(), key=lambda issue: issue.number))

    async def create(self, title: str, body: str, labels: Sequence[str], assignees: Sequence[str]) -> Issue:
        """Open an issue; what GitHub refuses about labels and assignees is left out."""
        kept = [label for label in dict.fromkeys(labels) if await self._has_label(label)]
        return await self._opened({"title": title, "body": body}, kept, list(dict.fromkeys(assignees)))

    async def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Rewrite title or body."""
        given = {"title": title, "body": body}
        changed = {name: text for name, text in given.items() if text is not None}
        await self._write("edit", number, "PATCH", changed)

    async def close(self, number: int, reason: str) -> None:
        """Close, as `completed`, `not_planned` or `duplicate`."""
        await self._write("close", number, "PATCH", {"state": "closed", "state_reason": reason})

    async def reopen(self, number: int) -> None:
        """Open it again."""
        await self._write("reopen", number, "PATCH", {"state": "open"})

    async def lock(self, number: int) -> None:
        """Let nobody but collaborators write on it."""
        await self._write("lock", number, "PUT", {}, "/lock")

    async def comment(self, number: int, body: str) -> None:
        """Write a comment."""
        await self._write("comment on", number, "POST", {"body": body}, "/comments", retry=Retry.UNSENT)

    async def _write(  # noqa: PLR0913 - the words, and what goes over the wire
        self,
        verb: str,
        number: int,
        method: str,
        document: dict[str, Any],
        below: str = "",
        *,
        retry: Retry = Retry.TRANSIENT,
    ) -> None:
        errand = Errand(ISSUES, f"{verb} issue {number} of {self._name}", number=number)
        request = Request(method, f"{self._path}/issues/{number}{below}", retry=retry)
        self._good(errand, await self._remote.ask(request, document))

    async def _every(self, wanted: dict[str, str]) -> list[Issue]:
        """List every page, in an order that new issues do not disturb."""
        errand = Errand(ISSUES, f"list the issues of {self._name}", writes=False)
        found: list[Issue] = []
        asked: set[str] = set()
        query: str | None = urlencode({**wanted, "sort": "created", "direction": "asc", "per_page": _PAGE})
        while query is not None:
            if query in asked or len(asked) == MOST_PAGES:
                raise unreadable(errand, ValueError(f"after {len(asked)} pages there is no end of them"))
            asked.add(query)
            answer = self._good(errand, await self._remote.ask(Request("GET", f"{self._path}/issues?{query}")))
            try:
                found += issues_in(answer.body)
                query = query_of_next_page(answer.headers.get("link", ""))
            except ValueError as error:
                raise unreadable(errand, error) from error
        return found

    async def _opened(self, text: dict[str, str], labels: list[str], assignees: list[str]) -> Issue:
        """Open an issue: once, and again with less only where GitHub says that it did not do so."""
        errand = Errand(ISSUES, f"open an issue in {self._name}")
        document = {**text, "labels": labels, "assignees": assignees}
        request = Request("POST", f"{self._path}/issues", retry=Retry.UNSENT)
        exchange = await self._remote.ask(request, document)
        if assignees and self._may_be_about_them(exchange):
            self._remark(f"assignees {_named(assignees)}", refusal(errand, exchange, self._clock.now()))
            return await self._opened(text, labels, [])
        if labels and self._may_be_about_them(exchange):
            self._remark(f"labels {_named(labels)}", refusal(errand, exchange, self._clock.now()))
            return await self._opened(text, [], [])
        answer = self._good(errand, exchange)
        try:
            created = created_in(answer.body)
        except ValueError as error:
            raise unreadable(errand, error) from error
        self._notice_missing(created, labels, assignees)
        return created.issue

    def _may_be_about_them(self, exchange: Answer | Failure) -> bool:
        """Whether an issue without labels or assignees might be opened where this one was not."""
        if not isinstance(exchange, Answer) or limited_for(exchange, self._clock.now()) is not None:
            return False
        return exchange.status in {_FORBIDDEN, _NOT_FOUND, _INVALID}

    def _notice_missing(self, created: Created, labels: list[str], assignees: list[str]) -> None:
        """Without push access GitHub drops labels and assignees in silence."""
        kinds = (("labels", labels, created.labels), ("assignees", assignees, created.assignees))
        for kind, wanted, there in kinds:
            missing = [name for name in wanted if name.lower() not in there]
            if missing:
                dropped = IssuesError(f"GitHub dropped them from issue {created.issue.number} and did not say why")
                self._remark(f"{kind} {_named(missing)}", dropped)

    async def _has_label(self, label: str) -> bool:
        """Create a label where it is missing; one that cannot be had is told, and does not hold up the alarm."""
        exchange = await self._remote.ask(Request("GET", f"{self._path}/labels/{quote(label, safe='')}"))
        if isinstance(exchange, Answer) and exchange.status == _NOT_FOUND:
            document = {"name": label, "color": NEUTRAL}
            exchange = await self._remote.ask(Request("POST", f"{self._path}/labels"), document)
        if isinstance(exchange, Answer) and (
            exchange.status in _GOOD or complaint_in(exchange.body).has("already_exists")
        ):
            return True
        self._remark(f"label {_named([label])}", refusal(Errand(ISSUES, "set it up"), exchange, self._clock.now()))
        return False

    def _remark(self, what: str, error: IssuesError) -> None:
        message = f"an incident goes without the {what}: {error.message}"
        hint = "correct issue-labels or issue-assignees, or let the github-token set them"
        self._remarks.append(Finding(CHECK, self._name, Level.WARNING, message, hint))

    def _good(self, errand: Errand[IssuesError], exchange: Answer | Failure) -> Answer:
        if isinstance(exchange, Answer) and exchange.status in _GOOD:
            return exchange
        raise refusal(errand, exchange, self._clock.now())


def _named(names: Sequence[str]) -> str:
    return ", ".join(in_quotes(one_line(name, 60)) for name in names)
