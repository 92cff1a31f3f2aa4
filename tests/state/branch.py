"""A data branch in memory: commits with compare-and-swap, old tips, and every way in which a call may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha1
from typing import TYPE_CHECKING, Literal

from chitty_action.model.branch import Head
from chitty_action.model.ports import StateError
from chitty_action.state.outbox import Claim, Release, Settle

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from datetime import datetime

    from chitty_action.state.pending import Pending

Fault = Literal["before", "lost", "after", "lasting"]


def claim(pending: Pending, by: str, until: datetime) -> Claim:
    """Claim this entry."""
    return Claim(
        service=pending.service,
        change=pending.change,
        deployed_at=pending.deployed_at,
        run=pending.run,
        by=by,
        until=until,
    )


def settle(pending: Pending) -> Settle:
    """Settle this entry."""
    return Settle(service=pending.service, change=pending.change, deployed_at=pending.deployed_at, run=pending.run)


def release(pending: Pending, by: str) -> Release:
    """Release this entry."""
    return Release(
        service=pending.service,
        change=pending.change,
        deployed_at=pending.deployed_at,
        run=pending.run,
        by=by,
        reason="answered 502",
    )


class Turn:
    """Lets others have their turn."""

    def __await__(self) -> Generator[None, None, None]:
        yield


@dataclass(slots=True)
class Repository:
    """All commits of the branch; before the first one there is none. `watch` hears of each as it comes."""

    commits: list[dict[str, str]] = field(default_factory=lambda: [{}])
    watch: Callable[[dict[str, str], dict[str, str]], None] | None = None

    @property
    def tip(self) -> dict[str, str]:
        """The files now."""
        return self.commits[-1]

    def put(self, files: Mapping[str, str | None]) -> None:
        """Commit."""
        before = self.tip
        after = {**before, **files}
        self.commits.append({path: text for path, text in after.items() if text is not None})
        if self.watch:
            self.watch(before, self.tip)


@dataclass(slots=True)
class View:
    """The port `Branch` of one run.

    `lags` say how old the next tips are, `faults` which calls fail, `writes` what happens to which commit.
    """

    repository: Repository
    lags: list[int] = field(default_factory=list)
    faults: dict[int, Fault] = field(default_factory=dict)
    writes: dict[int, Fault] = field(default_factory=dict)
    is_shared: bool = False
    calls: int = 0
    commits: int = 0
    texts_read: list[str] = field(default_factory=list)

    async def head(self) -> Head:
        """Return the tip, or an older one."""
        await self._turn()
        index = max(0, len(self.repository.commits) - 1 - (self.lags.pop(0) if self.lags else 0))
        if index == 0:
            return Head()
        files = {path: sha1(text.encode()).hexdigest() for path, text in self.repository.commits[index].items()}  # noqa: S324 - as git
        return Head(str(index), f"tree of {index}", files)

    async def text(self, head: Head, path: str) -> str:
        """Return a file."""
        await self._turn()
        assert head.commit is not None
        self.texts_read.append(path)
        return self.repository.commits[int(head.commit)][path]

    async def commit(self, head: Head, files: Mapping[str, str | None], message: str) -> bool:
        """Commit, where the tip is still that one."""
        await self._turn()
        fault = self.writes.get(self.commits)
        self.commits += 1
        assert files, "a commit without a change"
        assert message
        if head.commit != (str(len(self.repository.commits) - 1) if len(self.repository.commits) > 1 else None):
            return False
        assert all(text is not None or path in head.files for path, text in files.items()), "nothing to remove"
        _refuse(fault)
        if fault == "lost":
            raise StateError("GitHub timed out", is_doubted=True)
        self.repository.put(files)
        if fault == "after":
            raise StateError("GitHub answered 502", is_doubted=True)
        return True

    async def _turn(self) -> None:
        if self.is_shared:
            await Turn()
        self.calls += 1
        _refuse(self.faults.get(self.calls - 1))


def _refuse(fault: Fault | None) -> None:
    if fault == "before":
        raise StateError("GitHub answered 500", "look at githubstatus.com")
    if fault == "lasting":
        raise StateError("GitHub answered 403", "grant `contents: write`", is_lasting=True)
