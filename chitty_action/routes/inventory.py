"""What an account holds, as one value: zones, claims and Workers, read whole or not at all."""

from __future__ import annotations

import json
from hashlib import sha256

from msgspec import Struct

from chitty_action.model.route import Claim, ClaimKind, Origin, Zone
from chitty_action.routes.pattern import domain, parse, quoted

_DIGITS = 16


class Inventory(Struct, frozen=True):
    """An account's claims.

    Attributes:
        account: Cloudflare's id of it.
        api: base URL of Cloudflare's API.
        zones: all that the token may see.
        claims: routes and custom domains that the law explains.
        scripts: names of all Workers.
        odd: claims that it does not explain, each a clause.
    """

    account: str
    api: str
    zones: tuple[Zone, ...]
    claims: tuple[Claim, ...]
    scripts: frozenset[str]
    odd: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Identify what was read, whatever its order."""
        claims = sorted([one.zone, one.kind, one.text, one.worker or "", one.id] for one in self.claims)
        zones = sorted([zone.name, zone.id] for zone in self.zones)
        text = json.dumps([self.account, zones, claims, sorted(self.scripts), sorted(self.odd)])
        return sha256(text.encode()).hexdigest()[:_DIGITS]

    def in_zone(self, zone: Zone) -> list[Claim]:
        """Return the claims of one zone, in an order that does not depend on that of the list."""
        claims = (claim for claim in self.claims if claim.zone == zone.name)
        return sorted(claims, key=lambda claim: (claim.text, claim.kind, claim.worker or "", claim.id))


def route(text: str, worker: str | None, zone: Zone, id_: str = "", origin: Origin = Origin.ACCOUNT) -> Claim:
    """Make the claim of a zone route. Raises ValueError, with the pattern and its flaw, for one that is none."""
    try:
        pattern = parse(text)
    except ValueError as error:
        raise ValueError(f"the pattern {quoted(text)} {error}") from None
    kind = ClaimKind.ROUTE if worker else ClaimKind.NULL_ROUTE
    return Claim(kind, pattern, worker or None, zone.name, text, id_, zone.id, origin)


def custom_domain(hostname: str, worker: str, zone: Zone, id_: str = "", origin: Origin = Origin.ACCOUNT) -> Claim:
    """Make the claim of a custom domain. Raises ValueError, with the name and its flaw, where it is no host name."""
    try:
        pattern = domain(hostname)
    except ValueError as error:
        raise ValueError(f"the custom domain {quoted(hostname)} {error}") from None
    return Claim(ClaimKind.DOMAIN, pattern, worker, zone.name, hostname, id_, zone.id, origin)
