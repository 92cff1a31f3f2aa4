from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.engine.coverage import coverage_of
from chitty_action.model.route import Claim, ClaimKind, Owner
from chitty_action.routes.pattern import parse
from chitty_action.state.sweep import Coverage
from tests.engine.listing import roster_of
from tests.world import discovered

if TYPE_CHECKING:
    from chitty_action.documents.discovery import Discovery

LISTED = roster_of(
    {"name": "alpha", "url": "https://alpha.example"},
    {"name": "beta", "url": "https://beta.example"},
    {"name": "gamma"},
)


def listing(*names: str) -> Discovery:
    """Give a discovery document with these services."""
    return discovered({"services": [{"name": name, "url": f"https://{name}.example"} for name in names]})


def claim(worker: str | None) -> Claim:
    """Give a route of a Worker."""
    return Claim(ClaimKind.ROUTE, parse("x.example/*"), worker, "example", "x.example/*")


def test_without_anything_to_compare_with_it_is_unknown() -> None:
    """The registry alone does not say what is not registered."""
    assert coverage_of(LISTED, None, None, ()) is None


def test_only_services_with_a_host_count() -> None:
    """One without HTTP has nothing to be public with."""
    assert coverage_of(LISTED, listing(), None, ()) == Coverage(2, 2)


def test_what_discovery_knows_and_the_registry_does_not_is_public() -> None:
    """By its name, once."""
    assert coverage_of(LISTED, listing("alpha", "delta"), None, ()) == Coverage(2, 3)


def test_an_entry_without_an_address_is_not_public() -> None:
    """A name alone answers nobody."""
    assert coverage_of(LISTED, discovered({"services": [{"name": "delta"}]}), None, ()) == Coverage(2, 2)


@pytest.mark.parametrize(
    ("worker", "public"), [("stranger", 3), ("beta-staging", 2), ("alpha-worker", 2), ("delta", 3), (None, 2)]
)
def test_a_worker_that_belongs_to_nobody_is_public(worker: str | None, public: int) -> None:
    """Not one of a service's own, in whatever environment, and not a null route."""
    owners = [Owner("alpha", "alpha-worker", "https://alpha.example")]
    assert coverage_of(LISTED, None, [claim(worker)], owners) == Coverage(2, public)


def test_two_environments_of_a_stranger_are_one() -> None:
    """They belong together."""
    assert coverage_of(LISTED, None, [claim("stranger"), claim("stranger-staging")], ()) == Coverage(2, 3)
