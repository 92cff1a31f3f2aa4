from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chitty_action.engine.chronicle import Surroundings, sweep_of
from chitty_action.engine.memory import Occasion, remembered
from chitty_action.model.evidence import Evidence
from chitty_action.model.exchange import Answer
from chitty_action.model.report import Outcome, Status
from chitty_action.model.sweep import Blame, Swept
from tests.memory import LASTING, OLD, MemoryBranch, holding, pending, postman
from tests.world import RUN, STARTED, FakeRemote, json_answer, ports

if TYPE_CHECKING:
    from chitty_action.metrics.outlook import Outlook

AROUND = Surroundings(Blame.THEM, (), 0, None, refreshed=False, coverage=None)
SWEEP = sweep_of([Swept(1, "alpha", Evidence.HEALTHY, "seen", elapsed=0.1)], AROUND, RUN, STARTED, 3.0)
REGISTER = ("POST", "https://register.example/api/register")
ROW = ("GET", "https://registry.example/api/services/alpha")
MONTH = "sweeps/2026-11.jsonl"


async def remember(
    branch: MemoryBranch | None, held: str | None = None, doubt: str | None = None, answer: Answer | None = None
) -> tuple[Outlook, tuple[Outcome, ...]]:
    """Remember the sweep."""
    occasion = Occasion(None if branch is None else postman(branch), held, doubt)
    return await remembered(
        SWEEP, occasion, ports(FakeRemote({ROW: Answer(404), REGISTER: answer or json_answer({}, 201)}))
    )


async def test_without_a_branch_this_sweep_is_all_that_is_known() -> None:
    """The page is made of it."""
    outlook, outcomes = await remember(None)
    assert (outlook.sweep, outlook.history.sweeps, outcomes) == (SWEEP, (), ())
    assert outlook.metrics.endswith("# EOF\n")


async def test_a_sweep_is_recorded_with_its_numbers() -> None:
    """In one commit."""
    branch = MemoryBranch()
    outlook, (outcome,) = await remember(branch)
    assert (outcome.status, outcome.seen) == (Status.PASSED, "this sweep is recorded")
    assert (set(branch.files), branch.files["metrics.txt"]) == ({MONTH, "metrics.txt"}, outlook.metrics)
    assert branch.messages == ["Record a sweep"]


async def test_a_held_run_reads_and_does_not_write() -> None:
    """It says what it would do."""
    branch = holding(pending())
    before = dict(branch.files)
    outlook, outcomes = await remember(branch, held="this is a dry run")
    assert [one.seen for one in outcomes] == [
        "1 write waits, but this is a dry run",
        "would record this sweep, but this is a dry run",
    ]
    assert (branch.files, branch.messages, len(outlook.history.pending)) == (before, [], 1)


async def test_in_doubt_nothing_is_delivered_and_the_sweep_is_recorded() -> None:
    """What was seen was seen."""
    branch = holding(pending())
    _, outcomes = await remember(branch, doubt="the hub is in doubt")
    assert [one.status for one in outcomes] == [Status.SKIPPED, Status.PASSED]
    assert (len(branch.waiting()), MONTH in branch.files) == (1, True)


async def test_what_was_delivered_does_not_wait_any_more() -> None:
    """Not in the numbers of this very run either."""
    branch = holding(pending())
    outlook, outcomes = await remember(branch)
    assert [one.id for one in outcomes] == ["outbox", "memory"]
    assert (outlook.history.pending, branch.waiting()) == ((), {})


async def test_what_still_waits_is_in_the_numbers() -> None:
    """It was tried again."""
    outlook, _ = await remember(holding(pending()), answer=json_answer({}, 503))
    assert [one.service for one in outlook.history.pending] == ["alpha"]


async def test_a_branch_that_cannot_be_read_is_told_and_tried() -> None:
    """What is remembered is unknown then, and the page says so; the sweep may be recorded all the same."""
    branch = MemoryBranch()
    branch.errors["head"] = [LASTING]
    outlook, outcomes = await remember(branch)
    assert [one.status for one in outcomes] == [Status.WARNED, Status.PASSED]
    assert outcomes[0].findings[0].message == "what earlier runs remember is unknown: the token may not"
    assert outlook.history.damaged == ("what earlier runs remember is unknown: the token may not",)


async def test_a_sweep_that_cannot_be_recorded_is_a_warning() -> None:
    """With the cause and the cure."""
    branch = MemoryBranch()
    branch.errors["commit"] = [LASTING]
    _, (outcome,) = await remember(branch)
    ((finding,),) = [outcome.findings]
    assert (outcome.status, finding.hint) == (Status.WARNED, "give contents: write")
    assert finding.message.startswith("this sweep is not recorded: ")


@pytest.mark.parametrize("lines", [1, 3])
async def test_what_is_damaged_is_told_line_by_line(lines: int) -> None:
    """For a person to mend."""
    branch = MemoryBranch({MONTH: "".join(f"no line {number}\n" for number in range(lines))})
    _, outcomes = await remember(branch)
    assert [len(one.findings) for one in outcomes] == [lines, 0]
    assert all("docs/state.md" in finding.hint for finding in outcomes[0].findings)


async def test_what_has_waited_too_long_is_given_up() -> None:
    """With a warning that says since when, and why it was not done."""
    branch = holding(pending(deployed_at=OLD - timedelta(days=31)))
    _, outcomes = await remember(branch, doubt="the hub is in doubt")
    assert branch.waiting() == {}
    assert outcomes[-1].findings[0].message == (
        "the registration of alpha has waited since 2026-10-22T20:40:30Z and is given up: answered 503"
    )
