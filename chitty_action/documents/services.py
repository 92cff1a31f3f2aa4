"""The list of all services: the design's `services[]`, the deployed registry's `tools[]`, or the discovery document's.

Rows of three kinds live in them, often side by side: those that the registry's worker writes (`endpoints` is a list of
whole URLs), those that were seeded in bulk (an object of paths beside a `hostname`), and the design's, often a name
only. Any member may have any type, and no row hides the others.
"""

from __future__ import annotations

import json
import re
from typing import Self

from msgspec import Raw, Struct

from chitty_action.model.address import is_whole
from chitty_action.model.document import Document, decoded

LONGEST_WORKER = 255

_WEB = re.compile(r"https?://", re.IGNORECASE)


class Row(Struct, frozen=True):
    """What of a row matters; what is not a text there is None.

    Attributes:
        position: counted from 1.
        name: as it stands there, and any text at all.
        entity_type: likewise; what is neither a text nor missing is its JSON.
        subtype: likewise.
        is_deployed: whether the row has the identity that only the deployed registry gives.
        health: what the row calls its health endpoint: an http or https URL, or a path.
        endpoints: its other endpoints: URLs of these kinds, and paths.
        site: the URL or host that the row names for the whole service.
        worker: the Worker that serves it, by its name among the account's.
    """

    position: int
    name: str | None = None
    entity_type: str | None = None
    subtype: str | None = None
    is_deployed: bool = False
    health: str | None = None
    endpoints: tuple[str, ...] = ()
    site: str | None = None
    worker: str | None = None


class Services(Document, frozen=True):
    """Every row of the list, in its order."""

    rows: tuple[Row, ...]

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, when there is no list in it."""
        listing = decoded(text, _Listing)
        if b"false" in {bytes(listing.success), bytes(listing.ok)}:
            raise ValueError("it says that the look-up failed")
        for member in (listing.services, listing.tools):  # not copied: they may be large
            if bytes(memoryview(member)[:1]) == b"[":
                return cls(tuple(_row(*numbered) for numbered in enumerate(decoded(member, list[Raw]), 1)))
        raise ValueError("there is no list of services or tools")

    def told(self) -> str:
        """Say how much is listed."""
        count = len(self.rows)
        return f"lists {count or 'no'} service{'' if count == 1 else 's'}"


class _Listing(Struct, frozen=True):
    """The document, its members unread."""

    services: Raw = Raw()
    tools: Raw = Raw()
    success: Raw = Raw()
    ok: Raw = Raw()


class _Members(Struct, frozen=True):
    """The members of a row that matter, of any type."""

    name: object = None
    chitty_id: object = None
    id: object = None
    did: object = None
    entity_type: object = None
    subtype: object = None
    endpoints: object = None
    health: object = None
    url: object = None
    hostname: object = None
    worker: object = None
    metadata: object = None


def _row(position: int, raw: Raw) -> Row:
    try:
        members = decoded(bytes(raw), _Members)
    except ValueError:
        return Row(position)
    metadata = members.metadata if isinstance(members.metadata, dict) else {}
    called, endpoints = _endpoints(members.endpoints)
    return Row(
        position,
        name=members.name if isinstance(members.name, str) else None,
        entity_type=_word(members.entity_type),
        subtype=_word(members.subtype),
        is_deployed=_is_deployed(members),
        health=called or _address(members.health),
        endpoints=endpoints,
        site=_text(members.url) or _text(members.hostname) or _text(metadata.get("domain")),
        worker=_worker(members.worker) or _worker(metadata.get("worker")),
    )


def _endpoints(value: object) -> tuple[str | None, tuple[str, ...]]:
    """Return the endpoint that is called `health`, and the others; only an object has names for them."""
    match value:
        case dict():
            others = (text for key, item in value.items() if key != "health" and (text := _endpoint(item)))
            return _endpoint(value.get("health")), tuple(others)
        case list():
            return None, tuple(text for item in value if (text := _endpoint(item)))
        case _:
            return None, tuple(text for text in (_endpoint(value),) if text)


def _endpoint(value: object) -> str | None:
    """Leave out what HTTP cannot ask: a socket, or a canonical name such as `chittycanon://core/services/x`."""
    text = _text(value)
    return None if text and is_whole(text) and not _WEB.match(text) else text


def _address(health: object) -> str | None:
    """Tell an address (the discovery document's) from a word such as "unknown" (the registry's)."""
    text = _endpoint(health)
    return text if text and (text.startswith("/") or is_whole(text)) else None


def _worker(value: object) -> str | None:
    text = _text(value)
    return text if text and len(text) <= LONGEST_WORKER else None


def _is_deployed(members: _Members) -> bool:
    is_did = isinstance(members.id, str) and members.id.startswith("did:")
    return is_did or any((_text(members.chitty_id), _text(members.did), _word(members.entity_type)))


def _word(value: object) -> str | None:
    return _text(value) if value is None or isinstance(value, str) else json.dumps(value)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
