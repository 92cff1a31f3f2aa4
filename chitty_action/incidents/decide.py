"""Which incidents should exist, and what has to be done until GitHub agrees: level-triggered, and pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.incidents.decision import (
    Case,
    Close,
    CloseDuplicate,
    Comment,
    Create,
    Decision,
    Reopen,
    Rewrite,
    Settings,
    Why,
)
from chitty_action.incidents.memory import Known, Memory, digest_of, read
from chitty_action.incidents.ours import own, standing_issue, waiting
from chitty_action.model.incident import Action

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.incidents.decision import Step
    from chitty_action.incidents.ours import Own
    from chitty_action.model.incident import Issue, Picture

REOPENED_WITHIN = timedelta(hours=24)
_NOT_PLANNED, _REOPENED = "not_planned", "reopened"
_NOT_SEEN = "not judged by this run"


def decide(
    pictures: Iterable[Picture], issues: Iterable[Issue], login: str, settings: Settings, now: datetime
) -> tuple[Decision, ...]:
    """Decide about every picture. `issues` are all open ones, and those closed in the last 8 days."""
    listed = tuple(issues)
    standing = standing_issue(listed, login) if settings.open_after > 1 else None
    decisions = []
    for picture in pictures:
        ours = own(picture.kind, listed, login, now)
        waited = waiting(picture.kind, standing)
        memory = read(ours.survivor.body, picture.kind) if ours.survivor else None
        decisions.append(_Subject(picture, ours, memory, waited, settings, now).decided())
    return tuple(decisions)


class _Subject(Struct, frozen=True):
    """One kind: what was seen, what stands in GitHub, what is remembered, with and without an issue."""

    picture: Picture
    own: Own
    memory: Memory | None
    waited: Memory | None
    settings: Settings
    now: datetime

    @property
    def issue(self) -> Issue | None:
        """The one that survives."""
        return self.own.survivor

    def decided(self) -> Decision:
        """Go from what is not known to what is."""
        issue, memory = self.issue, self.memory
        goes_on = issue is not None and (issue.is_open or not (memory is None or memory.is_settled))
        if self.picture.unjudged is not None or self._is_half_seen():
            return self._untouched()
        if not self._cases(memory if goes_on else self.waited):
            return self._well()
        if issue is not None and issue.is_open:
            return self._going_on(issue)
        # Closed, or none: nothing begins with subjects that this run did not see.
        return self._beginning(issue) if self.picture.affected else self._untouched()

    def _beginning(self, issue: Issue | None) -> Decision:
        if issue is None:
            return self._begun()
        if self.memory is None or self.memory.is_settled:
            return self._again(issue)
        return self._closed_by_a_person(issue, self.memory)

    def _is_half_seen(self) -> bool:
        """Whether this run cannot say who recovered, and saw nobody new or cannot say who that is."""
        memory = self.memory
        is_forgotten = memory is not None and not memory.is_settled and memory.known is None
        if self.picture.affected:
            return is_forgotten and not self.picture.may_close
        return not self.picture.may_close or (is_forgotten and bool(self.picture.unseen))

    def _untouched(self) -> Decision:
        stands = self.issue is not None and self.issue.is_open
        action = Action.UNCHANGED if stands else None
        return Decision(self.picture.kind, action, self.issue, waiting=self.waited)

    def _well(self) -> Decision:
        """Nobody is affected: close what is open, after as many clean runs as were asked for."""
        kind, issue, memory = self.picture.kind, self.issue, self.memory
        if issue is None or (not issue.is_open and (memory is None or memory.is_settled)):
            return Decision(kind, None)
        opened = memory.opened if memory else issue.created
        over = replace(Memory.of(kind, opened), is_settled=True, run=self.settings.run_id)
        if not issue.is_open:  # a person closed it, and was right in the end: the next time is another incident
            return Decision(kind, Action.UPDATED, issue, (Rewrite(),), memory=over)
        if memory and memory.is_settled:
            said_already = issue.reason != _REOPENED
            steps: tuple[Step, ...] = (Close(),) if said_already else (Comment(Why.STILL_OVER), Rewrite(), Close())
            return Decision(kind, Action.CLOSED, issue, (*steps, *self._duplicates()), memory=over)
        clean = self._counted(memory.clean, memory) if memory else 1
        wanted = self.settings.close_after - clean
        if wanted <= 0:
            steps = (Comment(Why.OVER), Rewrite(), Close(), *self._duplicates())
            return Decision(kind, Action.CLOSED, issue, steps, memory=over, recovered=_names(memory))
        remembered = memory or Memory.of(kind, opened)
        return Decision(
            kind,
            Action.UPDATED,
            issue,
            (Rewrite(), *self._duplicates()),
            tuple(Case(known.name, known.state, "not broken in this run", known.since) for known in _known(memory)),
            memory=replace(remembered, clean=clean, run=self.settings.run_id),
            clean_runs_wanted=wanted,
        )

    def _going_on(self, issue: Issue) -> Decision:
        """There is an open incident: the body follows the picture, and a comment tells of another set."""
        memory = self.memory
        if memory is None:  # a person's edit, or an issue that a person opened: nobody knows what was told
            return self._broken(Action.UPDATED, (Rewrite(), *self._duplicates()), None, issue.created)
        if memory.is_settled:  # closing it did not work, or a person reopened it
            steps = (Comment(Why.AGAIN), Rewrite(), *self._duplicates())
            return self._broken(Action.COMMENTED, steps, memory, self.now)
        if self._is_same(memory):
            states = {known.name: known.state for known in _known(memory)}
            same = states == {case.name: case.state for case in self._cases(memory)}
            action = Action.UNCHANGED if same else Action.UPDATED
            return self._broken(action, (Rewrite(), *self._duplicates()), memory, memory.opened)
        steps = (Comment(Why.CHANGED), Rewrite(), *self._duplicates())
        return self._broken(Action.COMMENTED, steps, memory, memory.opened)

    def _closed_by_a_person(self, issue: Issue, memory: Memory) -> Decision:
        """A person closed what was still broken when people were last told."""
        same = self._is_same(memory)
        if same and memory.undone != issue.closed:
            if issue.reason == _NOT_PLANNED or memory.is_overruled:
                return Decision(self.picture.kind, Action.UNCHANGED, issue, affected=self._cases(memory))
            overruled = replace(memory, is_overruled=True)
            return self._reopened(issue, overruled, memory.opened, (Comment(Why.STILL_TRUE),))
        comments = () if same else (Comment(Why.CHANGED),)
        return self._reopened(issue, memory, memory.opened, comments)

    def _again(self, issue: Issue) -> Decision:
        """The last incident was over: it is the same one if it did not last, else a new one."""
        waited = self._patience()
        if waited.failing < self.settings.open_after:
            return Decision(self.picture.kind, None, waiting=waited)
        if issue.closed is None or waited.opened - issue.closed > REOPENED_WITHIN:
            return self._begun()
        before = replace(waited, digest=digest_of(()), is_settled=True)
        decision = self._reopened(issue, before, waited.opened, (Comment(Why.AGAIN),))
        return replace(decision, waiting=waited)

    def _begun(self) -> Decision:
        """There is no incident: open one, once it has failed often enough."""
        waited = self._patience()
        if waited.failing < self.settings.open_after:
            return Decision(self.picture.kind, None, waiting=waited)
        decision = self._broken(Action.OPENED, (Create(),), waited, waited.opened)
        added = tuple(case.name for case in decision.affected)
        return replace(decision, issue=None, waiting=waited, added=added, recovered=())

    def _reopened(self, issue: Issue, memory: Memory, opened: datetime, comments: tuple[Comment, ...]) -> Decision:
        """The body remembers which closing is undone: if reopening fails, the next run goes on with that."""
        decision = self._broken(Action.REOPENED, (*comments, Rewrite(), Reopen()), memory, opened)
        written = decision.memory
        return replace(decision, memory=replace(written, undone=issue.closed) if written else None)

    def _broken(self, action: Action, steps: tuple[Step, ...], memory: Memory | None, opened: datetime) -> Decision:
        cases = self._cases(memory)
        names = {case.name for case in cases}
        before = {known.name for known in _known(memory)} if memory and not memory.is_settled else set[str]()
        is_comparable = memory is not None and (memory.is_settled or memory.known is not None)
        written = replace(
            Memory.of(self.picture.kind, opened, (Known(case.name, case.state, case.since) for case in cases)),
            run=self.settings.run_id,
            is_overruled=memory is not None and memory.is_overruled and self._is_same(memory),
        )
        return Decision(
            self.picture.kind,
            action,
            self.issue,
            steps,
            cases,
            self.picture.suppressed,
            written,
            added=tuple(case.name for case in cases if is_comparable and case.name not in before),
            recovered=tuple(sorted(before - names)),
        )

    def _cases(self, memory: Memory | None) -> tuple[Case, ...]:
        """Put what was seen together with what is known: since when, and who could not be judged."""
        known = {one.name: one for one in _known(memory)}
        since = {name: one.since for name, one in known.items()}
        unknown_since = None if memory and memory.known is None else self.now
        seen = [
            Case(one.name, one.state, one.detail, since.get(one.name, unknown_since), one.move)
            for one in self.picture.affected
        ]
        names = {case.name for case in seen}
        stay = (one for one in known.values() if one.name not in names and self._stays(one.name))
        return (*seen, *(Case(one.name, one.state, _NOT_SEEN, one.since) for one in stay))

    def _stays(self, name: str) -> bool:
        return not self.picture.may_close or name in self.picture.unseen

    def _patience(self) -> Memory:
        """Count this failing run, before there is an incident; known are those that wait."""
        waited = self.waited
        cases = self._cases(waited)
        return replace(
            Memory.of(
                self.picture.kind,
                waited.opened if waited else self.now,
                (Known(case.name, case.state, case.since) for case in cases),
            ),
            failing=self._counted(waited.failing, waited) if waited else 1,
            run=self.settings.run_id,
        )

    def _is_same(self, memory: Memory) -> bool:
        return memory.digest == digest_of(case.name for case in self._cases(memory))

    def _counted(self, before: int, memory: Memory) -> int:
        """Count one more run; a second attempt of a run is the same run."""
        is_counted = before > 0 and self.settings.run_id != "" and memory.run == self.settings.run_id
        return before if is_counted else before + 1

    def _duplicates(self) -> tuple[Step, ...]:
        return tuple(CloseDuplicate(issue.number) for issue in self.own.opened[1:])


def _known(memory: Memory | None) -> tuple[Known, ...]:
    return (memory.known or ()) if memory else ()


def _names(memory: Memory | None) -> tuple[str, ...]:
    return tuple(known.name for known in _known(memory))
