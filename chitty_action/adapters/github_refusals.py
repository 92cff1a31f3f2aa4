"""What GitHub did not do, as the one sentence that a person reads: the thing, the cause, the cure."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from chitty_action.adapters.github_answers import complaint_in
from chitty_action.adapters.github_limits import limited_for
from chitty_action.model.exchange import Answer, Failure, Mishap, leaves_open
from chitty_action.model.ports import IssuesError, StateError
from chitty_action.model.text import in_quotes, one_line, timestamp

if TYPE_CHECKING:
    from datetime import datetime

E = TypeVar("E", IssuesError, StateError)
_REDIRECTS = range(300, 400)
_FORBIDDEN, _GONE = 403, frozenset({404, 410})
_LONGEST_WAIT = 365 * 24 * 3600.0
_FORBIDDING = re.compile(r"\b(?:protected branch|rule)")
"""What GitHub says of an older protection of a branch, and of a rule set, in lower case."""


class Purpose(Struct, Generic[E], frozen=True):
    """What a token is wanted for, in the words of the person who has to set it right.

    Attributes:
        error: what is raised.
        token: the input that the token comes from.
        source: the input or variable that names the repository.
        moved: what a redirect says of it.
        absent: what a 404 means.
        grant: how the token comes to the permission.
        later: what a later run does about it.
    """

    error: type[E]
    token: str
    source: str
    moved: str
    absent: str
    grant: str
    later: str


ISSUES: Purpose[IssuesError] = Purpose(
    error=IssuesError,
    token="github-token",  # noqa: S106 - the name of the input
    source="GITHUB_REPOSITORY",
    moved="the repository or issue was moved",
    absent="there is no such repository for this token",
    grant="grant the job `permissions: issues: write`, or give a github-token that may write issues here",
    later="the next run makes up for it",
)


def contents_of(repository: str) -> Purpose[StateError]:
    """Return the purpose of reading and writing what a repository contains."""
    return Purpose(
        error=StateError,
        token="state-token",  # noqa: S106 - the name of the input
        source="state-repository",
        moved="the repository was moved",
        absent="it is not there, or not for this token",
        grant=f"give a state-token that may write the contents of {repository} (`permissions: contents: write`)",
        later="the next run tries again",
    )


class Errand(Struct, Generic[E], frozen=True):
    """One thing that GitHub is asked to do.

    Attributes:
        purpose: what for.
        words: an infinitive, such as `list the issues of acme/ops`.
        writes: whether GitHub changes when it is done.
        number: the issue that it is about; None for the repository.
    """

    purpose: Purpose[E]
    words: str
    writes: bool = True
    number: int | None = None


def refusal(errand: Errand[E], exchange: Answer | Failure, now: datetime) -> E:
    """Make the error for an exchange that did not end well."""
    purpose, doubted = errand.purpose, errand.writes and (exchange.doubted or leaves_open(exchange))
    if isinstance(exchange, Failure):
        return _unheard(errand, exchange, doubted=doubted)
    if (limit := limited_for(exchange, now)) is not None:
        until = timestamp(now + timedelta(seconds=min(limit, _LONGEST_WAIT)))
        message = f"GitHub limits this token until {until}, so it did not {errand.words}"
        hint = f"{purpose.later}; runs that share a token share its limit"
        return purpose.error(message, hint, is_lasting=True, is_doubted=doubted)
    complaint = complaint_in(exchange.body).told()
    said = f"answered {exchange.status}" + (f" {in_quotes(complaint)}" if complaint else "")
    cause, hint, lasting = _verdict(errand, exchange.status, complaint.lower())
    message = f"GitHub did not {errand.words}: {cause} ({said})"
    return purpose.error(message, hint, is_lasting=lasting, is_doubted=doubted)


def unreadable(errand: Errand[E], error: ValueError) -> E:
    """Make the error for an answer that is not what GitHub documents."""
    message = f"GitHub's answer when asked to {errand.words} cannot be read: {one_line(str(error), 160)}"
    hint = f"is GITHUB_API_URL GitHub's API? {errand.purpose.later}"
    return errand.purpose.error(message, hint, is_doubted=errand.writes)


def _unheard(errand: Errand[E], failure: Failure, *, doubted: bool) -> E:
    purpose = errand.purpose
    if failure.mishap is Mishap.UNPROBEABLE:
        message = f"GitHub cannot be asked to {errand.words}: {failure.reason}"
        return purpose.error(message, "correct that setting of the job", is_lasting=True)
    end = ", which may have been done all the same" if doubted else ""
    message = f"GitHub was asked to {errand.words}{end}: {failure.reason}"
    return purpose.error(message, purpose.later, is_doubted=doubted)


def _verdict(errand: Errand[E], status: int, complaint: str) -> tuple[str, str, bool]:
    """Say why, what to do about it, and whether it will be so for the rest of the run."""
    of_issue = _of_issue(errand, status, complaint)
    if of_issue is not None:
        cause, cure = of_issue
        return cause, cure, False
    purpose, lasting = errand.purpose, True
    match status:
        case 401:
            cause, cure = f"it does not accept the {purpose.token}", "give one that is neither expired nor revoked"
        case 403:
            cause, cure = f"the {purpose.token} may not do that", purpose.grant
        case 410:
            cause = "issues are disabled"
            cure = f"enable them in the repository's settings, under Features; {purpose.grant}"
        case 404:
            cause, cure = purpose.absent, purpose.grant
        case 409 if "is empty" in complaint:
            cause, cure = "the repository is empty", "make a first commit in it, such as a README"
        case 409 | 422 if _FORBIDDING.search(complaint):
            cause, cure = "rules of the repository forbid it", f"let who owns the {purpose.token} bypass them"
        case 400 | 413 | 422:
            lasting = False
            cause, cure = "it takes the request for invalid", "report it: the action should not send such a thing"
        case _ if status in _REDIRECTS:
            lasting = errand.number is None
            cause = purpose.moved
            cure = f"correct {purpose.source} or GITHUB_API_URL; no redirect is followed with a token"
        case _:
            lasting = False
            cause, cure = "it is in trouble itself", purpose.later
    return cause, cure, lasting


def _of_issue(errand: Errand[E], status: int, complaint: str) -> tuple[str, str] | None:
    """Say why and what to do about it where it is so for one issue only."""
    if errand.number is None or "disabled" in complaint:
        return None
    if status == _FORBIDDEN and "locked" in complaint:
        return "the issue is locked for this token", "unlock it, or grant `permissions: issues: write`"
    if status in _GONE:
        cause = f"there is no issue {errand.number}, or not for this token"
        return cause, f"{errand.purpose.later}; else {errand.purpose.grant}"
    return None
