"""What a deployment would claim: routes and custom domains of wrangler's configuration, and what it may take.

wrangler's rules, from its own code (cloudflare/workers-sdk, packages/workers-utils, config/validation.ts): `route`,
`routes` and `name` are inherited by an environment that does not have its own, the name with the environment behind
it; an environment that is not defined means the top level; where there are `routes`, `route` does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.adapters.workspace.chittyconnect import read_takeovers
from chitty_action.adapters.workspace.files import UnusableFileError
from chitty_action.adapters.workspace.syntax import text
from chitty_action.adapters.workspace.wrangler_file import names_in, own_section, read_configuration
from chitty_action.model.repository import Claims, Oddity, RouteClaim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FORM = 'write each as a text, or as {"pattern": …, "zone_name": …, "custom_domain": …}'


def read_claims(root: Path, folder: str, environment: str) -> Claims:
    """Read what the folder's deployment to an environment would claim; what cannot be used becomes an oddity."""
    takeovers, oddities = read_takeovers(root, folder)
    for name in names_in(folder):
        try:
            config = read_configuration(root, name)
            if config is None:
                continue
            claims = _claims(config, environment, name)
            return Claims(_worker(config, environment, name), claims, takeovers, name, oddities)
        except UnusableFileError as error:
            odd = Oddity(name, f"{error.message}, so nobody knows what it claims", error.hint)
            return Claims(None, (), takeovers, name, (*oddities, odd))
    return Claims(takeovers=takeovers, oddities=oddities)


def _worker(config: Mapping[str, object], environment: str, name: str) -> str | None:
    """Return the name under which wrangler deploys."""
    own = own_section(config, environment, name)
    base = text(config.get("name"))
    if own is None:
        return base
    return text(own.get("name")) or (f"{base}-{environment}" if base else None)


def _claims(config: Mapping[str, object], environment: str, name: str) -> tuple[RouteClaim, ...]:
    own = own_section(config, environment, name)
    for key in ("routes", "route"):
        for section, values in ((f"env.{environment}.", own), ("", config)):
            if values is not None and values.get(key) is not None:
                return tuple(_listed(values[key], key, f"{name} ({section}{key})"))
    return ()


def _listed(value: object, key: str, source: str) -> list[RouteClaim]:
    if key == "route":
        return [_claim(value, source)] if value != "" else []
    if not isinstance(value, list):
        raise UnusableFileError(f"{source} is not a list", "write routes as a list, or a single one as route")
    return [_claim(entry, source) for entry in value]


def _claim(entry: object, source: str) -> RouteClaim:
    if isinstance(entry, str):
        return RouteClaim(entry, source)
    if not isinstance(entry, dict) or not isinstance(pattern := entry.get("pattern"), str):
        raise UnusableFileError(f"{source} has an entry without a pattern", _FORM)
    is_domain = entry.get("custom_domain") is True
    return RouteClaim(pattern, source, is_domain, text(entry.get("zone_name")), text(entry.get("zone_id")))
