"""The state of the whole in one sentence that a person at 2 a.m. understands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.evidence import PROBED, Evidence
from chitty_action.model.route import ConflictKind
from chitty_action.model.sweep import Blame
from chitty_action.site.route_map import entries
from chitty_action.site.words import WORST_FIRST, is_broken, listed, plural, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.site.status import Status

_NAMED = 4
"""Services that the sentence names; more are counted."""


_KINDS = {
    ConflictKind.IDENTICAL: "identical",
    ConflictKind.SHADOWED: "shadowed",
    ConflictKind.OVERLAP: "overlapping",
    ConflictKind.DANGLING: "dangling",
    ConflictKind.MISMATCH: "mismatched",
}


class Detail(Struct, frozen=True):
    """A sentence beside the headline, and the part of the page that has more of it; empty where none has."""

    text: str
    href: str = ""


class Verdict(Struct, frozen=True):
    """What the page says first.

    Attributes:
        tone: `well`, `warning`, `broken` or `unknown`; the page's colour and icon.
        headline: the sentence.
        short: a few words, for the window's title and the badge.
        details: what else matters.
    """

    tone: str
    headline: str
    short: str
    details: tuple[Detail, ...] = ()


def verdict(status: Status) -> Verdict:
    """Judge the whole; what this run could not see is never called well.

    What is broken is said however little was seen. Else fewer than half of the rows that are not skipped say nothing of
    the whole, though all of them be healthy.
    """
    details = tuple(_details(status))
    total = len(status.services)
    if not total:
        return Verdict("unknown", "Nothing is known: there is no list of services.", "nothing known", details)
    if status.blame == Blame.US:
        headline = "This run cannot say how the services are: the trouble is probably its own network, not theirs."
        return Verdict("unknown", headline, "not judged", details)
    if status.blame == Blame.HUB:
        headline = f"ChittyConnect is in trouble. {_services(status)}"
        return Verdict("broken", headline, "the hub is in trouble", details)
    broken = sum(is_broken(row.evidence) for row in status.services)
    if broken:
        return Verdict("broken", _services(status), f"{broken:,} of {total:,} broken", details)
    healthy, to_be_judged = _count(status, Evidence.HEALTHY), _to_be_judged(status)
    if not healthy or _is_too_little(healthy, to_be_judged):
        short = f"{healthy:,} of {to_be_judged:,} judged" if healthy else "not judged"
        return Verdict("unknown", _services(status), short, details)
    tone = "warning" if status.routes.conflicts or status.verdict == "failed" else "well"
    short = "all healthy" if healthy == total else f"{healthy:,} of {total:,} healthy"
    return Verdict(tone, _services(status), short, details)


def _count(status: Status, evidence: str) -> int:
    return sum(row.evidence == evidence for row in status.services)


def _to_be_judged(status: Status) -> int:
    """Count the rows that are not skipped."""
    return len(status.services) - _count(status, Evidence.SKIPPED)


def _is_too_little(judged: int, to_be_judged: int) -> bool:
    """Whether so few were judged that it says nothing of the whole: fewer than half."""
    return 2 * judged < to_be_judged


def _services(status: Status) -> str:
    """Say how the services are."""
    rows = status.services
    total, healthy = len(rows), _count(status, Evidence.HEALTHY)
    broken = [row for row in rows if is_broken(row.evidence)]
    if not broken:
        return _nobody_broken(total, _to_be_judged(status), healthy)
    parts: list[str] = []
    room = _NAMED
    for evidence in WORST_FIRST:
        names = [shown(row.name, 40) for row in broken if row.evidence == evidence]
        if names and len(names) <= room:
            parts.append(f"{listed(names)} {_is(len(names))} {evidence}")
            room -= len(names)
        elif names:
            parts.append(f"{len(names):,} {_is(len(names))} {evidence}")
            room = 0
    return f"{len(broken):,} of {plural(total, 'service')} {_is(len(broken))} broken: {', '.join(parts)}."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _nobody_broken(total: int, to_be_judged: int, healthy: int) -> str:
    """Say it where all that were judged are healthy."""
    if healthy == total:
        return "The one service is healthy." if total == 1 else f"All {total:,} services are healthy."
    left = total - healthy
    if not healthy:
        who = "the one service could not" if total == 1 else f"none of the {total:,} services could"
        return f"Nothing is known to be broken, but {who} be judged."
    if _is_too_little(healthy, to_be_judged):
        return f"Nothing is known to be broken, but only {healthy:,} of {to_be_judged:,} services could be judged."
    return f"No service is known to be broken: {healthy:,} of {total:,} are healthy, {left:,} could not be judged."


def _details(status: Status) -> Iterator[Detail]:
    """Say what else matters: conflicts, who was not judged, how the run itself ended, what is missing."""
    conflicts = status.routes.conflicts
    if conflicts:
        yield Detail(f"{plural(conflicts, 'route conflict')}{_kinds(status)}.", "#routes")
    elif conflicts is None:
        yield Detail("Whether routes conflict is unknown.")
    total, unjudged = len(status.services), sum(row.evidence not in PROBED for row in status.services)
    if 0 < unjudged < total:
        skipped = _count(status, Evidence.SKIPPED)
        which = f" ({skipped:,} skipped)" if skipped else ""
        yield Detail(f"{unjudged:,} of {total:,} rows {_was(unjudged)} not judged{which}.")
    if status.verdict == "failed":
        yield Detail("The run that looked ended with the verdict “failed”.")
    if status.missing:
        yield Detail(f"{plural(len(status.missing), 'thing is', 'things are')} missing on this page.", "#missing")


def _kinds(status: Status) -> str:
    """Say of which kinds the conflicts are; nothing, unless that is known of each."""
    kinds = Counter(entry.conflict.kind for entry in entries(status.routes))
    told = [f"{kinds[kind]:,} {word}" for kind, word in _KINDS.items() if kinds[kind]]
    return f": {listed(told)}" if sum(kinds[kind] for kind in _KINDS) == status.routes.conflicts else ""


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
