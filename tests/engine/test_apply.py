from __future__ import annotations

from chitty_action.changes.register_service import RegisterService
from chitty_action.changes.set_status import SetStatus
from chitty_action.engine.apply import apply
from chitty_action.model.change import Fate, Plan
from chitty_action.model.exchange import Answer
from tests.world import STARTED, SUBJECT, FakeClock, FakeLog, FakeRemote, json_answer, ports

REGISTER, STATUS = RegisterService.of(SUBJECT, STARTED), SetStatus.active(SUBJECT, STARTED)
PLAN = Plan.of([REGISTER, STATUS])
POST, PATCH = ("POST", REGISTER.url), ("PATCH", STATUS.url)


async def test_changes_are_applied_in_order() -> None:
    """One receipt each, and one that fails does not stop the next."""
    remote, log = FakeRemote({POST: Answer(500), PATCH: json_answer({})}), FakeLog()
    receipts = await apply(PLAN, ports(remote, log=log))
    assert remote.asked == [POST, PATCH]
    assert [(receipt.change, receipt.fate) for receipt in receipts] == [
        ("registration", Fate.FAILED),
        ("status", Fate.APPLIED),
    ]
    assert log.events == [
        ("change.applied", {"change": receipt.change, "fate": receipt.fate.value, "detail": receipt.detail})
        for receipt in receipts
    ]


async def test_a_held_plan_alters_nothing_and_says_what_it_would() -> None:
    """A dry run is a plan that is held."""
    remote = FakeRemote({})
    receipts = await apply(Plan(PLAN.changes, held="this is a dry run"), ports(remote))
    assert remote.requests == []
    assert {receipt.fate for receipt in receipts} == {Fate.HELD}
    assert [(receipt.change, receipt.subject) for receipt in receipts] == [
        ("registration", "alpha"),
        ("status", "alpha"),
    ]
    assert [receipt.detail for receipt in receipts] == [
        "would register alpha, but this is a dry run",
        "would mark alpha active, but this is a dry run",
    ]


async def test_nothing_is_begun_when_time_has_run_out() -> None:
    """A write that nobody would see the end of is not sent."""
    remote = FakeRemote({})
    receipts = await apply(PLAN, ports(remote, FakeClock(signal="SIGTERM was received")))
    assert remote.requests == []
    assert [receipt.detail.partition(", but ")[2] for receipt in receipts] == ["SIGTERM was received"] * 2


async def test_a_plan_without_changes_has_no_receipts() -> None:
    """There is nothing to do."""
    assert await apply(Plan(()), ports(FakeRemote({}))) == ()
