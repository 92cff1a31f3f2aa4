from __future__ import annotations

import asyncio
import time

import pytest

from chitty_action.adapters.clock import Deadline


def test_a_fresh_clock_has_time() -> None:
    """Nothing ended, and what is left shrinks."""
    clock = Deadline(10)
    assert clock.ended() is None
    assert not clock.overdue()
    assert 9 < clock.left() <= 10
    assert clock.started() <= clock.now()


def test_the_deadline_ends_the_time() -> None:
    """It says which deadline it was, and that it was the deadline."""
    clock = Deadline(0.01)
    time.sleep(0.02)
    assert clock.left() == 0
    assert clock.overdue()
    assert clock.ended() == "the deadline of 0.01 s was reached"
    assert clock.elapsed() >= 0.02


async def test_a_sleep_ends_with_the_deadline() -> None:
    """Nobody oversleeps, and sleeping again does not wait at all."""
    clock = Deadline(0.1)
    began = time.monotonic()
    await clock.sleep(30)
    await clock.sleep(30)
    assert 0.1 <= time.monotonic() - began < 1


async def test_a_limit_is_the_shorter_of_both() -> None:
    """What happens inside is cut off by its own bound or by the deadline."""
    for clock, seconds in ((Deadline(30), 0.05), (Deadline(0.05), 30)):
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            async with clock.limit(seconds):
                await asyncio.sleep(30)
        assert time.monotonic() - began < 1


async def test_stop_wakes_everybody() -> None:
    """Sleepers return, limits end, and the reason is that of the signal."""
    clock = Deadline(30)

    async def limited() -> str:
        try:
            async with clock.limit(30):
                await asyncio.sleep(30)
        except TimeoutError:
            return "cut off"
        return "finished"

    async with asyncio.timeout(2):
        waiting = asyncio.gather(clock.sleep(30), limited(), clock.sleep(30))
        await asyncio.sleep(0.01)
        clock.stop("it was stopped by SIGTERM")
        clock.stop("it was stopped by SIGTERM")
        slept, cut_off, slept_too = await waiting
    assert (slept, cut_off, slept_too) == (None, "cut off", None)
    assert clock.ended() == "it was stopped by SIGTERM"
    assert not clock.overdue()
    assert clock.left() == 0


async def test_nobody_waits_after_a_stop() -> None:
    """What begins afterwards ends at once."""
    clock = Deadline(30)
    clock.stop("it was stopped by SIGINT")
    async with asyncio.timeout(1):
        await clock.sleep(30)


def test_pauses_are_jittered() -> None:
    """Within a quarter, and not always the same."""
    pauses = {Deadline(1).jittered(4) for _ in range(50)}
    assert len(pauses) > 1
    assert 3 <= min(pauses) <= max(pauses) <= 5


def test_pauses_after_a_collision_are_anywhere() -> None:
    """From none at all to the whole, so that those who collided part."""
    pauses = {Deadline(1).below(4) for _ in range(50)}
    assert max(pauses) - min(pauses) > 1
    assert 0 <= min(pauses) <= max(pauses) <= 4
