"""ChittyConnect's discovery document, `/.well-known/chitty.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

from pydantic import ConfigDict, RootModel, model_validator


@dataclass(frozen=True, slots=True)
class Entry:
    """One service in the document; what is not a text there is None."""

    name: str
    url: str | None
    health: str | None


class Discovery(RootModel[dict[str, object]]):
    """The whole document: `pre` hands it on as an output. `services`, where there is one, must be a list."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if not isinstance(self.root.get("services"), list | None):
            raise ValueError("services is not a list")  # noqa: TRY004 - pydantic knows ValueError
        try:
            self.compact()
        except ValueError:
            raise ValueError("a number in it is beyond all bounds") from None
        return self

    def entry(self, name: str) -> Entry | None:
        """Return the first entry with this name."""
        services = self.root.get("services")
        for item in services if isinstance(services, list) else ():
            if isinstance(item, dict) and item.get("name") == name:
                return Entry(name, _text(item.get("url")), _text(item.get("health")))
        return None

    def told(self) -> str:
        """Say how much is listed."""
        services = self.root.get("services")
        count = len(services) if isinstance(services, list) else 0
        return f"lists {count or 'no'} service{'' if count == 1 else 's'}"

    def compact(self) -> str:
        """Return the document as one line of ASCII JSON."""
        return json.dumps(self.root, separators=(",", ":"), allow_nan=False)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
