from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from chitty_action.engine.chronicle import Surroundings, sweep_of
from chitty_action.metrics.outlook import Outlook, outlook_of
from chitty_action.model.evidence import Evidence
from chitty_action.model.incident import Kind, Told
from chitty_action.model.report import Report
from chitty_action.model.route import Claim, ClaimKind, Conflict, ConflictKind, Nobody, RouteVerdict, Unread
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Blame, Swept
from chitty_action.routes.pattern import parse
from chitty_action.site.assemble import MOST_DEPLOYMENTS, Backdrop, status_of
from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.history import History
from chitty_action.state.sweep import OpenIncident
from tests.memory import pending
from tests.world import RUN, STARTED

if TYPE_CHECKING:
    from chitty_action.site.status import ServiceStatus, Status

BACKDROP = Backdrop(
    generated=STARTED,
    hub="https://connect.example",
    environment="production",
    repository="chittyos/operations",
    branch="state/chitty",
    discovered=frozenset({"alpha"}),
    claims=(),
)
AROUND = Surroundings(Blame.THEM, (), 0, None, refreshed=False, coverage=None)
ROWS = (
    Swept(1, "alpha", Evidence.HEALTHY, "seen", elapsed=0.0614, proxy=Evidence.HEALTHY),
    Swept(2, "beta", Evidence.DOWN, "timed out", since=STARTED - timedelta(days=1)),
)


def deployment(service: str = "alpha", minutes: int = 10, **changes: Any) -> Deployment:  # noqa: ANN401 - any field
    """Return a deployment of some minutes ago."""
    at, run = STARTED - timedelta(minutes=minutes), str(minutes)
    known: dict[str, Any] = {"environment": "production", "verdict": "passed", "durations": Durations(1.0, 90.0)}
    return Deployment(**{**known, "at": at, "service": service, "run": run, **changes})


def outlook(rows: tuple[Swept, ...] = ROWS, history: History | None = None, around: Surroundings = AROUND) -> Outlook:
    """Return what is known at the end of a sweep."""
    return outlook_of(sweep_of(rows, around, RUN, STARTED, 3.0), history or History(), STARTED)


def page(
    rows: tuple[Swept, ...] = ROWS,
    history: History | None = None,
    around: Surroundings = AROUND,
    backdrop: Backdrop = BACKDROP,
    **of_report: Any,  # noqa: ANN401 - any field
) -> Status:
    """Put the page together."""
    report = Report(Phase.RECONCILE, "the ecosystem", (), sweep=rows, started=STARTED, **of_report)
    return status_of(report, outlook(rows, history, around), backdrop)


def service(status: Status, name: str) -> ServiceStatus:
    """Return the only row of a name."""
    (row,) = [one for one in status.services if one.name == name]
    return row


def test_every_row_is_there() -> None:
    """With what was seen of it, and counts that agree."""
    status = page()
    assert [(one.name, one.evidence, one.latency) for one in status.services] == [
        ("alpha", "healthy", 61),
        ("beta", "down", None),
    ]
    assert status.counts == {"healthy": 1, "down": 1}
    assert (status.verdict, status.blame, status.stale_after) == ("passed", "them", 12 * 3600)


def test_what_is_remembered_belongs_to_the_first_row_of_a_name() -> None:
    """The second one of that name has nothing of its own."""
    rows = (*ROWS, replace(ROWS[0], position=3, evidence=Evidence.DOWN))
    first, _, second = page(rows, History(deployments=(deployment(),))).services
    assert (first.deployment is None, second.deployment is None, second.history) == (False, True, ())


def test_a_row_is_broken_since_an_incident_remembers_it() -> None:
    """Where sweeps do not; what is well has no beginning there."""
    status = status_of(Report(Phase.RECONCILE, "x", (), sweep=ROWS), replace(outlook(), services={}), BACKDROP)
    assert [one.since for one in status.services] == [None, STARTED - timedelta(days=1)]


@pytest.mark.parametrize(
    ("proxy", "word"),
    [
        (Evidence.HEALTHY, "yes"),
        (Evidence.DOWN, "no"),
        (Evidence.REDIRECTED, "no"),
        (Evidence.BLOCKED, "unknown"),
        (None, "unknown"),
    ],
)
def test_whether_the_gateway_reaches_a_service(proxy: Evidence | None, word: str) -> None:
    """What was not seen is unknown."""
    assert service(page((replace(ROWS[0], proxy=proxy),)), "alpha").integration.proxied == word


@pytest.mark.parametrize(("tools", "word"), [(3, "yes"), (0, "no"), (None, "unknown")])
def test_whether_a_service_has_tools_is_known_by_its_last_deployment(tools: int | None, word: str) -> None:
    """Of the environment that was looked at."""
    history = History(
        deployments=(deployment(mcp_tools=tools), deployment(minutes=5, environment="staging", mcp_tools=9))
    )
    assert service(page(history=history), "alpha").integration.mcp == word


def test_whether_discovery_and_registry_list_a_service() -> None:
    """And when nobody knows."""
    status = page()
    assert [one.integration.discovered for one in status.services] == ["yes", "no"]
    assert [one.integration.registered for one in status.services] == ["yes", "yes"]
    blind = page(backdrop=replace(BACKDROP, discovered=None, by_registry=False))
    assert {(one.integration.discovered, one.integration.registered) for one in blind.services} == {
        ("unknown", "unknown")
    }


def test_deployments_are_listed_the_newest_first_and_bounded() -> None:
    """Each with the file that it was read from."""
    history = History(deployments=tuple(deployment(minutes=minutes) for minutes in range(MOST_DEPLOYMENTS + 5, 0, -1)))
    listed = page(history=history).deployments
    assert (len(listed), listed[0].at) == (MOST_DEPLOYMENTS, (STARTED - timedelta(minutes=1)).replace(microsecond=0))
    assert (listed[0].source, listed[0].seconds) == ("deployments/2026-11.jsonl", 90.0)


def test_an_incident_has_a_beginning() -> None:
    """By what the sweep remembers."""
    kind = Kind.UNHEALTHY_SERVICES
    around = replace(AROUND, incidents=(OpenIncident(kind, "u", STARTED - timedelta(days=2)),))
    told = (Told(kind, "u", "updated"), Told(Kind.PROXY_FAILURES, "v", "closed"))
    one, other = page(around=around, incidents=told).incidents
    assert (one.kind, one.since, other.since) == (kind, (STARTED - timedelta(days=2)).replace(microsecond=0), None)


CLAIM = Claim(ClaimKind.ROUTE, parse("*.example/*"), "router", "example", "*.example/*")
RIVAL = Claim(ClaimKind.ROUTE, parse("a.example/*"), "alpha", "example", "a.example/*")
NULL = Claim(ClaimKind.NULL_ROUTE, parse("b.example/*"), None, "example", "b.example/*")


def test_the_route_map_shows_who_is_in_conflict() -> None:
    """Both sides of it, with a URL at which it shows."""
    conflict = Conflict(ConflictKind.SHADOWED, CLAIM, (RIVAL,), "https://a.example/", Nobody())
    backdrop = replace(BACKDROP, claims=(CLAIM, RIVAL, NULL))
    routes = page(backdrop=backdrop, routes=RouteVerdict(conflicts=(conflict,))).routes
    seen = [(one.worker, [(each.kind, each.witness) for each in one.conflicts]) for one in routes.claims]
    assert seen == [
        ("router", [("shadowed", "https://a.example/")]),
        ("alpha", [("shadowed", "https://a.example/")]),
        ("", []),
    ]
    assert (routes.known, routes.conflicts) == (True, 0)
    assert routes.claims[0].conflicts[0].story


def test_a_claim_has_all_conflicts_that_it_takes_part_in() -> None:
    """A catch-all stands in the way of many, and each of them has it as its rival."""
    other = Claim(ClaimKind.ROUTE, parse("c.example/*"), "gamma", "example", "c.example/*")
    conflicts = tuple(
        Conflict(ConflictKind.SHADOWED, claim, (CLAIM,), f"https://{claim.text[0]}.example/", Nobody())
        for claim in (RIVAL, other)
    )
    backdrop = replace(BACKDROP, claims=(CLAIM, RIVAL, other))
    routes = page(backdrop=backdrop, routes=RouteVerdict(conflicts=conflicts)).routes
    names = ["a.example/* (shadowed)", "c.example/* (shadowed)"]
    assert [[each.name for each in one.conflicts] for one in routes.claims] == [names, names[:1], names[1:]]


def test_routes_without_a_verdict_are_drawn_without_conflicts() -> None:
    """The claims were read, and nobody judged them."""
    (claim,) = page(backdrop=replace(BACKDROP, claims=(CLAIM,))).routes.claims
    assert (claim.pattern, claim.conflicts) == ("*.example/*", ())


def test_routes_that_are_not_known_say_why() -> None:
    """On the map and among what is missing."""
    status = page(backdrop=replace(BACKDROP, claims=Unread("the token may not read zones", "cure")))
    assert (status.routes.known, status.routes.reason) == (False, "the token may not read zones")
    assert "The routes of the account are unknown: the token may not read zones." in status.missing


def test_sources_are_files_with_the_time_of_their_newest_fact() -> None:
    """And an address at which a person sees them."""
    history = History(
        deployments=(deployment(), deployment(minutes=5)),
        sweeps=(sweep_of(ROWS, AROUND, RUN, STARTED - timedelta(hours=1), 3.0),),
        pending=(pending(),),
        files=(
            "deployments/2026-11.jsonl",
            "outbox/alpha.registration.json",
            "sweeps/2026-11.jsonl",
            "sweeps/days.jsonl",
        ),
    )
    this, deployments, waiting, sweeps, days = page(history=history).sources
    assert (this.name, this.at, this.url) == ("this run", STARTED, "")
    assert deployments.at == (STARTED - timedelta(minutes=5)).replace(microsecond=0)
    assert deployments.url == "https://github.com/chittyos/operations/blob/state/chitty/deployments/2026-11.jsonl"
    assert waiting.at == sweeps.at == (STARTED - timedelta(hours=1)).replace(microsecond=0)
    assert (days.at, days.branch) == (None, "state/chitty")


def test_what_does_not_wait_is_no_source() -> None:
    """Delivered by this run or not readable: the page rests on neither, and of the latter it says so."""
    damaged = "outbox/beta.status.json cannot be read: no"
    files = ("outbox/alpha.registration.json", "outbox/beta.status.json")
    status = page(history=History(is_read=True, files=files, damaged=(damaged,)))
    assert [source.name for source in status.sources] == ["this run"]
    assert "Outbox/beta.status.json cannot be read: no." in status.missing


def test_nothing_is_missing_where_everything_is_known() -> None:
    """A page that always complains is read by nobody."""
    history = History(is_read=True, deployments=(deployment(), deployment("beta")))
    assert page(history=history).missing == ()


def test_rows_that_are_no_services_miss_no_deployment() -> None:
    """Packages and tools are skipped, and nobody deploys them."""
    rows = (Swept(1, "alpha", Evidence.HEALTHY, ""), Swept(2, "tool", Evidence.SKIPPED, "a package"))
    assert page(rows, history=History(is_read=True, deployments=(deployment(),))).missing == ()


def test_what_is_missing_is_said() -> None:
    """A sentence each."""
    around = replace(AROUND, incidents=None)
    backdrop = replace(BACKDROP, discovered=None, by_registry=False)
    history = History(is_read=True, damaged=("line 2 of sweeps/2026-11.jsonl cannot be read: no",))
    missing = page(history=history, around=around, backdrop=backdrop).missing
    assert [one.split()[0] for one in missing] == ["Line", "No", "The", "The", "GitHub"]
    assert "No deployment of 2 of 2 services is recorded here (chittyos/operations, state/chitty)" in missing[1]
    assert all(one.endswith(".") for one in missing)


def test_a_branch_that_could_not_be_read_records_neither_this_nor_that() -> None:
    """That it could not be read is all that is known of it."""
    history = History(damaged=("what earlier runs remember is unknown: no",))
    assert page(history=history).missing == ("What earlier runs remember is unknown: no.",)


def test_without_a_branch_that_is_said_first() -> None:
    """And nothing of deployments, which nobody looked for."""
    missing = page(backdrop=replace(BACKDROP, branch="", repository="")).missing
    assert missing == ("Nothing is remembered, because there is no state-branch: what takes time to know is unknown.",)


def test_a_sweep_of_a_schedule_is_stale_after_two_of_its_intervals() -> None:
    """Else after twelve hours."""
    sweep = replace(outlook().sweep, every=3600)
    status = status_of(Report(Phase.RECONCILE, "x", ()), replace(outlook(), sweep=sweep), BACKDROP)
    assert status.stale_after == 7200
