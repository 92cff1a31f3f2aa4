"""What a run has to remember, and what becomes of the branch's files by it: merged by meaning, as often as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from chitty_action.state.deployment_lines import read_deployments, with_deployments
from chitty_action.state.layout import (
    DEPLOYMENTS,
    OURS,
    OUTBOX,
    SWEEPS,
    deployments_of,
    is_entry,
    month,
    month_in,
    sweeps_of,
)
from chitty_action.state.outbox import Keep, entry_at, is_superseded, rule, written_entry
from chitty_action.state.sweep_lines import read_sweeps, with_sweep
from chitty_action.state.thinning import let_go, thinned, thinned_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from chitty_action.state.deployment import Deployment
    from chitty_action.state.outbox import Became, Operation
    from chitty_action.state.pending import Pending
    from chitty_action.state.sweep import Sweep


class Merged(Struct, frozen=True):
    """What facts make of the branch.

    Attributes:
        files: the files that change; None removes one.
        became: what became of each operation on the outbox, in their order.
        let_go: writes that have waited too long and are removed by this.
        is_recorded: the deployments and the sweep were there before, so a commit with these facts is in the branch.
        is_unsure: an operation had nothing to do, which a newer tip of the branch may contradict.
    """

    files: Mapping[str, str | None]
    became: tuple[Became, ...] = ()
    let_go: tuple[Pending, ...] = ()
    is_recorded: bool = False
    is_unsure: bool = False


class Facts(Struct, frozen=True, kw_only=True):
    """What a run has to remember; all of it is one commit.

    Attributes:
        deployments: to be recorded.
        sweep: to be recorded.
        outbox: operations on it, one at most of a service and change. With a `Keep` belongs its deployment.
        files: whole files by path; with a sweep they are only written where no later one was recorded.
        thins: whether old facts are thinned.
    """

    deployments: tuple[Deployment, ...] = ()
    sweep: Sweep | None = None
    outbox: tuple[Operation, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    thins: bool = False

    def __post_init__(self) -> None:
        """Refuse what could not be merged twice with the same outcome."""
        if len({one.path for one in self.outbox}) < len(self.outbox):
            raise ValueError("facts hold two operations on one entry of the outbox")
        if any(path.startswith(OURS) for path in self.files):
            raise ValueError("facts hold a whole file in a folder whose files are merged")

    def paths(self, files: Iterable[str], now: datetime) -> tuple[str, ...]:
        """Return which of the branch's files have to be read to merge this."""
        listed = tuple(files)
        wanted = (
            {deployments_of(one.at) for one in self.deployments} | {one.path for one in self.outbox} | {*self.files}
        )
        waiting = tuple(f"{OUTBOX}{one.service}." for one in self.deployments)
        wanted.update(path for path in listed if path.startswith(waiting) and is_entry(path))
        for one in self.outbox:
            if isinstance(one, Keep):
                wanted.update(_since(one.pending.deployed_at, now, DEPLOYMENTS, listed))
        if self.sweep is not None:
            wanted.add(sweeps_of(self.sweep.at))
            wanted.update(_since(self.sweep.at, now, SWEEPS, listed))
        if self.thins:
            wanted.update(thinned_paths((*listed, *wanted), now))
        return tuple(sorted(wanted.intersection(listed)))

    def merged(self, texts: Mapping[str, str], now: datetime) -> Merged:
        """Return what changes. `texts` are the files that `paths` named; now is the same time."""
        after: dict[str, str | None] = dict(texts)
        is_recorded = self._record(after)
        rulings = [_carry_out(one, after, now) for one in self.outbox]
        old: Mapping[str, Pending] = {}
        if self.thins:
            after.update(thinned(_there(after), now))
            old = let_go(_there(after), now)
            after.update(dict.fromkeys(old))
        if self.sweep is None or _is_newest(self.sweep, texts, now):
            after.update(self.files)
        return Merged(
            {path: after[path] for path in sorted(after) if after[path] != texts.get(path)},
            tuple(became for became, _ in rulings),
            tuple(old.values()),
            is_recorded,
            any(is_unsure for _, is_unsure in rulings),
        )

    def _record(self, after: dict[str, str | None]) -> bool:
        """Record deployments and sweep, and drop what a newer deployment supersedes; say whether all was there."""
        were_there = []
        for path in sorted({deployments_of(one.at) for one in self.deployments}):
            before = after.get(path) or ""
            after[path] = with_deployments(
                path, before, (one for one in self.deployments if deployments_of(one.at) == path)
            )
            were_there.append(after[path] == before)
        for waiting in [path for path in after if path.startswith(OUTBOX)] if self.deployments else ():
            entry = entry_at(waiting, after[waiting])
            if entry is not None and is_superseded(entry, self.deployments):
                after[waiting] = None
        if self.sweep is not None:
            path = sweeps_of(self.sweep.at)
            before = after.get(path) or ""
            after[path] = with_sweep(path, before, self.sweep)
            were_there.append(after[path] == before)
        return bool(were_there) and all(were_there)


def _carry_out(operation: Operation, after: dict[str, str | None], now: datetime) -> tuple[Became, bool]:
    path = operation.path
    known = _deployments(_there(after)) if isinstance(operation, Keep) else ()
    entry = entry_at(path, after.get(path))
    ruling = rule(operation, entry, known, now)
    if ruling.entry != entry:
        after[path] = written_entry(ruling.entry) if ruling.entry is not None else None
    return ruling.became, ruling.is_unsure


def _since(at: datetime, now: datetime, folder: str, files: Iterable[str]) -> Iterator[str]:
    """Yield the months from a time on; a clock may be wrong by some hours, but nobody records next year."""
    for path in files:
        number = month_in(path, folder)
        if number is not None and month(at) <= number <= month(now) + 1:
            yield path


def _there(after: Mapping[str, str | None]) -> Mapping[str, str]:
    return {path: text for path, text in after.items() if text is not None}


def _deployments(texts: Mapping[str, str]) -> Iterator[Deployment]:
    for path, text in texts.items():
        if month_in(path, DEPLOYMENTS) is not None:
            yield from (line.value for line in read_deployments(path, text).lines)


def _is_newest(sweep: Sweep, texts: Mapping[str, str], now: datetime) -> bool:
    """Whether no later sweep is there; what claims to be of the future has a wrong clock, and no say."""
    return not any(
        (line.value.at, line.value.key) > (sweep.at, sweep.key) and line.value.at <= now
        for path, text in texts.items()
        if month_in(path, SWEEPS) is not None
        for line in read_sweeps(path, text).lines
    )
