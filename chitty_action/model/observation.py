"""What was seen when a reading was taken. "Down" is data here, never an exception, and means nothing yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from chitty_action.model.reading import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.model.reading import Generation, Reading

D = TypeVar("D")


class Look(Struct, frozen=True, kw_only=True, gc=False):
    """What every observation carries.

    Where it was taken, the HTTP status if one came, seconds, how many looks, and which generation of the API it was.
    """

    url: str = ""
    status: int | None = None
    elapsed: float | None = None
    looks: int = 1
    generation: Generation | None = None


class Seen(Look, Generic[D], frozen=True):
    """A 2xx whose body could be read as the document."""

    value: D


class Absent(Look, frozen=True):
    """404 and its kin: `what` says whether the subject or the capability is not there."""

    what: NotFound


class Blocked(Look, frozen=True):
    """This runner was not allowed to look: 401, 403, a bot challenge, an Access login, or 429 after the retries.

    `barred` where it was the challenge or the login: they stand before the host, and no token gets past them.
    """

    reason: str
    barred: bool = False


class Redirected(Look, frozen=True):
    """Another 3xx; `reason` names where to. No redirect is ever followed."""

    reason: str


class Rejected(Look, frozen=True):
    """Another 4xx: something answers, and did not like the request."""

    reason: str


class Unreachable(Look, frozen=True):
    """No answer, a 5xx, a TLS failure, or a body that is not what it claims to be."""

    reason: str


class Unprobeable(Look, frozen=True):
    """There is no usable address, or it is a private one: nothing was connected to."""

    reason: str


class Unfinished(Look, frozen=True):
    """The deadline or a signal came first; nothing is known."""

    reason: str


Observation = Seen[D] | Absent | Blocked | Redirected | Rejected | Unreachable | Unprobeable | Unfinished


def trouble(observation: Observation[D]) -> str:
    """Say in a few words what was seen instead of a document, for the middle of a sentence."""
    match observation:
        case Absent(what=NotFound.SUBJECT, status=status):
            return f"not known there, answered {status}"
        case Seen(status=status) | Absent(status=status):
            return f"answered {status}"
        case _:
            return observation.reason


class Snapshot:
    """Observations by reading, typed: `snapshot[reading_of_D]` is an `Observation[D]`."""

    __slots__ = ("_observations",)

    def __init__(self, observations: Iterable[tuple[Reading[object], Observation[object]]] = ()) -> None:
        """Take what was observed; a later pair replaces an earlier one of the same reading."""
        self._observations: Mapping[Reading[object], Observation[object]] = dict(observations)

    def __getitem__(self, reading: Reading[D]) -> Observation[D]:
        """Return what was seen. Raises KeyError for a reading that nobody declared."""
        return self._observations[reading]  # type: ignore[return-value,index]  # the key's type fixes the value's

    def __contains__(self, reading: Reading[object]) -> bool:
        """Whether the reading was taken."""
        return reading in self._observations

    def joined(self, other: Snapshot) -> Snapshot:
        """Return a snapshot of both; where both have a reading, the other's is newer."""
        return Snapshot({**self._observations, **other._observations}.items())
