"""The second half of what phase `post` does with the branch: the record at its end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chitty_action.engine.recording import Way, recorded
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.ports import StateError
from chitty_action.model.report import Status
from tests.engine.deployed import LINE, OWN, REGISTRATION, way, world
from tests.memory import LASTING, OLD, MemoryBranch, holding, pending, postman
from tests.world import STARTED


async def record(branch: MemoryBranch, registration: Receipt | None = None, made: Way | None = None) -> Any:  # noqa: ANN401 - an outcome
    """Record this run's deployment."""
    writes = {"registration": registration or Receipt("registration", "alpha", Fate.APPLIED, "registered")}
    line = replace(LINE, registered=registration is None)
    return await recorded(line, writes, made or Way(), postman(branch), world())


FAILED = Receipt("registration", "alpha", Fate.FAILED, "answered 503", undone=OWN)


async def test_a_deployment_is_recorded() -> None:
    """With nothing in the outbox."""
    branch = MemoryBranch()
    outcome = await record(branch)
    assert (outcome.status, outcome.seen, list(branch.files)) == (
        Status.PASSED,
        "recorded",
        ["deployments/2026-11.jsonl"],
    )
    assert branch.messages == ["Record a deployment of alpha"]


@pytest.mark.parametrize("fate", [Fate.FAILED, Fate.DOUBTED, Fate.HELD])
async def test_what_can_be_done_later_is_kept(fate: Fate) -> None:
    """In the same commit as the line."""
    branch = MemoryBranch()
    outcome = await record(branch, replace(FAILED, fate=fate))
    assert outcome.seen == "recorded; its registration will be delivered later"
    entry = branch.waiting()[REGISTRATION]
    assert (entry["payload"], entry["reason"], len(branch.messages)) == (json.loads(OWN.body), "answered 503", 1)


async def test_what_cannot_be_done_later_is_not_kept() -> None:
    """It would be refused again."""
    branch = MemoryBranch()
    await record(branch, replace(FAILED, undone=None))
    assert branch.waiting() == {}


@pytest.mark.parametrize(("receipt", "waits"), [(None, False), (FAILED, True), (replace(FAILED, undone=None), False)])
async def test_its_own_entry_is_settled_or_let_go(receipt: Receipt | None, waits: bool) -> None:  # noqa: FBT001 - a parameter
    """What it put there before it registered."""
    branch = holding(pending())
    made = await way(branch)
    await record(branch, receipt, made)
    assert (REGISTRATION in branch.waiting()) is waits
    assert [one.get("claimed_by", "") for one in branch.waiting().values()] == ([""] if waits else [])


async def test_a_write_that_is_too_old_is_not_kept_and_told() -> None:
    """A newer deployment has succeeded meanwhile."""
    newer = replace(LINE, at=STARTED + timedelta(seconds=5), run="43", registered=True)
    branch = MemoryBranch()
    await recorded(newer, {}, Way(), postman(branch), world())
    outcome = await record(branch, FAILED)
    assert outcome.status is Status.NOTED
    assert outcome.findings[0].message == (
        "the registration of alpha is not kept for later: a newer deployment has succeeded"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LASTING, "this deployment of alpha is not recorded, and nothing will deliver its registration later: "),
        (
            StateError("the answer was lost", "run it again", is_lasting=True, is_doubted=True),
            "this deployment of alpha may not be recorded, and nothing will deliver its registration later: ",
        ),
    ],
)
async def test_what_is_lost_with_the_record_is_told(error: StateError, told: str) -> None:
    """A warning, with the cause and the cure."""
    branch = MemoryBranch()
    branch.errors["commit"] = [error]
    outcome = await record(branch, FAILED)
    assert outcome.status is Status.WARNED
    assert outcome.findings[0].message.startswith(told)
    assert outcome.findings[0].message.endswith(error.message)
    assert outcome.findings[0].hint == error.hint


async def test_its_own_entry_is_not_lost_with_the_record() -> None:
    """It stands there since before it registered, and its claim ends."""
    branch = holding(pending())
    made = await way(branch)
    branch.errors["commit"] = [LASTING]
    outcome = await record(branch, FAILED, made)
    assert "nothing will deliver" not in outcome.findings[0].message
    assert REGISTRATION in branch.waiting()


async def test_an_older_entry_goes_with_a_newer_success() -> None:
    """Whoever left it."""
    branch = holding(pending(deployed_at=OLD))
    await record(branch)
    assert branch.waiting() == {}
