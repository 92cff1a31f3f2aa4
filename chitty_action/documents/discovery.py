"""ChittyConnect's discovery document, `/.well-known/chitty.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from msgspec import Raw, Struct
from msgspec.structs import replace

from chitty_action.model.document import Document, decoded, is_shallow

_GATEWAY_PATH: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://[^/?#]+(?:/[^?#]*)?/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)/(?:mcp|api)/?"
)


class Entry(Struct, frozen=True):
    """One service in the document; what is not a text there is None.

    `label` is what the gateways' paths call the service: the deployed ones go by its sub-domain, not by its name.
    """

    name: str
    url: str | None
    health: str | None
    label: str | None = None


class Discovery(Document, frozen=True):
    """What the document says; of a large one, whole values would take ten times the memory of its text.

    Attributes:
        named: the JSON of each name's first entry.
        known: how many names there are.
        count: how many entries there are, with a name or without.
        updated: `updated_at`, where it is a text.
        text: the JSON itself, which `pre` hands on as an output.
    """

    named: Mapping[str, Raw]
    known: int
    count: int
    updated: str | None
    text: bytes

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. `services`, where there is one, must be a list.

        Raises ValueError, with what is wrong, for anything of another shape.
        """
        members = decoded(text, dict[str, Raw])
        listed = members.pop("services", Raw(b"null"))
        updated = {name: _shallow(member) for name, member in members.items()}.get("updated_at")
        is_list = bytes(memoryview(listed)[:1]) == b"["  # not copied: it may be large
        if not is_list and bytes(listed) != b"null":
            raise ValueError("services is not a list")
        services = decoded(listed, list[Raw]) if is_list else []
        named: dict[str, Raw] = {}
        for member in services:  # one by one: all of them at once would fill the memory
            item = _shallow(member)
            if isinstance(item, dict) and isinstance(name := item.get("name"), str):
                named.setdefault(name, member)
        raw = text.encode() if isinstance(text, str) else text
        return cls(named, len(named), len(services), _text(updated), raw)

    def outline(self) -> Discovery:
        """Return what a report says of the document, without the entries and the text."""
        return replace(self, named={}, text=b"")

    def labels(self) -> dict[str, str]:
        """Return what the gateways' paths call the services, where the document says it."""
        return {name: label for name in self.named if (entry := self.entry(name)) and (label := entry.label)}

    def entry(self, name: str) -> Entry | None:
        """Return the first entry with this name."""
        member = self.named.get(name)
        return None if member is None else _entry(name, decoded(bytes(member), dict[str, object]))

    def age(self, now: datetime) -> timedelta | None:
        """Return how long ago the document was made; None where it does not say."""
        try:
            moment = datetime.fromisoformat(self.updated) if self.updated else None
        except ValueError:
            return None
        return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) if moment else None

    def told(self) -> str:
        """Say how much is listed."""
        return f"lists {self.count or 'no'} service{'' if self.count == 1 else 's'}"

    def compact(self) -> str:
        """Return the document as one line of ASCII JSON."""
        return json.dumps(decoded(self.text, dict[str, object]), separators=(",", ":"), allow_nan=False)


def _shallow(member: Raw) -> object:
    """Read a part of the document. Raises ValueError for one that could not be written again."""
    value = decoded(bytes(member), object)
    if not is_shallow(value):
        raise ValueError("it is nested too deeply")
    return value


def _entry(name: str, item: dict[str, object]) -> Entry:
    return Entry(name, _text(item.get("url")), _text(item.get("health")), _label(item))


def _label(item: dict[str, object]) -> str | None:
    """Read the label off the entry's gateway addresses, `https://mcp.chitty.cc/<label>/mcp` and `…/<label>/api`."""
    for address in (item.get("mcp"), item.get("api")):
        if match := _GATEWAY_PATH.fullmatch(_text(address) or ""):
            return match[1]
    return None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
