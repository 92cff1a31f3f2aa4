"""The address that wrangler's configuration gives a Worker in one environment (interface, section 3)."""

from __future__ import annotations

import codecs
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyjson5
from msgspec import Struct

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import table, text, toml_table, utf8
from chitty_action.model.repository import Declared, Oddity

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Route(Struct, frozen=True):
    """One entry of `route` or `routes`; `key` says which."""

    address: str | None
    key: str
    is_custom_domain: bool


def read_wrangler(root: Path, folder: str, environment: str) -> tuple[Declared | None, tuple[Oddity, ...]]:
    """The environment's custom domain, else its first route whose host has no wildcard.

    The first file in wrangler's own order counts. If that one is broken there is no address: a sibling is what
    wrangler would not read, in this ecosystem mostly a stale one.
    """
    for file_name in ("wrangler.json", "wrangler.jsonc", "wrangler.toml"):
        name = str(PurePosixPath(folder) / file_name)
        try:
            raw = read(root, name)
            if raw is None:
                continue
            parse = toml_table if file_name.endswith(".toml") else _json5_object
            routes, section = _routes_of(parse(raw.removeprefix(codecs.BOM_UTF8), name), environment, name)
        except UnusableFileError as error:
            return None, (Oddity(name, f"{error.message}, so its routes were not used", error.hint),)
        return _choose(routes, name, section), ()
    return None, ()


def _json5_object(raw: bytes, name: str) -> dict[str, object]:
    """JSON with comments and trailing commas, which wrangler allows in both of its JSON files."""
    try:
        document: object = pyjson5.decode(utf8(raw, name))
    except pyjson5.Json5Exception as error:
        place = re.search(r"near (\d+)", str(error.args[0]))
        where = f" near character {place[1]}" if place else ""
        raise UnusableFileError(f"{name} is not valid JSON with comments{where}", "correct the file there") from error
    if not isinstance(document, dict):
        raise UnusableFileError(f"{name} is not a JSON object", "its outermost value must be { … }")
    return document


def _routes_of(config: Mapping[str, object], environment: str, name: str) -> tuple[list[_Route], str]:
    """The routes that count, and the section that names them: "env.staging." or "" for the top level.

    wrangler inherits top-level routes into every environment; here only production may, because anything else
    would look at production and call it staging.
    """
    environments = config.get("env", {})
    if not isinstance(environments, dict):
        raise UnusableFileError(f"{name}: env is not a table", "write the environments as tables below env")
    own = environments.get(environment, {})
    if not isinstance(own, dict):
        raise UnusableFileError(f"{name}: env.{environment} is not a table", "write the environment as a table")
    section = f"env.{environment}."
    routes = _routes(own, name, section)
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
