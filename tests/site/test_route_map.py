from __future__ import annotations

from itertools import pairwise
from unicodedata import east_asian_width

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chitty_action.site.route_map import PATTERN_ROOM, ROW, entries, zone_maps
from chitty_action.site.status import ClaimConflict, MapClaim, RouteMap

OVERLAP = ClaimConflict(name="overlap")


def claim(
    pattern: str, worker: str = "blue", *conflicts: ClaimConflict, zone: str = "example.com", kind: str = "route"
) -> MapClaim:
    """Make a claim; a route, unless another kind is named."""
    return MapClaim(zone=zone, pattern=pattern, kind=kind, worker=worker, conflicts=conflicts)


def drawn(*claims: MapClaim) -> list[tuple[str, list[str], list[str]]]:
    """Draw claims, and return of each zone its patterns and its Workers from top to bottom."""
    routes = RouteMap(known=True, claims=claims)
    maps = zone_maps(routes, entries(routes))
    return [(one.zone, [spot.claim.pattern for spot in one.spots], [box.name for box in one.workers]) for one in maps]


def test_patterns_stand_by_their_hosts() -> None:
    """A wildcard is with the hosts that it covers, and a host with its paths."""
    claims = [
        claim(pattern)
        for pattern in ("b.example.com/y", "a.example.com/*", "*.example.com/*", "https://b.example.com/x")
    ]
    assert drawn(*claims) == [
        (
            "example.com",
            ["*.example.com/*", "a.example.com/*", "https://b.example.com/x", "b.example.com/y"],
            ["blue"],
        )
    ]


def test_zones_with_conflicts_stand_first() -> None:
    """Then by name."""
    conflict = claim("c.example/*", "blue", OVERLAP, zone="c.example")
    assert [zone for zone, *_ in drawn(claim("a.example/*", zone="a.example"), conflict)] == ["c.example", "a.example"]


def test_a_null_route_has_no_line() -> None:
    """And no Worker."""
    routes = RouteMap(known=True, claims=(claim("example.com/*", "", kind="null route"),))
    (one,) = zone_maps(routes, ())
    assert [(spot.kind, spot.line) for spot in one.spots] == [("null", "")]
    assert one.workers == ()


def test_claims_of_one_conflict_are_told_once() -> None:
    """By zone, kind, witness and sentence; another witness is another conflict."""
    one = ClaimConflict(name="shadowed", witness="https://example.com/", story="Blue answers for green.")
    other = replace(one, witness="https://example.com/a/")
    claims = (
        claim("example.com/*", "blue", one, other),
        claim("example.com", "green", one, kind="custom domain"),
        claim("example.com/a/*", "red", other),
        claim("example.com/b/*"),
    )
    found = entries(RouteMap(known=True, claims=claims))
    assert [(entry.number, [each.worker for each in entry.claims], entry.conflict) for entry in found] == [
        (1, ["blue", "green"], one),
        (2, ["blue", "red"], other),
    ]


def test_a_claim_has_the_numbers_of_its_conflicts_behind_its_pattern() -> None:
    """The first few; more are counted, and the pattern makes room."""
    conflicts = [ClaimConflict(name=f"conflict {place}") for place in range(5)]
    routes = RouteMap(known=True, claims=(claim("x" * 80, "blue", *conflicts),))
    (spot,) = zone_maps(routes, entries(routes))[0].spots
    assert [flag.text for flag in spot.flags] == ["1", "2", "3", "+2"]
    assert [flag.x for flag in spot.flags] == sorted({flag.x for flag in spot.flags})
    assert len(f"{spot.label} 1 2 3 +2") == PATTERN_ROOM
    assert len(spot.entries) == 5


def test_a_worker_in_a_conflict_is_marked() -> None:
    """And its lines lead to it."""
    routes = RouteMap(known=True, claims=(claim("a.example.com/*", "blue", OVERLAP), claim("b.example.com/*", "green")))
    (one,) = zone_maps(routes, entries(routes))
    assert [(box.name, box.in_conflict) for box in one.workers] == [("blue", True), ("green", False)]
    assert [spot.line.split()[-1] for spot in one.spots] == [f"{box.y}H560" for box in one.workers]


@given(
    st.lists(st.tuples(st.text(max_size=80), st.sampled_from(["", "blue", "green", "red"])), min_size=1, max_size=30)
)
def test_nothing_lies_upon_anything_else(pairs: list[tuple[str, str]]) -> None:
    """Rows keep their distance, all is within the height, and no text is wider than its room."""
    routes = RouteMap(known=True, claims=tuple(claim(pattern, worker) for pattern, worker in pairs))
    (one,) = zone_maps(routes, ())
    for heights in ([spot.y for spot in one.spots], [box.y for box in one.workers]):
        assert all(below - above >= ROW for above, below in pairwise(heights))
        assert all(0 < height < one.height for height in heights)
    assert len(one.spots) == len(pairs)
    assert len(one.workers) == len({worker for _, worker in pairs if worker})
    for spot in one.spots:
        assert sum(1 + (east_asian_width(character) in "WF") for character in spot.label) <= PATTERN_ROOM
