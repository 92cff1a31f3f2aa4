from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chitty_action import ecosystem
from chitty_action.documents.services import Row, Services
from chitty_action.engine.roll import Roll, roll_of
from chitty_action.model.finding import Level
from chitty_action.model.observation import Absent, Blocked, Seen, Snapshot, Unreachable
from chitty_action.model.reading import Generation, NotFound
from tests.world import HUB, inputs

TODAY = date(2026, 11, 22)
LIST = ecosystem.services(HUB)
URL = LIST.sources[0].url
DISCOVERY = ecosystem.discovery(HUB).sources[0].url


def _roll(seen: Any, **given: str) -> Roll:  # noqa: ANN401 - any observation
    pair: tuple[Any, Any] = LIST, seen
    return roll_of(Snapshot([pair]), HUB, None, inputs(phase="reconcile", **given), TODAY)


def _listed(*names: str | None, url: str = URL) -> Seen[Services]:
    rows = tuple(Row(position, name) for position, name in enumerate(names, 1))
    return Seen(Services(rows), url=url, status=200, generation=Generation.DESIGN)


@pytest.mark.parametrize(
    "seen",
    [
        Unreachable("timed out", url=URL),
        Absent(NotFound.CAPABILITY, status=404, url=URL),
        Blocked("answered 403: forbidden", status=403, url=URL),
        _listed(),
    ],
)
def test_a_list_that_is_unreadable_or_empty_is_an_error(seen: Any) -> None:  # noqa: ANN401 - any observation
    """Nobody is on the roll, and the sentence says that nothing was written."""
    roll = _roll(seen)
    (finding,) = roll.outcome.findings
    assert roll.listed == ()
    assert finding.level is Level.ERROR
    assert "nothing written" in finding.message
    assert finding.hint


def test_everybody_on_the_list_is_on_the_roll() -> None:
    """In its order, and the report says who answered."""
    roll = _roll(_listed("alpha", "beta"))
    assert [row.name for row in roll.listed] == ["alpha", "beta"]
    assert (roll.outcome.findings, roll.oddities) == ((), {})
    assert roll.outcome.generation is Generation.DESIGN


def test_odd_rows_are_warnings_about_the_registry() -> None:
    """A row without a name, and a second row of one name."""
    roll = _roll(_listed("alpha", None, "alpha"))
    assert [(finding.level, finding.subject) for finding in roll.outcome.findings] == [
        (Level.WARNING, "rows without a usable name"),
        (Level.WARNING, "alpha"),
    ]
    assert [row.skipped is None for row in roll.listed] == [True, False, False]


def test_a_person_can_leave_a_service_out() -> None:
    """With the reason, and until a day that still counts."""
    roll = _roll(_listed("alpha", "beta"), ignore="alpha: it moves house until 2026-11-22\nbeta: retired")
    assert [row.skipped for row in roll.listed] == [
        "ignored until 2026-11-22: it moves house",
        "ignored: retired",
    ]


def test_a_line_that_is_over_leaves_nobody_out_and_says_so() -> None:
    """A forgotten line must not hide an outage."""
    roll = _roll(_listed("alpha"), ignore="alpha: it moves house until 2026-11-21")
    (finding,) = roll.outcome.findings
    assert roll.listed[0].skipped is None
    assert (finding.level, "no longer leaves alpha out" in finding.message) == (Level.WARNING, True)


def test_a_line_about_nobody_is_a_notice() -> None:
    """A typo in a name would otherwise stay silent."""
    (finding,) = _roll(_listed("alpha"), ignore="alhpa: retired").outcome.findings
    assert (finding.level, "not on the list" in finding.message) == (Level.NOTICE, True)


def test_a_route_that_is_ignored_is_nobody_on_the_list() -> None:
    """Its line leaves no service out, not even one called `route`, and is not missed among them."""
    roll = _roll(_listed("route"), ignore="route a.example/*: deliberately")
    assert roll.listed[0].skipped is None
    assert roll.outcome.findings == ()


def test_a_route_whose_line_is_over_is_told() -> None:
    """As a service's is."""
    roll = _roll(_listed("route"), ignore="route a.example/*: deliberately until 2026-11-21")
    (finding,) = roll.outcome.findings
    assert finding.message == "input ignore no longer leaves route a.example/* out: its line ended on 2026-11-21"


def test_discovery_in_place_of_the_registry_says_so_and_is_no_drift() -> None:
    """It knows fewer services, and its oddities are not the registry's."""
    roll = _roll(_listed("alpha", None, url=DISCOVERY))
    (finding,) = roll.outcome.findings
    assert roll.oddities is None
    assert (finding.level, "the registry could not be read" in finding.message) == (Level.WARNING, True)
