"""A URL that proves what is said of claims: both match it, and who answers there can be seen by opening it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from chitty_action.routes.pattern import SCHEMES, target_of, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.route import Pattern, Zone

_LABEL = "chitty-witness"
"""Part of a host or path that nobody else is likely to claim."""


def witnesses(one: Pattern, other: Pattern, zone: Zone, zones: tuple[Zone, ...]) -> Iterator[str]:
    """Yield URLs of a zone that both patterns match, the plainest first; none where they do not meet there."""
    longer = one if len(one.host) >= len(other.host) else other
    exact = next((pattern.host for pattern in (one, other) if not pattern.any_host), None)
    hosts = [exact] if exact is not None else _hosts(longer.host, zone)
    schemes = [scheme for scheme in SCHEMES if {one.scheme, other.scheme} <= {None, scheme}]
    deeper = one.path if len(one.path) >= len(other.path) else other.path
    paths = [deeper, deeper + _LABEL] if one.any_path and other.any_path else [deeper]
    for scheme, path, host in product(schemes, paths, hosts):
        url = f"{scheme}://{host}{path}"
        if zone_of(host, zones) == zone and _is_url(url):
            yield url


def _is_url(url: str) -> bool:
    """Whether a browser could open it; not every name that a zone or a pattern may have is a host's."""
    try:
        target_of(url)
    except ValueError:
        return False
    return True


def _hosts(end: str, zone: Zone) -> list[str]:
    """Return hosts of the zone that end so."""
    if zone.name.endswith(end):
        return [zone.name, f"{_LABEL}.{zone.name}"]
    return [f"{_LABEL}{end}"] if end.startswith(".") else [end, f"{_LABEL}.{end}"]
