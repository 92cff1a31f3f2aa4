"""Phase reconcile: the whole ecosystem in one run, told truthfully, and GitHub's issues made to agree with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import asdict, replace

from chitty_action.changes.refresh_discovery import ID as REFRESH
from chitty_action.changes.refresh_discovery import RefreshDiscovery, without_token
from chitty_action.changes.sync_incident import ID as INCIDENTS
from chitty_action.engine.apply import apply
from chitty_action.engine.chronicle import Surroundings, open_incidents, sweep_of
from chitty_action.engine.conclude import conclude, outcome_of
from chitty_action.engine.deliver import postman_of
from chitty_action.engine.judge import status_of
from chitty_action.engine.memory import Occasion, remembered
from chitty_action.engine.observe import Pace, observe_each
from chitty_action.engine.survey_all import WHOM, survey, weighed, who
from chitty_action.engine.sweep import (
    NO_GATEWAY,
    Everybody,
    cut_short,
    discovery_of,
    limits_of,
    outcomes_of,
    without_proxies,
)
from chitty_action.incidents.decide import decide
from chitty_action.incidents.decision import Settings
from chitty_action.incidents.ours import LISTED_FOR
from chitty_action.incidents.pictures import count_of, pictures_of
from chitty_action.incidents.standing import standing
from chitty_action.model.change import Plan
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Action, Affected, Kind, Told
from chitty_action.model.ports import IssuesError
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.route import RouteVerdict
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Blame
from chitty_action.reporting.incidents import Page, worded, worded_memory
from chitty_action.reporting.reconcile_outputs import outputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chitty_action.documents.discovery import Discovery
    from chitty_action.engine.survey_all import Background, Surveyed
    from chitty_action.incidents.pictures import Facts
    from chitty_action.inputs import Inputs
    from chitty_action.metrics.outlook import Outlook
    from chitty_action.model.incident import Picture
    from chitty_action.model.ports import Branch, Issues, Ports
    from chitty_action.model.subject import Run, Subject
    from chitty_action.state.sweep import OpenIncident

TIME_FOR_LOOKS = 0.8
"""Share of the deadline for looking; what it shows is of no use if there is no time left to tell GitHub."""


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
    branch: Branch | None = None
    """Where the sweep is recorded, if anywhere."""


class Reconciled(Struct, frozen=True):
    """The report; and for the page, where one was wanted and anybody was seen, what is remembered and what was read."""

    report: Report
    outlook: Outlook | None = None
    background: Background | None = None


async def reconcile(inputs: Inputs, errand: Errand, ports: Ports) -> Reconciled:
    """List, look at everybody, say where the trouble is, tell GitHub, refresh discovery, remember."""
    is_remembered = errand.branch is not None or inputs.site_path is not None
    hub = await who(inputs, errand.run, ports)
    surveyed = await survey(hub, inputs, ports, is_remembered=is_remembered)
    roll = surveyed.roll
    if not roll.listed:
        nothing = outputs_of((), (), route_conflicts="unknown", discovery_refreshed=False)
        report = Report(Phase.RECONCILE, WHOM, (*errand.remarks, roll.outcome), nothing)
        return Reconciled(conclude(report, inputs.fail_on, ports.clock))

    everybody = Everybody(roll.listed, hub, surveyed.labels)
    budget = max(0.0, TIME_FOR_LOOKS * inputs.deadline - ports.clock.elapsed())
    pace = Pace(inputs.concurrency, limits_of(hub.hub, inputs.concurrency), budget)
    looks = await observe_each(everybody.looks(), everybody.reading, ports, pace)
    facts = weighed(everybody, surveyed, hub, looks)

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
    if surveyed.background is None:
        return Reconciled(conclude(report, inputs.fail_on, ports.clock))
    around = _around(facts, surveyed, telling, refresh, ports)
    seen = sweep_of(sweep, around, errand.run, ports.clock.started(), ports.clock.elapsed())
    outlook, memory = await remembered(seen, _occasion(errand, facts, hub, inputs, ports), ports)
    report = conclude(replace(report, outcomes=(*outcomes, *memory)), inputs.fail_on, ports.clock)
    return Reconciled(report, outlook, surveyed.background)


def _around(facts: Facts, surveyed: Surveyed, telling: Telling, refresh: Outcome, ports: Ports) -> Surroundings:
    """Return what the sweep is remembered with."""
    count, discovery = count_of(facts.conflicts), discovery_of(surveyed.discovery)
    return Surroundings(
        blame=facts.blame,
        incidents=telling.open,
        conflicts=int(count) if count != "unknown" else None,
        discovery_age=discovery.age(ports.clock.now()) if discovery else None,
        refreshed=refresh.status is Status.PASSED,
        coverage=surveyed.background.coverage if surveyed.background else None,
    )


def _occasion(errand: Errand, facts: Facts, hub: Subject, inputs: Inputs, ports: Ports) -> Occasion:
    postman = postman_of(errand.branch, hub, ports.clock.started(), inputs.deadline) if errand.branch else None
    return Occasion(postman, errand.held, _doubt(facts, "delivered"))


def _doubt(facts: Facts, done: str) -> str | None:
    """Say why ChittyOS is not written to, where it is not sure to be well; `done` is what is not done."""
    is_sure = facts.blame is Blame.THEM and facts.saw_anybody
    return None if is_sure else f"the hub is in doubt, so nothing is {done}"


async def _refresh(inputs: Inputs, hub: Subject, facts: Facts, held: str | None, ports: Ports) -> Outcome:
    if inputs.admin_token is None:
        return Outcome(REFRESH, "chittyconnect", Status.SKIPPED, "there is no admin-token", (without_token(),))
    (receipt,) = await apply(Plan.of([RefreshDiscovery.of(hub.hub)], held or _doubt(facts, "refreshed")), ports)
    return outcome_of(receipt)


class Telling(Struct, frozen=True):
    """What became of the incidents, and since when services are broken as far as they remember."""

    told: tuple[Told, ...]
    outcomes: tuple[Outcome, ...]
    since: Mapping[str, datetime]
    open: tuple[OpenIncident, ...] | None = None
    """Incidents that are open now; None where GitHub did not say."""


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
    return Telling(told, (outcome,), since, open_incidents(decisions, told))


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
