from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from chitty_action.engine.remember import FAILURES, TRIES, recall, remember
from chitty_action.model.ports import StateError
from chitty_action.state.facts import Facts
from chitty_action.state.outbox import Keep
from chitty_action.state.read import history
from tests.memory import MemoryBranch
from tests.state.branch import Repository, View, settle
from tests.state.facts import HOUR, NOON, deployment, pending, put, sweep
from tests.world import STARTED, FakeClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.model.branch import Head

FACTS = Facts(deployments=(deployment(STARTED),), outbox=(Keep(pending(STARTED)),))


@dataclass(slots=True)
class Contested(View):
    """A branch that others move first, so many times."""

    others: list[Facts] = field(default_factory=list)

    async def commit(self, head: Head, files: Mapping[str, str | None], message: str) -> bool:
        """Commit what another run has to say, and then perhaps ours."""
        if self.others:
            tip = self.repository.tip
            other = self.others.pop(0)
            self.repository.put(other.merged({path: tip[path] for path in other.paths(tip, NOON)}, NOON).files)
        return await View.commit(self, head, files, message)


def _other(number: int) -> Facts:
    return Facts(deployments=(deployment(NOON, "beta", f"9{number}"),))


async def test_the_first_facts_make_the_branch() -> None:
    """There is none before somebody remembers something."""
    repository = Repository()
    done = await remember(View(repository), FACTS, FakeClock(), "remember")
    assert (done.is_written, done.tries, [one.is_done for one in done.became]) == (True, 1, [True])
    assert sorted(repository.tip) == ["deployments/2026-11.jsonl", "outbox/alpha.registration.json"]


async def test_what_is_there_already_makes_no_commit() -> None:
    """The history of the branch says what happened, and nothing else."""
    repository = Repository()
    await remember(View(repository), FACTS, FakeClock(), "remember")
    done = await remember(View(repository), FACTS, FakeClock(), "remember")
    assert (done.is_written, len(repository.commits)) == (False, 2)


async def test_who_loses_a_race_merges_with_the_winner() -> None:
    """After pauses that grow; a file that has not changed since is not read again."""
    repository, clock = Repository(), FakeClock()
    repository.put(put({}, Facts(deployments=(deployment(STARTED - HOUR, run="1"),), sweep=sweep())))
    view = Contested(repository, others=[_other(number) for number in range(3)])
    done = await remember(view, FACTS, clock, "remember")
    assert done.tries == 4
    assert clock.pauses == [0.2, 0.4, 0.8]
    assert len(history(repository.tip).deployments) == 5
    assert view.texts_read.count("deployments/2026-11.jsonl") == 4


async def test_a_file_that_is_the_same_on_the_new_tip_is_not_read_again() -> None:
    """Its SHA says so."""
    repository = Repository()
    repository.put(put({}, Facts(deployments=(deployment(STARTED - HOUR, run="1"),))))
    view = Contested(repository, others=[Facts(files={"metrics.txt": "x"})])
    await remember(view, FACTS, FakeClock(), "remember")
    assert view.texts_read == ["deployments/2026-11.jsonl"]


async def test_it_gives_up_after_twenty_races() -> None:
    """Pauses stop growing at five seconds."""
    view, clock = Contested(Repository(), others=[_other(number) for number in range(TRIES)]), FakeClock(deadline=900)
    with pytest.raises(StateError, match=f"^the data branch was not written: it moved under each of {TRIES} tries$"):
        await remember(view, FACTS, clock, "remember")
    assert len(clock.pauses) == TRIES - 1
    assert max(clock.pauses) == 5


async def test_it_gives_up_when_time_is_up() -> None:
    """Whatever the number of tries."""
    view = Contested(Repository(), others=[_other(number) for number in range(TRIES)])
    with pytest.raises(StateError, match=r"not written: the deadline of 2 s was reached$") as caught:
        await remember(view, FACTS, FakeClock(deadline=2), "remember")
    assert caught.value.hint == "raise the input deadline, and run the job again"
    assert not caught.value.is_doubted


async def test_a_failure_is_tried_again_some_times() -> None:
    """Before anything was written, or instead of it."""
    repository = Repository()
    done = await remember(View(repository, faults={0: "before", 2: "before"}), FACTS, FakeClock(), "remember")
    assert done.tries == 3
    with pytest.raises(StateError, match=r"^the data branch was not written: GitHub answered 500$"):
        await remember(View(repository, faults=dict.fromkeys(range(9), "before")), _other(1), FakeClock(), "remember")
    assert FAILURES == 5


async def test_what_cannot_get_better_is_not_tried_again() -> None:
    """No permission stays none; its cure is told."""
    view, clock = View(Repository(), writes={0: "lasting"}), FakeClock()
    with pytest.raises(StateError, match="GitHub answered 403") as caught:
        await remember(view, FACTS, clock, "remember")
    assert (caught.value.hint, caught.value.is_lasting, clock.pauses) == ("grant `contents: write`", True, [])


async def test_a_write_that_did_not_arrive_is_done_again() -> None:
    """Its fate is seen on the branch."""
    repository = Repository()
    done = await remember(View(repository, writes={0: "lost"}), FACTS, FakeClock(), "remember")
    assert (done.tries, len(repository.commits)) == (2, 2)


@dataclass(slots=True)
class Overtaken(View):
    """A branch on which others go on before this run looks again."""

    later: Facts = field(default_factory=Facts)

    async def head(self) -> Head:
        """Let the others go on first, from the second time on."""
        if self.calls:
            self.repository.put(self.later.merged(self.repository.tip, NOON).files)
        return await View.head(self)


async def test_a_write_that_arrived_unheard_is_not_done_again() -> None:
    """What it left has been delivered since, and must not wait a second time."""
    repository = Repository()
    view = Overtaken(repository, writes={0: "after"}, later=Facts(outbox=(settle(pending(STARTED)),)))
    done = await remember(view, FACTS, FakeClock(), "remember")
    assert (done.is_written, done.tries, [one.is_done for one in done.became]) == (True, 2, [True])
    assert list(repository.tip) == ["deployments/2026-11.jsonl"]


async def test_a_line_that_was_there_before_proves_nothing() -> None:
    """An earlier commit of the same run recorded the deployment; what comes now has to come all the same."""
    repository = Repository()
    await remember(View(repository), Facts(deployments=FACTS.deployments), FakeClock(), "remember")
    await remember(View(repository, writes={0: "lost"}), FACTS, FakeClock(), "remember")
    assert "outbox/alpha.registration.json" in repository.tip


async def test_a_doubt_that_stays_is_told() -> None:
    """Who gives up then does not know whether it is written."""
    view = View(Repository(), writes=dict.fromkeys(range(9), "lost"))
    with pytest.raises(StateError, match="GitHub timed out") as caught:
        await remember(view, FACTS, FakeClock(), "remember")
    assert caught.value.is_doubted


async def test_what_is_not_there_is_looked_for_again() -> None:
    """The tip was an old one: an entry that is not on it is perhaps on the new one."""
    repository = Repository()
    repository.put({"metrics.txt": ""})
    await remember(View(repository), FACTS, FakeClock(), "remember")
    gone = Facts(outbox=(settle(pending(STARTED)),))
    done = await remember(View(repository, lags=[1, 1, 1]), gone, FakeClock(), "remember")
    assert (done.tries, done.is_written) == (4, True)
    assert "outbox/alpha.registration.json" not in repository.tip
    done = await remember(View(repository), gone, FakeClock(), "remember")
    assert (done.tries, done.is_written, done.became[0].reason) == (4, False, "it does not wait any more")


async def test_what_was_let_go_is_told_even_where_the_commit_was_in_doubt() -> None:
    """The second look does not find it any more."""
    repository = Repository()
    old = pending(STARTED - 40 * 24 * HOUR)
    repository.put(
        {
            "outbox/alpha.registration.json": put({}, Facts(outbox=(Keep(old),)), old.deployed_at)[
                "outbox/alpha.registration.json"
            ]
        }
    )
    done = await remember(View(repository, writes={0: "after"}), Facts(thins=True), FakeClock(), "thin")
    assert (done.is_written, done.let_go) == (True, (old,))


async def test_recall_reads_what_is_remembered() -> None:
    """And nothing else."""
    repository = Repository()
    assert (await recall(View(repository), NOON))[1].files == ()
    facts = Facts(deployments=(deployment(),), sweep=sweep(), files={"metrics.txt": "x"})
    repository.put(facts.merged({}, NOON).files)
    view = View(repository)
    head, remembered = await recall(view, NOON)
    assert head.commit == "1"
    assert (remembered.deployments, remembered.sweeps) == ((deployment(),), (sweep(),))
    assert view.texts_read == ["deployments/2026-11.jsonl", "sweeps/2026-11.jsonl"]


async def test_a_file_of_no_use_does_not_hide_the_others() -> None:
    """It is told, and what can be read is."""
    branch = MemoryBranch({})
    await remember(branch, Facts(deployments=(deployment(),), sweep=sweep()), FakeClock(), "m")
    branch.errors["text"] = [StateError("sweeps/2026-11.jsonl is not UTF-8", is_lasting=True)]
    _, seen = await recall(branch, NOON)
    assert (seen.is_read, len(seen.deployments) + len(seen.sweeps)) == (True, 1)
    assert seen.damaged == ("sweeps/2026-11.jsonl is not UTF-8",)
