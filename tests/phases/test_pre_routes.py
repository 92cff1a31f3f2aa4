"""Phase pre against the sandbox's Cloudflare: what the deployment would take, and from whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from sandbox import Challenge, Down, Garbage, Reset, Slow
from tests.phases.program import SERVICE, variables

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Ended, Program

CHECK = "routes-claimable"
HOST = "score.chitty.cc"


def pre(program: Program, sandbox: Sandbox, routes: object, **inputs: str) -> Ended:
    """Run the phase for a repository whose production claims these routes."""
    program.write("wrangler.json", {"name": SERVICE, "routes": routes})
    given = variables({name.replace("_", "-"): value for name, value in inputs.items()})
    return program.run("pre", environ={**given, **sandbox.cloudflare_environment()})


def test_a_takeover_stops_the_deployment(program: Program, sandbox: Sandbox) -> None:
    """Both Workers, the claim that would do it, a URL that would change hands, and the way out."""
    ended = pre(program, sandbox, [f"{HOST}/*"])
    finding = ended.finding(CHECK)
    assert (ended.code, finding["level"]) == (1, "error")
    assert f"the route {HOST}/* of {SERVICE} would take the custom domain {HOST} of chittyscore" in finding["message"]
    assert f"https://{HOST}/ is answered by chittyscore" in finding["message"]
    assert f'"{HOST}/*": chittyscore' in finding["hint"]
    assert {request.method for request in sandbox.requests} == {"GET"}


@pytest.mark.parametrize("allowed", [HOST, f"{HOST}/*"])
def test_an_allowed_takeover_is_reported(program: Program, sandbox: Sandbox, allowed: str) -> None:
    """Named by the host or by the claim, with the Worker that loses."""
    program.write(".chittyconnect.yml", f'routes:\n  takeover:\n    "{allowed}": chittyscore\n')
    ended = pre(program, sandbox, [f"{HOST}/*"])
    assert (ended.code, ended.finding(CHECK)["level"]) == (0, "notice")
    assert "as .chittyconnect.yml allows" in ended.finding(CHECK)["message"]


def test_a_takeover_from_somebody_else_is_not_allowed(program: Program, sandbox: Sandbox) -> None:
    """The losing Worker is part of what is allowed, so it is allowed only once."""
    program.write(".chittyconnect.yml", f"routes:\n  takeover:\n    {HOST}: chittyledger\n")
    assert pre(program, sandbox, [f"{HOST}/*"]).code == 1


def test_a_custom_domain_is_taken_too(program: Program, sandbox: Sandbox) -> None:
    """It is what wrangler does without a question in CI."""
    ended = pre(program, sandbox, [{"pattern": HOST, "custom_domain": True}])
    assert ended.code == 1
    assert (
        f"the custom domain {HOST} of {SERVICE} would take the custom domain {HOST}" in ended.finding(CHECK)["message"]
    )


def test_a_wildcard_takes_every_custom_domain(program: Program, sandbox: Sandbox) -> None:
    """One finding for each Worker that loses."""
    ended = pre(program, sandbox, ["*.chitty.cc/*"])
    losers = [finding for finding in ended.findings if (finding["check"], finding["level"]) == (CHECK, "error")]
    assert ended.code == 1
    assert len(losers) == len({domain["service"] for domain in sandbox.cloudflare.domains.values()})


def test_staging_that_inherits_productions_routes_is_stopped(program: Program, sandbox: Sandbox) -> None:
    """It would take its own production's host."""
    sandbox.cloudflare.add_script(SERVICE)
    sandbox.cloudflare.add_domain("demo.chitty.cc", SERVICE)
    domain = {"pattern": "demo.chitty.cc", "custom_domain": True}
    program.write("wrangler.json", {"name": SERVICE, "routes": [domain], "env": {"staging": {"vars": {}}}})
    ended = program.run("pre", environ={**sandbox.cloudflare_environment()}, environment="staging")
    assert ended.code == 1
    assert (
        f"of {SERVICE}-staging would take the custom domain demo.chitty.cc of {SERVICE}"
        in ended.finding(CHECK)["message"]
    )


@pytest.mark.parametrize(
    ("routes", "level"),
    [
        (["ledger.chitty.cc/api/*"], "notice"),  # carved out of a gateway
        (["old.chitty.cc/*"], "notice"),  # from a Worker that is gone
        (["taken.chitty.cc/images/*"], "warning"),  # never matched
        (["https://taken.chitty.cc/images*"], "warning"),  # not documented
        (["elsewhere.example/*"], "warning"),  # no zone of the account
        (["**"], "warning"),
        (["score.chitty.cc/?x=*"], "warning"),
        (["sc\N{LATIN SMALL LETTER O WITH DIAERESIS}re.chitty.cc/*"], "warning"),
        ([f"score.chitty.cc/{'a' * 10_000}"], "warning"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_costs_nobody_anything_does_not_stop_it(
    program: Program, sandbox: Sandbox, routes: list[str], level: str
) -> None:
    """A finding it is all the same."""
    sandbox.cloudflare.add_route("old.chitty.cc/*", "gone")
    sandbox.cloudflare.add_route("taken.chitty.cc/images*", "chittyscore")
    ended = pre(program, sandbox, routes)
    assert (ended.code, ended.finding(CHECK)["level"]) == (0, level)


def test_nothing_is_said_of_what_is_claimed_already(program: Program, sandbox: Sandbox) -> None:
    """The deployment changes nothing then, and a claim that nobody else has is free."""
    sandbox.cloudflare.add_script(SERVICE)
    sandbox.cloudflare.add_route(f"{HOST}/*", SERVICE)
    ended = pre(program, sandbox, [f"{HOST}/*", "demo.chitty.cc/*"])
    assert (ended.code, CHECK in ended.levels()) == (0, False)
    assert "lists 2 routes" in ended.summary


@pytest.mark.parametrize("missing", ["TOKEN", "ID"])
def test_without_credentials_it_is_skipped_and_says_so(program: Program, sandbox: Sandbox, missing: str) -> None:
    """In the summary, without a request to Cloudflare."""
    program.write("wrangler.json", {"name": SERVICE, "routes": [f"{HOST}/*"]})
    environ = {name: text for name, text in sandbox.cloudflare_environment().items() if not name.endswith(missing)}
    ended = program.run("pre", environ=environ)
    assert (ended.code, CHECK in ended.levels()) == (0, False)
    assert "so nobody knows what the deployment would take from other Workers" in ended.summary
    assert "cloudflare" not in [request.target for request in sandbox.requests]


@pytest.mark.parametrize("permission", ["Zone Read", "Workers Routes Read", "Workers Scripts Read"])
def test_a_missing_permission_is_named(program: Program, sandbox: Sandbox, permission: str) -> None:
    """What the deployment would take is unknown then, and that is no reason to stop it."""
    sandbox.cloudflare.permissions.discard(permission)
    ended = pre(program, sandbox, [f"{HOST}/*"])
    finding = ended.finding(CHECK)
    assert (ended.code, finding["level"]) == (0, "warning")
    assert "is unknown" in finding["message"]
    assert permission.removesuffix(" Read") in finding["hint"]


@pytest.mark.parametrize(
    ("token", "answer"),
    [
        ("no token", "answered 400 “Invalid request headers”"),
        ("x" * 40, "answered 403: forbidden “Invalid access token”"),
    ],
)
def test_a_wrong_token_is_told_in_cloudflares_words(
    program: Program, sandbox: Sandbox, token: str, answer: str
) -> None:
    """With the place that was asked, without what was asked of it."""
    program.write("wrangler.json", {"name": SERVICE, "routes": [f"{HOST}/*"]})
    environ = sandbox.cloudflare_environment() | variables({"cloudflare-api-token": token})
    message = program.run("pre", environ=environ).finding(CHECK)["message"]
    before, _, place = message.partition("is unknown: ")
    assert before == "what this deployment would take from other Workers "
    assert re.fullmatch(rf"127\.0\.0\.1:\d+/cloudflare/client/v4/zones {re.escape(answer)}", place), place


def test_on_blocked_makes_that_an_error(program: Program, sandbox: Sandbox) -> None:
    """For those who want no deployment that was not compared."""
    sandbox.cloudflare.permissions.discard("Workers Routes Read")
    assert pre(program, sandbox, [f"{HOST}/*"], on_blocked="error").code == 1


@pytest.mark.parametrize("fault", [Down(), Garbage(), Reset(), Challenge()], ids=str)
def test_a_sick_cloudflare_stops_nobody(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """And is never taken for an account without routes."""
    sandbox.faults.set("cloudflare", fault)
    ended = pre(program, sandbox, [f"{HOST}/*"])
    assert (ended.code, ended.finding(CHECK)["level"]) == (0, "warning")
    assert "is unknown" in ended.finding(CHECK)["message"]


def test_a_broken_configuration_is_a_warning(program: Program, sandbox: Sandbox) -> None:
    """Nobody knows what it claims."""
    program.write("wrangler.json", "{")
    ended = program.run("pre", environ={**sandbox.cloudflare_environment()})
    assert ended.code == 0
    assert "what a deployment would claim is not known" in ended.finding("workspace")["message"]
    assert "skipped: `wrangler.json` cannot be used" in ended.summary


def test_the_token_goes_to_cloudflare_only(program: Program, sandbox: Sandbox) -> None:
    """And is printed nowhere."""
    ended = pre(program, sandbox, [f"{HOST}/*"])
    token = sandbox.cloudflare.token
    carriers = {request.target for request in sandbox.requests if token in str(request.headers)}
    assert carriers == {"cloudflare"}
    assert token not in ended.stdout.replace(f"::add-mask::{token}", "")
    assert token not in ended.summary + str(ended.outputs)


@pytest.mark.parametrize("other", [None, "somebody"])
def test_a_hostname_changes_hands_even_where_a_route_hides_it(
    program: Program, sandbox: Sandbox, other: str | None
) -> None:
    """The custom domain would be another Worker's, whoever answers its URLs before and after."""
    sandbox.cloudflare.add_script("somebody")
    sandbox.cloudflare.add_route(f"{HOST}/*", other)
    ended = pre(program, sandbox, [{"pattern": HOST, "custom_domain": True}])
    assert ended.code == 1
    assert any(f"would take the custom domain {HOST} of chittyscore" in one["message"] for one in ended.findings)


def test_a_zone_of_its_own_is_out_of_a_wildcards_reach(program: Program, sandbox: Sandbox) -> None:
    """A request is answered by the zone of its host."""
    sandbox.cloudflare.domains.clear()
    sandbox.cloudflare.add_zone("agent.chitty.cc")
    sandbox.cloudflare.add_domain("x.agent.chitty.cc", "chittyagent")
    sandbox.cloudflare.routes.clear()
    ended = pre(program, sandbox, ["*.chitty.cc/*"])
    assert (ended.code, CHECK in ended.levels()) == (0, False)


def test_a_zone_that_cannot_hold_the_host_is_said(program: Program, sandbox: Sandbox) -> None:
    """The gate must not be switched off by a wrong name."""
    ended = pre(program, sandbox, [{"pattern": f"{HOST}/*", "zone_name": "ch1tty.com"}])
    assert (ended.code, ended.finding(CHECK)["level"]) == (0, "warning")


@pytest.mark.parametrize("pattern", ["xn--.chitty.cc/*", "*xn--.chitty.cc/*", "a..b.chitty.cc/*"])
def test_a_name_that_no_url_can_have_is_no_bug(program: Program, sandbox: Sandbox, pattern: str) -> None:
    """Nobody can open it, so nobody can take it."""
    sandbox.cloudflare.add_route("*.chitty.cc/*", "chittyscore")
    assert pre(program, sandbox, [pattern]).code in {0, 1}


def test_a_deadline_in_the_list_of_zones_is_no_pass(program: Program, sandbox: Sandbox) -> None:
    """What was not seen is unknown."""
    sandbox.faults.set("cloudflare", Slow(5))
    ended = pre(program, sandbox, [f"{HOST}/*"], deadline="1.5", timeout="10")
    assert "is unknown" in ended.finding(CHECK)["message"]
