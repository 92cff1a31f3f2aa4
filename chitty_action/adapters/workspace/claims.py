"""What a deployment would claim: the routes that wrangler would publish for an environment, and as which Worker.

These are wrangler's own rules, not those of the address: an environment inherits what it does not define itself. One
that the file does not define is the top level, because it can only be deployed by not naming it: named, wrangler
refuses it, or without any `env` makes up a Worker for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.adapters.workspace.syntax import table, text
from chitty_action.adapters.workspace.takeovers import read_takeovers
from chitty_action.adapters.workspace.wrangler_file import UnusableConfigurationError, read_configuration
from chitty_action.model.repository import Claims, RouteClaim

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from chitty_action.adapters.workspace.wrangler_file import Configuration, Section


def read_claims(root: Path, working_directory: str, environment: str) -> Claims:
    """Read what a deployment to the environment would claim; of an unusable configuration nothing is known."""
    takeovers, oddities = read_takeovers(root, working_directory)
    try:
        configuration = read_configuration(root, working_directory, environment)
        if configuration is None:
            return Claims(None, (), takeovers, None, oddities)
        worker, claims = _worker(configuration, environment), _claims(configuration)
    except UnusableConfigurationError as error:
        oddity = error.oddity("what a deployment would claim is not known")
        return Claims(None, (), takeovers, error.name, (oddity, *oddities))
    return Claims(worker, claims, takeovers, configuration.name, oddities)


def _worker(configuration: Configuration, environment: str) -> str | None:
    """The environment's own name, else the top level's with the environment behind it."""
    top = _name(configuration.top)
    if configuration.own is None:
        return top
    return _name(configuration.own) or (top and f"{top}-{environment}")


def _name(section: Section) -> str | None:
    return _text(section, section.members, "name", f"{section.prefix}name")


def _claims(configuration: Configuration) -> tuple[RouteClaim, ...]:
    """Every entry of `routes`, else `route`.

    Each is inherited by itself and `routes` goes first: an environment's own `route` does not count beside `routes` of
    the top level. An empty list is one; an empty `route` is none.
    """
    sections = [section for section in (configuration.own, configuration.top) if section is not None]
    for section in sections:
        entries = section.routes()
        if entries is not None:
            if _has_route(section):
                message = f"{section.prefix}route and {section.prefix}routes are both given"
                raise section.refusal(message, "wrangler takes only one of them: move route into routes")
            place = f"{section.prefix}routes"
            return tuple(
                _claim(section, "routes", entry, f"entry {position} of {place}")
                for position, entry in enumerate(entries, 1)
            )
    for section in filter(_has_route, sections):
        return (_claim(section, "route", section.members["route"], f"{section.prefix}route"),)
    return ()


def _has_route(section: Section) -> bool:
    return section.members.get("route", "") != ""


def _claim(section: Section, key: str, entry: object, where: str) -> RouteClaim:
    members = {"pattern": entry} if isinstance(entry, str) else table(entry)
    pattern, is_custom_domain = members.get("pattern"), members.get("custom_domain", False)
    if not isinstance(pattern, str) or text(pattern) is None:
        hint = "write it as a text, or as a table with a pattern, such as api.chitty.cc/ledger/*"
        raise section.refusal(f"{where} has no pattern", hint)
    if not isinstance(is_custom_domain, bool):
        raise section.refusal(f"custom_domain of {where} is neither true nor false", "write true or false, unquoted")
    zone = _text(section, members, "zone_name", f"zone_name of {where}")
    zone_id = _text(section, members, "zone_id", f"zone_id of {where}")
    return RouteClaim(pattern, section.source(key), is_custom_domain, zone, zone_id)


def _text(section: Section, members: Mapping[str, object], key: str, where: str) -> str | None:
    """The member, None where there is none; raises UnusableConfigurationError."""
    value = text(members.get(key))
    if value is None and key in members:
        raise section.refusal(f"{where} is no text, or an empty one", "write it as a string, or leave it out")
    return value
