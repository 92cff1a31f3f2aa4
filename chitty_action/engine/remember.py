"""The verbs *remember* and *recall*: facts onto the data branch, and the history from it (docs/state.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.model.ports import StateError
from chitty_action.state.read import history, history_paths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chitty_action.model.branch import Head
    from chitty_action.model.ports import Branch, Clock
    from chitty_action.state.facts import Facts, Merged
    from chitty_action.state.history import History
    from chitty_action.state.outbox import Became
    from chitty_action.state.pending import Pending

TRIES: Final = 20
"""How often a run tries to be the one that moves the branch."""
FAILURES: Final = 5
"""How many tries may end in an error."""
LOOKS: Final = 3
"""How often a run looks again for what is not there: a tip that was read may be an old one."""
SHORTEST: Final = 0.2
LONGEST: Final = 5.0
"""Seconds that a pause may take at most, after the first try and after many."""
_THING: Final = "the data branch was not written"


class Remembered(Struct, frozen=True):
    """What became of facts.

    Attributes:
        is_written: whether there is a new commit; where nothing was new there is none.
        tries: how many it took.
        became: what became of each operation on the outbox, in their order.
        let_go: writes that had waited too long.
    """

    is_written: bool
    tries: int
    became: tuple[Became, ...] = ()
    let_go: tuple[Pending, ...] = ()


async def remember(branch: Branch, facts: Facts, clock: Clock, message: str) -> Remembered:
    """Put facts onto the branch, in one commit.

    Where other runs are faster, what they wrote is read and merged with. Raises StateError when it gives up.
    """
    return await _Writer(branch, facts, clock, message).remembered()


async def recall(branch: Branch, now: datetime, months: int = 4) -> tuple[Head, History]:
    """Read what is remembered: deployments of this month and as many before it, sweeps, days, and what waits.

    Raises StateError where the branch cannot be read.
    """
    head = await branch.head()
    texts: dict[str, str] = {}
    damaged = []
    for path in history_paths(head.files, now, months):
        try:
            texts[path] = await branch.text(head, path)
        except StateError as error:
            if not error.is_lasting:
                raise
            damaged.append(error.message)  # this file is of no use, whoever asks for it; the others are
    seen = history(texts)
    return head, replace(seen, is_read=True, damaged=(*damaged, *seen.damaged))


class _Writer:
    """The tries of one run."""

    def __init__(self, branch: Branch, facts: Facts, clock: Clock, message: str) -> None:
        self._branch = branch
        self._facts = facts
        self._clock = clock
        self._message = message
        self._blobs: dict[str, str] = {}
        self._doubted: list[Merged] = []
        self._failures = 0
        self._looks = 0

    async def remembered(self) -> Remembered:
        """Try until it is done."""
        for number in range(1, TRIES + 1):
            if number > 1:
                await self._clock.sleep(self._clock.below(min(LONGEST, SHORTEST * 2 ** (number - 2))))
            if ended := self._clock.ended():
                raise self._gave_up(f"{_THING}: {ended}", "raise the input deadline, and run the job again")
            try:
                head, merged = await self._merged()
                if (done := self._done(merged, number)) or (done := await self._committed(head, merged, number)):
                    return done
            except StateError as error:
                self._failures += 1
                if error.is_lasting or self._failures >= FAILURES:
                    raise self._gave_up(f"{_THING}: {error.message}", error.hint, error) from error
        hint = "run the job again, and let fewer runs write at once"
        raise self._gave_up(f"{_THING}: it moved under each of {TRIES} tries", hint)

    async def _merged(self) -> tuple[Head, Merged]:
        now = self._clock.now()
        head = await self._branch.head()
        texts = await _texts(self._branch, head, self._facts.paths(head.files, now), self._blobs)
        return head, self._facts.merged(texts, now)

    def _done(self, merged: Merged, number: int) -> Remembered | None:
        """Return what became of it where nothing is left to write."""
        introduced = [one for one in self._doubted if not one.is_recorded]
        if introduced and merged.is_recorded:  # a commit is whole: what else was in it is there too, or was, since
            return self._told(introduced[-1], number, is_written=True)
        if merged.files:
            return None
        if merged.is_unsure and self._looks < LOOKS:
            self._looks += 1
            return None
        return self._told(merged, number, is_written=bool(self._doubted))

    async def _committed(self, head: Head, merged: Merged, number: int) -> Remembered | None:
        """Return what became of it where this commit moves the branch."""
        if not merged.files:
            return None
        try:
            is_moved = await self._branch.commit(head, merged.files, self._message)
        except StateError as error:
            if error.is_doubted:
                self._doubted.append(merged)
            raise
        return self._told(merged, number, is_written=True) if is_moved else None

    def _told(self, merged: Merged, number: int, *, is_written: bool) -> Remembered:
        let_go = {(one.service, one.change, one.order): one for each in (*self._doubted, merged) for one in each.let_go}
        return Remembered(is_written, number, merged.became, tuple(let_go.values()))

    def _gave_up(self, message: str, hint: str, cause: StateError | None = None) -> StateError:
        is_lasting = cause is not None and cause.is_lasting
        return StateError(message, hint, is_lasting=is_lasting, is_doubted=bool(self._doubted))


async def _texts(branch: Branch, head: Head, paths: Iterable[str], blobs: dict[str, str]) -> dict[str, str]:
    """Read files of a tip; what has been read once is known by its SHA."""
    texts = {}
    for path in paths:
        sha = head.files[path]
        if sha not in blobs:
            blobs[sha] = await branch.text(head, path)
        texts[path] = blobs[sha]
    return texts
