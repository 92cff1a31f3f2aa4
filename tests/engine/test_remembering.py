"""Random lives of a data branch: posts, sweeps and deliverers at once, old tips, faults and deaths, in any order.

`CHITTY_SEQUENCES` says how many lives; the default is for every day.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace

from chitty_action.engine.remember import LOOKS, recall, remember
from chitty_action.model.ports import StateError
from chitty_action.state.facts import Facts
from chitty_action.state.layout import METRICS, is_outbox, outbox_of
from chitty_action.state.outbox import Keep, entry_in, is_claimed, is_superseded, is_too_old
from chitty_action.state.read import history
from tests.state.branch import Repository, Turn, View, claim, release, settle
from tests.state.facts import deployment, pending, sweep
from tests.state.runs import LIFE, Running, Time

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from chitty_action.state.deployment import Deployment
    from chitty_action.state.pending import Pending
    from chitty_action.state.sweep import Sweep
    from tests.state.branch import Fault

    Troubles = tuple[list[int], dict[int, Fault], dict[int, Fault]]

SEQUENCES = int(os.environ.get("CHITTY_SEQUENCES", "60"))
FAULTS = st.dictionaries(st.integers(0, 15), st.just("before"), max_size=2)
WRITES = st.dictionaries(st.integers(0, 3), st.sampled_from(["before", "lost", "after"]), max_size=3)
LAGS = st.lists(st.sampled_from([0, 0, 1, 2, 4]), max_size=8).filter(lambda lags: len(lags) - lags.count(0) <= LOOKS)
"""No run reads old tips more often than it looks again."""
VIEWS = st.builds(lambda lags, faults, writes: (lags, faults, writes), LAGS, FAULTS, WRITES)
SERVICES = st.sampled_from(["alpha", "beta"])


class Life(RuleBasedStateMachine):
    """Runs, and what has to be true after each of their steps. Nothing here knows how facts are merged."""

    def __init__(self) -> None:
        """Begin without a branch."""
        super().__init__()
        self.repository = Repository(watch=self._committed)
        self.time = Time()
        self.runs = 0
        self.long_waits = 0
        self.running: list[Running] = []
        self.told: list[Deployment | Sweep] = []
        self.kept: set[tuple[str, datetime, str]] = set()
        self.ever: set[tuple[str, datetime, str]] = set()
        self.delivered: Counter[tuple[str, datetime, str]] = Counter()
        self.excused: Counter[tuple[str, datetime, str]] = Counter()

    @rule(
        service=SERVICES,
        environment=st.sampled_from(["production", "staging"]),
        is_success=st.booleans(),
        keeps=st.sets(st.sampled_from(["registration", "status"])),
        late=st.integers(0, 50),
        troubles=VIEWS,
    )
    def post_begins(  # noqa: PLR0913 - what may be different about a run
        self,
        service: str,
        environment: str,
        keeps: set[str],
        late: int,
        troubles: Troubles,
        *,
        is_success: bool,
    ) -> None:
        """Somebody deployed, some minutes ago, and what could not be registered waits."""
        at, run = self.time.at - timedelta(minutes=late), self._run()
        result = "success" if is_success else "failure"
        made = deployment(at, service, run, environment=environment, result=result)
        waiting = [pending(at, service, change, run=run, environment=environment) for change in sorted(keeps)]
        view = View(self.repository, *troubles, is_shared=True)
        self._begin(lambda _: self._post(view, Facts(deployments=(made,), outbox=tuple(map(Keep, waiting)))))

    @rule(troubles=VIEWS, is_up=st.booleans(), thins=st.booleans(), is_apart=st.booleans())
    def reconcile_begins(self, troubles: Troubles, *, is_up: bool, thins: bool, is_apart: bool) -> None:
        """The sweep, which delivers what waits, and tells that apart or with the rest."""
        view = View(self.repository, *troubles, is_shared=True)
        seen = sweep(self.time.at, self._run())
        facts = Facts(sweep=seen, files={METRICS: f"{seen.at.timestamp():.0f}\n"}, thins=thins)
        self._begin(lambda running: self._reconcile(view, running, facts, is_up=is_up, is_apart=is_apart))

    @rule(service=SERVICES)
    def post_in_doubt_is_overtaken(self, service: str) -> None:
        """Its commit arrived, which it does not hear; before it tries again, what it left is delivered."""
        commits = len(self.repository.commits)
        self.post_begins(service, "production", {"registration"}, 0, ([], {}, {0: "after"}), is_success=True)
        running = self.running[-1]
        while running in self.running and len(self.repository.commits) == commits:
            self._step(running)
        self.reconcile_begins(([], {}, {}), is_up=True, thins=False, is_apart=False)
        self.one_ends(len(self.running) - 1)

    @rule(old=st.integers(1, 3), is_up=st.booleans())
    def deliverer_reads_old_tips(self, old: int, *, is_up: bool) -> None:
        """After its claim, it does not see what it claimed."""
        self.reconcile_begins(([0, 0, *[2] * old], {}, {}), is_up=is_up, thins=False, is_apart=True)
        self.one_ends(len(self.running) - 1)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9), steps=st.integers(1, 12))
    def one_goes_on(self, which: int, steps: int) -> None:
        """Some steps of one run."""
        running = self.running[which % len(self.running)]
        for _ in range(steps):
            self._step(running)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9))
    def one_ends(self, which: int) -> None:
        """A run goes on to its end, while others wait."""
        running = self.running[which % len(self.running)]
        while running in self.running:
            self._step(running)

    @precondition(lambda self: self.running)
    @rule(order=st.lists(st.integers(0, 9), min_size=10, max_size=40))
    def all_go_on(self, order: list[int]) -> None:
        """Runs step by step among each other."""
        for which in order:
            if self.running:
                self._step(self.running[which % len(self.running)])

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, 9))
    def one_dies(self, which: int) -> None:
        """A runner is gone, in the middle of whatever it did."""
        self._end(self.running[which % len(self.running)])

    @rule(minutes=st.integers(1, 40) | st.integers(1, 2_000))
    def time_passes(self, minutes: int) -> None:
        """No run lives longer than its deadline."""
        self.time.at += timedelta(minutes=minutes)
        for running in [one for one in self.running if one.until <= self.time.at]:
            self._end(running)

    @precondition(lambda self: self.long_waits < 6)
    @rule()
    def months_pass(self) -> None:
        """What waits too long is let go."""
        self.long_waits += 1
        self.time_passes(31 * 24 * 60)

    @invariant()
    def who_was_told_is_there(self) -> None:
        """Whatever others did in the meantime."""
        remembered = history(self.repository.tip)
        assert remembered.damaged == ()
        lines: set[tuple[datetime, tuple[str, ...]]] = {(one.at, one.key) for one in remembered.deployments}
        lines |= {(one.at, one.key) for one in remembered.sweeps}
        old = self.time.at - timedelta(days=100)
        expected = {(one.at, one.key) for one in self.told if one.at > old}
        assert expected <= lines

    @invariant()
    def nothing_is_delivered_twice(self) -> None:
        """Unless a run was gone between delivering and settling."""
        for entry, times in self.delivered.items():
            assert times <= 1 + self.excused[entry]

    @invariant()
    def it_stays_small(self) -> None:
        """Each run adds a line."""
        assert sum(map(len, self.repository.tip.values())) < 2_000 + 1_000 * self.runs

    def teardown(self) -> None:
        """Let everybody come to an end, and look once more."""
        while self.running:
            for running in tuple(self.running):
                self._step(running)
        self.who_was_told_is_there()
        self.nothing_is_delivered_twice()

    async def _post(self, view: View, facts: Facts) -> None:
        done = await remember(view, facts, self.time, "post")
        self.told += facts.deployments
        for became in done.became:
            assert isinstance(became.operation, Keep)
            if became.is_done:
                assert _name(became.operation.pending) in self.ever, "it was told to wait, and never did"

    async def _reconcile(self, view: View, running: Running, facts: Facts, *, is_up: bool, is_apart: bool) -> None:
        assert facts.sweep is not None
        by = facts.sweep.run
        _, remembered = await recall(view, self.time.at)
        wanted = tuple(claim(one, by, running.until) for one in remembered.pending)
        claimed = await remember(view, Facts(outbox=wanted), self.time, "claim") if wanted else None
        won = {became.operation.path for became in claimed.became if became.is_done} if claimed else set()
        mine = [one for one in remembered.pending if outbox_of(one.service, one.change) in won]
        for one in mine if is_up else ():
            await Turn()
            self.delivered[_name(one)] += 1
            running.unsettled.append(one)
        ended = tuple(settle(one) if is_up else release(one, by) for one in mine)
        if is_apart:
            await remember(view, Facts(outbox=ended), self.time, "settle")
            running.unsettled.clear()
        await remember(view, facts if is_apart else replace(facts, outbox=ended), self.time, "sweep")
        running.unsettled.clear()
        self.told.append(facts.sweep)

    def _run(self) -> str:
        self.runs += 1
        return f"{self.runs:05}"

    def _begin(self, work: Callable[[Running], Coroutine[None, None, None]]) -> None:
        self.running.append(Running(work, self.time.at + LIFE))

    def _step(self, running: Running) -> None:
        if running not in self.running:
            return
        try:
            running.work.send(None)
        except (StopIteration, StateError):
            self._end(running)

    def _end(self, running: Running) -> None:
        running.work.close()
        self.running.remove(running)
        self.excused.update(map(_name, running.unsettled))

    def _committed(self, before: dict[str, str], after: dict[str, str]) -> None:
        """Look at every commit: what waits only becomes newer, and goes for a reason."""
        recorded = history(after).deployments
        for path in {*before, *after}:
            if is_outbox(path):
                old = entry_in(path, before[path]) if path in before else None
                new = entry_in(path, after[path]) if path in after else None
                if new is not None:
                    self.ever.add(_name(new))
                    assert not is_superseded(new, recorded), "it waits behind something newer"
                if old is not None:
                    self._went_on(old, new, recorded)
        assert int(before.get(METRICS, "0")) <= int(after.get(METRICS, "0")), "older numbers over newer ones"

    def _went_on(self, old: Pending, new: Pending | None, recorded: tuple[Deployment, ...]) -> None:
        if new is None:
            is_excused = self.delivered[_name(old)] or is_too_old(old, self.time.at) or is_superseded(old, recorded)
            assert is_excused, "a write is lost"
            return
        assert new.order >= old.order, "something older took the place of something newer"
        if new.order == old.order and is_claimed(old, self.time.at):
            assert new.claimed_by in {old.claimed_by, ""}, "a living claim was broken"


def _name(entry: Pending) -> tuple[str, datetime, str]:
    return f"{entry.service}.{entry.change}", *entry.order


def test_the_branch_forgets_nothing_whatever_happens() -> None:
    """No run's facts are lost, nothing older overwrites something newer, and nothing is delivered twice."""
    chosen = settings(
        max_examples=SEQUENCES,
        stateful_step_count=40,
        deadline=None,
        phases=set(Phase) - {Phase.explain},  # which takes minutes, and says less than the shortest life
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(Life, settings=chosen)
