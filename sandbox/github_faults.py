"""What can go wrong with one request among many, and after it took effect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from sandbox.faults import Fault, Status

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(slots=True)
class Only(Fault):
    """A fault of the requests whose method, and path with query, fit two patterns; all others are answered honestly.

    Not frozen, because it counts down: after `times` bad answers (None: never) it is over.
    """

    kind: ClassVar[str] = "only"
    method: str
    pattern: str
    fault: Fault
    times: int | None = None
    met: int = field(default=0, init=False)

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer badly what fits."""
        where = f"{scope['path']}?{scope['query_string'].decode('ascii', 'replace')}"
        if (
            not re.fullmatch(self.method, scope["method"])
            or not re.search(self.pattern, where)
            or self.met == self.times
        ):
            await honest(scope, receive, send)
            return
        self.met += 1
        await self.fault.answer(honest, scope, receive, send)


@dataclass(frozen=True, slots=True)
class AfterEffect(Fault):
    """The request takes effect, and another fault's answer hides that."""

    kind: ClassVar[str] = "after-effect"
    fault: Fault = field(default_factory=lambda: Status(500))

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Do the work, lose the answer, and give the other one."""
        await honest(scope, receive, _discard)
        await self.fault.answer(honest, scope, receive, send)


async def _discard(message: Message) -> None:
    """Take an answer that nobody will see."""
