"""What is said of claims and conflicts, in sentences that may quote remote text."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from chitty_action.model.route import Conflict, ConflictKind, Deliberate, Nobody, Undetermined, Won
from chitty_action.model.text import and_more, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.model.route import Answer, Move, Notice, Unclaimed

_FIRST_FEW = 5


def answer_told(answer: Answer) -> str:
    """Say who answers, to stand behind a URL."""
    match answer:
        case Won(claim=claim):
            return f"is answered by {one_line(claim.worker or '', 80)} ({one_line(claim.text, 120)})"
        case Nobody(by=None):
            return "is answered by no Worker"
        case Nobody():
            return "is answered by no Worker, because a null route switches that off"
        case Undetermined(claims=claims, why=why):
            workers = " or ".join(dict.fromkeys(one_line(one.worker or "no Worker", 80) for one in claims))
            return f"is answered by {workers}: Cloudflare documents no order ({why})"


def conflict_told(conflict: Conflict) -> str:
    """Say what is wrong, with both claimants, the winner and a URL that proves it."""
    claim, seen = conflict.claim, f"{conflict.witness} {answer_told(conflict.answer)}"
    match conflict.kind:
        case ConflictKind.IDENTICAL:
            told = f"{claim.told} and {_rivals(conflict)} claim the same URLs: {seen}"
        case ConflictKind.SHADOWED:
            told = f"{claim.told} is never matched, because {_rivals(conflict)} goes before it: {seen}"
        case ConflictKind.OVERLAP:
            told = f"{claim.told} and {_rivals(conflict)} claim URLs in common: {seen}"
        case ConflictKind.DANGLING:
            where = f": see {conflict.witness}" if conflict.witness else ""
            told = f"{claim.told} leads nowhere, because the account has no such Worker{where}"
        case ConflictKind.MISMATCH:
            told = f"{seen}, and the registry has {one_line(conflict.owner or '', 80)} there ({conflict.service})"
    is_named = conflict.owner is not None and conflict.kind not in {ConflictKind.DANGLING, ConflictKind.MISMATCH}
    return f"{told}; the registry has {one_line(conflict.owner or '', 80)} there" if is_named else told


def _rivals(conflict: Conflict) -> str:
    return conflict.rivals[0].told + and_more(conflict.more + len(conflict.rivals) - 1)


def call_told(move: Move) -> str:
    """Return the call of a move as a person runs it; the token stays in the environment."""
    words = ["curl", "--fail-with-body", "--request", move.method, move.url]
    if move.body:
        words += ["--header", "Content-Type: application/json", "--data", move.body]
    return f'{shlex.join(words)} --header "Authorization: Bearer $CLOUDFLARE_API_TOKEN"'


def notices_told(notices: Iterable[Notice]) -> Iterator[str]:
    """Say what meets without conflict, in one sentence for each reason."""
    by_reason: dict[Deliberate, list[str]] = {}
    for notice in notices:
        claims = notice.claim.told if notice.claim is notice.rival else f"{notice.claim.told} and {notice.rival.told}"
        by_reason.setdefault(notice.reason, []).append(f"{claims} ({notice.detail})" if notice.detail else claims)
    for reason in Deliberate:
        if told := list(dict.fromkeys(by_reason.get(reason, ()))):
            yield f"no conflict, but {reason}: {_few(told)}"


def unclaimed_told(unclaimed: Iterable[Unclaimed]) -> str:
    """Say which registered hosts no Worker claims."""
    names = [f"{one.owner.url} ({one.owner.service})" for one in unclaimed]
    many = "registered hosts are" if len(names) > 1 else "registered host is"
    return f"{len(names):,} {many} claimed by no Worker: {_few(names)}"


def _few(told: list[str]) -> str:
    more = len(told) - _FIRST_FEW
    return "; ".join(told[:_FIRST_FEW]) + (f"; and {more:,} more" if more > 0 else "")
