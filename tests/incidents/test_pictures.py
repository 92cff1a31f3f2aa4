from __future__ import annotations

from typing import Any

import pytest

from chitty_action.documents.routes import Conflicts
from chitty_action.incidents.pictures import Facts, oddities_by_name, pictures_of
from chitty_action.model.evidence import Evidence
from chitty_action.model.incident import Kind, Picture
from chitty_action.model.observation import Absent, Blocked, Seen, Unreachable
from chitty_action.model.reading import NotFound
from chitty_action.model.sweep import Blame, Swept
from tests.world import discovered

WELL, DOWN, ILL = Evidence.HEALTHY, Evidence.DOWN, Evidence.DEGRADED
LISTED = Seen(discovered({"services": [{"name": "alpha"}]}), status=200)


def row(name: str, seen: Evidence = WELL, proxy: Evidence | None = WELL, reason: str = "answered") -> Swept:
    """Make one row of a sweep."""
    return Swept(1, name, seen, reason, f"https://{name}.example/health", 0.1, proxy, f"proxy {reason}")


def pictures(*sweep: Swept, **facts: Any) -> dict[Kind, Picture]:  # noqa: ANN401 - any field of Facts
    """Return the pictures by kind; what is not given is well."""
    usual: dict[str, Any] = {
        "blame": Blame.THEM,
        "control": (WELL, "https://connect.example/health answered 200"),
        "discovery": LISTED,
        "conflicts": Seen(Conflicts(conflicts=()), status=200),
        "oddities": {},
        "unseen": frozenset(),
        "gateway": "api.example",
        "gateway_answers": True,
    }
    return {picture.kind: picture for picture in pictures_of(Facts(sweep=sweep, **{**usual, **facts}))}


def names(picture: Picture) -> list[str]:
    """Name who is affected."""
    return [one.name for one in picture.affected]


def test_every_kind_has_a_picture_and_all_is_well() -> None:
    """Nobody affected is an answer too: it closes incidents."""
    assert pictures(row("alpha")) == {kind: Picture(kind) for kind in Kind}


def test_broken_services_are_affected_and_nobody_else() -> None:
    """Blocked is not down, and neither is what was not looked at."""
    sweep = [row(seen, seen, None) for seen in Evidence]
    picture = pictures(*sweep, unseen=frozenset({"blocked"}))[Kind.UNHEALTHY_SERVICES]
    assert sorted(names(picture)) == ["degraded", "down", "missing"]
    assert picture.unseen == {"blocked"}
    assert picture.affected[0].detail.startswith("https://degraded.example/health ")


def test_when_it_is_us_no_service_is_judged() -> None:
    """One incident, in which they are listed."""
    seen = pictures(row("alpha", DOWN, None), row("beta", DOWN, None), blame=Blame.US)
    assert seen[Kind.UNHEALTHY_SERVICES].unjudged
    assert seen[Kind.PROXY_FAILURES].unjudged
    assert seen[Kind.DISCOVERY_ERRORS].unjudged
    assert seen[Kind.HUB_UNREACHABLE].affected
    assert seen[Kind.HUB_UNREACHABLE].suppressed == ("alpha", "beta")


def test_when_only_the_hub_is_down_services_open_and_do_not_close() -> None:
    """The direct looks still count; what they do not show is not called well."""
    seen = pictures(row("alpha", DOWN, None), blame=Blame.HUB, control=(DOWN, "timed out"))
    assert names(seen[Kind.UNHEALTHY_SERVICES]) == ["alpha"]
    assert not seen[Kind.UNHEALTHY_SERVICES].may_close
    assert names(seen[Kind.HUB_UNREACHABLE]) == ["ChittyConnect"]
    assert seen[Kind.PROXY_FAILURES].unjudged


@pytest.mark.parametrize("seen", [Evidence.BLOCKED, Evidence.SKIPPED])
def test_a_hub_that_was_not_seen_is_not_judged(seen: Evidence) -> None:
    """It neither opens nor closes the incident."""
    assert pictures(row("alpha"), control=(seen, "answered 403"))[Kind.HUB_UNREACHABLE].unjudged


def test_a_proxy_of_a_broken_service_is_not_the_proxys_fault() -> None:
    """One cause, one alarm; who was affected before stays, because nothing was learnt."""
    picture = pictures(row("alpha", DOWN, DOWN), row("beta", WELL, DOWN), row("gamma", WELL, Evidence.MISSING))
    proxies = picture[Kind.PROXY_FAILURES]
    assert names(proxies) == ["beta"]
    assert proxies.unseen == {"alpha"}


def test_a_gateway_that_leads_nowhere_is_one_subject() -> None:
    """It replaces all of them."""
    picture = pictures(row("alpha", WELL, DOWN), row("beta", WELL, ILL), gateway_answers=False)[Kind.PROXY_FAILURES]
    assert names(picture) == ["api.example"]
    assert picture.suppressed == ("alpha", "beta")


def test_proxies_that_nobody_offers_are_no_failure() -> None:
    """404 through the gateway is "not offered"."""
    picture = pictures(row("alpha", WELL, Evidence.MISSING), gateway_answers=False)[Kind.PROXY_FAILURES]
    assert picture == Picture(Kind.PROXY_FAILURES, unseen=frozenset({"api.example"}))


def test_conflicts_are_gathered_by_route() -> None:
    """Two entries about one route are one subject."""
    entries: tuple[dict[str, object], ...] = (
        {"route": "a/*", "workers": ["x", "y"]},
        {"route": "a/*", "workers": ["x", "z"]},
        {"pattern": "b/*"},
    )
    picture = pictures(conflicts=Seen(Conflicts(conflicts=entries), status=200))[Kind.ROUTE_CONFLICTS]
    assert names(picture) == ["the route a/*", "the route b/*"]
    assert picture.affected[0].detail == "claimed by x and y; claimed by x and z"


@pytest.mark.parametrize("seen", [Absent(NotFound.CAPABILITY, status=404), Blocked("401", status=401)])
def test_conflicts_that_were_not_read_are_unknown(seen: Any) -> None:  # noqa: ANN401 - any observation
    """Never "no conflicts"."""
    assert pictures(conflicts=seen)[Kind.ROUTE_CONFLICTS].unjudged


def test_odd_rows_are_drift_by_name() -> None:
    """A row that moves in the list is still the same subject."""
    oddities = oddities_by_name([("alpha", ("row 3 is a duplicate",)), ("beta", ()), ("alpha", ("row 7 too",))])
    picture = pictures(oddities=oddities)[Kind.REGISTRY_DRIFT]
    assert [(one.name, one.detail) for one in picture.affected] == [("alpha", "row 3 is a duplicate; row 7 too")]
    assert pictures(oddities=None)[Kind.REGISTRY_DRIFT].unjudged


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (Seen(discovered({"services": []}), status=200), "empty"),
        (Unreachable("timed out"), "unreadable"),
    ],
)
def test_a_discovery_document_that_says_nothing_is_an_error(seen: Any, state: str) -> None:  # noqa: ANN401 - any observation
    """While the registry has services."""
    (affected,) = pictures(row("alpha"), discovery=seen)[Kind.DISCOVERY_ERRORS].affected
    assert affected.state == state


def test_a_protected_discovery_document_is_not_judged() -> None:
    """Blocked is not broken, and what is not offered is not either."""
    assert pictures(row("alpha"), discovery=Absent(NotFound.CAPABILITY, status=404))[Kind.DISCOVERY_ERRORS].unjudged
    assert pictures(row("alpha"), discovery=Blocked("403", status=403))[Kind.DISCOVERY_ERRORS].unjudged


def test_discovery_in_place_of_the_registry_closes_nothing() -> None:
    """It knows fewer services: who is not on its list has not recovered."""
    seen = pictures(row("alpha"), oddities=None)
    assert not seen[Kind.UNHEALTHY_SERVICES].may_close
    assert not seen[Kind.PROXY_FAILURES].may_close


@pytest.mark.parametrize("seen", [Evidence.BLOCKED, Evidence.SKIPPED, Evidence.UNPROBEABLE, Evidence.REDIRECTED])
def test_when_nobody_was_seen_nobody_knows_whose_fault_it_is(seen: Evidence) -> None:
    """An incident about the hub does not close by looking away."""
    assert pictures(row("alpha", seen, None))[Kind.HUB_UNREACHABLE].unjudged


@pytest.mark.parametrize("proxied", [Evidence.BLOCKED, Evidence.SKIPPED, Evidence.MISSING])
def test_a_gateway_that_was_not_seen_to_answer_has_not_recovered(proxied: Evidence) -> None:
    """Neither by a lock, nor by the deadline, nor by offering nothing."""
    picture = pictures(row("alpha", WELL, proxied), gateway_answers=False)[Kind.PROXY_FAILURES]
    assert "api.example" in picture.unseen


def test_the_proxy_of_a_broken_service_does_not_accuse_the_gateway() -> None:
    """Not even when the others are not offered."""
    sweep = [row("alpha", DOWN, DOWN), row("beta", WELL, Evidence.MISSING)]
    assert pictures(*sweep, gateway_answers=False)[Kind.PROXY_FAILURES].affected == ()


def test_rows_without_a_name_are_one_subject() -> None:
    """They have nothing but a position, which changes with the list."""
    assert oddities_by_name([("row 3", ("row 3 has no name",)), ("row 9", ("row 9 has no name",))]) == {
        "rows without a usable name": "row 3 has no name; row 9 has no name"
    }
