from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.engine.crowd import OF_ONE_HOST, Crowd, host_of

HOSTS = st.sampled_from(["a", "b", "c", "gateway"])


class Counted:
    """Work that notes who is in flight; every piece gives the others their turn a few times."""

    def __init__(self) -> None:
        """Begin with nothing in flight."""
        self.flying: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.most_of_all = 0
        self.done: list[tuple[str, int]] = []

    async def do(self, work: tuple[str, int]) -> None:
        """Be in flight for a while."""
        host, piece = work
        self.flying[host] = self.flying.get(host, 0) + 1
        self.most[host] = max(self.most.get(host, 0), self.flying[host])
        self.most_of_all = max(self.most_of_all, sum(self.flying.values()))
        for _ in range(piece % 4 + 1):
            await asyncio.sleep(0)
        self.flying[host] -= 1
        self.done.append(work)


def crowd_of(work: list[tuple[str, int]], limits: dict[str, int] | None = None) -> Crowd[tuple[str, int]]:
    """Make a crowd whose pieces know their host."""
    return Crowd(((piece[0], piece) for piece in work), limits or {})


@given(work=st.lists(st.tuples(HOSTS, st.integers(0, 9)), max_size=120), at_once=st.integers(1, 50))
def test_everything_is_done_once_within_all_bounds(work: list[tuple[str, int]], at_once: int) -> None:
    """The whole crowd, each host, and the gateway that bears more."""
    counted = Counted()
    asyncio.run(crowd_of(work, {"gateway": 32}).run(counted.do, at_once))
    assert sorted(counted.done) == sorted(work)
    assert counted.most_of_all <= at_once
    assert all(most <= (32 if host == "gateway" else OF_ONE_HOST) for host, most in counted.most.items())


async def test_a_busy_host_holds_up_nobody_else() -> None:
    """While its share is in flight, the other places go to the others."""
    counted = Counted()
    await crowd_of([("a", 3)] * 40 + [("b", 3)] * 8).run(counted.do, 16)
    assert counted.most == {"a": OF_ONE_HOST, "b": OF_ONE_HOST}
    assert counted.most_of_all == 2 * OF_ONE_HOST


async def test_hosts_with_one_piece_fill_the_places_that_a_busy_one_leaves() -> None:
    """The busy one goes first; the others come in their order, all of them, and are not counted against it."""
    counted, alone = Counted(), [(f"alone-{number}", 3) for number in range(20)]
    await crowd_of([*alone, *[("busy", 3)] * 16]).run(counted.do, 12)
    assert counted.most_of_all == 12
    assert counted.done[:OF_ONE_HOST] == [("busy", 3)] * OF_ONE_HOST
    assert [work for work in counted.done if work[0] != "busy"] == alone


async def test_a_host_that_has_had_enough_gets_half_from_then_on() -> None:
    """Each complaint halves what is left of its share, down to one."""
    crowd = crowd_of([("a", 0)] * 60, {"a": 32})
    counted, complaints = Counted(), [10, 11, 12, 13, 14, 15, 16]
    after: list[int] = []

    async def do(work: tuple[str, int]) -> None:
        await counted.do(work)
        if len(counted.done) in complaints:
            crowd.calm("a")
        if len(counted.done) > 50:
            after.append(counted.flying["a"])

    await crowd.run(do, 64)
    assert len(counted.done) == 60
    assert max(after) == 0, "one at a time: when one has landed, none is in flight"


async def test_trouble_in_a_piece_is_not_swallowed() -> None:
    """A mistake of ours ends the run; it does not hang it."""

    async def do(piece: int) -> None:
        if piece == 2:
            raise LookupError("two")
        await asyncio.sleep(0)

    with pytest.raises(LookupError, match="two"):
        await asyncio.wait_for(Crowd([("a", piece) for piece in range(30)], {}).run(do, 4), 5)


async def test_nothing_to_do_is_done_at_once() -> None:
    """An empty registry."""
    await crowd_of([]).run(Counted().do, 64)


def test_hosts_are_told_apart_by_name_and_port() -> None:
    """Two ports are two servers."""
    assert host_of("https://A.example/x") == "a.example:443"
    assert host_of("http://127.0.0.1:8080/") == "127.0.0.1:8080"
