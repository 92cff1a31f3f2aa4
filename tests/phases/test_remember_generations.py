"""What waits reaches the ChittyRegister that is deployed today, in the form that it speaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox import Down, Generation, Status
from sandbox.github_faults import Only
from tests.phases.program import SERVICE
from tests.phases.remembering import WAITING, aged, fail, outbox, outbox_told, post, put, reconcile, sent

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program


def test_a_design_payload_reaches_the_deployed_register(program: Program, sandbox: Sandbox) -> None:
    """While it was down nobody knew which form it speaks; there is no status to set, and that is told once."""
    sandbox.reset(Generation.DEPLOYED)
    sandbox.deploy(SERVICE)
    for target in ("register", "register.status", "register.compliance", "registry"):
        sandbox.faults.set(target, Down())
    post(program, "4700")
    assert outbox(sandbox)[WAITING].get("form", "design") == "design"
    sandbox.faults.clear()
    aged(sandbox)
    ended = reconcile(program, "4800")
    assert SERVICE in sandbox.compliance
    assert outbox(sandbox) == {}
    assert [one["status"] for one in outbox_told(ended)] == ["passed", "noted"]


def test_what_the_deployed_register_lost_is_delivered_in_its_form(program: Program, sandbox: Sandbox) -> None:
    """Byte for byte, and only where its record does not show it."""
    sandbox.reset(Generation.DEPLOYED)
    sandbox.deploy(SERVICE)
    sandbox.faults.set("register", Only("POST", "/v1/", Status(429)))
    post(program, "4700")
    assert outbox(sandbox)[WAITING]["form"] == "deployed"
    sandbox.faults.clear()
    aged(sandbox)
    reconcile(program, "4800")
    first, second = [one for one in sent(sandbox, "register") if "/v1/" in one.path]
    assert (first.body == second.body, SERVICE in sandbox.compliance, outbox(sandbox)) == (True, True, {})


def test_a_registration_in_doubt_is_looked_up_first(program: Program, sandbox: Sandbox) -> None:
    """It was carried out after all, although nobody saw that: nothing is sent a second time."""
    sandbox.reset(Generation.DEPLOYED)
    sandbox.deploy(SERVICE)
    sandbox.faults.set("register", Only("POST", "/v1/", Status(500)))
    post(program, "4700")
    assert outbox(sandbox)[WAITING]["form"] == "deployed"
    sandbox.faults.clear()
    aged(sandbox)
    sandbox.compliance[SERVICE] = {**next(iter(sandbox.compliance.values())), "name": SERVICE}
    before = len(sent(sandbox, "register"))
    ended = reconcile(program, "4800")
    assert sent(sandbox, "register")[before:] == []
    assert outbox_told(ended)[0]["seen"].endswith("registered already, so nothing was sent")


def test_staging_is_not_submitted_to_the_deployed_register(program: Program, sandbox: Sandbox) -> None:
    """It knows no environments; what waits from there is given up, with a notice."""
    fail(program, sandbox, environment="staging")
    assert set(outbox(sandbox)) == {WAITING}
    entry = outbox(sandbox)[WAITING]
    sandbox.reset(Generation.DEPLOYED)
    put(sandbox, {WAITING: json.dumps(entry)})
    ended = reconcile(program, "4800")
    assert [one["status"] for one in outbox_told(ended)] == ["noted"]
    assert (SERVICE in sandbox.compliance, outbox(sandbox)) == (False, {})
