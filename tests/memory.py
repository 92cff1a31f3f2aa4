"""A data branch that lies in memory, and what tests of the engine remember with it."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from chitty_action.engine.deliver import Postman
from chitty_action.model.branch import Head
from chitty_action.model.ports import StateError
from chitty_action.state.outbox import written_entry
from chitty_action.state.pending import Pending
from tests.world import HUB, STARTED

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD = STARTED - timedelta(hours=1)
ME, OTHER = "42/2", "41/1"
LATER = STARTED + timedelta(minutes=6)
LASTING = StateError("the token may not", "give contents: write", is_lasting=True)


class MemoryBranch:
    """The port `Branch`; `errors` are what a method of that name raises, call by call; None for nothing."""

    def __init__(self, files: Mapping[str, str] | None = None) -> None:
        """Take what lies there."""
        self.files = dict(files or {})
        self.messages: list[str] = []
        self.errors: dict[str, list[StateError | None]] = {}

    async def head(self) -> Head:
        """Return the tip."""
        self._fail("head")
        tree = {path: sha256(f"{path}\0{text}".encode()).hexdigest() for path, text in self.files.items()}
        return Head(f"commit {len(self.messages)}", "tree", tree)

    async def text(self, head: Head, path: str) -> str:
        """Return a file."""
        self._fail("text")
        assert path in head.files
        return self.files[path]

    async def commit(self, head: Head, files: Mapping[str, str | None], message: str) -> bool:
        """Put files there, if nobody was faster."""
        self._fail("commit")
        if head.commit != f"commit {len(self.messages)}":
            return False
        self.put(files, message)
        return True

    def put(self, files: Mapping[str, str | None], message: str = "Somebody was here") -> None:
        """Do as somebody who pushes."""
        self.messages.append(message)
        changed = {**self.files, **files}
        self.files = {path: text for path, text in changed.items() if text is not None}

    def waiting(self) -> dict[str, dict[str, Any]]:
        """Give what waits, by path."""
        return {path: json.loads(text) for path, text in self.files.items() if path.startswith("outbox/")}

    def _fail(self, method: str) -> None:
        errors = self.errors.get(method)
        if errors and (error := errors.pop(0)):
            raise error


def pending(change: str = "registration", **changes: Any) -> Pending:  # noqa: ANN401 - any field
    """Return a write of an hour ago that waits."""
    known: dict[str, Any] = {
        "service": "alpha",
        "environment": "production",
        "repository": "chittyos/alpha",
        "deployed_at": OLD,
        "run": "40",
        "idempotency_key": "alpha-production-40-1" if change == "registration" else "",
        "payload": {"name": "alpha", "version": "1.2.2"},
        "reason": "answered 503",
    }
    return Pending(**{**known, "change": change, **changes})


def holding(*entries: Pending) -> MemoryBranch:
    """Return a branch on which these wait."""
    return MemoryBranch({f"outbox/{one.service}.{one.change}.json": written_entry(one) for one in entries})


def postman(branch: MemoryBranch, by: str = ME) -> Postman:
    """Return who writes."""
    return Postman(branch, HUB, by, LATER, stops=1_000.0)
