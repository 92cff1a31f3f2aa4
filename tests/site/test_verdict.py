from __future__ import annotations

import pytest

from chitty_action.site.badges import badges
from chitty_action.site.status import ClaimConflict, MapClaim, RouteMap, ServiceStatus, Status
from chitty_action.site.verdict import verdict
from tests.site.example import NOW

QUIET = RouteMap(known=True, conflicts=0)


def seen(classes: str, **facts: object) -> Status:
    """Make a status of services in these classes, named a, b, c and so on."""
    rows = tuple(
        ServiceStatus(name=chr(ord("a") + place), position=place + 1, evidence=evidence)
        for place, evidence in enumerate(classes.split())
    )
    return Status(**{"generated": NOW, "stale_after": 1, "services": rows, "routes": QUIET} | facts)  # type: ignore[arg-type] # a test's shorthand


@pytest.mark.parametrize(
    ("classes", "tone", "sentence"),
    [
        ("healthy", "well", "The one service is healthy."),
        ("healthy healthy", "well", "All 2 services are healthy."),
        ("healthy skipped", "well", "No service is known to be broken: 1 of 2 are healthy, 1 could not be judged."),
        ("healthy blocked", "well", "No service is known to be broken: 1 of 2 are healthy, 1 could not be judged."),
        (
            "healthy blocked redirected skipped",
            "unknown",
            "Nothing is known to be broken, but only 1 of 3 services could be judged.",
        ),
        ("down blocked blocked", "broken", "1 of 3 services is broken: a is down."),
        ("blocked", "unknown", "Nothing is known to be broken, but the one service could not be judged."),
        ("blocked skipped", "unknown", "Nothing is known to be broken, but none of the 2 services could be judged."),
        ("healthy down", "broken", "1 of 2 services is broken: b is down."),
        (
            "down missing down degraded",
            "broken",
            "4 of 4 services are broken: a and c are down, b is missing, d is degraded.",
        ),
        (
            "degraded degraded degraded down missing",
            "broken",
            "5 of 5 services are broken: d is down, e is missing, 3 are degraded.",
        ),
        ("down down down down down", "broken", "5 of 5 services are broken: 5 are down."),
        ("", "unknown", "Nothing is known: there is no list of services."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_is_broken(classes: str, tone: str, sentence: str) -> None:
    """By name where there are few; and what nobody saw is never called well."""
    said = verdict(seen(classes))
    assert (said.tone, said.headline) == (tone, sentence)


def test_conflicts_do_not_judge_services() -> None:
    """Where fewer than half of them were judged, a known conflict is a detail of an unknown whole."""
    said = verdict(seen("healthy blocked blocked", routes=RouteMap(known=True, conflicts=1)))
    assert (said.tone, said.details[0].text) == ("unknown", "1 route conflict.")


def test_trouble_of_the_run_itself_is_not_theirs() -> None:
    """What is down for a run whose network is broken says nothing of the services."""
    said = verdict(seen("down down down", blame="us"))
    assert (said.tone, said.short) == ("unknown", "not judged")
    assert said.headline.startswith("This run cannot say how the services are")


def test_trouble_of_the_hub_comes_first() -> None:
    """Then how the services are."""
    said = verdict(seen("healthy healthy", blame="hub"))
    assert (said.tone, said.headline) == ("broken", "ChittyConnect is in trouble. All 2 services are healthy.")


@pytest.mark.parametrize(
    ("facts", "tone", "details"),
    [
        ({"routes": RouteMap(known=True, conflicts=1)}, "warning", ["1 route conflict."]),
        ({"routes": RouteMap(known=False)}, "well", ["Whether routes conflict is unknown."]),
        ({"verdict": "failed"}, "warning", ["The run that looked ended with the verdict “failed”."]),
        ({"missing": ("x",)}, "well", ["1 thing is missing on this page."]),
        ({"missing": ("x", "y")}, "well", ["2 things are missing on this page."]),
    ],
)  # fmt: skip
def test_what_else_matters_is_said_too(facts: dict[str, object], tone: str, details: list[str]) -> None:
    """Conflicts, a run that failed, and what is missing."""
    said = verdict(seen("healthy", **facts))
    assert (said.tone, [detail.text for detail in said.details]) == (tone, details)


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ("down blocked", "1 of 2 rows was not judged."),
        ("down skipped blocked skipped", "3 of 4 rows were not judged (2 skipped)."),
    ],
)
def test_who_was_not_judged_is_counted(classes: str, sentence: str) -> None:
    """Beside those who are broken; what is skipped is told apart."""
    assert [detail.text for detail in verdict(seen(classes)).details] == [sentence]


def conflicts(*kinds: str) -> tuple[MapClaim, ...]:
    """Make a claim with a conflict of each kind."""
    named = tuple(ClaimConflict(name=f"conflict {place}", kind=kind) for place, kind in enumerate(kinds))
    return (MapClaim(zone="example", pattern="example/*", kind="route", conflicts=named),)


@pytest.mark.parametrize(
    ("kinds", "count", "sentence"),
    [
        (("dangling", "overlap", "overlap"), 3, "3 route conflicts: 2 overlapping and 1 dangling."),
        (("identical", "shadowed", "mismatch"), 3, "3 route conflicts: 1 identical, 1 shadowed and 1 mismatched."),
        (("dangling", "unheard-of"), 2, "2 route conflicts."),
        (("dangling",), 2, "2 route conflicts."),
    ],
)
def test_conflicts_are_told_by_kind(kinds: tuple[str, ...], count: int, sentence: str) -> None:
    """In words that are true of each of them; where a kind is not known there is only the count."""
    routes = RouteMap(known=True, claims=conflicts(*kinds), conflicts=count)
    (detail,) = verdict(seen("healthy", routes=routes)).details
    assert (detail.text, detail.href) == (sentence, "#routes")


@pytest.mark.parametrize(
    ("evidence", "blame", "message", "color"),
    [
        ("healthy", "them", "healthy", "brightgreen"), ("degraded", "them", "degraded", "orange"),
        ("down", "them", "down", "red"), ("missing", "hub", "missing", "red"),
        ("blocked", "them", "blocked", "lightgrey"),
        ("skipped", "them", "skipped", "lightgrey"), ("on fire", "them", "unknown", "lightgrey"),
        ("down", "us", "unknown", "lightgrey"), ("healthy", "us", "healthy", "brightgreen"),
    ],
)  # fmt: skip
def test_a_badge_says_the_class(evidence: str, blame: str, message: str, color: str) -> None:
    """And only what this run could judge."""
    row = ServiceStatus(name="chittyrouter", position=1, evidence=evidence)
    badge = badges(seen("", services=(row,), blame=blame))["chittyrouter"]
    assert (badge.schema_version, badge.label, badge.message, badge.color) == (1, "chittyrouter", message, color)


def test_only_valid_names_have_badges() -> None:
    """A name that is none could be a path; of two rows of one name the first counts, and `ecosystem` is taken."""
    names = ("a", "a", "../a", "row 3", "A", "ecosystem", "x" * 64)
    rows = [
        ServiceStatus(name=name, position=place, evidence="down" if place else "healthy")
        for place, name in enumerate(names)
    ]
    made = badges(seen("", services=tuple(reversed(rows))))
    assert list(made) == ["a", "ecosystem"]
    assert made["a"].message == "healthy"
    assert made["ecosystem"].message == "6 of 7 broken"


@pytest.mark.parametrize(
    ("classes", "message", "color"),
    [
        ("healthy healthy", "all healthy", "brightgreen"), ("healthy skipped", "1 of 2 healthy", "brightgreen"),
        ("healthy blocked blocked", "1 of 3 judged", "lightgrey"),
        ("healthy down", "1 of 2 broken", "red"), ("skipped", "not judged", "lightgrey"),
        ("", "nothing known", "lightgrey"),
    ],
)  # fmt: skip
def test_the_badge_of_the_whole_is_the_verdict(classes: str, message: str, color: str) -> None:
    """In a few words."""
    badge = badges(seen(classes))["ecosystem"]
    assert (badge.message, badge.color) == (message, color)
