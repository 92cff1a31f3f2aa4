"""The address that wrangler's configuration gives a Worker in one environment (interface, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.workspace.syntax import table, text
from chitty_action.adapters.workspace.wrangler_file import UnusableConfigurationError, read_configuration
from chitty_action.model.repository import Declared

if TYPE_CHECKING:
    from pathlib import Path

    from chitty_action.adapters.workspace.wrangler_file import Configuration, Section
    from chitty_action.model.repository import Oddity


class _Route(Struct, frozen=True):
    """One entry of `route` or `routes`; `source` says which."""

    address: str | None
    source: str
    is_custom_domain: bool


def read_wrangler(root: Path, folder: str, environment: str) -> tuple[Declared | None, tuple[Oddity, ...]]:
    """The environment's custom domain, else its first route whose host has no wildcard.

    If the file that wrangler would read is broken there is no address.
    """
    try:
        configuration = read_configuration(root, folder, environment)
        routes = [] if configuration is None else _routes_of(configuration, environment)
    except UnusableConfigurationError as error:
        return None, (error.oddity("its routes were not used"),)
    return _choose(routes), ()


def _routes_of(configuration: Configuration, environment: str) -> list[_Route]:
    """The routes that count.

    wrangler inherits top-level routes into every environment; here only production may, because anything else
    would look at production and call it staging.
    """
    routes = [] if configuration.own is None else _routes(configuration.own)
    if routes or environment != "production":
        return routes
    return _routes(configuration.top)


def _routes(section: Section) -> list[_Route]:
    """Every route that a section names; an entry that wrangler would refuse is left to wrangler."""
    entries = [("route", section.members.get("route")), *(("routes", entry) for entry in section.routes() or ())]
    found = []
    for key, entry in entries:
        pattern = text(table(entry).get("pattern", entry))
        if pattern is not None:
            found.append(_Route(_address(pattern), section.source(key), table(entry).get("custom_domain") is True))
    return found


def _address(pattern: str) -> str | None:
    """Host and path prefix: `a.example/x/*` is `a.example/x`; None when the host has a wildcard."""
    scheme, separator, rest = pattern.rpartition("://")
    host, _, path = rest.partition("/")
    if not host or "*" in host:
        return None
    return f"{scheme}{separator}{host}/{path.partition('*')[0]}".rstrip("/")


def _choose(routes: list[_Route]) -> Declared | None:
    """The first usable custom domain, else the first usable route."""
    usable = [(route.address, route) for route in routes if route.address is not None]
    for address, route in sorted(usable, key=lambda pair: not pair[1].is_custom_domain):
        return Declared(address, route.source)
    return None
