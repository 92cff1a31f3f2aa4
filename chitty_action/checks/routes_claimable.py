"""The deployment would take no route and no hostname from another Worker.

Why: in CI, wrangler takes a hostname from another Worker without a question, and users are then answered by the wrong
one.
Otherwise: an error for each takeover, with both Workers and a URL that would change hands; a notice for one that
`.chittyconnect.yml` allows, and for what is done on purpose, such as a path carved out of a gateway; a warning for a
claim that would never be matched, that Cloudflare does not explain, or whose effect cannot be known. An account that
could not be read is level `on-blocked` where this runner or its token was not allowed to look, and a warning otherwise.
Skipped without `cloudflare-api-token` and `cloudflare-account-id`, and where no wrangler configuration claims anything.
Remedy: remove the claim from the wrangler configuration; if it is meant, name it and the losing Worker in
`.chittyconnect.yml`, under `routes.takeover`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action.account import inventory_of, permission, readings_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.route import Claim, Origin, Unread, Zone
from chitty_action.model.subject import Account, Phase, Subject
from chitty_action.model.text import one_line
from chitty_action.routes.inventory import custom_domain, route
from chitty_action.routes.pattern import zone_of
from chitty_action.routes.silence import named, names_of
from chitty_action.routes.takeover import Change, effects
from chitty_action.routes.takeover_words import effect_cured, effect_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.observation import Snapshot
    from chitty_action.model.reading import Reading
    from chitty_action.model.repository import Claims, RouteClaim
    from chitty_action.routes.takeover import Effect

ID = "routes-claimable"
_LEVELS = {
    Change.TAKEOVER: Level.ERROR,
    Change.UNCLEAR: Level.WARNING,
    Change.NEVER: Level.WARNING,
    Change.CARVED: Level.NOTICE,
    Change.RENAMED: Level.NOTICE,
    Change.REVIVED: Level.NOTICE,
}


def _applies(subject: Subject) -> str | None:
    if isinstance(subject.account, str):
        return f"{subject.account}, so nobody knows what the deployment would take from other Workers"
    claims = subject.claims
    if claims is None or claims.source is None:
        return "there is no wrangler configuration"
    if claims.claims:
        return None
    if any(odd.subject == claims.source for odd in claims.oddities):
        return f"{claims.source} cannot be used, so what it claims is not known"
    return f"{claims.source} claims no route and no hostname for {subject.service.environment}"


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    account = subject.account
    if _applies(subject) or not isinstance(account, Account) or isinstance(account.zones, Unread):
        return ()
    return readings_of(account, _zones(subject, account.zones))


def _zones(subject: Subject, zones: tuple[Zone, ...]) -> tuple[Zone, ...]:
    """Return the zones in which the repository claims something; no other one is asked for its routes."""
    made = [_made(one, subject, zones) for one in subject.claims.claims] if subject.claims else []
    names = {claim.zone for claim in made if isinstance(claim, Claim)}
    return tuple(zone for zone in zones if zone.name in names)


def _made(one: RouteClaim, subject: Subject, zones: tuple[Zone, ...]) -> Claim | str:
    """Turn what stands in the configuration into a claim, or say why that cannot be done."""
    worker = (subject.claims.worker if subject.claims else None) or subject.service.name
    nowhere = Zone("")
    make = custom_domain if one.is_custom_domain else route
    try:
        claim = make(one.pattern, worker, nowhere, origin=Origin.CONFIGURATION)
    except ValueError as error:
        return f"{one.source}: {error}"
    zone = _zone_of(one, claim, zones)
    if zone is None:
        return f"{one.source}: no zone that the token may see has the host of {one_line(one.pattern, 80)}"
    return make(one.pattern, worker, zone, origin=Origin.CONFIGURATION)


def _zone_of(one: RouteClaim, claim: Claim, zones: tuple[Zone, ...]) -> Zone | None:
    """Return the zone that serves the host; one that the configuration names has to be that."""
    serving = zone_of(claim.pattern.host.lstrip("."), zones)
    told = [zone for zone in zones if (one.zone_id or one.zone) in {zone.id, zone.name}]
    if not claim.pattern.host:  # `*/*` is in the zone that is told
        return told[0] if told else None
    return None if serving and told and serving not in told else serving


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    claims, account = subject.claims, subject.account
    if claims is None or isinstance(account, str) or _applies(subject):
        return
    name = subject.service.name
    zones = account.zones if isinstance(account.zones, Unread) else _zones(subject, account.zones)
    inventory = zones if isinstance(zones, Unread) else inventory_of(account, zones, snapshot)
    if isinstance(inventory, Unread):
        if not inventory.is_unfinished or isinstance(account.zones, Unread):
            level = subject.on_blocked if inventory.is_blocked else Level.WARNING
            message = f"what this deployment would take from other Workers is unknown: {inventory.why}"
            yield Finding(ID, name, level, message, inventory.cure)
        return
    every_zone = account.zones if not isinstance(account.zones, Unread) else ()
    made = [_made(one, subject, every_zone) for one in claims.claims]
    for flaw in (one for one in made if isinstance(one, str)):
        message = f"{flaw}; what it would take is unknown"
        yield Finding(ID, name, Level.WARNING, message, f"correct it; for a zone {permission('zones')}")
    for clause in inventory.odd:
        message = f"{clause} is not explained by Cloudflare's documentation, so it was not compared with"
        yield Finding(ID, name, Level.NOTICE, message)
    for effect in effects((one for one in made if isinstance(one, Claim)), inventory):
        yield _finding(effect, claims, name)


def _finding(effect: Effect, claims: Claims, name: str) -> Finding:
    is_allowed = allowed(effect, claims)
    message = effect_told(effect, is_allowed=is_allowed)
    if effect.change is Change.TAKEOVER and is_allowed:
        return Finding(ID, name, Level.NOTICE, message)
    return Finding(ID, name, _LEVELS[effect.change], message, effect_cured(effect, claims.source or ""))


def allowed(effect: Effect, claims: Claims) -> bool:
    """Whether `.chittyconnect.yml` allows it: by the claim or by what is lost, together with the Worker that loses."""
    names = names_of(effect.claim) | (set[str]() if effect.more else names_of(effect.loser))
    return any(one.worker == effect.loser.worker and named(one.pattern) in names for one in claims.takeovers)


CHECK = Check(
    ID,
    "no route is taken from another Worker",
    frozenset({Phase.PRE}),
    4,
    _readings,
    _judge,
    _applies,
)
