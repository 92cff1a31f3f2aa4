"""A deployment that phase `post` is about, and the way that it makes for it, for the tests of both halves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.engine.recording import Way, deployed_of, make_way
from chitty_action.model.change import Undone
from chitty_action.model.reading import Generation
from chitty_action.state.deployment import Deployment, Durations
from tests.memory import LATER, OTHER, MemoryBranch, postman
from tests.world import STARTED, SUBJECT, FakeClock, FakeRemote, ports

if TYPE_CHECKING:
    from chitty_action.model.ports import Ports
    from chitty_action.state.pending import Pending

OWN = Undone(Generation.DESIGN, b'{"name": "alpha", "version": "1.2.3"}', "alpha-production-42-2")
DEPLOYED = deployed_of(SUBJECT, STARTED)
PATIENCE = 30.0
REGISTRATION, STATUS = "outbox/alpha.registration.json", "outbox/alpha.status.json"
LINE = Deployment(
    at=STARTED,
    service="alpha",
    environment="production",
    verdict="passed",
    run="42",
    attempt="2",
    durations=Durations(1.0),
)


def world(clock: FakeClock | None = None) -> Ports:
    """Give ports of which only the clock counts."""
    return ports(FakeRemote({}), clock)


async def way(branch: MemoryBranch, undone: Undone | None = OWN, clock: FakeClock | None = None) -> Way:
    """Make way for this run's deployment."""
    return await make_way(DEPLOYED, undone, postman(branch), PATIENCE, world(clock))


def claimed(entry: Pending, by: str = OTHER) -> Pending:
    """Let a run be delivering it."""
    return replace(entry, claimed_by=by, claimed_until=LATER)
