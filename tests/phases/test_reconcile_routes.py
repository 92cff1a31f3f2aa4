"""Phase reconcile with the account's own routes: conflicts, their plan, and the incident."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import Down, Generation, Status
from tests.phases.program import WRITES, variables
from tests.phases.test_reconcile import incidents, the_issue

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Ended, Program

CHECK, KIND = "account-routes-unconflicted", "route-conflicts"
HOST = "score.chitty.cc"


@pytest.fixture
def world(sandbox: Sandbox) -> Sandbox:
    """Give an ecosystem in which everything is well, and the registry says where the service is."""
    sandbox.reset(Generation.DESIGN)
    sandbox.registry["chittyscore"]["hostname"] = HOST
    return sandbox


def reconcile(sandbox: Sandbox, program: Program, **inputs: str) -> Ended:
    """Run the phase with an account to read."""
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    environ = {**variables(given), **sandbox.github_environment(), **sandbox.cloudflare_environment()}
    return program.run("reconcile", environ=environ)


def conflicts(ended: Ended) -> list[tuple[str, str]]:
    """Give kind and claim of each conflict, from the report file."""
    return [(one["kind"], one["claim"]["text"]) for one in ended.report["routes"]["conflicts"]]


def moves(ended: Ended) -> list[dict[str, Any]]:
    """Give the plan."""
    found: list[dict[str, Any]] = ended.report["routes"]["plan"]["moves"]
    return found


def test_an_account_in_order_has_no_conflict(world: Sandbox, program: Program) -> None:
    """Counted and seen, not assumed; ChittyConnect's own list is not asked for."""
    ended = reconcile(world, program)
    assert (ended.code, ended.outputs["verdict"], ended.outputs[KIND]) == (0, "passed", "0")
    assert KIND not in incidents(ended)
    assert "connect.routes" not in [request.target for request in world.requests]


def test_a_wildcard_over_a_custom_domain_opens_an_incident(world: Sandbox, program: Program) -> None:
    """With the witness, both claimants and the winner; it closes when the route is gone."""
    world.cloudflare.add_script("chittyscore-worker")
    route = world.cloudflare.add_route(f"{HOST}/*", "chittyscore-worker")
    ended = reconcile(world, program)
    assert (ended.code, ended.outputs[KIND], incidents(ended)[KIND]) == (0, "1", "opened")
    assert conflicts(ended) == [("identical", HOST)]
    message = ended.finding(CHECK)["message"]
    assert f"https://{HOST}/ is answered by chittyscore-worker" in message
    assert "chittyscore there" in message
    assert f"`https://{HOST}/`" in the_issue(world)["body"]
    del world.cloudflare.routes[route]
    assert incidents(reconcile(world, program))[KIND] == "closed"


def test_nothing_is_written_to_cloudflare(world: Sandbox, program: Program) -> None:
    """The plan is shown, and left to a person."""
    world.cloudflare.add_route("*.chitty.cc/*", "chittyscore")
    reconcile(world, program)
    to_cloudflare = {request.method for request in world.requests if request.target == "cloudflare"}
    assert to_cloudflare == {"GET"}
    assert WRITES


@pytest.mark.parametrize(
    ("pattern", "script", "worker"),
    [
        (f"{HOST}/*", "other", "chittyscore"),  # to be given back
        ("gone.chitty.cc/*", "gone", None),  # to be removed
        ("*.chitty.cc/*", "chittyledger", None),  # to be carved out of
    ],
)
def test_the_plan_can_be_run_as_it_is_shown(
    world: Sandbox, program: Program, pattern: str, script: str, worker: str | None
) -> None:
    """Copied from the issue into a shell, with the token in the environment; then the conflict is gone."""
    if script != "gone":
        world.cloudflare.add_script(script)
    world.cloudflare.add_route(pattern, script)
    ended = reconcile(world, program)
    before = set(conflicts(ended))
    move = next(one for one in moves(ended) if HOST in one["conflict"] or "gone" in one["conflict"])
    (call,) = [
        text
        for line in the_issue(world)["body"].splitlines()
        for text in line.split("`")
        if text.startswith("curl") and move["url"] in text and (move["body"] == "" or HOST in text)
    ][:1]
    world.cloudflare.permissions |= {"Workers Routes Write", "Workers Scripts Write"}
    words = [word.replace("$CLOUDFLARE_API_TOKEN", world.cloudflare.token) for word in shlex.split(call)]
    subprocess.run(words, check=True, capture_output=True, env={"PATH": os.environ["PATH"]})  # noqa: S603 - our own sandbox
    after = set(conflicts(reconcile(world, program)))
    assert len(before - after) == 1
    if worker:
        assert worker in {route["script"] for route in world.cloudflare.routes.values()}


def test_an_unread_inventory_is_unknown_and_closes_nothing(world: Sandbox, program: Program) -> None:
    """Never "no conflicts": the permission is named, and the incident stays as it is."""
    world.cloudflare.add_route("gone.chitty.cc/*", "gone")
    reconcile(world, program)
    world.cloudflare.permissions.discard("Workers Routes Read")
    ended = reconcile(world, program)
    assert (ended.outputs[KIND], the_issue(world)["state"]) == ("unknown", "open")
    assert "Workers Routes" in ended.finding(CHECK)["hint"]
    assert ended.report["routes"] is None


def test_an_empty_list_of_workers_is_no_hundred_dangling_routes(world: Sandbox, program: Program) -> None:
    """It is a list that cannot be right."""
    world.cloudflare.scripts.clear()
    ended = reconcile(world, program)
    assert ended.outputs[KIND] == "unknown"
    assert "the list of Workers is empty" in ended.finding(CHECK)["message"]


def test_a_sick_cloudflare_is_unknown(world: Sandbox, program: Program) -> None:
    """The hub's list does not stand in: it knows less."""
    world.faults.set("cloudflare", Down())
    ended = reconcile(world, program)
    assert (ended.code, ended.outputs[KIND]) == (0, "unknown")
    assert "cloudflare" in ended.finding(CHECK)["message"]


def test_half_a_list_of_zones_is_unknown(world: Sandbox, program: Program) -> None:
    """Cloudflare says how many there are."""
    for number in range(60):
        world.cloudflare.add_zone(f"zone-{number}.example")
    assert reconcile(world, program).outputs[KIND] == "0"
    assert sum("/zones?" in f"{request.path}?{request.query}" for request in world.requests) == 2
    world.cloudflare.budget = 1
    assert reconcile(world, program).outputs[KIND] == "unknown"


def test_a_rate_limit_is_respected(world: Sandbox, program: Program) -> None:
    """It wants five minutes, which this run does not have; nothing is asked again and again."""
    world.cloudflare.budget = 0
    ended = reconcile(world, program, retries="3")
    assert ended.outputs[KIND] == "unknown"
    assert "too many requests" in ended.finding(CHECK)["message"]
    assert sum(request.target == "cloudflare" for request in world.requests) == 1


def test_what_a_person_declared_deliberate_is_a_notice(world: Sandbox, program: Program) -> None:
    """Until its last day is over."""
    world.cloudflare.add_route("gone.chitty.cc/*", "gone")
    ended = reconcile(world, program, ignore="route gone.chitty.cc/*: comes back")
    assert (ended.outputs[KIND], ended.finding(CHECK)["level"]) == ("0", "notice")
    assert "comes back" in ended.finding(CHECK)["message"]
    ended = reconcile(world, program, ignore="route gone.chitty.cc/*: comes back until 2020-01-31")
    assert ended.outputs[KIND] == "1"
    assert "no longer leaves route gone.chitty.cc/* out" in ended.finding("service-list")["message"]


def test_a_declared_route_that_nobody_claims_is_said(world: Sandbox, program: Program) -> None:
    """Or such lines would pile up."""
    ended = reconcile(world, program, ignore="route nobody.chitty.cc/*: is meant so")
    assert "which nobody claims" in ended.finding(CHECK)["message"]


def test_the_registrys_worker_counts_for_a_mismatch(world: Sandbox, program: Program) -> None:
    """The row's `worker`, else the service's own name."""
    world.registry["chittyscore"]["worker"] = "chittyledger"
    assert conflicts(reconcile(world, program)) == [("mismatch", HOST)]
    world.registry["chittyscore"]["worker"] = "chittyscore-production"
    assert conflicts(reconcile(world, program)) == []


def test_a_registered_host_that_nobody_claims_is_a_notice(world: Sandbox, program: Program) -> None:
    """Something else than a Worker may answer there; the plan has the claim that is missing."""
    world.registry["chittyscore"]["hostname"] = "unclaimed.chitty.cc"
    ended = reconcile(world, program)
    assert (ended.outputs[KIND], ended.finding(CHECK)["level"]) == ("0", "notice")
    assert "claimed by no Worker: https://unclaimed.chitty.cc/" in ended.finding(CHECK)["message"]
    assert [move["method"] for move in moves(ended)] == ["PUT"]


@pytest.mark.parametrize("pattern", ["**", "", "chitty.cc/?x", "a" * 10_000, "\N{SNOWMAN}.chitty.cc/*", "chitty.cc*"])
def test_a_hostile_pattern_ends_in_a_finding(world: Sandbox, program: Program, pattern: str) -> None:
    """Nothing is known of it, and the others are judged."""
    world.cloudflare.add_route(pattern, "chittyscore")
    ended = reconcile(world, program)
    assert (ended.code, ended.outputs[KIND]) == (0, "0")
    assert ended.finding(CHECK)["level"] == "warning"


def test_hostile_names_do_nothing(world: Sandbox, program: Program) -> None:
    """A Worker's name is text of others: in the issue, in the summary and in the call that is shown."""
    name = "$(touch /tmp/x) @octocat `x` | <b> ::error::x"
    world.cloudflare.add_route("gone.chitty.cc/*", name)
    ended = reconcile(world, program)
    assert conflicts(ended) == [("dangling", "gone.chitty.cc/*")]
    assert not [line for line in ended.stdout.splitlines() if line.startswith("::error::x")]
    assert "<b>" not in the_issue(world)["body"].replace("`", "").split("<b>")[0]


def test_without_an_account_chittyconnect_is_asked(world: Sandbox, program: Program) -> None:
    """As before; the summary says why the account's routes were not read."""
    environ = {**world.github_environment()}
    world.conflicts.append({"route": "x.chitty.cc/*", "workers": ["a", "b"]})
    ended = program.run("reconcile", environ=environ)
    assert ended.outputs[KIND] == "1"
    assert "there is no cloudflare-api-token" in ended.summary
    assert json.loads(ended.outputs["incidents"])[0]["kind"] == KIND


def test_a_token_that_sees_no_zone_knows_nothing(world: Sandbox, program: Program) -> None:
    """Cloudflare answers such a token 200 with an empty list."""
    world.cloudflare.permissions.discard("Zone Read")
    ended = reconcile(world, program)
    assert ended.outputs[KIND] == "unknown"
    assert "Zone > Zone > Read" in ended.finding(CHECK)["hint"]


def test_a_zone_out_of_sight_makes_the_whole_unknown(world: Sandbox, program: Program) -> None:
    """A custom domain in it gives it away."""
    world.cloudflare.add_domain("mcp.ch1tty.com", "chittymcp")
    world.cloudflare.hide_zone("ch1tty.com")
    ended = reconcile(world, program)
    assert ended.outputs[KIND] == "unknown"
    assert "the token may not see zone ch1tty.com" in ended.finding(CHECK)["message"]


def test_without_the_registry_nothing_closes(world: Sandbox, program: Program) -> None:
    """Discovery stands in for the list, and does not say whose hosts are whose."""
    world.registry["chittyscore"]["worker"] = "chittyledger"
    assert incidents(reconcile(world, program))[KIND] == "opened"
    world.faults.set("registry", Status(403))
    reconcile(world, program)
    assert the_issue(world)["state"] == "open"


def test_a_subzone_out_of_sight_is_no_conflict_of_its_parent(world: Sandbox, program: Program) -> None:
    """Its custom domain names it, so the whole is unknown."""
    world.cloudflare.add_zone("sub.chitty.cc")
    world.cloudflare.add_domain("x.sub.chitty.cc", "chittyscore")
    world.cloudflare.hide_zone("sub.chitty.cc")
    world.cloudflare.add_route("*.sub.chitty.cc/*", "chittyledger")
    assert reconcile(world, program).outputs[KIND] == "unknown"


def test_a_name_that_no_url_can_have_is_no_bug(world: Sandbox, program: Program) -> None:
    """In a route of the account."""
    world.cloudflare.add_route("*xn--.agent.chitty.cc/*", "chittyscore")
    assert reconcile(world, program).code == 0
