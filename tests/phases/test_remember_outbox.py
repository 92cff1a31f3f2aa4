"""A write that failed is kept and delivered once, through the whole program."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox import Body, Down, Drip, Reset, Status, WrongToken
from sandbox.github_faults import Only
from tests.phases.program import SERVICE, registered
from tests.phases.remembering import (
    OWN,
    WAITING,
    WAITING_STATUS,
    aged,
    deployments,
    fail,
    memory,
    outbox,
    outbox_told,
    post,
    reconcile,
    sent,
)

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program

PASSING = [Down(), Reset(), Drip(), Status(401), Status(403), Status(429), Status(500), Status(504), WrongToken()]


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_may_succeed_later_is_kept_with_its_payload(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """Registration and status, as they were sent."""
    ended = fail(program, sandbox, fault)
    kept = outbox(sandbox)
    assert set(kept) == {WAITING, WAITING_STATUS}
    assert kept[WAITING]["payload"] == sent(sandbox, "register")[0].document
    assert kept[WAITING]["idempotency_key"] == sent(sandbox, "register")[0].headers["idempotency-key"]
    assert kept[WAITING_STATUS]["payload"] == sent(sandbox, "register.status")[0].document
    (outcome,) = [one for one in ended.report["outcomes"] if one["id"] == "memory"]
    assert (ended.code, outcome["status"]) == (0, "passed")
    assert outcome["seen"] == "recorded; its registration and status will be delivered later"


@pytest.mark.parametrize("status", [400, 409, 422])
def test_what_is_refused_for_good_is_not_kept(program: Program, sandbox: Sandbox, status: int) -> None:
    """It would be refused again."""
    fail(program, sandbox, Status(status))
    assert outbox(sandbox) == {}
    assert deployments(sandbox)[0]["registered"] is False


def test_retries_come_before_the_outbox(program: Program, sandbox: Sandbox) -> None:
    """What succeeds at the second try leaves nothing."""
    sandbox.faults.set("register", Only("POST", ".", Down(), times=1))
    post(program, retries="2")
    assert (outbox(sandbox), registered(sandbox)["status"]) == ({}, "active")


def test_reconcile_delivers_once_byte_for_byte(program: Program, sandbox: Sandbox) -> None:
    """The register's row is right; body and idempotency key are those of the first try; the next run sends nothing."""
    fail(program, sandbox)
    delivered = reconcile(program, "4800")
    first, second = sent(sandbox, "register")
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])
    before, after = sent(sandbox, "register.status")
    assert before.body == after.body
    assert outbox(sandbox) == {}
    row = registered(sandbox)
    assert (row["version"], row["status"], row["deployment"]["workflow_run"]) == ("1.4.0", "active", "4700")
    assert [one["status"] for one in outbox_told(delivered)] == ["passed", "passed"]
    assert outbox_told(reconcile(program, "4801")) == []
    assert (len(sent(sandbox, "register")), len(sent(sandbox, "register.status"))) == (2, 2)


def test_what_still_fails_goes_on_waiting(program: Program, sandbox: Sandbox) -> None:
    """With a warning, the number of tries, and no claim; the sweep after that delivers it."""
    fail(program, sandbox)
    sandbox.faults.set("register", Down())
    sandbox.faults.set("register.status", Down())
    ended = reconcile(program, "4800")
    assert [one["status"] for one in outbox_told(ended)] == ["warned", "warned"]
    assert ended.code == 0
    entry = outbox(sandbox)[WAITING]
    assert (entry["tries"], entry.get("claimed_by", "")) == (2, "")
    sandbox.faults.clear()
    reconcile(program, "4801")
    assert (outbox(sandbox), registered(sandbox)["status"]) == ({}, "active")


def test_what_is_refused_on_delivery_is_given_up(program: Program, sandbox: Sandbox) -> None:
    """A warning once, and not every quarter of an hour for a month."""
    fail(program, sandbox)
    sandbox.faults.set("register", Status(422, body={"errors": ["capabilities: not one of ours"]}))
    ended = reconcile(program, "4800")
    (told,) = [one for one in ended.findings if one["check"] == "outbox" and "registration" in one["message"]]
    assert (told["level"], WAITING in outbox(sandbox)) == ("warning", False)
    assert "is given up: answered 422" in told["message"]
    assert outbox_told(reconcile(program, "4801"))[0]["subject"] == SERVICE


def test_a_hub_in_doubt_delivers_nothing(program: Program, sandbox: Sandbox) -> None:
    """What waits is not sent into trouble."""
    fail(program, sandbox)
    sandbox.faults.set("connect.health", Down())
    ended = reconcile(program, "4800")
    (outcome,) = [one for one in ended.report["outcomes"] if one["subject"] == "the outbox"]
    assert "2 writes wait, but the hub is in doubt" in outcome["seen"]
    assert (len(sent(sandbox, "register")), len(outbox(sandbox))) == (1, 2)


def test_a_dry_reconcile_delivers_nothing(program: Program, sandbox: Sandbox) -> None:
    """It says that something waits."""
    fail(program, sandbox)
    before = outbox(sandbox)
    ended = reconcile(program, "4800", dry_run="true")
    assert "writes wait, but this is a dry run" in json.dumps(ended.report)
    assert (outbox(sandbox), len(sent(sandbox, "register"))) == (before, 1)


def test_an_entry_of_more_than_thirty_days_is_given_up(program: Program, sandbox: Sandbox) -> None:
    """With a warning that names it; it is not sent any more."""
    fail(program, sandbox)
    aged(sandbox, timedelta(days=31))
    ended = reconcile(program, "4800")
    told = [one["message"] for one in ended.findings if one["check"] == "memory"]
    assert len(told) == 2
    assert all(f"of {SERVICE} has waited since" in one and "is given up" in one for one in told)
    assert (outbox(sandbox), len(sent(sandbox, "register"))) == ({}, 1)


def test_a_newer_deployment_supersedes_what_waits(program: Program, sandbox: Sandbox) -> None:
    """Its own registration is sent; nothing of the older one is, not even by the next sweep."""
    fail(program, sandbox)
    post(program, "4710")
    assert outbox(sandbox) == {}
    reconcile(program, "4800")
    assert [one.document["deployment"]["workflow_run"] for one in sent(sandbox, "register")] == ["4700", "4710"]
    assert registered(sandbox)["deployment"]["workflow_run"] == "4710"


def test_of_two_that_failed_the_newer_waits(program: Program, sandbox: Sandbox) -> None:
    """There is never a list of writes."""
    fail(program, sandbox)
    fail(program, sandbox)
    kept = outbox(sandbox)
    assert set(kept) == {WAITING, WAITING_STATUS}
    sandbox.faults.set("register", Down())
    post(program, "4710")
    assert outbox(sandbox)[WAITING]["run"] == "4710"


def test_a_repositorys_own_branch_is_delivered_by_its_next_deployment(program: Program, sandbox: Sandbox) -> None:
    """No reconcile sees that branch: a status of production goes with a registration from staging that succeeded."""
    sandbox.github.create_repository(OWN)
    sandbox.faults.set("register.status", Down())
    post(program, "4700", state_repository=OWN)
    assert set(outbox(sandbox, OWN)) == {WAITING_STATUS}
    aged(sandbox, repository=OWN)
    sandbox.faults.clear()
    ended = post(program, "4710", state_repository=OWN, environment="staging")
    assert [one["status"] for one in outbox_told(ended)] == ["passed"]
    assert (outbox(sandbox, OWN), registered(sandbox)["status"]) == ({}, "active")
    before, after = sent(sandbox, "register.status")
    assert before.body == after.body


def test_a_status_is_not_delivered_without_a_registration(program: Program, sandbox: Sandbox) -> None:
    """A staging deployment that could not be registered proves nothing of ChittyRegister."""
    sandbox.faults.set("register.status", Down())
    post(program, "4700")
    aged(sandbox)
    sandbox.faults.clear()
    sandbox.faults.set("register", Down())
    ended = post(program, "4710", environment="staging")
    assert outbox_told(ended) == []
    assert (len(sent(sandbox, "register.status")), set(outbox(sandbox))) == (1, {WAITING, WAITING_STATUS})


def test_a_garbled_success_is_kept(program: Program, sandbox: Sandbox) -> None:
    """Whether it was carried out is unknown; its idempotency key makes a second time harmless."""
    fail(program, sandbox, Body({"success": False}))
    assert WAITING in outbox(sandbox)


def test_an_outbox_that_cannot_be_claimed_is_a_warning(program: Program, sandbox: Sandbox) -> None:
    """Nothing is sent then, because somebody else may be sending it."""
    fail(program, sandbox)
    sandbox.faults.set("github", Only("POST", "/git/", Status(500)))
    ended = reconcile(program, "4800")
    (told,) = [one for one in ended.findings if one["check"] == "outbox"]
    assert f"what waits in the outbox for {SERVICE} was not delivered" in told["message"]
    assert len(sent(sandbox, "register")) == 1
    assert memory(ended)["level"] == "warning"
