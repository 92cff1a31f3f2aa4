"""What phase `reconcile` does with the data branch: recall, deliver what waits, record the sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.engine.deliver import deliver
from chitty_action.engine.judge import status_of
from chitty_action.engine.remember import recall, remember
from chitty_action.metrics.outlook import outlook_of
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import StateError
from chitty_action.model.report import Outcome, Status
from chitty_action.model.text import timestamp
from chitty_action.state.facts import Facts
from chitty_action.state.history import History
from chitty_action.state.layout import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from chitty_action.engine.deliver import Postman
    from chitty_action.metrics.outlook import Outlook
    from chitty_action.model.ports import Branch, Ports
    from chitty_action.state.pending import Pending
    from chitty_action.state.sweep import Sweep

ID: Final = "memory"
_WHOM: Final = "the data branch"


class Recalled(Struct, frozen=True):
    """What is remembered; of a branch that could not be read nothing, and an outcome that says so."""

    history: History = History()
    outcomes: tuple[Outcome, ...] = ()


class Occasion(Struct, frozen=True):
    """When and how a sweep is remembered.

    Attributes:
        postman: who writes, and onto which branch; None where there is none.
        held: why nothing may be written; None when it may.
        doubt: why nothing is delivered; None when it may be.
    """

    postman: Postman | None
    held: str | None
    doubt: str | None


async def remembered(sweep: Sweep, occasion: Occasion, ports: Ports) -> tuple[Outlook, tuple[Outcome, ...]]:
    """Recall, deliver what waits, and record the sweep; returns what is known then, and what a person should know."""
    now = ports.clock.now()
    postman, held = occasion.postman, occasion.held
    if postman is None:
        return outlook_of(sweep, History(), now), ()
    memory = await delivered(await recalled(postman.branch, now), postman, held or occasion.doubt, ports)
    seen = outlook_of(sweep, memory.history, now)
    if held:
        return seen, (*memory.outcomes, Outcome(ID, _WHOM, Status.SKIPPED, f"would record this sweep, but {held}"))
    return seen, (*memory.outcomes, await recorded(seen, postman.branch, ports))


async def recalled(branch: Branch, now: datetime) -> Recalled:
    """Read what is remembered."""
    try:
        _, history = await recall(branch, now)
    except StateError as error:
        message = f"what earlier runs remember is unknown: {error.message}"
        finding = Finding(ID, _WHOM, Level.WARNING, message, error.hint)
        outcome = Outcome(ID, _WHOM, Status.WARNED, "it was not read", (finding,))
        return Recalled(History(damaged=(message,)), (outcome,))
    if not history.damaged:
        return Recalled(history)
    findings = tuple(_damaged(history.damaged))
    return Recalled(history, (Outcome(ID, _WHOM, status_of(findings), "not all of it could be read", findings),))


def _damaged(sentences: Iterable[str]) -> Iterator[Finding]:
    for sentence in sentences:
        yield Finding(ID, _WHOM, Level.WARNING, sentence, "mend or remove it; docs/state.md says what belongs there")


async def delivered(recollection: Recalled, postman: Postman, doubt: str | None, ports: Ports) -> Recalled:
    """Deliver what waits, unless there is a reason not to; what was delivered does not wait any more."""
    waiting = recollection.history.pending
    if not waiting:
        return recollection
    if doubt:
        outcome = Outcome(ID, "the outbox", Status.SKIPPED, f"{_writes(len(waiting))}, but {doubt}")
        return replace(recollection, outcomes=(*recollection.outcomes, outcome))
    outcomes, left = await deliver(waiting, postman, ports)
    history = replace(recollection.history, pending=left)
    return Recalled(history, (*recollection.outcomes, *outcomes))


async def recorded(seen: Outlook, branch: Branch, ports: Ports) -> Outcome:
    """Put the sweep onto the branch, with the numbers as of now, and thin what is old."""
    facts = Facts(sweep=seen.sweep, files={METRICS: seen.metrics}, thins=True)
    try:
        remembered = await remember(branch, facts, ports.clock, "Record a sweep")
    except StateError as error:
        message = f"this sweep is not recorded: {error.message}"
        finding = Finding(ID, _WHOM, Level.WARNING, message, error.hint)
        return Outcome(ID, _WHOM, Status.WARNED, "not recorded", (finding,))
    findings = tuple(map(_let_go, remembered.let_go))
    return Outcome(ID, _WHOM, status_of(findings), "this sweep is recorded", findings)


def _writes(count: int) -> str:
    return "1 write waits" if count == 1 else f"{count:,} writes wait"


def _let_go(entry: Pending) -> Finding:
    since = timestamp(entry.deployed_at)
    message = f"the {entry.change} of {entry.service} has waited since {since} and is given up: {entry.reason}"
    return Finding(ID, entry.service, Level.WARNING, message, "deploy the service again, which registers it")
