from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from chitty_action.state.facts import Facts
from chitty_action.state.outbox import Keep, entry_at, rule, written_entry
from chitty_action.state.pending import MOST_TRIES
from tests.state.branch import claim, release, settle
from tests.state.facts import DAY, HOUR, NOON, deployment, pending, put

if TYPE_CHECKING:
    from chitty_action.state.deployment import Deployment
    from chitty_action.state.outbox import Operation
    from chitty_action.state.pending import Pending

OLD, ENTRY, NEW = pending(NOON - HOUR, run="99"), pending(), pending(NOON + HOUR, run="101")
LATER = NOON + 2 * HOUR
CLAIMED = replace(ENTRY, claimed_by="7", claimed_until=LATER + HOUR)


def _rule(operation: Operation, entry: Pending | None, *known: Deployment) -> tuple[Pending | None, bool, str]:
    ruling = rule(operation, entry, known, LATER)
    return ruling.entry, ruling.became.is_done, ruling.became.reason


def test_the_newest_is_kept() -> None:
    """Whatever was there before, and in whatever order they come; the same one keeps its claim and its tries."""
    assert _rule(Keep(ENTRY), None) == (ENTRY, True, "")
    assert _rule(Keep(ENTRY), OLD) == (ENTRY, True, "")
    assert _rule(Keep(ENTRY), NEW) == (NEW, False, "what a newer deployment left waits already")
    assert _rule(Keep(ENTRY), CLAIMED) == (CLAIMED, True, "")
    assert _rule(Keep(NEW), CLAIMED) == (NEW, True, "")


@pytest.mark.parametrize(
    ("change", "newer", "is_kept"),
    [
        ("registration", deployment(NOON + HOUR, run="101", registered=True), False),
        ("registration", deployment(NOON + HOUR, run="101", registered=True, environment="staging"), False),
        ("registration", deployment(NOON + HOUR, run="100", registered=True, environment="staging"), False),
        ("registration", deployment(NOON + HOUR, run="100", registered=True), True),
        ("registration", deployment(NOON + HOUR, run="101", registered=False), True),
        ("registration", deployment(NOON + HOUR, run="101"), True),
        ("status", deployment(NOON + HOUR, run="101"), False),
        ("status", deployment(NOON + HOUR, run="101", environment="staging"), True),
        ("status", deployment(NOON + HOUR, run="101", result="failure"), True),
        ("status", deployment(NOON + HOUR, "beta", "101"), True),
        ("status", deployment(NOON, run="101"), True),
        ("status", deployment(NOON + HOUR, run="100"), True),
    ],
)
def test_a_newer_success_supersedes_what_is_older(change: str, newer: Deployment, is_kept: bool) -> None:  # noqa: FBT001 - a row
    """Whether it is recorded before or after what it supersedes; a run does not supersede what it left itself.

    A registration goes only where the newer one was accepted: where none was sent, nothing newer is there to be kept.
    """
    facts = Facts(outbox=(Keep(pending(change=change)),))
    path = f"outbox/alpha.{change}.json"
    after = put(put({}, facts, LATER), Facts(deployments=(newer,)), LATER)
    before = put(put({}, Facts(deployments=(newer,)), LATER), facts, LATER)
    assert (path in after, path in before) == (is_kept, is_kept)


def test_what_is_a_month_old_is_not_kept() -> None:
    """It would be let go at once."""
    assert _rule(Keep(pending(LATER - 31 * DAY)), None)[1:] == (False, "its deployment was more than 30 days ago")


def test_one_run_claims() -> None:
    """It may claim again, and another one may not, until the claim has ended."""
    until = LATER + HOUR
    assert _rule(claim(ENTRY, "7", until), ENTRY) == (CLAIMED, True, "")
    assert _rule(claim(ENTRY, "7", until), CLAIMED) == (CLAIMED, True, "")
    assert _rule(claim(ENTRY, "8", until), CLAIMED) == (CLAIMED, False, "run 7 is delivering it")
    ended = replace(CLAIMED, claimed_until=LATER)
    assert _rule(claim(ENTRY, "8", until), ended) == (replace(CLAIMED, claimed_by="8"), True, "")


@pytest.mark.parametrize("until", [None, LATER + 3 * DAY])
def test_a_claim_that_no_run_wrote_holds_nobody_up(until: object) -> None:
    """Without an end, or longer than any run lives."""
    odd = replace(CLAIMED, claimed_until=until)
    assert _rule(claim(ENTRY, "8", LATER + 9 * DAY), odd)[0] == replace(
        CLAIMED, claimed_by="8", claimed_until=LATER + DAY
    )


def test_only_that_very_entry_is_claimed() -> None:
    """What has been replaced or delivered since is not."""
    waits = "what the deployment of 2026-11-28T13:00:00Z left has taken its place"
    assert _rule(claim(ENTRY, "7", LATER), NEW) == (NEW, False, waits)
    assert _rule(claim(ENTRY, "7", LATER), None) == (None, False, "it does not wait any more")
    ancient = pending(LATER - 31 * DAY)
    reason = "its deployment was more than 30 days ago"
    assert _rule(claim(ancient, "7", LATER), ancient) == (ancient, False, reason)


def test_what_was_delivered_goes_and_nothing_else() -> None:
    """A newer one that came meanwhile stays; that the delivered one is gone already is told, and no trouble."""
    waits = "what the deployment of 2026-11-28T13:00:00Z left has taken its place"
    assert _rule(settle(ENTRY), CLAIMED) == (None, True, "")
    assert _rule(settle(ENTRY), NEW) == (NEW, True, waits)
    assert _rule(settle(ENTRY), None) == (None, True, "it does not wait any more")


def test_what_could_not_be_delivered_counts_a_try() -> None:
    """The claim ends with it; one that is not ours (any more) is left alone."""
    released, is_done, _ = _rule(release(ENTRY, "7"), CLAIMED)
    assert (released, is_done) == (replace(ENTRY, tries=2, reason="answered 502"), True)
    assert _rule(release(ENTRY, "7"), released) == (released, False, "its claim has ended")
    assert _rule(release(ENTRY, "8"), CLAIMED) == (CLAIMED, False, "its claim has ended")
    assert _rule(release(ENTRY, "7"), None) == (None, False, "it does not wait any more")
    worn = replace(CLAIMED, tries=MOST_TRIES)
    assert _rule(release(ENTRY, "7"), worn)[0] == replace(ENTRY, tries=MOST_TRIES, reason="answered 502")


def test_what_is_not_there_may_be_on_a_newer_tip() -> None:
    """Only what is newer than the entry proves that this one is gone."""
    unsure = [rule(settle(ENTRY), entry, (), LATER).is_unsure for entry in (None, OLD, ENTRY, NEW)]
    assert unsure == [True, True, False, False]
    unsure = [rule(release(ENTRY, "7"), entry, (), LATER).is_unsure for entry in (None, OLD, ENTRY, NEW, CLAIMED)]
    assert unsure == [True, True, True, False, False]


def test_an_entry_is_read_where_it_belongs() -> None:
    """A file of another name is not delivered as what it says it is."""
    path = "outbox/alpha.registration.json"
    assert entry_at(path, written_entry(ENTRY)) == ENTRY
    assert entry_at("outbox/beta.registration.json", written_entry(ENTRY)) is None
    assert entry_at(path, "oh") is None
    assert entry_at(path, None) is None
