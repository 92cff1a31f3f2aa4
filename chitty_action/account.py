"""From what was read of a Cloudflare account to one inventory; and whose hosts the registry's services are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.inputs.values import is_service_name
from chitty_action.model.address import is_whole, origin_of, path_of
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Rejected,
    Seen,
    Snapshot,
    Unfinished,
    Unreachable,
    trouble,
)
from chitty_action.model.route import Claim, Owner, Unread, Zone
from chitty_action.model.text import one_line
from chitty_action.routes.inventory import Inventory, custom_domain, route
from chitty_action.routes.pattern import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.documents.cloudflare import DomainRow, Domains, Routes
    from chitty_action.documents.services import Row, Services
    from chitty_action.model.reading import Reading
    from chitty_action.model.subject import Account

_HEALTH = "/health"
_SUCCESS = range(200, 300)
_PERMISSIONS = {
    "zones": "Zone > Zone > Read",
    "routes": "Zone > Workers Routes > Read",
    "domains": "Account > Workers Scripts > Read",
    "scripts": "Account > Workers Scripts > Read",
}


def permission(what: str) -> str:
    """Say what to give the token for one of the lists: zones, routes, domains or scripts."""
    return f"give a valid cloudflare-api-token with the permission {_PERMISSIONS[what]}, for every zone of the account"


def unread(observation: Observation[Any], what: str) -> Unread:
    """Say why a list of the account could not be read; `what` is zones, routes, domains or scripts."""
    match observation:
        case Absent():
            cure = "see whether cloudflare-account-id is the account's own, and cloudflare-api-url is right"
        case Blocked() | Rejected():
            cure = permission(what)
        case Unreachable(status=status) if status in _SUCCESS:
            cure = permission(what)  # an envelope that says that it failed
        case _:
            cure = "see whether Cloudflare's API is up, and cloudflare-api-url is right"
    blocked, unfinished = isinstance(observation, Blocked), isinstance(observation, Unfinished)
    place = observation.url.partition("?")[0].partition("://")[2]
    return Unread(f"{place} {trouble(observation)}", cure, blocked, unfinished)


def readings_of(account: Account, zones: Iterable[Zone]) -> tuple[Reading[Any], ...]:
    """Return what is read of an account, with the routes of some of its zones."""
    return (
        ecosystem.scripts(account.api, account.id),
        ecosystem.custom_domains(account.api, account.id),
        *(ecosystem.zone_routes(account.api, zone.id) for zone in zones),
    )


def inventory_of(account: Account, zones: tuple[Zone, ...], snapshot: Snapshot) -> Inventory | Unread:
    """Put the inventory together, with the routes of some of its zones; half a one is none."""
    if isinstance(account.zones, Unread):
        return account.zones
    scripts = snapshot[ecosystem.scripts(account.api, account.id)]
    domains = snapshot[ecosystem.custom_domains(account.api, account.id)]
    if not isinstance(scripts, Seen):
        return unread(scripts, "scripts")
    if not isinstance(domains, Seen):
        return unread(domains, "domains")
    claims: list[Claim] = []
    odd: list[str] = []
    for zone in zones:
        routes = snapshot[ecosystem.zone_routes(account.api, zone.id)]
        if not isinstance(routes, Seen):
            return unread(routes, "routes")
        _gather(_of_zone(routes.value, zone), claims, odd)
    _gather(_of_account(domains.value, account.zones), claims, odd)
    names = frozenset(row.id for row in scripts.value.rows)
    if not names and any(claim.worker for claim in claims):
        why = f"the list of Workers is empty, although {len(claims):,} routes and custom domains are there"
        return Unread(why, permission("scripts"))
    return Inventory(account.id, account.api, account.zones, tuple(claims), names, tuple(odd))


def unseen_zone(account: Account, zones: tuple[Zone, ...], snapshot: Snapshot) -> Unread | None:
    """Say which zone the token may not see, although a custom domain of the account lies in it; None for none."""
    domains = snapshot[ecosystem.custom_domains(account.api, account.id)]
    rows = domains.value.rows if isinstance(domains, Seen) else ()
    for row in rows:
        if _zone_of(row, zones) is None:
            zone = one_line(row.zone_name or row.zone_id, 80)
            return Unread(
                f"the token may not see zone {zone}, where {one_line(row.hostname, 80)} is", permission("zones")
            )
    return None


def _gather(made: Iterator[Claim | str], claims: list[Claim], odd: list[str]) -> None:
    """Part the claims from what the law does not explain."""
    for one in made:
        if isinstance(one, str):
            odd.append(one)
        else:
            claims.append(one)


def _of_zone(routes: Routes, zone: Zone) -> Iterator[Claim | str]:
    for row in routes.rows:
        try:
            yield route(row.pattern, row.script or None, zone, row.id)
        except ValueError as error:
            yield f"{error} (a route of zone {zone.name})"


def _of_account(domains: Domains, zones: tuple[Zone, ...]) -> Iterator[Claim | str]:
    """Yield the custom domains of these zones."""
    for row in domains.rows:
        zone = _zone_of(row, zones)
        if zone is None:
            continue
        try:
            yield custom_domain(row.hostname, row.service, zone, row.id)
        except ValueError as error:
            yield str(error)


def _zone_of(row: DomainRow, zones: tuple[Zone, ...]) -> Zone | None:
    """Return the zone that the row names; only a row that names none is judged by its host."""
    if row.zone_id:
        return next((zone for zone in zones if zone.id == row.zone_id), None)
    return zone_of(row.hostname.lower(), zones)


def owners_of(services: Services, gateways: Iterable[str]) -> Iterator[Owner]:
    """Yield the hosts that the registry's rows call a service's own, with the Worker that should answer there.

    A service's Worker is the row's `worker`, else the one of the same name. Of two rows of one name the first counts.
    `gateways` are URLs of hosts where others answer on behalf of services.
    """
    shared = {_host(url) for url in gateways}
    known: set[str] = set()
    for row in services.rows:
        if row.name is None or not is_service_name(row.name) or row.name in known or not _is_worker(row):
            continue
        known.add(row.name)
        for url in _own_urls(row):
            if _host(url) not in shared or path_of(url) == _HEALTH:
                yield Owner(row.name, row.worker or row.name, url)


def _is_worker(row: Row) -> bool:
    return row.entity_type in {None, "T"} and row.subtype in {None, "service", "mcp-server"}


def _own_urls(row: Row) -> Iterator[str]:
    """Yield the URL of a service's health, and one at its site where that is another host."""
    whole = [text for text in (row.health, *row.endpoints) if text and is_whole(text) and _host(text)]
    healths = [text for text in whole if text == row.health or path_of(text).rstrip("/").endswith(_HEALTH)]
    if not healths and len({_host(text) for text in whole}) == 1:
        healths = whole
    yield from healths[:1]
    site = row.site if row.site is None or is_whole(row.site) else f"https://{row.site}"
    if site and (host := _host(site)) and host not in map(_host, healths[:1]):
        path = row.health if row.health and row.health.startswith("/") else _HEALTH
        yield f"https://{host}{path}"


def _host(url: str) -> str | None:
    try:
        return origin_of(url)[1]
    except ValueError:
        return None
