"""ChittyConnect's discovery document, `/.well-known/chitty.json`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct

from chitty_action.model.document import Document, decoded, is_shallow

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """The whole document: `pre` hands it on as an output. `services`, where there is one, must be a list."""

    whole: dict[str, object]

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything of another shape."""
        whole = decoded(text, dict[str, object])
        if not is_shallow(whole):
            raise ValueError("it is nested too deeply")
        if not isinstance(whole.get("services"), list | None):
            raise ValueError("services is not a list")  # noqa: TRY004 - what a remote system says is a value
        return cls(whole)

    def entry(self, name: str) -> Entry | None:
        """Return the first entry with this name."""
        return next((_entry(name, item) for named, item in self._named() if named == name), None)

    def entries(self) -> dict[str, Entry]:
        """Return the first entry of each name."""
        first: dict[str, dict[str, object]] = {}
        for name, item in self._named():
            first.setdefault(name, item)
        return {name: _entry(name, item) for name, item in first.items()}

    def _named(self) -> Iterator[tuple[str, dict[str, object]]]:
        services = self.whole.get("services")
        for item in services if isinstance(services, list) else ():
            if isinstance(item, dict) and isinstance(name := item.get("name"), str):
                yield name, item

    def age(self, now: datetime) -> timedelta | None:
        """Return how long ago the document was made; None where it does not say."""
        updated = self.whole.get("updated_at")
        try:
            moment = datetime.fromisoformat(updated) if isinstance(updated, str) else None
        except ValueError:
            return None
        return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) if moment else None

    def told(self) -> str:
        """Say how much is listed."""
        services = self.whole.get("services")
        count = len(services) if isinstance(services, list) else 0
        return f"lists {count or 'no'} service{'' if count == 1 else 's'}"

    def compact(self) -> str:
        """Return the document as one line of ASCII JSON."""
        return json.dumps(self.whole, separators=(",", ":"), allow_nan=False)


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
