"""The route map as a drawing: of each zone its patterns on the left, its Workers on the right, lines between them."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from msgspec import Struct

from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chitty_action.site.status import ClaimConflict, MapClaim, RouteMap

ROW = 22
TOP = 16
PATTERN_ROOM = 48
"""Columns of a monospaced font that a pattern may take."""
LINES_FROM, LINES_TO = 342, 560
"""Where the lines of all patterns begin to bend, and where they end; counted, as a pattern's text, from the marks."""
WORKER_ROOM = 38
LETTER = 6.65
"""Width of a column, for text of 11 pixels."""
FLAGS = 3
"""Conflicts of a claim that its pattern has links to; more are counted."""


class Entry(Struct, frozen=True):
    """One conflict as the list tells it; its claims are of one zone."""

    number: int
    conflict: ClaimConflict
    claims: tuple[MapClaim, ...]


class Flag(Struct, frozen=True):
    """The number of a conflict behind a pattern: a link to the conflict, or how many there are besides."""

    entry: Entry | None
    text: str
    x: int


class Spot(Struct, frozen=True):
    """A claim in the drawing.

    Attributes:
        claim: what is drawn.
        label: its pattern, as far as there is room.
        is_clipped: whether there is not room for all of it.
        kind: `route`, `null`, `domain` or `other`.
        y: its height.
        line: the path to its Worker; empty for a null route.
        entries: its conflicts in the list.
        flags: the same as numbers behind the pattern, the first few of them.
    """

    claim: MapClaim
    label: str
    is_clipped: bool
    kind: str
    y: int
    line: str
    entries: tuple[Entry, ...]
    flags: tuple[Flag, ...]


class Box(Struct, frozen=True):
    """A Worker in the drawing."""

    name: str
    label: str
    y: int
    in_conflict: bool


class ZoneMap(Struct, frozen=True):
    """One zone, drawn."""

    zone: str
    spots: tuple[Spot, ...]
    workers: tuple[Box, ...]
    height: int
    conflicts: int


_KINDS = {"route": "route", "null route": "null", "custom domain": "domain"}


def kind_of(claim: MapClaim) -> str:
    """Return a claim's kind as styles and filters know it."""
    return _KINDS.get(claim.kind, "other")


def entries(routes: RouteMap) -> tuple[Entry, ...]:
    """Gather the claims that take part in each conflict."""
    found: dict[tuple[str, ClaimConflict], list[MapClaim]] = {}
    for claim in routes.claims:
        for conflict in dict.fromkeys(claim.conflicts):
            found.setdefault((claim.zone, conflict), []).append(claim)
    return tuple(
        Entry(number, conflict, tuple(claims))
        for number, ((_, conflict), claims) in enumerate(sorted(found.items(), key=_by_zone_and_name), 1)
    )


def _by_zone_and_name(item: tuple[tuple[str, ClaimConflict], object]) -> tuple[str, ...]:
    (zone, conflict), _ = item
    return zone, conflict.name, conflict.witness, conflict.story


def zone_maps(routes: RouteMap, listed: Sequence[Entry]) -> tuple[ZoneMap, ...]:
    """Draw every zone, those with conflicts first."""
    found: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in listed:
        for claim in entry.claims:
            found[id(claim)].append(entry)
    claims = sorted(routes.claims, key=lambda claim: (claim.zone, _reading_order(claim)))
    maps = [_zone(zone, list(group), found) for zone, group in groupby(claims, key=lambda claim: claim.zone)]
    return tuple(sorted(maps, key=lambda drawn: (not drawn.conflicts, drawn.zone)))


def _reading_order(claim: MapClaim) -> tuple[str, str, str]:
    """Sort by host from its end, so that a wildcard stands with the hosts that it covers."""
    host, _, rest = claim.pattern.partition("://")[-1 if "://" in claim.pattern else 0].partition("/")
    return ".".join(reversed(host.removeprefix("*").strip(".").split("."))), rest, claim.pattern


def _zone(zone: str, claims: Sequence[MapClaim], found: Mapping[int, Sequence[Entry]]) -> ZoneMap:
    heights = {id(claim): TOP + ROW * place for place, claim in enumerate(claims)}
    wanted: dict[str, list[int]] = {}
    for claim in claims:
        if claim.worker:
            wanted.setdefault(claim.worker, []).append(heights[id(claim)])
    places = _placed(wanted)
    contested = {claim.worker for claim in claims if claim.conflicts}
    return ZoneMap(
        zone=zone,
        spots=tuple(_spot(claim, heights[id(claim)], places, found.get(id(claim), ())) for claim in claims),
        workers=tuple(Box(name, _clipped(name, WORKER_ROOM), y, name in contested) for name, y in places.items()),
        height=max([*heights.values(), *places.values()]) + TOP,
        conflicts=len({entry.number for claim in claims for entry in found.get(id(claim), ())}),
    )


def _placed(wanted: dict[str, list[int]]) -> dict[str, int]:
    """Give each Worker the mean height of its patterns, as far as those above it leave room."""
    means = sorted((round(sum(heights) / len(heights)), name) for name, heights in wanted.items())
    places = {}
    lowest = TOP
    for mean, name in means:
        places[name] = max(mean, lowest)
        lowest = places[name] + ROW
    return places


def _spot(claim: MapClaim, y: int, places: dict[str, int], entries: Sequence[Entry]) -> Spot:
    named = [(entry, f"{entry.number}") for entry in entries[:FLAGS]]
    more = len(entries) - len(named)
    texts = [*named, *([(None, f"+{more}")] if more else [])]
    label = _clipped(claim.pattern, PATTERN_ROOM - sum(1 + len(text) for _, text in texts))
    column = _columns(label)
    flags = []
    for entry, text in texts:
        flags.append(Flag(entry, text, round((column + 1) * LETTER)))
        column += 1 + len(text)
    line = _line(round(column * LETTER) + 8, y, places[claim.worker]) if claim.worker else ""
    is_clipped = label != claim.pattern
    return Spot(claim, label, is_clipped, kind_of(claim), y, line, tuple(entries), tuple(flags))


def _line(start: int, y: int, end: int) -> str:
    """Lead from the end of a pattern's text to its Worker."""
    if y == end:
        return f"M{start} {y}H{LINES_TO}"
    middle = (LINES_FROM + LINES_TO) // 2
    return f"M{min(start, LINES_FROM)} {y}H{LINES_FROM}C{middle} {y} {middle} {end} {LINES_TO} {end}"


def _clipped(text: str, room: int) -> str:
    """Shorten a text to what fits into so many columns."""
    line = one_line(text, room)
    while _columns(line) > room:
        line = line[: max(len(line) - 2, 0)] + "…"
    return line


def _columns(text: Iterable[str]) -> int:
    """Count the columns of a monospaced font; full-width characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
