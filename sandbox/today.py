"""The sandbox on the last day of a simulated quarter: its troubles, its routes, its issues and its data branch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.incidents.decision import Case, Decision
from chitty_action.incidents.memory import Known, Memory
from chitty_action.reporting.incident_words import WORDS
from chitty_action.reporting.incidents import Page, body
from sandbox.faults import Slow
from sandbox.git_state import Author
from sandbox.github_state import WORKFLOW_LOGIN, Person
from sandbox.initial import known_services
from sandbox.quarter_lives import GONE
from sandbox.troubles import TROUBLES

if TYPE_CHECKING:
    from sandbox.cloudflare_state import CloudflareState
    from sandbox.github_state import GitHubState
    from sandbox.quarter import Quarter
    from sandbox.quarter_incidents import Incident
    from sandbox.server import Sandbox

BRANCH = "chitty-state"
_SUBTYPES = {"npm-package": "package", "client-sdk": "sdk"}
_ODD_ROW = "get-chitty"


def arrange(sandbox: Sandbox, quarter: Quarter) -> None:
    """Let a sandbox that was just reset be as it would be when the quarter ends."""
    _services(sandbox, quarter)
    _routes(sandbox.cloudflare)
    sandbox.registry["chittyscore"]["hostname"] = "score.chitty.cc"
    for incident in quarter.incidents:
        _plant(incident, sandbox.github)
    author = Author(WORKFLOW_LOGIN, quarter.sweeps[-1].at)
    repository = sandbox.github.repositories[sandbox.github.repository]
    repository.commit_files(BRANCH, quarter.files(), author, "Record a sweep")


def _services(sandbox: Sandbox, quarter: Quarter) -> None:
    """List what is no service too, slow every answer down to that of a real one, and let the troubles begin."""
    for service in known_services():
        name = service["name"]
        if name not in sandbox.registry:
            subtype = _SUBTYPES.get(service["type"], service["type"])
            sandbox.registry[name] = {"name": name, "version": "1.0.0", "subtype": subtype, "status": "active"}
    for life in quarter.lives:
        if life.pace and life.at(quarter.end) != GONE:
            sandbox.faults.set(f"service:{life.name}", Slow(life.pace / 1000))
    for name, trouble in TROUBLES.items():
        if trouble.fault is not None:
            sandbox.faults.set(f"service:{name}", trouble.fault)
    sandbox.registry[_ODD_ROW]["endpoints"] = {"health": "https://get.chitty.cc./health"}


def _routes(cloudflare: CloudflareState) -> None:
    """Fill an account as people do over the years: in several zones, with wildcards, and not without conflicts."""
    for domain in ("chittycorp.com", "cloudeto.com"):
        cloudflare.add_zone(domain)
    for name in ("chitty-landing", "chittydocs", "chittyscore-worker"):
        cloudflare.add_script(name)
    for hostname, worker in (
        ("beacon.cloudeto.com", "chittybeacon"),
        ("chitty.cc", "chitty-landing"),
        ("www.chitty.cc", "chitty-landing"),
        ("ch1tty.com", "chitty-landing"),
        ("force.chittycorp.com", "chittyforce"),
        ("entry.chittycorp.com", "chittyentry"),
    ):
        cloudflare.add_domain(hostname, worker)
    routes: tuple[tuple[str, str | None, str], ...] = (
        ("docs.chitty.cc/*", "chittydocs", "chitty.cc"),
        ("*.docs.chitty.cc/*", "chittydocs", "chitty.cc"),
        ("assets.chitty.cc/internal/*", None, "chitty.cc"),
        ("score.chitty.cc/*", "chittyscore-worker", "chitty.cc"),
        ("old-sync.chitty.cc/*", "chittysync-v1", "chitty.cc"),
        ("api.ch1tty.com/v2/*", "chittyapi", "ch1tty.com"),
        ("*.ch1tty.com/*", "chittygateway", "ch1tty.com"),
        ("*.chittycorp.com/api/*", "chittyapi", "chittycorp.com"),
        ("reception.chittycorp.com/*", "chittyreception", "chittycorp.com"),
    )
    for pattern, script, zone in routes:
        cloudflare.add_route(pattern, script, zone)


def _plant(incident: Incident, github: GitHubState) -> None:
    """Let there be the issue that the action wrote, with what it remembers in it."""
    last, run_url = incident.seen
    cases = tuple(Case(name, state, "", since) for name, (state, since) in incident.affected.items())
    known = (Known(case.name, case.state, case.since) for case in cases)
    memory = replace(Memory.of(incident.kind, incident.since, known), is_settled=not cases)
    decision = Decision(incident.kind, None, affected=cases, memory=memory)
    text = body(decision, Page(last, run_url, WORKFLOW_LOGIN))
    github.ahead = incident.since - datetime.now(UTC)
    issue = github.add(Person(WORKFLOW_LOGIN, is_app=True), WORDS[incident.kind].title, text)
    if incident.closed is not None:
        github.ahead = incident.closed - datetime.now(UTC)
        github.change(issue["number"], {"state": "closed"})
    github.ahead = timedelta()
