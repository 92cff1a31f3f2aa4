"""Random lives of a repository: the world, GitHub's faults, people and strangers, in any order.

`CHITTY_SEQUENCES` says how many lives; the default is for every day.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from chitty_action.incidents.decision import Settings
from chitty_action.model.finding import Level
from chitty_action.model.ports import IssuesError
from tests.incidents.github import run
from tests.incidents.world import KINDS, MARKERS, World

if TYPE_CHECKING:
    from chitty_action.changes.sync_incident import Synced
    from chitty_action.model.incident import Kind

SEQUENCES = int(os.environ.get("CHITTY_SEQUENCES", "60"))
FAULTS = st.dictionaries(st.integers(0, 9), st.sampled_from(["before", "lost", "after"]), min_size=1, max_size=4)


class Life(World):
    """Runs, and what has to be true after each. Nothing here knows how incidents are decided."""

    @rule(faults=FAULTS)
    def runs_in_trouble(self, faults: dict[int, str]) -> None:
        """Some calls fail: nothing is lost, and nothing said twice that was agreed on."""
        wanted = self._wanted()
        written = len(self.github.written)
        blank = {issue.number for issue in self.own(is_open=True) if not self.remembered(issue)}
        try:
            synced = self._run(faults)
        except IssuesError:
            assert len(self.github.written) == written, "without a list nothing is done"
            return
        said = blank | {number for what, number in self.github.written[written:] if what == "comment"}
        self._nobody_is_left_untold(synced, wanted, said)
        self._note_reopenings()
        self.forget(*KINDS)
        self.clear_up()

    @rule()
    def runs_well(self) -> None:
        """GitHub agrees with the world, and a second attempt of the run has nothing to do but keep bodies fresh."""
        wanted = self._wanted()
        dismissed = {kind for kind, names in wanted.items() if names and self._is_dismissed(kind, names)}
        for kind, names in wanted.items():
            self._count(kind, names)
        synced = self._run({})
        assert not [kind for kind in dismissed if self.own(kind, is_open=True)], "a person closed just this"
        assert [finding for one in synced for finding in one.findings] == []
        for kind, names in wanted.items():
            if names is not None:
                self._agrees(kind, names)
                self.agreed[kind] = names
        self._note_reopenings()
        self._again()
        self.clear_up()

    @precondition(lambda self: self.own(is_open=True))
    @rule(reason=st.sampled_from(["completed", "not_planned"]), faults=st.just({}) | FAULTS)
    def person_closes_and_runs_follow(self, reason: str, faults: dict[int, str]) -> None:
        """What a person decides is respected, also by a run that comes after one in trouble."""
        self.close(self.own(is_open=True)[0], reason)
        if faults:
            self.runs_in_trouble(faults)
        self.runs_well()

    @rule()
    def runs_well_again(self) -> None:
        """Runs are frequent."""
        self.runs_well()

    def _again(self) -> None:
        """Make a second attempt of the run."""
        written = len(self.github.written)
        self._run({}, is_new=False)
        assert {what for what, _ in self.github.written[written:]} <= {"edit"}

    @invariant()
    def strangers_are_left_alone(self) -> None:
        """Who has no say here does not get any."""
        assert [self.github.issues[issue.number] for issue in self.strangers] == self.strangers
        assert {number for _, number in self.github.written}.isdisjoint({issue.number for issue in self.strangers})

    @invariant()
    def what_people_wrote_stays(self) -> None:
        """Wherever they wrote it."""
        for number, note in self.notes:
            assert note in self.github.issues[number].body

    @invariant()
    def bodies_stay_small(self) -> None:
        """GitHub would refuse others."""
        assert all(len(issue.body.encode()) < 60_000 for issue in self.github.issues.values())

    def _wanted(self) -> dict[Kind, frozenset[str] | None]:
        return {kind: self.agreeable(kind) for kind in KINDS}

    def _run(self, faults: dict[int, str], *, is_new: bool = True) -> list[Synced]:
        self.runs += is_new
        for kind in KINDS:
            self.failing_at_all[kind] += is_new and bool(self._failing_now(kind))
        chosen = Settings(self.open_after, self.close_after, str(self.runs))
        silent = {
            issue.number
            for kind, names in self._wanted().items()
            if names and names == self.agreed[kind]
            for issue in self.own(kind, is_open=True)
        }
        news, old = self._news(), self._untouchable()
        written = len(self.github.written)
        synced = run(self.github, [self.picture(kind) for kind in KINDS], chosen, faults)
        new = self.github.written[written:]
        assert not [number for what, number in new if what == "comment" and number in silent], "nothing has changed"
        assert old.isdisjoint(number for _, number in new), "what cannot be judged is left alone"
        assert faults or news <= {number for what, number in new if what == "comment"}, "a change is told"
        for kind in KINDS:
            created = [
                n for what, n in new if what == "create" and self.github.issues[n].body.startswith(MARKERS[kind])
            ]
            assert not created or self.failing_at_all[kind] >= self.open_after, "opened too early"
        return synced

    def _news(self) -> set[int]:
        """Return the open incidents of which people know another set."""
        return {
            issue.number
            for kind, names in self._wanted().items()
            if names is not None
            and self.agreed[kind]
            and names != self.agreed[kind]
            and (names or self.close_after == 1)
            for issue in self.own(kind, is_open=True)
        }

    def _untouchable(self) -> set[int]:
        """Return the issues of kinds that the run cannot say anything of."""
        return {issue.number for kind, names in self._wanted().items() if names is None for issue in self.own(kind)}

    def _failing_now(self, kind: Kind) -> bool:
        picture = self.picture(kind)
        return picture.unjudged is None and picture.affected != ()

    def _count(self, kind: Kind, names: frozenset[str] | None) -> None:
        """Count runs in a row; those that cannot say anything do not interrupt."""
        if self._failing_now(kind):
            self.failing[kind] += 1
        if names is not None:
            self.clean[kind] = 0 if names else self.clean[kind] + 1
        if names == frozenset():
            self.failing[kind] = self.failing_at_all[kind] = 0

    def _agrees(self, kind: Kind, names: frozenset[str]) -> None:
        opened = self.own(kind, is_open=True)
        assert len(opened) <= 1
        if opened and names:
            assert self.remembered(opened[0]) == names
        elif names and self._failing_now(kind):
            assert self.failing[kind] < self.open_after or self._is_dismissed(kind, names), f"{kind} has no incident"
        elif not names:
            assert not opened or self.clean[kind] < self.close_after
            self._is_over(kind)

    def _is_over(self, kind: Kind) -> None:
        """After that, earlier closings by people do not count."""
        ours = {issue.number for issue in self.own(kind)}
        self.dismissed = {number: closing for number, closing in self.dismissed.items() if number not in ours}
        self.overruled = {(number, names) for number, names in self.overruled if number not in ours}

    def _is_dismissed(self, kind: Kind, names: frozenset[str]) -> bool:
        """Whether a person closed just this, as not planned or for the second time."""
        survivor = self.survivor(kind)
        if survivor is None or survivor.number not in self.dismissed:
            return False
        reason, closed = self.dismissed[survivor.number]
        return closed == names and (reason == "not_planned" or (survivor.number, names) in self.overruled)

    def _note_reopenings(self) -> None:
        """A closing as completed that was undone is not undone again for the same set."""
        for number, (reason, names) in list(self.dismissed.items()):
            if self.github.issues[number].is_open:
                del self.dismissed[number]
                if reason == "completed":
                    self.overruled.add((number, names))

    def _nobody_is_left_untold(
        self, synced: list[Synced], wanted: dict[Kind, frozenset[str] | None], said: set[int]
    ) -> None:
        """Whatever is broken is in an open incident that says so, or else the run is red."""
        errors = {finding.subject for one in synced for finding in one.findings if finding.level is Level.ERROR}
        for kind, names in wanted.items():
            if names and self._failing_now(kind) and not self._is_excused(kind, names):
                opened = self.own(kind, is_open=True)
                is_told = any(names <= self.remembered(issue) or issue.number in said for issue in opened)
                assert is_told or kind in errors

    def _is_excused(self, kind: Kind, names: frozenset[str]) -> bool:
        return self.open_after > 1 or self._is_dismissed(kind, names)


def test_github_agrees_with_the_world_whatever_happens() -> None:
    """Incidents converge, are never lost or doubled, say nothing needless, and leave people's words alone."""
    chosen = settings(
        max_examples=SEQUENCES,
        stateful_step_count=30,
        deadline=None,
        phases=set(Phase) - {Phase.explain},  # which takes minutes, and says less than the shortest life
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(Life, settings=chosen)
