"""The verb *observe*: take readings and say what was seen. The only place that fans out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from chitty_action.engine.crowd import Crowd, host_of
from chitty_action.engine.interpret import interpret
from chitty_action.engine.mcp import list_tools
from chitty_action.model.exchange import Request, Retry
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Redirected,
    Rejected,
    Seen,
    Snapshot,
    Unfinished,
    Unreachable,
)
from chitty_action.model.reading import By, NotFound, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from chitty_action.model.document import Document
    from chitty_action.model.exchange import Answer, Failure
    from chitty_action.model.ports import Ports, Remote
    from chitty_action.model.reading import Source

D = TypeVar("D", bound="Document")
P = TypeVar("P", bound="Hashable")

_TROUBLE = (Unreachable, Redirected)
_TIMES_OUT = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})
"""Refusals that say nothing of what was asked for."""


class Pace(Struct, frozen=True):
    """How hard the others may be asked.

    Attributes:
        at_once: requests in flight at once.
        limits: shares of hosts that bear more, or less, than the usual one.
        budget: seconds for everything; what is not seen then is unfinished.
    """

    at_once: int = 64
    limits: Mapping[str, int] = field(default_factory=dict)
    budget: float | None = None


async def observe(readings: Iterable[Reading[Any]], ports: Ports, pace: Pace | None = None) -> Snapshot:
    """Take every reading once; equal readings share their observation."""
    seen = await observe_each(readings, lambda reading: reading, ports, pace or Pace())
    return Snapshot(seen.items())


async def observe_each(
    pieces: Iterable[P], reading_of: Callable[[P], Reading[D]], ports: Ports, pace: Pace
) -> dict[P, Observation[D]]:
    """Take the reading of every piece once, and return what was seen by piece.

    A reading is made whenever it is needed, because thousands of them take more memory than what they show.
    A host gets a bounded share of what is in flight; one that answers 429 gets half from then on.
    """
    unique = tuple(dict.fromkeys(pieces))
    await ports.remote.prepare(source.url for piece in unique for source in reading_of(piece).sources)

    def host(piece: P) -> str:
        return host_of(reading_of(piece).sources[0].url)

    crowd = Crowd(((host(piece), piece) for piece in unique), pace.limits)
    seen: dict[P, Observation[D]] = {}

    async def one(piece: P) -> None:
        def hear(exchange: Answer | Failure) -> None:
            if exchange.throttled:
                crowd.calm(host(piece))

        seen[piece] = await take(reading_of(piece), ports, hear=hear)
        ports.progress(len(seen), len(unique))

    with suppress(TimeoutError):
        await asyncio.wait_for(crowd.run(one, pace.at_once), pace.budget)
    unfinished = Unfinished(f"looking took longer than {pace.budget or 0:.0f} s")
    for piece in unique:
        seen.setdefault(piece, unfinished)
    return seen


async def take(
    reading: Reading[D],
    ports: Ports,
    retry: Retry = Retry.TRANSIENT,
    hear: Callable[[Answer | Failure], None] = lambda _exchange: None,
) -> Observation[D]:
    """Ask the sources in order; the first that answers wins.

    A source that does not offer the path, does not know the subject, is protected, or rejects the request lets the
    next one speak; one in trouble only where it yields, and then its trouble stands unless a document comes. When none
    answers, one that does not know the subject counts first, then protection, then trouble, then unknown paths.
    """
    seen: list[Observation[D]] = []
    for source in reading.sources:
        # Who does not know the subject has answered; the others are asked once, only to be sure.
        is_answered = any(isinstance(one, Absent) and one.what is NotFound.SUBJECT for one in seen)
        exchange = await _asked(source, ports.remote, Retry.NEVER if is_answered else retry)
        hear(exchange)
        observation = await interpret(exchange, source, reading.document, ports.projector)
        ports.log.debug(
            "reading.taken",
            url=source.url,
            seen=type(observation).__name__.lower(),
            status=observation.status,
            seconds=round(observation.elapsed or 0, 3),
        )
        if isinstance(observation, Seen):
            return observation
        if seen and (source.only_if_seen or isinstance(seen[-1], _TROUBLE)):
            continue
        seen.append(observation)
        if not _yields(source, observation):
            break
    return min(seen, key=_standing)


def _yields(source: Source, observation: Observation[Any]) -> bool:
    """Whether the next source may speak."""
    if isinstance(observation, _TROUBLE):
        return source.yields_in_trouble
    if isinstance(observation, Rejected):
        return observation.status not in _TIMES_OUT
    return isinstance(observation, Absent | Blocked)


async def _asked(source: Source, remote: Remote, retry: Retry) -> Answer | Failure:
    if source.by is By.MCP:
        return await list_tools(source, remote, retry)
    return await remote.ask(Request("GET", source.url, credential=source.credential, retry=retry))


def _standing(observation: Observation[Any]) -> int:
    match observation:
        case Absent(what=NotFound.CAPABILITY):
            return 3
        case Absent():
            return 0
        case Blocked():
            return 1
        case _:
            return 2


async def observe_until(
    reading: Reading[D], done: Callable[[Observation[D]], bool], budget: float, ports: Ports
) -> Observation[D]:
    """Take one reading again and again until it is `done` or `budget` seconds are over; it counts its looks.

    Looks come after pauses of 1, 2, 4, 5, 5 … seconds with jitter and are not retried by themselves; without a
    budget there is one look, retried as any other.
    """
    if budget <= 0:
        return await take(reading, ports)
    ends = ports.clock.elapsed() + budget
    pauses = chain((1.0, 2.0, 4.0), repeat(5.0))
    last = await take(reading, ports, Retry.NEVER)
    while not done(last) and not ports.clock.ended() and (left := ends - ports.clock.elapsed()) > 0:
        ports.log.info("reading.awaited", url=last.url, look=last.looks, seconds_left=round(left, 1))
        await ports.clock.sleep(min(ports.clock.jittered(next(pauses)), left))
        seen = await take(reading, ports, Retry.NEVER)
        if isinstance(seen, Unfinished):
            break  # what was seen before is more than that
        last = replace(seen, looks=last.looks + 1)
    return last
