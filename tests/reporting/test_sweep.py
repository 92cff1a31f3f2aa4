from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.evidence import BROKEN, PROBED, Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Action, Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Swept
from chitty_action.reporting.sweep import (
    WORST_FIRST,
    about_the_run,
    broken,
    counted,
    findings_about_the_run,
    took,
    troubles,
    unjudged,
    worth_telling,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
SWEEPS = st.lists(
    st.tuples(
        st.sampled_from(["alpha", "beta", "row 3"]),
        st.sampled_from(Evidence),
        st.sampled_from(["one", "two"]),
        st.none() | st.sampled_from(Evidence),
        st.sampled_from(["", "three"]),
    ).map(lambda drawn: Swept(1, drawn[0], drawn[1], drawn[2], proxy=drawn[3], proxy_reason=drawn[4])),
    max_size=30,
)


def row(name: str, evidence: Evidence, since: datetime | None = None, proxy: Evidence | None = None) -> Swept:
    """See a service so."""
    return Swept(1, name, evidence, f"{name} was seen", since=since, proxy=proxy, proxy_reason="as told" * bool(proxy))


def test_counts_are_one_line() -> None:
    """In the order of the classes, without those that nobody is in."""
    rows = [row("a", Evidence.DOWN), row("b", Evidence.SKIPPED), *[row("c", Evidence.HEALTHY)] * 1_200]

    assert counted(rows) == "1,202 services: 1,200 healthy, 1 down, 1 skipped"
    assert counted(rows[:1]) == "1 service: 1 down"


def test_the_worst_is_read_first() -> None:
    """By class, then by name; every class that counts as broken has its place."""
    rows = [row("d", Evidence.DEGRADED), row("c", Evidence.MISSING), row("b", Evidence.DOWN), row("a", Evidence.DOWN)]

    assert [one.name for one in broken([*rows, row("e", Evidence.BLOCKED)])] == ["a", "b", "c", "d"]
    assert set(WORST_FIRST) == BROKEN


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, True),
        (NOW, True),
        (NOW - timedelta(milliseconds=1), False),
        (NOW + timedelta(seconds=9), True),
        (NOW.replace(microsecond=0) - timedelta(seconds=1), False),
    ],
)
def test_what_no_earlier_run_saw_broken_is_new(since: datetime | None, expected: bool) -> None:  # noqa: FBT001 - a table
    """A run that ended a moment before this one began is an earlier one."""
    assert row("a", Evidence.DOWN, since).is_new(NOW) is expected


def test_what_is_remembered_is_old_where_nobody_knows_when_the_run_began() -> None:
    """Only what nothing remembers is new then."""
    assert not row("a", Evidence.DOWN, NOW).is_new(None)
    assert row("a", Evidence.DOWN).is_new(None)


def test_a_failing_proxy_is_trouble_where_the_service_is_well() -> None:
    """Before a broken service it is no news; what is not offered or blocked is no failure."""
    rows = (
        row("ok", Evidence.HEALTHY, proxy=Evidence.REDIRECTED),
        row("sick", Evidence.DOWN, NOW - timedelta(days=1), Evidence.DOWN),
        row("unasked", Evidence.HEALTHY, proxy=Evidence.MISSING),
        row("closed", Evidence.HEALTHY, proxy=Evidence.BLOCKED),
    )
    made = troubles(Report(Phase.RECONCILE, "x", (), started=NOW, sweep=rows))

    assert [(one.name, one.what, one.since, one.seen) for one in made] == [
        ("sick", "down", "2026-01-01 03:04 UTC", "sick was seen"),
        ("ok", "proxy redirected", "", "as told"),
    ]


def test_one_reason_is_one_group() -> None:
    """The largest first, services before proxies; a skipped service's proxy is not told again."""
    rows = [
        Swept(1, "a", Evidence.SKIPPED, "ignored", proxy_reason="ignored"),
        Swept(2, "b", Evidence.BLOCKED, "answered 403", proxy=Evidence.HEALTHY),
        Swept(3, "c", Evidence.BLOCKED, "answered 403", proxy=Evidence.MISSING, proxy_reason="answered 404"),
        Swept(4, "d", Evidence.HEALTHY, "answered 200", proxy_reason="the hub is down"),
    ]

    assert [(group.icon, group.what, group.reason, group.names) for group in unjudged(rows)] == [
        ("ℹ️", "blocked", "answered 403", ("b", "c")),  # noqa: RUF001 - the icon of a notice
        ("⏭️", "skipped", "ignored", ("a",)),
        ("ℹ️", "proxy missing", "answered 404", ("c",)),  # noqa: RUF001 - same
        ("ℹ️", "proxy not judged", "the hub is down", ("d",)),  # noqa: RUF001 - same
    ]


@given(SWEEPS)
def test_nobody_is_forgotten(sweep: list[Swept]) -> None:
    """A row is healthy, or stands among those that are broken, or among those that were not judged; never in two."""
    grouped = sum(len(group.names) for group in unjudged(sweep) if not group.what.startswith("proxy"))
    healthy = sum(one.evidence is Evidence.HEALTHY for one in sweep)

    assert healthy + len(broken(sweep)) + grouped == len(sweep)
    assert {Evidence.HEALTHY, *BROKEN} == PROBED


def test_the_table_of_services_is_not_told_twice() -> None:
    """Outcomes of a listed service are in it; those about the gateway, a stranger, or the run are not."""
    found = Finding("proxy-reachable", "api.chitty.cc", Level.WARNING, "no proxy answers")
    noted = Finding("routes", "hub", Level.ERROR, "cannot be read")
    outcomes = (
        Outcome("service-healthy", "alpha", Status.WARNED, "down", (Finding("a", "alpha", Level.WARNING, "down"),)),
        Outcome("proxy-reachable", "alpha", Status.PASSED, "healthy"),
        Outcome("proxy-reachable", "api.chitty.cc", Status.WARNED, "none", (found,)),
        Outcome("routes", "alpha", Status.FAILED, "no", (noted,)),
    )
    swept = Report(Phase.RECONCILE, "x", outcomes, sweep=(row("alpha", Evidence.DOWN),))

    assert about_the_run(swept) == outcomes[2:]
    assert findings_about_the_run(swept) == (noted, found)
    assert about_the_run(Report(Phase.POST, "alpha", outcomes)) == outcomes


def test_incidents_that_never_were_are_not_told() -> None:
    """One without an issue that is to stay so; what failed is told without an issue too."""
    told = [
        Told(Kind.HUB_UNREACHABLE, "", Action.UNCHANGED),
        Told(Kind.ROUTE_CONFLICTS, "", Action.FAILED),
        Told(Kind.PROXY_FAILURES, "https://github.com/a/b/issues/1", Action.UNCHANGED),
    ]

    assert worth_telling(told) == told[1:]


@pytest.mark.parametrize(
    ("elapsed", "words"), [(None, ""), (0.0, "0 ms"), (0.0423, "42 ms"), (1.0, "1.0 s"), (12.34, "12.3 s")]
)
def test_latency_is_readable(elapsed: float | None, words: str) -> None:
    """Milliseconds below a second."""
    assert took(Swept(1, "a", Evidence.HEALTHY, "well", elapsed=elapsed)) == words
