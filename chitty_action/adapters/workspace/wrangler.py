"""The address that wrangler's configuration gives a Worker in one environment (interface, section 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.workspace.files import UnusableFileError
from chitty_action.adapters.workspace.syntax import table, text
from chitty_action.adapters.workspace.wrangler_file import names_in, own_section, read_configuration
from chitty_action.model.repository import Declared, Oddity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class _Route(Struct, frozen=True):
    """One entry of `route` or `routes`; `key` says which."""

    address: str | None
    key: str
    is_custom_domain: bool


def read_wrangler(root: Path, folder: str, environment: str) -> tuple[Declared | None, tuple[Oddity, ...]]:
    """The environment's custom domain, else its first route whose host has no wildcard."""
    for name in names_in(folder):
        try:
            config = read_configuration(root, name)
            if config is None:
                continue
            routes, section = _routes_of(config, environment, name)
        except UnusableFileError as error:
            return None, (Oddity(name, f"{error.message}, so its routes were not used", error.hint),)
        return _choose(routes, name, section), ()
    return None, ()


def _routes_of(config: Mapping[str, object], environment: str, name: str) -> tuple[list[_Route], str]:
    """The routes that count, and the section that names them: "env.staging." or "" for the top level.

    wrangler inherits top-level routes into every environment; here only production may, because anything else
    would look at production and call it staging.
    """
    section = f"env.{environment}."
    routes = _routes(own_section(config, environment, name) or {}, name, section)
    if routes or environment != "production":
        return routes, section
    return _routes(config, name, ""), ""


def _routes(config: Mapping[str, object], name: str, section: str) -> list[_Route]:
    """Every route that a section names; an entry that wrangler would refuse is left to wrangler."""
    listed = config.get("routes", [])
    if not isinstance(listed, list):
        raise UnusableFileError(
            f"{name}: {section}routes is not a list", "write routes as a list, or a single one as route"
        )
    entries = [("route", config.get("route")), *(("routes", entry) for entry in listed)]
    found = []
    for key, entry in entries:
        pattern = text(table(entry).get("pattern", entry))
        if pattern is not None:
            found.append(_Route(_address(pattern), key, table(entry).get("custom_domain") is True))
    return found


def _address(pattern: str) -> str | None:
    """Host and path prefix: `a.example/x/*` is `a.example/x`; None when the host has a wildcard."""
    scheme, separator, rest = pattern.rpartition("://")
    host, _, path = rest.partition("/")
    if not host or "*" in host:
        return None
    return f"{scheme}{separator}{host}/{path.partition('*')[0]}".rstrip("/")


def _choose(routes: list[_Route], name: str, section: str) -> Declared | None:
    """The first usable custom domain, else the first usable route."""
    usable = [(route.address, route) for route in routes if route.address is not None]
    for address, route in sorted(usable, key=lambda pair: not pair[1].is_custom_domain):
        return Declared(address, f"{name} ({section}{route.key})")
    return None
