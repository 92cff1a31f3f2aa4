"""ChittyConnect's discovery document, `/.well-known/chitty.json`."""

from __future__ import annotations

import json
from typing import Self

from msgspec import Struct

from chitty_action.model.document import Document, decoded


class Entry(Struct, frozen=True):
    """One service in the document; what is not a text there is None."""

    name: str
    url: str | None
    health: str | None


class Discovery(Document, frozen=True):
    """The whole document: `pre` hands it on as an output. `services`, where there is one, must be a list."""

    whole: dict[str, object]

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything of another shape."""
        whole = decoded(text, dict[str, object])
        if not isinstance(whole.get("services"), list | None):
            raise ValueError("services is not a list")  # noqa: TRY004 - what a remote system says is a value
        return cls(whole)

    def entry(self, name: str) -> Entry | None:
        """Return the first entry with this name."""
        services = self.whole.get("services")
        for item in services if isinstance(services, list) else ():
            if isinstance(item, dict) and item.get("name") == name:
                return Entry(name, _text(item.get("url")), _text(item.get("health")))
        return None

    def told(self) -> str:
        """Say how much is listed."""
        services = self.whole.get("services")
        count = len(services) if isinstance(services, list) else 0
        return f"lists {count or 'no'} service{'' if count == 1 else 's'}"

    def compact(self) -> str:
        """Return the document as one line of ASCII JSON."""
        return json.dumps(self.whole, separators=(",", ":"), allow_nan=False)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
