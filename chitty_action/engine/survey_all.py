"""The survey of phase `reconcile`: whom it is about, and all that is asked once; and what follows from the looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.account import inventory_of, owners_of
from chitty_action.checks import checks_of
from chitty_action.checks.account_routes_unconflicted import verdict_of
from chitty_action.checks.routes_unconflicted import reading_of as conflicts_of
from chitty_action.documents.health import describe, evidence
from chitty_action.engine.account import account_of, with_zones
from chitty_action.engine.coverage import coverage_of
from chitty_action.engine.judge import applicable, judge
from chitty_action.engine.observe import observe
from chitty_action.engine.roll import roll_of
from chitty_action.engine.survey import subject_of
from chitty_action.engine.sweep import (
    NOT_JUDGED,
    blame_of,
    discovery_of,
    gateway_answers,
    names_unseen,
    without_proxies,
)
from chitty_action.incidents.pictures import Facts
from chitty_action.inputs.values import is_over
from chitty_action.model.address import origin_of
from chitty_action.model.observation import Seen, Unfinished
from chitty_action.model.route import RouteVerdict, Unread
from chitty_action.model.subject import Account, Phase, Service, Subject
from chitty_action.model.sweep import Blame

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.documents.discovery import Discovery
    from chitty_action.documents.health import HealthDocument
    from chitty_action.documents.routes import Conflicts
    from chitty_action.engine.roll import Roll
    from chitty_action.engine.sweep import Everybody, Looks
    from chitty_action.inputs import Inputs
    from chitty_action.model.observation import Observation, Snapshot
    from chitty_action.model.ports import Ports
    from chitty_action.model.report import Outcome
    from chitty_action.model.route import Claim
    from chitty_action.model.subject import Run
    from chitty_action.state.sweep import Coverage

WHOM: Final = "the ecosystem"


class Background(Struct, frozen=True):
    """What only memory and page are interested in.

    Attributes:
        discovered: names on the list that the discovery document has too; None where it was not read.
        claims: those of the account; why they are not known whole, where they are not.
        coverage: None where it is not known.
        by_registry: whether the list of services is the registry's own.
    """

    discovered: frozenset[str] | None
    claims: tuple[Claim, ...] | Unread
    coverage: Coverage | None
    by_registry: bool


class Surveyed(Struct, frozen=True):
    """What was asked once. The documents themselves, thousands of rows, are let go before the sweep.

    Attributes:
        roll: everybody on the list.
        outcomes: what the checks say of the hub.
        control: the look at ChittyConnect's own health.
        discovery: the look at the discovery document, of which an outline is left.
        labels: what the gateways' paths call services, by name.
        conflicts: the verdict on the account's routes; without an account, what ChittyConnect lists.
        background: for memory and page; None where there is neither.
    """

    roll: Roll
    outcomes: tuple[Outcome, ...]
    control: Observation[HealthDocument]
    discovery: Observation[Discovery]
    labels: Mapping[str, str]
    conflicts: Observation[Conflicts] | RouteVerdict | Unread
    background: Background | None = None


async def who(inputs: Inputs, run: Run, ports: Ports) -> Subject:
    """Return whom the run is about, with the zones of the account where there is one."""
    today = ports.clock.now().date()
    silenced = {one.pattern: one.reason for one in inputs.ignore.routes if not is_over(one, today)}
    account = account_of(inputs, silenced)
    hub = subject_of(inputs, Service(WHOM, inputs.environment), run)
    return replace(hub, account=await with_zones(account, ports) if isinstance(account, Account) else account)


async def survey(hub: Subject, inputs: Inputs, ports: Ports, *, is_remembered: bool) -> Surveyed:
    """Take the list and everything that is asked once: the control look, discovery, route conflicts."""
    of_hub = [check for check in checks_of(Phase.RECONCILE) if check.of_hub]
    once = (reading for check in applicable(of_hub, hub) for reading in check.readings(hub))
    first = await observe((ecosystem.services(hub.hub), *once), ports)
    seen = first[ecosystem.discovery(hub.hub)]
    discovery = discovery_of(seen)
    roll = roll_of(first, hub.hub, discovery, inputs, ports.clock.now().date())
    return Surveyed(
        roll=roll,
        outcomes=judge(of_hub, hub, first),
        control=first[ecosystem.hub_health(hub.hub, hub.health_condition)],
        discovery=replace(seen, value=seen.value.outline()) if isinstance(seen, Seen) else seen,
        labels=discovery.labels() if discovery else {},
        conflicts=verdict_of(hub, first) if isinstance(hub.account, Account) else first[conflicts_of(hub)],
        background=_background(hub, roll, discovery, first) if is_remembered else None,
    )


def _background(hub: Subject, roll: Roll, discovery: Discovery | None, first: Snapshot) -> Background:
    """Keep of the documents what the page shows."""
    names = discovery.named if discovery else {}
    claims: tuple[Claim, ...] | Unread = Unread(str(hub.account), "")
    if isinstance(hub.account, Account):
        zones = hub.account.zones
        inventory = zones if isinstance(zones, Unread) else inventory_of(hub.account, zones, first)
        claims = inventory if isinstance(inventory, Unread) else inventory.claims
    services = first[ecosystem.services(hub.hub)]
    owners = owners_of(services.value, (hub.hub.api, hub.hub.mcp)) if isinstance(services, Seen) else ()
    known = None if isinstance(claims, Unread) else claims
    return Background(
        frozenset(row.name for row in roll.listed if row.name in names) if discovery else None,
        claims,
        coverage_of(roll.listed, discovery, known, owners),
        roll.oddities is not None,
    )


def weighed(everybody: Everybody, surveyed: Surveyed, hub: Subject, looks: Looks) -> Facts:
    """Put together what the pictures and outcomes follow from."""
    # Where the registry lists the hub too, it was looked at once more, and may have died in between.
    later = looks.get(f"{hub.hub.connect}/health")
    look = surveyed.control if later is None or isinstance(later, Unfinished) else later
    control = evidence(look)
    sweep = everybody.swept(looks)
    blame = blame_of(sweep, control)
    return Facts(
        sweep=sweep if blame is Blame.THEM else without_proxies(sweep, NOT_JUDGED[blame]),
        blame=blame,
        control=(control, f"{hub.hub.connect}/health {describe(look)}"),
        discovery=surveyed.discovery,
        conflicts=surveyed.conflicts,
        oddities=surveyed.roll.oddities,
        unseen=frozenset(names_unseen(everybody, sweep, looks)),
        gateway=origin_of(hub.hub.api)[1],
        gateway_answers=gateway_answers(everybody, looks),
    )
