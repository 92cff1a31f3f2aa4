"""One HTTP exchange as values: what is asked, and what came of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chitty_action.model.reading import Credential


CHALLENGE = "cf-mitigated"
"""The header of Cloudflare's bot challenges."""
_SERVER_ERROR, _NOT_IMPLEMENTED = range(500, 600), 501


class Retry(StrEnum):
    """When a request is tried again (interface, section 9).

    TRANSIENT: after connection and TLS failures, timeouts, 408, 425, 429, 500, 502, 503 and 504.
    UNANSWERED: only when no response arrived at all, for a write that is neither keyed nor idempotent.
    UNSENT: only when no connection could be made, for a write that must not be done twice.
    NEVER: the caller asks again by itself.
    """

    TRANSIENT = "transient"
    UNANSWERED = "unanswered"
    UNSENT = "unsent"
    NEVER = "never"


class Request(Struct, frozen=True):
    """One request; `body` is JSON text. The credential is attached by the HTTP adapter, by exact origin."""

    method: str
    url: str
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    credential: Credential | None = None
    retry: Retry = Retry.TRANSIENT
    until: Callable[[bytearray], bool] | None = None
    """For a stream that may stay open: whether what has arrived is all that is waited for."""


class Answer(Struct, frozen=True):
    """A whole response: lower-case header names, the bounded body, seconds from the send to the last byte."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    elapsed: float = 0.0
    doubted: bool = False
    """An earlier try of the same request may have been carried out."""
    throttled: bool = False
    """This or an earlier try was answered with 429: the host wants fewer requests."""


class Mishap(StrEnum):
    """Why there is no whole response."""

    UNPROBEABLE = "unprobeable"  # nothing was connected to: no usable, or a private address
    UNCONNECTED = "unconnected"  # no connection could be made, so nothing was sent
    UNANSWERED = "unanswered"  # no response line arrived
    BROKEN = "broken"  # a response began and did not arrive whole
    OVERSIZE = "oversize"  # the body is over the bound; read no further
    REFUSED = "refused"  # a whole answer came, and says by itself that it is none
    UNFINISHED = "unfinished"  # the deadline or a signal came first


class Failure(Struct, frozen=True):
    """No whole response; `reason` fits in the middle of a sentence."""

    mishap: Mishap
    reason: str
    elapsed: float = 0.0
    status: int | None = None
    doubted: bool = False
    """An earlier try of the same request may have been carried out."""
    throttled: bool = False
    """This or an earlier try was answered with 429: the host wants fewer requests."""


def leaves_open(exchange: Answer | Failure) -> bool:
    """Whether it is not known what became of a write: a lost answer or a server's error says neither."""
    if isinstance(exchange, Failure):
        return exchange.mishap not in {Mishap.UNPROBEABLE, Mishap.UNCONNECTED}
    if CHALLENGE in exchange.headers:
        return False  # Cloudflare answered before the host saw anything
    return exchange.status in _SERVER_ERROR and exchange.status != _NOT_IMPLEMENTED
