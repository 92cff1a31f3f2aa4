"""Phase reconcile: the whole ecosystem in one run, told truthfully, and GitHub's issues made to agree with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict, replace

from chitty_action import ecosystem
from chitty_action.changes.refresh_discovery import ID as REFRESH
from chitty_action.changes.refresh_discovery import RefreshDiscovery, without_token
from chitty_action.changes.sync_incident import ID as INCIDENTS
from chitty_action.checks import checks_of
from chitty_action.checks.account_routes_unconflicted import verdict_of
from chitty_action.checks.routes_unconflicted import reading_of as conflicts_of
from chitty_action.documents.health import describe, evidence
from chitty_action.engine.account import account_of, with_zones
from chitty_action.engine.apply import apply
from chitty_action.engine.conclude import conclude, outcome_of
from chitty_action.engine.judge import applicable, judge, status_of
from chitty_action.engine.observe import Pace, observe, observe_each
from chitty_action.engine.roll import roll_of
from chitty_action.engine.survey import subject_of
from chitty_action.engine.sweep import (
    NO_GATEWAY,
    NOT_JUDGED,
    Everybody,
    blame_of,
    cut_short,
    discovery_of,
    gateway_answers,
    limits_of,
    names_unseen,
    outcomes_of,
    without_proxies,
)
from chitty_action.incidents.decide import decide
from chitty_action.incidents.decision import Settings
from chitty_action.incidents.ours import LISTED_FOR
from chitty_action.incidents.pictures import Facts, count_of, pictures_of
from chitty_action.incidents.standing import standing
from chitty_action.inputs.values import is_over
from chitty_action.model.address import origin_of
from chitty_action.model.change import Plan
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Action, Affected, Kind, Told
from chitty_action.model.observation import Seen, Unfinished
from chitty_action.model.ports import IssuesError
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.route import RouteVerdict
from chitty_action.model.subject import Account, Phase, Service, Subject
from chitty_action.model.sweep import Blame
from chitty_action.reporting.incidents import Page, worded, worded_memory
from chitty_action.reporting.reconcile_outputs import outputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chitty_action.documents.discovery import Discovery
    from chitty_action.documents.health import HealthDocument
    from chitty_action.documents.routes import Conflicts
    from chitty_action.engine.roll import Roll
    from chitty_action.engine.sweep import Looks
    from chitty_action.inputs import Inputs
    from chitty_action.model.incident import Picture
    from chitty_action.model.observation import Observation
    from chitty_action.model.ports import Issues, Ports
    from chitty_action.model.route import Unread
    from chitty_action.model.subject import Run

TIME_FOR_LOOKS = 0.8
"""Share of the deadline for looking; what it shows is of no use if there is no time left to tell GitHub."""
WHOM = "the ecosystem"


class Errand(Struct, frozen=True):
    """What `main` has found out before the phase begins.

    `held` says why nothing may be written; `untold` why GitHub cannot be asked, where there is no `issues`.
    """

    run: Run
    issues: Issues | None = None
    untold: str = ""
    held: str | None = None
    remarks: tuple[Outcome, ...] = ()
    redacted: Callable[[str], str] = str
    """Blanks secrets out of what incidents will quote."""


class Surveyed(Struct, frozen=True):
    """What was asked once. The documents themselves, thousands of rows, are let go before the sweep.

    Attributes:
        roll: everybody on the list.
        outcomes: what the checks say of the hub.
        control: the look at ChittyConnect's own health.
        discovery: the look at the discovery document, of which an outline is left.
        labels: what the gateways' paths call services, by name.
        conflicts: the verdict on the account's routes; without an account, what ChittyConnect lists.
    """

    roll: Roll
    outcomes: tuple[Outcome, ...]
    control: Observation[HealthDocument]
    discovery: Observation[Discovery]
    labels: Mapping[str, str]
    conflicts: Observation[Conflicts] | RouteVerdict | Unread


async def reconcile(inputs: Inputs, errand: Errand, ports: Ports) -> Report:
    """List, look at everybody, say where the trouble is, tell GitHub, refresh discovery."""
    hub = await _who(inputs, errand.run, ports)
    surveyed = await _survey(hub, inputs, ports)
    roll = surveyed.roll
    if not roll.listed:
        nothing = outputs_of((), (), route_conflicts="unknown", discovery_refreshed=False)
        return conclude(
            Report(Phase.RECONCILE, WHOM, (*errand.remarks, roll.outcome), nothing), inputs.fail_on, ports.clock
        )

    everybody = Everybody(roll.listed, hub, surveyed.labels)
    budget = max(0.0, TIME_FOR_LOOKS * inputs.deadline - ports.clock.elapsed())
    pace = Pace(inputs.concurrency, limits_of(hub.hub, inputs.concurrency), budget)
    looks = await observe_each(everybody.looks(), everybody.reading, ports, pace)
    facts = _weighed(everybody, surveyed, hub, looks)

    pictures = tuple(_without_secrets(picture, errand.redacted) for picture in pictures_of(facts))
    telling = await _tell(pictures, inputs, errand, ports)
    refresh = await _refresh(inputs, hub, facts, errand.held, ports)

    outcomes = (
        *errand.remarks,
        roll.outcome,
        *surveyed.outcomes,
        *outcomes_of(everybody, looks, facts),
        *telling.outcomes,
        refresh,
        *cut_short(everybody, looks),
    )
    outputs = outputs_of(
        facts.sweep,
        telling.told,
        route_conflicts=count_of(facts.conflicts),
        discovery_refreshed=refresh.status is Status.PASSED,
    )
    about = _facts(inputs, errand, discovery_of(surveyed.discovery), ports)
    told = facts.sweep if facts.gateway_answers else without_proxies(facts.sweep, NO_GATEWAY)
    sweep = tuple(replace(row, since=telling.since[row.name]) if row.name in telling.since else row for row in told)
    routes = facts.conflicts if isinstance(facts.conflicts, RouteVerdict) else None
    report = Report(
        Phase.RECONCILE, WHOM, outcomes, outputs, facts=about, sweep=sweep, incidents=telling.told, routes=routes
    )
    return conclude(report, inputs.fail_on, ports.clock)


async def _who(inputs: Inputs, run: Run, ports: Ports) -> Subject:
    """Return whom the run is about, with the zones of the account where there is one."""
    today = ports.clock.now().date()
    silenced = {one.pattern: one.reason for one in inputs.ignore.routes if not is_over(one, today)}
    account = account_of(inputs, silenced)
    hub = subject_of(inputs, Service(WHOM, inputs.environment), run)
    return replace(hub, account=await with_zones(account, ports) if isinstance(account, Account) else account)


async def _survey(hub: Subject, inputs: Inputs, ports: Ports) -> Surveyed:
    """Take the list and everything that is asked once: the control look, discovery, route conflicts."""
    of_hub = [check for check in checks_of(Phase.RECONCILE) if check.of_hub]
    once = (reading for check in applicable(of_hub, hub) for reading in check.readings(hub))
    first = await observe((ecosystem.services(hub.hub), *once), ports)
    seen = first[ecosystem.discovery(hub.hub)]
    discovery = discovery_of(seen)
    return Surveyed(
        roll=roll_of(first, hub.hub, discovery, inputs, ports.clock.now().date()),
        outcomes=judge(of_hub, hub, first),
        control=first[ecosystem.hub_health(hub.hub, hub.health_condition)],
        discovery=replace(seen, value=seen.value.outline()) if isinstance(seen, Seen) else seen,
        labels=discovery.labels() if discovery else {},
        conflicts=verdict_of(hub, first) if isinstance(hub.account, Account) else first[conflicts_of(hub)],
    )


def _weighed(everybody: Everybody, surveyed: Surveyed, hub: Subject, looks: Looks) -> Facts:
    """Put together what the pictures and outcomes follow from."""
    # Where the registry lists the hub too, it was looked at once more, and may have died in between.
    later = looks.get(f"{hub.hub.connect}/health")
    look = surveyed.control if later is None or isinstance(later, Unfinished) else later
    control = evidence(look)
    sweep = everybody.swept(looks)
    blame = blame_of(sweep, control)
    return Facts(
        sweep=sweep if blame is Blame.THEM else without_proxies(sweep, NOT_JUDGED[blame]),
        blame=blame,
        control=(control, f"{hub.hub.connect}/health {describe(look)}"),
        discovery=surveyed.discovery,
        conflicts=surveyed.conflicts,
        oddities=surveyed.roll.oddities,
        unseen=frozenset(names_unseen(everybody, sweep, looks)),
        gateway=origin_of(hub.hub.api)[1],
        gateway_answers=gateway_answers(everybody, looks),
    )


async def _refresh(inputs: Inputs, hub: Subject, facts: Facts, held: str | None, ports: Ports) -> Outcome:
    if inputs.admin_token is None:
        return Outcome(REFRESH, "chittyconnect", Status.SKIPPED, "there is no admin-token", (without_token(),))
    is_sure = facts.blame is Blame.THEM and facts.saw_anybody
    doubt = None if is_sure else "the hub is in doubt, so nothing is refreshed"
    (receipt,) = await apply(Plan.of([RefreshDiscovery.of(hub.hub)], held or doubt), ports)
    return outcome_of(receipt)


class Telling(Struct, frozen=True):
    """What became of the incidents, and since when services are broken as far as they remember."""

    told: tuple[Told, ...]
    outcomes: tuple[Outcome, ...]
    since: Mapping[str, datetime]


async def _tell(pictures: tuple[Picture, ...], inputs: Inputs, errand: Errand, ports: Ports) -> Telling:
    """Make GitHub's issues agree with the pictures. If GitHub cannot be asked nothing is guessed."""
    issues, now = errand.issues, ports.clock.now()
    if issues is None:
        return _untold(
            pictures, IssuesError(errand.untold, "give the input github-token, in a workflow of a repository")
        )
    try:
        login = await issues.login()
        known = await issues.listed(now - LISTED_FOR)
    except IssuesError as error:
        return _untold(pictures, error)
    run = errand.run
    settings = Settings(inputs.open_after, inputs.close_after, run.run_id)
    decisions = decide(pictures, known, login, settings, now)
    page = Page(now, run.url, login, inputs.issue_labels, inputs.issue_assignees)
    changes = [worded(decision, page) for decision in decisions]
    if memory := standing(decisions, known, login, settings):
        changes.append(worded_memory(memory, page))
    synced = [change.would() if errand.held else await change.apply(issues) for change in changes]
    told = tuple(one.told for one in synced if one.told)
    findings = (*(finding for one in synced for finding in one.findings), *issues.remarks())
    seen = ", ".join(f"{one.kind} {one.action}" for one in told) or "there is none"
    outcome = Outcome(INCIDENTS, WHOM, status_of(findings), seen, findings)
    services = (decision for decision in decisions if decision.kind is Kind.UNHEALTHY_SERVICES)
    since = {case.name: case.since for decision in services for case in decision.affected if case.since}
    return Telling(told, (outcome,), since)


def _without_secrets(picture: Picture, redacted: Callable[[str], str]) -> Picture:
    """Blank secrets out before anything is escaped or remembered, where they could no longer be recognised."""
    affected = tuple(
        Affected(
            redacted(one.name),
            one.state,
            redacted(one.detail),
            one.move and replace(one.move, **{field: redacted(text) for field, text in asdict(one.move).items()}),
        )
        for one in picture.affected
    )
    suppressed = tuple(map(redacted, picture.suppressed))
    return replace(picture, affected=affected, suppressed=suppressed, unseen=frozenset(map(redacted, picture.unseen)))


def _untold(pictures: tuple[Picture, ...], error: IssuesError) -> Telling:
    """Say that GitHub was not told; where something is broken, the red run is the alarm."""
    broken = [picture.kind for picture in pictures if picture.affected]
    told = tuple(Told(kind, "", Action.FAILED) for kind in broken)
    if broken:
        message = f"nobody could be told of {', '.join(broken)}: {error.message}"
        finding = Finding(INCIDENTS, WHOM, Level.ERROR, message, error.hint)
    else:
        message = f"whether an incident is open is unknown: {error.message}"
        finding = Finding(INCIDENTS, WHOM, Level.WARNING, message, error.hint)
    return Telling(told, (Outcome(INCIDENTS, WHOM, status_of([finding]), "GitHub was not told", (finding,)),), {})


def _facts(inputs: Inputs, errand: Errand, discovery: Discovery | None, ports: Ports) -> tuple[tuple[str, str], ...]:
    facts = [("hub", inputs.connect_url), ("environment", inputs.environment)]
    age = discovery.age(ports.clock.now()) if discovery else None
    facts.append(("age of the discovery document", "unknown" if age is None else f"{age.total_seconds():.0f} s"))
    if errand.held:
        facts.append(("nothing was written", errand.held))
    return tuple(facts)
