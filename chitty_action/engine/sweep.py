"""The sweep: everybody listed, looked at directly and through the proxy, each in one class (interface, section 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.checks import checks_of
from chitty_action.documents.health import HealthDocument, describe, evidence
from chitty_action.engine.crowd import host_of
from chitty_action.engine.judge import judge, status_of
from chitty_action.engine.roster import class_of, look_of
from chitty_action.incidents.pictures import UNPROXIED
from chitty_action.model.address import is_whole
from chitty_action.model.evidence import BROKEN, PROBED, Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Kind
from chitty_action.model.observation import Observation, Seen, Snapshot, Unfinished
from chitty_action.model.report import Outcome, Status
from chitty_action.model.subject import Phase, Service
from chitty_action.model.sweep import Blame, Swept
from chitty_action.model.text import and_more

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.documents.discovery import Discovery
    from chitty_action.engine.roster import Listed
    from chitty_action.incidents.pictures import Facts
    from chitty_action.model.reading import Reading
    from chitty_action.model.subject import Hub, Subject

OF_A_GATEWAY = 32
"""Requests in flight at once to a gateway, which stands for many services."""
_FEWEST = 4
_KEPT_OUT = frozenset({Evidence.BLOCKED, Evidence.REDIRECTED, Evidence.UNPROBEABLE})
NO_GATEWAY = "no service answers through the gateway"
NOT_JUDGED = {
    Blame.HUB: "the hub is down, and the proxies with it",
    Blame.US: "this runner, or the hub, does not see the services either",
}
_SUCCESS = range(200, 300)

Looks = Mapping[str, Observation[HealthDocument]]
"""What was seen, by what `Everybody.looks` calls it."""


class Everybody(Struct, frozen=True):
    """All rows of the list; the subject of one is made when it is asked for, because thousands fill the memory.

    `hub` is the subject with everything but the service, `labels` are what gateways call services, by name.
    """

    listed: tuple[Listed, ...]
    hub: Subject
    labels: Mapping[str, str]

    def subject(self, row: Listed) -> Subject | None:
        """Return whom a row is about; None where it is not looked at."""
        if row.where is None:
            return None
        service = Service(row.name, self.hub.service.environment, row.where, label=self.labels.get(row.name))
        return replace(self.hub, service=service)

    def looks(self) -> Iterator[str]:
        """Yield every look, the direct ones first: they are what matters most when time is short.

        A direct one is known by its health URL, and one through the proxy by the service's name, which is no URL: both
        are there anyway, while thousands of readings would fill the memory.
        """
        yield from filter(None, map(look_of, self.listed))
        yield from (row.name for row in self.listed if row.where is not None)

    def reading(self, look: str) -> Reading[HealthDocument]:
        """Return how a look is taken."""
        condition = self.hub.health_condition
        if is_whole(look):
            return ecosystem.health_at(look, condition)
        return ecosystem.proxied_health(self.hub.hub, look, condition, self.labels.get(look))

    def snapshot(self, row: Listed, looks: Looks) -> Snapshot:
        """Return what was seen of one row that is looked at, for the checks."""
        seen: Iterator[tuple[Reading[Any], Observation[Any]]]
        seen = ((self.reading(look), looks[look]) for look in (look_of(row), row.name) if look)
        return Snapshot(seen)

    def swept(self, looks: Looks) -> tuple[Swept, ...]:
        """Return what was seen of each row; the proxies as if they were judged."""
        return tuple(_swept(row, looks) for row in self.listed)


def limits_of(hub: Hub, at_once: int) -> dict[str, int]:
    """Return the shares of the hosts that stand for many services; half of all is left to the services themselves."""
    return dict.fromkeys(map(host_of, (hub.api, hub.mcp)), max(1, min(OF_A_GATEWAY, at_once // 2)))


def blame_of(sweep: Iterable[Swept], control: Evidence) -> Blame:
    """Say where the trouble is: more than half of four or more services down at once is not the services' fault."""
    classes = [row.evidence for row in sweep]
    probed = sum(seen in PROBED for seen in classes)
    if probed >= _FEWEST and 2 * classes.count(Evidence.DOWN) > probed:
        return Blame.US
    return Blame.HUB if control is Evidence.DOWN else Blame.THEM


def without_proxies(sweep: Iterable[Swept], reason: str) -> tuple[Swept, ...]:
    """Take the verdict about each proxy back, where something that they share is in doubt."""
    return tuple(row if row.proxy is None else replace(row, proxy=None, proxy_reason=reason) for row in sweep)


def gateway_answers(everybody: Everybody, looks: Looks) -> bool:
    """Whether any service at all answered 2xx through the proxy."""
    return any(looks[row.name].status in _SUCCESS for row in everybody.listed if row.where is not None)


def outcomes_of(everybody: Everybody, looks: Looks, facts: Facts) -> tuple[Outcome, ...]:
    """Return what the checks say of every service, without what follows from something else.

    When the fault is not theirs, services that are down are not told one by one; a proxy of a service that is broken
    itself says nothing of the proxy; and a gateway that leads nowhere is one finding, not hundreds.
    """
    by_id = {check.id: check for check in checks_of(Phase.RECONCILE) if not check.of_hub}
    health, proxy = by_id["service-healthy"], by_id["proxy-reachable"]
    proxies_count = facts.blame is Blame.THEM and facts.gateway_answers
    outcomes: list[Outcome] = []
    for row, seen in zip(everybody.listed, facts.sweep, strict=True):
        subject = everybody.subject(row)
        if subject is None:
            outcomes.append(_left_out(health.id, row))
            continue
        snapshot = everybody.snapshot(row, looks)
        (own,) = judge([health], subject, snapshot)
        is_ours = facts.blame is Blame.US and seen.evidence is Evidence.DOWN
        outcomes.append(_silenced(own) if is_ours else own)
        if proxies_count:
            (proxied,) = judge([proxy], subject, snapshot)
            outcomes.append(_silenced(proxied) if seen.evidence in BROKEN else proxied)
    if not proxies_count:
        outcomes.append(_gateway(proxy.id, facts))
    return (*_doubt(facts), *outcomes)


def _silenced(outcome: Outcome) -> Outcome:
    return replace(outcome, status=Status.NOTED, findings=())


def _doubt(facts: Facts) -> Iterator[Outcome]:
    """Say that the fault is probably not the services'."""
    if facts.blame is Blame.US:
        down = sum(row.evidence is Evidence.DOWN for row in facts.sweep)
        probed = sum(row.evidence in PROBED for row in facts.sweep)
        message = f"{down} of {probed} services are down at once: probably this runner or the hub, not them"
        hint = (
            "see whether this runner reaches the internet, and run the phase again; nothing was refreshed or repaired"
        )
        finding = Finding(Kind.HUB_UNREACHABLE, "the hub", Level.WARNING, message, hint)
        yield Outcome(Kind.HUB_UNREACHABLE, "the hub", Status.WARNED, f"{down} of {probed} are down", (finding,))


def _gateway(check: str, facts: Facts) -> Outcome:
    """Tell all proxies at once: not judged, not offered, out of sight, or a gateway that leads nowhere."""
    host = facts.gateway
    if facts.blame is not Blame.THEM:
        return Outcome(check, host, Status.SKIPPED, NOT_JUDGED[facts.blame])
    asked = [row for row in facts.sweep if row.proxy is not None]
    if not asked:
        return Outcome(check, host, Status.SKIPPED, "there is no service to look for")
    failing = [row for row in asked if row.proxy in UNPROXIED and row.evidence not in BROKEN]
    reason = Counter(row.proxy_reason for row in failing or asked).most_common(1)[0][0]
    if not failing and all(row.proxy is Evidence.SKIPPED or row.evidence in BROKEN for row in asked):
        return Outcome(check, host, Status.SKIPPED, reason)
    if failing:
        message = f"no service answers through {host}: {reason}{and_more(len(failing) - 1)}"
        finding = Finding(check, host, Level.WARNING, message, "see whether the gateway is up, or correct api-url")
    elif all(row.proxy is Evidence.MISSING for row in asked):
        finding = Finding(check, host, Level.NOTICE, f"not offered by {host}: proxies ({reason})")
    else:
        message = f"{host} did not let this runner look through its proxies: {reason}"
        finding = Finding(
            check, host, Level.NOTICE, message, "let the runner's addresses through, if they are to be watched"
        )
    return Outcome(check, host, status_of([finding]), f"none of {len(asked)} answered", (finding,))


def _left_out(check: str, row: Listed) -> Outcome:
    reason = row.skipped or ""
    finding = Finding(check, row.name, Level.NOTICE, f"{row.name} was not looked at: {reason}")
    return Outcome(check, row.name, Status.SKIPPED, reason, (finding,))


def _swept(row: Listed, looks: Looks) -> Swept:
    seen, reason = class_of(row, looks)
    if row.where is None:
        return Swept(row.position, row.name, seen, reason)
    look, proxied = look_of(row), looks[row.name]
    return Swept(
        row.position,
        row.name,
        seen,
        reason,
        url=look or "",
        elapsed=_elapsed(looks[look]) if look else None,
        proxy=evidence(proxied),
        proxy_reason=describe(proxied),
    )


def _elapsed(observation: Observation[HealthDocument]) -> float | None:
    """Return how long the answer took; of what did not answer, nothing."""
    return observation.elapsed if observation.status is not None else None


def cut_short(everybody: Everybody, looks: Looks) -> Iterator[Outcome]:
    """Say so where time was too short to look at everybody; a run that saw nobody must not look like a good one."""
    unseen = sum(was_cut_short(row, looks) for row in everybody.listed)
    if unseen:
        message = f"phase reconcile did not finish: {unseen} of {len(everybody.listed)} services were not seen in time"
        hint = "raise the input deadline or concurrency, and see which system was slow"
        finding = Finding("phase", "looks", Level.WARNING, message, hint)
        yield Outcome("phase", "looks", Status.WARNED, f"{unseen} services were not seen in time", (finding,))


def was_cut_short(row: Listed, looks: Looks) -> bool:
    """Whether the deadline came before the look at a service, so that nothing is known of it."""
    look = look_of(row)
    return look is not None and isinstance(looks[look], Unfinished)


def names_unseen(everybody: Everybody, sweep: Iterable[Swept], looks: Looks) -> set[str]:
    """Return the services of which this run did not see how they are: not let in, or cut short by the deadline."""
    kept_out = {row.name for row in sweep if row.evidence in _KEPT_OUT}
    return kept_out | {row.name for row in everybody.listed if was_cut_short(row, looks)}


def discovery_of(observation: Observation[Discovery]) -> Discovery | None:
    """Return the discovery document where it was read."""
    return observation.value if isinstance(observation, Seen) else None
