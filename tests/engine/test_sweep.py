from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chitty_action.documents.health import HealthDocument
from chitty_action.ecosystem import health_at, proxied_health
from chitty_action.engine.roster import Listed, look_of
from chitty_action.engine.sweep import (
    NOT_JUDGED,
    Everybody,
    Looks,
    blame_of,
    gateway_answers,
    limits_of,
    names_unseen,
    outcomes_of,
    without_proxies,
)
from chitty_action.incidents.pictures import Facts
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from chitty_action.model.report import Status
from chitty_action.model.subject import Address, Lack, Nowhere, Phase
from chitty_action.model.sweep import Blame, Swept
from tests.world import HUB, NOTICE, WARNING, about

if TYPE_CHECKING:
    from collections.abc import Callable

HUB_SUBJECT = about(phase=Phase.RECONCILE)
LOOKS: dict[Evidence, Observation[Any]] = {
    Evidence.HEALTHY: Seen(HealthDocument(given=True, status="ok"), status=200, elapsed=0.05),
    Evidence.DEGRADED: Rejected("answered 418", status=418),
    Evidence.DOWN: Unreachable("timed out"),
    Evidence.MISSING: Absent(NotFound.ADDRESS, status=404),
    Evidence.BLOCKED: Blocked("answered 403", status=403),
    Evidence.REDIRECTED: Redirected("answered 302", status=302),
    Evidence.UNPROBEABLE: Unprobeable("no address"),
    Evidence.SKIPPED: Unfinished("the deadline was reached"),
}
WHERE: dict[str, Callable[[str], Address | Nowhere | None]] = {
    "address": lambda name: Address(f"https://{name}.example", f"https://{name}.example/health", "list"),
    "nowhere": lambda _name: Nowhere(Lack.UNUSABLE, "its row names no address"),
    "skipped": lambda _name: None,
}


def _listed(position: int, kind: str = "address") -> Listed:
    name = f"s{position}"
    return Listed(position, name, WHERE[kind](name), "entity_type P is not a service" if kind == "skipped" else None)


def _looks(everybody: Everybody, seen: list[Evidence], proxies: list[Evidence]) -> Looks:
    looks: dict[str, Observation[Any]] = {}
    for row, direct, proxied in zip(everybody.listed, seen, proxies, strict=True):
        if row.where is not None:
            looks[row.name] = LOOKS[proxied]
            if look := look_of(row):
                looks[look] = LOOKS[direct]
    assert set(everybody.looks()) == set(looks)
    return looks


def _swept(*seen: Evidence, proxies: list[Evidence] | None = None) -> tuple[Everybody, Looks, tuple[Swept, ...]]:
    everybody = Everybody(tuple(_listed(number) for number in range(1, len(seen) + 1)), HUB_SUBJECT, {})
    looks = _looks(everybody, list(seen), proxies or [Evidence.HEALTHY] * len(seen))
    return everybody, looks, everybody.swept(looks)


def _facts(everybody: Everybody, looks: Looks, sweep: tuple[Swept, ...], blame: Blame = Blame.THEM) -> Facts:
    return Facts(
        sweep=sweep if blame is Blame.THEM else without_proxies(sweep, NOT_JUDGED[blame]),
        blame=blame,
        control=(Evidence.HEALTHY, "answered 200"),
        discovery=Unreachable("not asked"),
        conflicts=Unreachable("not asked"),
        oddities={},
        unseen=frozenset(),
        gateway="api.example",
        gateway_answers=gateway_answers(everybody, looks),
    )


KINDS = st.sampled_from(sorted(WHERE))


@given(rows=st.lists(st.tuples(KINDS, st.sampled_from(Evidence), st.sampled_from(Evidence)), max_size=30))
def test_every_row_ends_in_exactly_one_class_and_the_counts_add_up(
    rows: list[tuple[str, Evidence, Evidence]],
) -> None:
    """Whatever was seen of it, and whatever the row is."""
    listed = tuple(_listed(position, kind) for position, (kind, _, _) in enumerate(rows, 1))
    everybody = Everybody(listed, HUB_SUBJECT, {})
    looks = _looks(everybody, [seen for _, seen, _ in rows], [proxied for _, _, proxied in rows])
    sweep = everybody.swept(looks)
    assert [row.position for row in sweep] == [row.position for row in listed]
    assert sum(Counter(row.evidence for row in sweep).values()) == len(rows)
    for row, (kind, seen, _) in zip(sweep, rows, strict=True):
        wanted = {"address": seen, "nowhere": Evidence.UNPROBEABLE, "skipped": Evidence.SKIPPED}
        assert row.evidence is wanted[kind]
        assert row.reason


@pytest.mark.parametrize(
    ("seen", "control", "blame"),
    [
        ("dddh", "h", Blame.US),
        ("ddhh", "h", Blame.THEM),
        ("ddd", "h", Blame.THEM),
        ("dddbrus", "h", Blame.THEM),
        ("dddh", "d", Blame.US),
        ("dhhh", "d", Blame.HUB),
        ("hhhh", "d", Blame.HUB),
        ("hhhh", "b", Blame.THEM),
        ("", "d", Blame.HUB),
        ("dddmi", "h", Blame.US),
        ("dddmii", "h", Blame.THEM),
    ],
)
def test_more_than_half_of_four_or_more_is_not_the_services_fault(seen: str, control: str, blame: Blame) -> None:
    """Only looks that showed how a service is are counted; then the control look decides."""
    letters = dict(
        zip(
            "hidmbrus",
            ["healthy", "degraded", "down", "missing", "blocked", "redirected", "unprobeable", "skipped"],
            strict=True,
        )
    )
    sweep = [Swept(1, "s", Evidence(letters[letter]), "seen") for letter in seen]
    assert blame_of(sweep, Evidence(letters[control])) is blame


def test_what_is_broken_is_a_warning_and_what_was_not_seen_a_notice() -> None:
    """In a sweep the incident is the alarm."""
    everybody, looks, sweep = _swept(*Evidence)
    found = [f for outcome in outcomes_of(everybody, looks, _facts(everybody, looks, sweep)) for f in outcome.findings]
    levels = {finding.subject: finding.level for finding in found if finding.check == "service-healthy"}
    broken = {"degraded", "down", "missing"}
    wanted = {row.name: WARNING if row.evidence in broken else NOTICE for row in sweep if row.evidence != "healthy"}
    assert levels == {name: level for name, level in wanted.items() if _class(sweep, name) is not Evidence.SKIPPED} | {
        name: NOTICE for name in levels if _class(sweep, name) is Evidence.SKIPPED
    }


def _class(sweep: tuple[Swept, ...], name: str) -> Evidence:
    return next(row.evidence for row in sweep if row.name == name)


def test_when_it_is_us_there_is_one_finding_for_all() -> None:
    """Nobody is paged five hundred times for one broken runner."""
    everybody, looks, sweep = _swept(*[Evidence.DOWN] * 5, Evidence.HEALTHY)
    outcomes = outcomes_of(everybody, looks, _facts(everybody, looks, sweep, Blame.US))
    (finding,) = [finding for outcome in outcomes for finding in outcome.findings]
    assert finding.check == "hub-unreachable"
    assert finding.message == "5 of 6 services are down at once: probably this runner or the hub, not them"
    proxy = next(outcome for outcome in outcomes if outcome.id == "proxy-reachable")
    assert (proxy.status, proxy.subject) == (Status.SKIPPED, "api.example")


def test_a_proxy_of_a_broken_service_is_not_told_twice() -> None:
    """The service is."""
    everybody, looks, sweep = _swept(
        Evidence.DOWN, Evidence.HEALTHY, Evidence.HEALTHY, proxies=[Evidence.DOWN, Evidence.DOWN, Evidence.HEALTHY]
    )
    outcomes = outcomes_of(everybody, looks, _facts(everybody, looks, sweep))
    found = [(finding.check, finding.subject) for outcome in outcomes for finding in outcome.findings]
    assert found == [("service-healthy", "s1"), ("proxy-reachable", "s2")]


@pytest.mark.parametrize(
    ("proxied", "level", "words"),
    [
        (Evidence.DOWN, WARNING, "no service answers through api.example"),
        (Evidence.MISSING, NOTICE, "not offered by api.example"),
        (Evidence.BLOCKED, NOTICE, "did not let this runner look"),
    ],
)
def test_a_gateway_that_answers_for_nobody_is_one_finding(proxied: Evidence, level: Any, words: str) -> None:  # noqa: ANN401
    """It replaces all of them, and what it is depends on how it does not answer."""
    everybody, looks, sweep = _swept(Evidence.HEALTHY, Evidence.HEALTHY, proxies=[proxied, proxied])
    outcomes = outcomes_of(everybody, looks, _facts(everybody, looks, sweep))
    (finding,) = [finding for outcome in outcomes for finding in outcome.findings]
    assert (finding.level, finding.subject, words in finding.message) == (level, "api.example", True)


def test_what_the_deadline_cut_and_who_was_blocked_is_unseen() -> None:
    """Nothing was learnt of them."""
    everybody, looks, sweep = _swept(Evidence.SKIPPED, Evidence.BLOCKED, Evidence.REDIRECTED, Evidence.DOWN)
    assert names_unseen(everybody, sweep, looks) == {"s1", "s2", "s3"}


def test_gateways_bear_more_than_services() -> None:
    """They stand for many."""
    assert limits_of(HUB, 64) == {"api.example:443": 32, "mcp.example:443": 32}
    assert limits_of(HUB, 8) == {"api.example:443": 4, "mcp.example:443": 4}
    assert limits_of(HUB, 1) == {"api.example:443": 1, "mcp.example:443": 1}


def test_a_row_that_was_left_out_is_told_with_its_reason() -> None:
    """Never silent about what was skipped."""
    everybody = Everybody((_listed(1, "skipped"),), HUB_SUBJECT, {})
    facts = _facts(everybody, {}, everybody.swept({}))
    outcome, gateway = outcomes_of(everybody, {}, facts)
    assert (outcome.status, outcome.findings[0].level) == (Status.SKIPPED, NOTICE)
    assert outcome.findings[0].message == "s1 was not looked at: entity_type P is not a service"
    assert gateway.status is Status.SKIPPED
    assert replace(facts.sweep[0]).proxy is None


def test_a_look_is_known_by_a_url_or_by_a_service_s_name() -> None:
    """The direct ones come first; a label is what the gateway calls a service, and a condition holds for both."""
    hub = about(phase=Phase.RECONCILE, health_condition=".ok")
    listed = (_listed(1), _listed(2, "nowhere"), _listed(3, "skipped"))
    everybody = Everybody(listed, hub, {"s2": "two"})
    assert [*everybody.looks()] == ["https://s1.example/health", "s1", "s2"]
    assert [everybody.reading(look) for look in everybody.looks()] == [
        health_at("https://s1.example/health", ".ok"),
        proxied_health(HUB, "s1", ".ok"),
        proxied_health(HUB, "s2", ".ok", "two"),
    ]
