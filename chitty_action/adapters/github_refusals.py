"""What GitHub did not do, as the one sentence that a person reads: the thing, the cause, the cure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.github_answers import complaint_in
from chitty_action.adapters.github_limits import limited_for
from chitty_action.model.exchange import Answer, Failure, Mishap, leaves_open
from chitty_action.model.ports import IssuesError
from chitty_action.model.text import in_quotes, one_line, timestamp

if TYPE_CHECKING:
    from datetime import datetime

_REDIRECTS = range(300, 400)
_LONGEST_WAIT = 365 * 24 * 3600.0
_GRANT = "grant the job `permissions: issues: write`, or give a github-token that may write issues here"
_CONVERGES = "the next run makes up for it"


class Errand(Struct, frozen=True):
    """One thing that GitHub is asked to do.

    Attributes:
        words: an infinitive, such as `list the issues of acme/ops`.
        writes: whether GitHub changes when it is done.
        number: the issue that it is about; None for the repository.
    """

    words: str
    writes: bool = True
    number: int | None = None


def refusal(errand: Errand, exchange: Answer | Failure, now: datetime) -> IssuesError:
    """Make the error for an exchange that did not end well."""
    doubted = errand.writes and (exchange.doubted or leaves_open(exchange))
    if isinstance(exchange, Failure):
        return _unheard(errand, exchange, doubted=doubted)
    if (limit := limited_for(exchange, now)) is not None:
        until = timestamp(now + timedelta(seconds=min(limit, _LONGEST_WAIT)))
        message = f"GitHub limits this token until {until}, so it did not {errand.words}"
        return IssuesError(message, f"{_CONVERGES}; runs that share a token share its limit", is_lasting=True)
    complaint = complaint_in(exchange.body).told()
    said = f"answered {exchange.status}" + (f" {in_quotes(complaint)}" if complaint else "")
    cause, hint, lasting = _verdict(errand, exchange.status, complaint.lower())
    message = f"GitHub did not {errand.words}: {cause} ({said})"
    return IssuesError(message, hint, is_lasting=lasting, is_doubted=doubted)


def unreadable(errand: Errand, error: ValueError) -> IssuesError:
    """Make the error for an answer that is not what GitHub documents."""
    message = f"GitHub's answer when asked to {errand.words} cannot be read: {one_line(str(error), 160)}"
    return IssuesError(message, f"is GITHUB_API_URL GitHub's API? {_CONVERGES}", is_doubted=errand.writes)


def _unheard(errand: Errand, failure: Failure, *, doubted: bool) -> IssuesError:
    if failure.mishap is Mishap.UNPROBEABLE:
        message = f"GitHub cannot be asked to {errand.words}: {failure.reason}"
        return IssuesError(message, "correct that setting of the job", is_lasting=True)
    end = ", which may have been done all the same" if doubted else ""
    return IssuesError(f"GitHub was asked to {errand.words}{end}: {failure.reason}", _CONVERGES, is_doubted=doubted)


def _verdict(errand: Errand, status: int, complaint: str) -> tuple[str, str, bool]:
    """Say why, what to do about it, and whether it will be so for the rest of the run."""
    gone = errand.number is not None and "disabled" not in complaint
    lasting = not gone
    match status:
        case 401:
            lasting = True
            cause, cure = "it does not accept the github-token", "give one that is neither expired nor revoked"
        case 403 if gone and "locked" in complaint:
            cause, cure = "the issue is locked for this token", "unlock it, or grant `permissions: issues: write`"
        case 403:
            lasting = True
            cause, cure = "the github-token may not do that", _GRANT
        case 404 | 410 if gone:
            cause, cure = f"there is no issue {errand.number}, or not for this token", f"{_CONVERGES}; else {_GRANT}"
        case 410:
            cause, cure = "issues are disabled", f"enable them in the repository's settings, under Features; {_GRANT}"
        case 404:
            cause, cure = "there is no such repository for this token", _GRANT
        case 400 | 413 | 422:
            lasting = False
            cause, cure = "it takes the request for invalid", "report it: the action should not send such a thing"
        case _ if status in _REDIRECTS:
            cause = "the repository or issue was moved"
            cure = "correct GITHUB_REPOSITORY or GITHUB_API_URL; no redirect is followed with a token"
        case _:
            lasting = False
            cause, cure = "it is in trouble itself", _CONVERGES
    return cause, cure, lasting
