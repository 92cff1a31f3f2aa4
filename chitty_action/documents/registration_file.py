"""A repository's own registration file: the forms that are found (ecosystem, section 2.2), brought into one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SECRET = re.compile(
    r"(token|secret|password|passphrase|credential|(api|private|access|signing)[ _-]?key)s?$", re.IGNORECASE
)
_RENAMED = {"serviceName": "name", "baseUrl": "base_url"}
"""Members of the older envelope's `service` that are called otherwise today."""
_KEPT = (
    *("version", "description", "entity_type", "subtype", "endpoints", "schema", "security", "metadata"),
    *("tier", "domain", "canonicalUri", "category", "capabilities"),
)
"""Members of it that are called the same; any other has no place in today's form."""
_HEALTH = "healthCheck"
_ABSOLUTE = re.compile(r"https?://[^/?#]+(?P<path>/[^?#]*)", re.IGNORECASE)
_MOST_NAMES = 10


class Opened(Struct, frozen=True):
    """The file's document in today's form. Values of a wrong type stand as they did, and nothing is filled in."""

    document: dict[str, object]
    notes: tuple[str, ...] = ()
    is_envelope: bool = False

    def spelled(self, field: str) -> str:
        """Name a field as the file does."""
        if not self.is_envelope:
            return field
        return "service." + next((old for old, new in _RENAMED.items() if new == field), field)


def whose(document: Mapping[str, object]) -> str | None:
    """Return the name of the service that a document registers; None where it names none."""
    service = document.get("service")
    names = (document.get("name"), service.get("serviceName") if isinstance(service, dict) else None)
    return next((name for name in names if isinstance(name, str) and not lacks(name)), None)


def opened(own: Mapping[str, object]) -> Opened:
    """Bring the file's document into today's form, without secrets and without the design's `deployment`."""
    service = own.get("service")
    if lacks(own.get("name")) and isinstance(service, dict):
        document, left_out = _out_of_envelope(service)
        left_out += [name for name in own if name != "service"]
        notes = ["converted from the older envelope"]
        is_envelope = True
    else:
        document = {name: value for name, value in own.items() if name != "deployment"}
        document["endpoints"] = _listed(own.get("endpoints"))
        left_out = [name for name in own if name == "deployment"]
        notes = ["endpoints turned into a list"] if document["endpoints"] != own.get("endpoints") else []
        is_envelope = False
    sent = _public(document, left_out)
    if left_out:
        notes.append(f"left out: {_named(left_out)}")
    return Opened(sent, tuple(notes), is_envelope)


def lacks(value: object) -> bool:
    """Whether nothing is written there: no member, null, or a blank text."""
    return value is None or (isinstance(value, str) and not value.strip())


def path_in(endpoint: object) -> object:
    """Return the path of an endpoint that is a whole URL without query and fragment; any other as it is."""
    whole = _ABSOLUTE.fullmatch(endpoint) if isinstance(endpoint, str) else None
    return whole["path"] if whole else endpoint


def _out_of_envelope(service: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Return the older envelope's `service` in today's form, and the names of what has no place there."""
    document = {name: service[name] for name in _KEPT if name in service}
    document |= {new: service[old] for old, new in _RENAMED.items() if old in service}
    endpoints = _listed(service.get("endpoints"))
    health = _endpoint(service.get(_HEALTH))
    listed = [] if endpoints is None else endpoints
    if isinstance(listed, list) and not lacks(health) and path_in(health) not in map(path_in, listed):
        endpoints = [*listed, health]
    document["endpoints"] = endpoints
    return document, [f"service.{name}" for name in service if name not in {*_KEPT, *_RENAMED, _HEALTH}]


def _listed(endpoints: object) -> object:
    """Return endpoints as a list of texts, as far as they are: objects with a path, or an object of texts."""
    if isinstance(endpoints, dict):
        endpoints = [value for value in endpoints.values() if value is not None]
    return [_endpoint(item) for item in endpoints] if isinstance(endpoints, list) else endpoints


def _endpoint(item: object) -> object:
    return item["path"] if isinstance(item, dict) and isinstance(item.get("path"), str) else item


def _public(document: Mapping[str, object], left_out: list[str]) -> dict[str, object]:
    """Return the document without the members, at any depth, whose name says that they are a secret."""

    def kept(members: list[tuple[str, object]]) -> dict[str, object]:
        secret = {name for name, value in members if _SECRET.search(name) and value not in (None, True, False)}
        left_out.extend(sorted(secret))
        return {name: value for name, value in members if name not in secret}

    public: dict[str, object] = json.loads(json.dumps(document), object_pairs_hook=kept)
    return public


def _named(names: Iterable[str]) -> str:
    """List names, which may be any and any number."""
    each = list(dict.fromkeys(one_line(name, 60) for name in names))
    rest = f" and {len(each) - _MOST_NAMES} more" if len(each) > _MOST_NAMES else ""
    return ", ".join(each[:_MOST_NAMES]) + rest
