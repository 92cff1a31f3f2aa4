"""What Cloudflare's API says of an account: its zones, routes, custom domains and Workers.

Every answer is an envelope: `success`, `errors` with code and message, `result`, and `result_info` where it has pages.
Source: Cloudflare's API, "List zones", "Workers Routes", "Workers Scripts", "Workers Domains".
"""

from __future__ import annotations

from typing import Self

from msgspec import Raw, Struct

from chitty_action.model.document import Document, decoded
from chitty_action.model.text import one_line


class ZoneRow(Struct, frozen=True):
    """One zone of the account."""

    id: str
    name: str


class RouteRow(Struct, frozen=True):
    """One route of a zone; `script` is None for a route without a Worker."""

    id: str
    pattern: str
    script: str | None = None


class DomainRow(Struct, frozen=True):
    """One custom domain of the account."""

    id: str
    hostname: str
    service: str
    zone_id: str = ""
    zone_name: str = ""


class ScriptRow(Struct, frozen=True):
    """One Worker; `id` is its name."""

    id: str


class _Error(Struct, frozen=True):
    code: int = 0
    message: str = ""


class _Pages(Struct, frozen=True):
    total_pages: int | None = None
    total_count: int | None = None


class _Envelope(Struct, frozen=True):
    success: bool = False
    errors: Raw = Raw(b"[]")
    result: Raw = Raw(b"null")
    result_info: Raw = Raw(b"{}")


def _opened(text: bytes | str) -> _Envelope:
    """Return a successful envelope. Raises ValueError, with Cloudflare's own words, for any other."""
    envelope = decoded(text, _Envelope)
    if not envelope.success:
        raise ValueError(f"Cloudflare says that it failed{errors_told(bytes(envelope.errors))}")
    return envelope


def errors_told(text: bytes) -> str:
    """Say the errors of an envelope, to stand behind a clause; nothing where they cannot be read."""
    return "".join(f": {error.code} {one_line(error.message, 80)}" for error in _errors(text)[:1])


def _errors(text: bytes) -> list[_Error]:
    try:
        return decoded(text, list[_Error])
    except ValueError:
        return []


class _InEnvelope(Document, frozen=True):
    """A list that comes in an envelope."""

    @classmethod
    def complaint(cls, body: bytes) -> str:
        """Return the messages of the envelope's errors."""
        try:
            errors = _errors(bytes(decoded(body, _Envelope).errors))
        except ValueError:
            return ""
        return one_line("; ".join(error.message for error in errors if error.message), 160)


class Zones(_InEnvelope, frozen=True):
    """One page of the account's zones."""

    rows: tuple[ZoneRow, ...]
    pages: int | None = None
    count: int | None = None

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything but a list of zones."""
        envelope = _opened(text)
        told = bytes(envelope.result_info)
        info = _Pages() if told == b"null" else decoded(told, _Pages)
        return cls(decoded(bytes(envelope.result), tuple[ZoneRow, ...]), info.total_pages, info.total_count)

    def told(self) -> str:
        """Say how many there are."""
        return _counted(len(self.rows), "zone")


class Routes(_InEnvelope, frozen=True):
    """The routes of one zone."""

    rows: tuple[RouteRow, ...]

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything but a list of routes."""
        return cls(decoded(bytes(_opened(text).result), tuple[RouteRow, ...]))

    def told(self) -> str:
        """Say how many there are."""
        return _counted(len(self.rows), "route")


class Domains(_InEnvelope, frozen=True):
    """The custom domains of the account."""

    rows: tuple[DomainRow, ...]

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything but a list of custom domains."""
        return cls(decoded(bytes(_opened(text).result), tuple[DomainRow, ...]))

    def told(self) -> str:
        """Say how many there are."""
        return _counted(len(self.rows), "custom domain")


class Scripts(_InEnvelope, frozen=True):
    """The Workers of the account."""

    rows: tuple[ScriptRow, ...]

    @classmethod
    def read(cls, text: bytes | str) -> Self:
        """Read JSON text. Raises ValueError, with what is wrong, for anything but a list of Workers."""
        return cls(decoded(bytes(_opened(text).result), tuple[ScriptRow, ...]))

    def told(self) -> str:
        """Say how many there are."""
        return _counted(len(self.rows), "Worker")


def _counted(number: int, what: str) -> str:
    return f"lists {number or 'no'} {what}{'' if number == 1 else 's'}"
