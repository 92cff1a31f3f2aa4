from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.checks.routes_unconflicted import CHECK
from chitty_action.documents.routes import Conflicts
from chitty_action.ecosystem import route_conflicts
from chitty_action.model.observation import Absent, Blocked, Redirected, Rejected, Seen, Unfinished, Unreachable
from chitty_action.model.reading import NotFound
from tests.world import NOTICE, SUBJECT, WARNING, about, findings, saw

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation

READING = route_conflicts(SUBJECT.hub, "alpha")


def test_no_conflicts_are_fine() -> None:
    """A list that was read and holds none of ours."""
    assert findings(CHECK, SUBJECT, saw(READING, Seen(Conflicts(conflicts=()), status=200))) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"route": "alpha.example/*", "claimants": ["alpha", "beta"]},
        {"pattern": "alpha.example/*", "claimants": [{"name": "alpha"}, {"name": "beta"}]},
        {"route": "alpha.example/*", "workers": ["alpha", "beta"]},
        {"route": "alpha.example/*", "workers": [{"worker": "alpha"}, {"service": "beta"}]},
        {"pattern": "alpha.example/*", "conflicts_with": "beta"},
        {"pattern": "alpha.example/*", "conflicts_with": ["beta"]},
        {"route": "alpha.example/*", "conflicts_with": {"name": "beta"}},
    ],
)
def test_a_conflict_names_both_claimants(entry: dict[str, object]) -> None:
    """However the hub spells them."""
    document = Conflicts(conflicts=({"service": "alpha", **entry},))
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Seen(document, status=200)))
    assert (finding.level, finding.subject) == (WARNING, "alpha")
    assert finding.message == "the route alpha.example/* is claimed by alpha and beta"
    assert finding.hint


def test_every_conflict_is_a_finding() -> None:
    """Two routes are two things to mend."""
    document = Conflicts(conflicts=({"service": "alpha", "route": "a"}, {"service": "alpha", "route": "b"}))
    found = findings(CHECK, SUBJECT, saw(READING, Seen(document, status=200)))
    assert [finding.message for finding in found] == [
        "the route a is claimed by alpha",
        "the route b is claimed by alpha",
    ]


def test_a_hub_without_the_list_does_not_offer_it() -> None:
    """A notice says "unknown", and never "no conflicts"."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, Absent(NotFound.CAPABILITY, status=404)))
    assert finding.level is NOTICE
    assert finding.message == "not offered by connect.example: a list of routes, so conflicts of alpha are unknown"


@pytest.mark.parametrize(
    ("has_api_key", "hint"), [(False, "give the input api-key"), (True, "see whether the api-key may read it")]
)
def test_a_protected_list_is_a_notice(*, has_api_key: bool, hint: str) -> None:
    """The cure depends on whether there is a key at all."""
    blocked = saw(READING, Blocked("answered 401: it asks for a valid token", status=401))
    (finding,) = findings(CHECK, about(has_api_key=has_api_key), blocked)
    assert (finding.level, finding.hint) == (NOTICE, hint)
    assert "conflicts of alpha are unknown" in finding.message


@pytest.mark.parametrize(
    "observation",
    [
        Redirected("answered 302, a redirect to /x, which is not followed", status=302),
        Rejected("answered 400", status=400),
        Unreachable("answered 500", status=500),
    ],
)
def test_a_list_that_cannot_be_read_is_a_warning(observation: Observation[Conflicts]) -> None:
    """Something is broken, and the number stays unknown."""
    (finding,) = findings(CHECK, SUBJECT, saw(READING, observation))
    assert finding.level is WARNING
    assert finding.message.startswith("conflicts of alpha are unknown: ")


def test_a_read_that_the_deadline_cut_says_nothing() -> None:
    """The outcome is then skipped, and the phase says why."""
    assert findings(CHECK, SUBJECT, saw(READING, Unfinished("the deadline of 300 s was reached"))) == []
