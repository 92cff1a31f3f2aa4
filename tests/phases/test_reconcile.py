"""The sweep and its incidents, through the whole program: the sandbox's services, its hub and its GitHub."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.faults import Body, Challenge, Down, Garbage, Reset, Slow, Status
from sandbox.generation import Generation
from tests.phases.program import WRITES, Program, variables, written

if TYPE_CHECKING:
    from sandbox import Sandbox
    from sandbox.faults import Fault
    from tests.phases.program import Ended

FIRST, SECOND = "chittyrouter", "chittytrack"
UNHEALTHY = "unhealthy-services"


@pytest.fixture(params=list(Generation))
def world(request: pytest.FixtureRequest, sandbox: Sandbox) -> Sandbox:
    """Give the sandbox in each generation; `program` has the same one, which must not be reset after this."""
    sandbox.reset(request.param)
    return sandbox


@pytest.fixture
def design(sandbox: Sandbox) -> Sandbox:
    """Give the sandbox in the design's generation, where the registry is in order."""
    sandbox.reset(Generation.DESIGN)
    return sandbox


def reconcile(sandbox: Sandbox, program: Program, *, github: bool = True, **inputs: str) -> Ended:
    """Run the phase as the scheduled workflow does."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    environ: dict[str, str | None] = {**variables(given)}
    if github:
        environ |= sandbox.github_environment()
    return program.run("reconcile", environ=environ)


def incidents(ended: Ended) -> dict[str, str]:
    """Give what became of each kind."""
    return {told["kind"]: told["action"] for told in json.loads(ended.outputs["incidents"])}


def the_issue(sandbox: Sandbox) -> dict[str, Any]:
    """Give the only issue of the repository."""
    (issue,) = sandbox.issues.values()
    return issue


def break_down(sandbox: Sandbox, *names: str) -> None:
    """Let services answer 503."""
    for name in names:
        sandbox.faults.set(f"service:{name}", Down())


def test_all_is_well_on_every_generation(world: Sandbox, program: Program) -> None:
    """Everybody is listed and looked at, and no service is broken."""
    ended = reconcile(world, program)
    counts = json.loads(ended.outputs["counts"])
    assert ended.code == 0
    assert counts["healthy"] == sum(counts.values()) == int(ended.outputs["services"]) > 20
    assert (ended.outputs["unhealthy"], ended.outputs["unhealthy-count"]) == ("[]", "0")
    assert UNHEALTHY not in incidents(ended)


def test_broken_services_open_one_incident_on_every_generation(world: Sandbox, program: Program) -> None:
    """Warnings, a green run, outputs that a later step can use, and an issue that names them."""
    break_down(world, FIRST, SECOND)
    ended = reconcile(world, program)
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    assert sorted(json.loads(ended.outputs["unhealthy"])) == [FIRST, SECOND]
    assert (ended.outputs[f"{FIRST}_unhealthy"], ended.outputs["unhealthy-count"]) == ("true", "2")
    assert incidents(ended)[UNHEALTHY] == "opened"
    (issue,) = [issue for issue in world.issues.values() if UNHEALTHY in issue["body"].splitlines()[0]]
    assert issue["title"] == "🚨 Ecosystem Reconciliation: Unhealthy Services Detected"
    assert FIRST in issue["body"]
    assert SECOND in issue["body"]


def test_the_life_of_an_incident(design: Sandbox, program: Program) -> None:
    """Opened, unchanged, fewer, over, and again: an issue, no comment without a change of the set."""
    assert incidents(reconcile(design, program)) == {}
    break_down(design, FIRST, SECOND)
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "opened"}
    number = the_issue(design)["number"]
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "unchanged"}
    assert design.github.comments.get(number, []) == []

    design.faults.clear(f"service:{FIRST}")
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "commented"}
    assert len(design.github.comments[number]) == 1

    design.faults.clear()
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "closed"}
    assert (the_issue(design)["state"], the_issue(design)["state_reason"]) == ("closed", "completed")
    assert incidents(reconcile(design, program)) == {}

    break_down(design, FIRST)
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "reopened"}
    assert the_issue(design)["state"] == "open"


def test_a_run_says_since_when(design: Sandbox, program: Program) -> None:
    """The incident remembers, and the report of the next run has it."""
    break_down(design, FIRST)
    reconcile(design, program)
    (row,) = [row for row in reconcile(design, program).report["sweep"] if row["name"] == FIRST]
    assert row["since"]


def test_a_dry_run_writes_nothing_anywhere(world: Sandbox, program: Program) -> None:
    """It says what it would do."""
    break_down(world, FIRST)
    ended = reconcile(world, program, dry_run="true")
    assert incidents(ended)[UNHEALTHY] == "would-opened"
    assert written(world) == []
    assert world.issues == {}


def test_a_fork_writes_nothing(design: Sandbox, program: Program) -> None:
    """With one notice."""
    break_down(design, FIRST)
    environ = {**design.github_environment(), "GITHUB_EVENT_NAME": "pull_request_target"}
    ended = program.run("reconcile", environ=environ)
    assert written(design) == []
    assert ended.levels()["dry-run"] == "notice"


def test_something_broken_without_a_token_is_an_error(design: Sandbox, program: Program) -> None:
    """Then the red run is the alarm."""
    break_down(design, FIRST)
    ended = reconcile(design, program, github=False)
    assert (ended.code, ended.levels()["incidents"], incidents(ended)) == (1, "error", {UNHEALTHY: "failed"})
    design.faults.clear()
    assert reconcile(design, program, github=False).levels()["incidents"] == "warning"


@pytest.mark.parametrize("fault", [Down(), Garbage(), Status(401), Status(403), Reset()], ids=str)
def test_a_github_that_cannot_be_asked_is_an_error_where_something_is_broken(
    design: Sandbox, program: Program, fault: Fault
) -> None:
    """Nothing is guessed, and no failure is lost."""
    break_down(design, FIRST)
    design.faults.set("github", fault)
    ended = reconcile(design, program)
    assert (ended.code, ended.levels()["incidents"]) == (1, "error")
    assert ended.finding("incidents")["hint"]
    design.faults.clear("github")
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "opened"}


@pytest.mark.parametrize("fault", [Down(), Garbage(), Status(403), Body({"services": []})], ids=str)
def test_a_registry_that_is_unreadable_or_empty_is_an_error_and_nothing_is_written(
    design: Sandbox, program: Program, fault: Fault
) -> None:
    """Whoever is open stays open; protected, discovery stands in, so that it is emptied too here."""
    design.faults.set("registry", fault)
    design.faults.set("connect.discovery", Body({"services": []}))
    ended = reconcile(design, program)
    assert (ended.code, ended.levels()["service-list"]) == (1, "error")
    assert (ended.outputs["services"], ended.outputs["unhealthy"]) == ("0", "[]")
    assert written(design) == []


def test_most_services_down_at_once_is_one_incident_about_the_hub(design: Sandbox, program: Program) -> None:
    """Probably this runner: none per service is opened, nothing is refreshed; then it closes and theirs opens."""
    break_down(design, *design.registry)
    design.faults.clear(f"service:{FIRST}")
    ended = reconcile(design, program)
    assert (ended.code, incidents(ended)) == (0, {"hub-unreachable": "opened"})
    assert "probably this runner or the hub, not them" in ended.finding("hub-unreachable")["message"]
    assert ended.outputs["discovery-refreshed"] == "false"
    assert SECOND in the_issue(design)["body"]
    design.faults.clear()
    assert incidents(reconcile(design, program)) == {"hub-unreachable": "closed"}


def test_only_the_hub_down_opens_services_and_closes_none(design: Sandbox, program: Program) -> None:
    """Direct looks still count; the proxies are not judged and nothing is refreshed."""
    break_down(design, FIRST)
    reconcile(design, program)
    design.faults.clear()
    design.faults.set("connect.health", Down())
    design.faults.set("api.proxy", Down())
    break_down(design, SECOND)
    ended = reconcile(design, program)
    seen = incidents(ended)
    assert (seen["hub-unreachable"], seen[UNHEALTHY]) == ("opened", "commented")
    assert "proxy-failures" not in seen
    assert (ended.outputs["unproxied"], ended.outputs["discovery-refreshed"]) == ("[]", "false")
    design.faults.clear()
    assert incidents(reconcile(design, program)) == {"hub-unreachable": "closed", UNHEALTHY: "closed"}


def test_a_blocked_service_is_no_incident_and_does_not_close_one(design: Sandbox, program: Program) -> None:
    """Blocked is not down, and not well either."""
    design.faults.set(f"service:{FIRST}", Challenge())
    assert incidents(reconcile(design, program)) == {}
    break_down(design, FIRST)
    reconcile(design, program)
    design.faults.set(f"service:{FIRST}", Challenge())
    ended = reconcile(design, program)
    assert json.loads(ended.outputs["counts"])["blocked"] == 1
    assert the_issue(design)["state"] == "open"


def test_an_ignored_service_is_skipped_with_its_reason(design: Sandbox, program: Program) -> None:
    """And pages nobody."""
    break_down(design, FIRST)
    ended = reconcile(design, program, ignore=f"{FIRST}: it moves house")
    assert incidents(ended) == {}
    assert "it moves house" in ended.summary


def test_open_after_waits_for_a_second_failing_run(design: Sandbox, program: Program) -> None:
    """What is remembered before the first incident lives in one closed issue."""
    break_down(design, FIRST)
    assert incidents(reconcile(design, program, open_after="2")) == {}
    assert (the_issue(design)["title"], the_issue(design)["state"]) == ("chitty-action memory", "closed")
    environ_two = reconcile(design, program, open_after="2")
    assert UNHEALTHY not in incidents(environ_two), "the second attempt of one run is the same run"
    ended = program.run(
        "reconcile",
        environ={**design.github_environment(), "GITHUB_RUN_ID": "4712", **variables({"open-after": "2"})},
    )
    assert incidents(ended) == {UNHEALTHY: "opened"}


def test_a_reoccurrence_after_a_day_is_a_new_issue(design: Sandbox, program: Program) -> None:
    """Within a day it is the same one."""
    break_down(design, FIRST)
    reconcile(design, program)
    design.faults.clear()
    reconcile(design, program)
    the_issue(design)["closed_at"] = (design.github.now() - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M:%SZ")
    break_down(design, FIRST)
    assert incidents(reconcile(design, program)) == {UNHEALTHY: "opened"}
    assert len(design.issues) == 2


def test_conflicts_open_an_incident_and_are_counted(design: Sandbox, program: Program) -> None:
    """As ChittyConnect knows them."""
    design.conflicts.append({"service": FIRST, "route": "score.chitty.cc/*", "workers": [FIRST, SECOND]})
    ended = reconcile(design, program)
    assert (ended.outputs["route-conflicts"], incidents(ended)) == ("1", {"route-conflicts": "opened"})


def test_secrets_never_reach_an_issue(design: Sandbox, program: Program) -> None:
    """A service may quote a token that it was never given by us."""
    token = design.environment()["INPUT_API-KEY"]
    design.faults.set(f"service:{FIRST}", Body({"status": f"bad {token}"}))
    reconcile(design, program)
    assert token not in json.dumps(the_issue(design))
    assert "***" in the_issue(design)["body"]


def test_every_write_goes_to_github_or_asks_for_a_refresh(design: Sandbox, program: Program) -> None:
    """Reconcile registers nothing and touches no service."""
    break_down(design, FIRST)
    reconcile(design, program)
    targets = {request.target for request in design.requests if request.method in WRITES}
    assert targets == {"github", "connect.refresh"}


def test_an_empty_discovery_document_is_told(design: Sandbox, program: Program) -> None:
    """An incident never opens on a run that says that all passed."""
    design.faults.set("connect.discovery", Body({"services": []}))
    ended = reconcile(design, program)
    assert incidents(ended) == {"discovery-errors": "opened"}
    assert (ended.outputs["verdict"], ended.levels()["discovery-readable"]) == ("warned", "warning")


def test_a_run_that_saw_nobody_in_time_does_not_pass(design: Sandbox, program: Program) -> None:
    """Silence would look like health."""
    break_down(design, FIRST)
    reconcile(design, program)
    for name in design.registry:
        design.faults.set(f"service:{name}", Slow(20))
    ended = reconcile(design, program, deadline="2", timeout="30")
    assert (ended.outputs["verdict"], ended.levels()["phase"]) == ("warned", "warning")
    assert the_issue(design)["state"] == "open"


def test_the_gateway_does_not_starve_the_services(design: Sandbox, program: Program) -> None:
    """Half of what is in flight is left to the direct looks, however slow the proxies are."""
    design.faults.set("api.proxy", Slow(1))
    ended = reconcile(design, program, concurrency="4", deadline="4")
    assert json.loads(ended.outputs["counts"])["healthy"] == int(ended.outputs["services"])
