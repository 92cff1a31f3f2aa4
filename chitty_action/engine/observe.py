"""The verb *observe*: take readings and say what was seen. The only place that fans out."""

from __future__ import annotations

import asyncio
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from chitty_action.engine.interpret import interpret
from chitty_action.engine.mcp import list_tools
from chitty_action.model.exchange import Request, Retry
from chitty_action.model.observation import Absent, Blocked, Observation, Seen, Snapshot, Unfinished
from chitty_action.model.reading import By, NotFound, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chitty_action.model.document import Document
    from chitty_action.model.exchange import Answer, Failure
    from chitty_action.model.ports import Ports, Remote
    from chitty_action.model.reading import Source

D = TypeVar("D", bound="Document")

AT_ONCE = 64
"""Requests in flight at once, where no input says otherwise."""


async def observe(readings: Iterable[Reading[Any]], ports: Ports, at_once: int = AT_ONCE) -> Snapshot:
    """Take every reading once, at most `at_once` at a time; equal readings share their observation."""
    unique = tuple(dict.fromkeys(readings))
    await ports.remote.prepare(source.url for reading in unique for source in reading.sources)
    places = asyncio.Semaphore(at_once)

    async def one(reading: Reading[Any]) -> tuple[Reading[Any], Observation[Any]]:
        async with places:
            return reading, await take(reading, ports)

    return Snapshot(await asyncio.gather(*(one(reading) for reading in unique)))


async def take(reading: Reading[D], ports: Ports, retry: Retry = Retry.TRANSIENT) -> Observation[D]:
    """Ask the sources in order; the first that answers wins.

    A source that does not offer the path, does not know the subject, or is protected lets the next one speak. When
    none answers, one that does not know the subject counts first, then protection, then trouble, then unknown paths.
    """
    seen: list[Observation[D]] = []
    for source in reading.sources:
        observation = await interpret(
            await _asked(source, ports.remote, retry), source, reading.document, ports.projector
        )
        ports.log.debug(
            "reading.taken",
            url=source.url,
            seen=type(observation).__name__.lower(),
            status=observation.status,
            seconds=round(observation.elapsed or 0, 3),
        )
        if isinstance(observation, Seen):
            return observation
        if source.only_if_seen and seen:
            continue
        seen.append(observation)
        if not isinstance(observation, Absent | Blocked):
            break
    return min(seen, key=_standing)


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
