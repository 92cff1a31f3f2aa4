from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from chitty_action.documents.tools import Tools
from chitty_action.ecosystem import discovery, health_at, mcp_tools, registered
from chitty_action.engine.observe import Pace, observe, observe_each, take
from chitty_action.model.exchange import Answer, Failure, Mishap, Retry
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unreachable,
)
from chitty_action.model.reading import Credential, NotFound, Projection, Reading, Source
from tests.world import HUB, FakeLog, FakeRemote, json_answer, no_answer, ports

COUNT = Projection("{count: (.tools | length)}")
FIRST, SECOND = "https://new.example/tools", "https://old.example/tools"
SEEN = json_answer({"tools": ["a", "b"]})
NO_SUBJECT, NO_PATH, FORBIDDEN = json_answer({"error": "Tool not found"}, 404), Answer(405), Answer(403)
TWO = Reading((Source(FIRST, NotFound.SUBJECT, COUNT), Source(SECOND, NotFound.SUBJECT, COUNT)), Tools)


async def _take(first: Answer | Failure, second: Answer | Failure) -> tuple[Observation[Tools], FakeRemote]:
    remote = FakeRemote({("GET", FIRST): first, ("GET", SECOND): second})
    return await take(TWO, ports(remote)), remote


async def test_the_first_source_that_answers_wins() -> None:
    """The second is then not asked at all."""
    observation, remote = await _take(SEEN, NO_PATH)
    assert isinstance(observation, Seen)
    assert observation.value.count == 2
    assert remote.asked == [("GET", FIRST)]


@pytest.mark.parametrize(
    "first", [NO_PATH, NO_SUBJECT, FORBIDDEN, Answer(401), Answer(404, {}, b"404 Not Found"), Answer(400), Answer(406)]
)
async def test_absent_blocked_and_rejected_let_the_next_source_speak(first: Answer) -> None:
    """Another generation of the API may know, or may be open to us; MCP servers answer a plain GET with 400 or 406."""
    observation, _ = await _take(first, SEEN)
    assert isinstance(observation, Seen)
    assert observation.url == SECOND


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (Answer(500), Unreachable),
        (no_answer(), Unreachable),
        (Answer(200, {}, b"<html>"), Unreachable),
        (Answer(302, {"location": "/x"}), Redirected),
    ],
)
async def test_a_source_in_trouble_is_not_passed_over(first: Answer | Failure, kind: type) -> None:
    """What is down does not become true somewhere else."""
    observation, remote = await _take(first, SEEN)
    assert isinstance(observation, kind)
    assert remote.asked == [("GET", FIRST)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (FORBIDDEN, NO_PATH, Blocked),
        (NO_PATH, FORBIDDEN, Blocked),
        (NO_SUBJECT, FORBIDDEN, NotFound.SUBJECT),
        (NO_SUBJECT, NO_PATH, NotFound.SUBJECT),
        (NO_PATH, NO_SUBJECT, NotFound.SUBJECT),
        (NO_PATH, NO_PATH, NotFound.CAPABILITY),
        (Answer(400), NO_SUBJECT, NotFound.SUBJECT),
        (Answer(400), FORBIDDEN, Blocked),
        (Answer(400), NO_PATH, Rejected),
        (Answer(400), Answer(500), Rejected),
    ],
)
async def test_when_none_answers_the_strongest_word_stands(
    first: Answer, second: Answer, expected: type[Blocked | Rejected] | NotFound
) -> None:
    """Unknown subject before protected before trouble before unknown path."""
    observation, _ = await _take(first, second)
    if isinstance(expected, NotFound):
        assert isinstance(observation, Absent)
        assert observation.what is expected
    else:
        assert isinstance(observation, expected)


@pytest.mark.parametrize(("first", "retry"), [(NO_SUBJECT, Retry.NEVER), (NO_PATH, Retry.TRANSIENT)])
async def test_who_is_asked_only_to_be_sure_is_asked_once(first: Answer, retry: Retry) -> None:
    """A gatekeeper that is down must not hold up a run which the registry has answered."""
    _, remote = await _take(first, NO_PATH)
    assert [request.retry for request in remote.requests] == [Retry.TRANSIENT, retry]


@pytest.mark.parametrize("first", [NO_SUBJECT, FORBIDDEN])
async def test_what_was_said_before_stands_against_later_trouble(first: Answer) -> None:
    """The registry's word, or its protection, is not undone by a gatekeeper that is down."""
    alone, _ = await _take(first, NO_PATH)
    followed, _ = await _take(first, Answer(500))
    assert followed == alone


@pytest.mark.parametrize("first", [Answer(500), no_answer(), Answer(200, {}, b"<html>"), Answer(302)])
async def test_a_source_that_yields_in_trouble_lets_the_next_one_speak(first: Answer | Failure) -> None:
    """And where that one has no document to show, the trouble stands, whatever else came."""
    yielding = Reading((replace(TWO.sources[0], yields_in_trouble=True), TWO.sources[1]), Tools)
    alone = await take(TWO, ports(FakeRemote({("GET", FIRST): first})))
    remote = FakeRemote({("GET", FIRST): first, ("GET", SECOND): SEEN})
    assert isinstance(await take(yielding, ports(remote)), Seen)
    for second in (NO_SUBJECT, FORBIDDEN, NO_PATH, Answer(503)):
        remote = FakeRemote({("GET", FIRST): first, ("GET", SECOND): second})
        assert await take(yielding, ports(remote)) == alone


@pytest.mark.parametrize("mishap", [Mishap.UNFINISHED, Mishap.UNPROBEABLE])
async def test_what_was_not_asked_at_all_is_no_trouble_to_yield_in(mishap: Mishap) -> None:
    """The time is up for the next one too, and an address that is wrong is to be corrected."""
    yielding = Reading((replace(TWO.sources[0], yields_in_trouble=True), TWO.sources[1]), Tools)
    remote = FakeRemote({("GET", FIRST): no_answer(mishap)})
    await take(yielding, ports(remote))
    assert remote.asked == [("GET", FIRST)]


@pytest.mark.parametrize("second", [Answer(502), no_answer(), FORBIDDEN, NO_PATH])
async def test_of_a_hopeful_source_only_a_document_counts(second: Answer | Failure) -> None:
    """The deployed gateway answers 502 for a name that it does not know, which is no outage."""
    hopeful = Reading((TWO.sources[0], replace(TWO.sources[1], only_if_seen=True)), Tools)
    remote = FakeRemote({("GET", FIRST): NO_PATH, ("GET", SECOND): second})
    assert isinstance(await take(hopeful, ports(remote)), Absent)
    remote = FakeRemote({("GET", FIRST): NO_PATH, ("GET", SECOND): SEEN})
    assert isinstance(await take(hopeful, ports(remote)), Seen)


async def test_a_read_is_retried_and_carries_only_its_own_credential() -> None:
    """Unless the caller asks again by itself."""
    reading = mcp_tools(HUB, "alpha")
    remote = FakeRemote({("GET", reading.sources[0].url): SEEN})
    await take(reading, ports(remote))
    await take(reading, ports(remote), Retry.NEVER)
    assert [request.retry for request in remote.requests] == [Retry.TRANSIENT, Retry.NEVER]
    assert {request.credential for request in remote.requests} == {Credential.API_KEY}
    assert {request.body for request in remote.requests} == {None}


async def test_equal_readings_are_taken_once() -> None:
    """However many checks declare them."""
    remote = FakeRemote(
        {
            ("GET", "https://connect.example/.well-known/chitty.json"): json_answer({"services": []}),
            ("GET", "https://registry.example/api/services/alpha"): json_answer({"name": "alpha"}),
        }
    )
    snapshot = await observe([discovery(HUB), registered(HUB, "alpha"), discovery(HUB)], ports(remote))
    assert len(remote.requests) == 2
    assert isinstance(snapshot[discovery(HUB)], Seen)
    assert isinstance(snapshot[registered(HUB, "alpha")], Seen)


async def test_every_source_is_prepared_before_anything_is_asked() -> None:
    """Names are resolved all at once."""
    remote = FakeRemote({("GET", FIRST): SEEN})
    await observe([TWO], ports(remote))
    assert remote.prepared == [FIRST, SECOND]


async def test_nothing_to_observe_is_an_empty_snapshot() -> None:
    """Every check may be skipped."""
    snapshot = await observe([], ports(FakeRemote({})))
    with pytest.raises(KeyError):
        snapshot[TWO]


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (3, 3), (64, 10)])
async def test_requests_in_flight_are_bounded(at_once: int, most: int) -> None:
    """And there are as many as the bound allows."""
    readings = [health_at(f"https://s{number}.example/health", None) for number in range(10)]
    remote = FakeRemote({("GET", reading.sources[0].url): SEEN for reading in readings})
    await observe(readings, ports(remote), Pace(at_once))
    assert remote.most_in_flight == most


async def test_pieces_are_taken_by_readings_that_are_made_when_they_are_needed() -> None:
    """Each once; what was seen is known by the piece, and what there was no time for is unfinished."""
    urls = [f"https://s{number}.example/health" for number in range(3)]
    remote = FakeRemote({("GET", url): SEEN for url in urls})
    seen = await observe_each([*urls, *urls], lambda url: health_at(url, None), ports(remote), Pace())
    assert [*seen] == urls
    assert [observation.url for observation in seen.values()] == urls
    assert sorted(remote.asked) == [("GET", url) for url in urls]
    late = await observe_each(urls, lambda url: health_at(url, None), ports(FakeRemote({})), Pace(budget=0))
    assert late == dict.fromkeys(urls, Unfinished("looking took longer than 0 s"))


async def test_one_reading_in_trouble_leaves_the_others_alone() -> None:
    """To be down is data, never an exception."""
    good, bad = mcp_tools(HUB, "good"), mcp_tools(HUB, "bad")
    remote = FakeRemote(
        {
            ("GET", good.sources[0].url): SEEN,
            ("GET", bad.sources[0].url): Failure(Mishap.BROKEN, "the body was cut short"),
        }
    )
    snapshot = await observe([bad, good], ports(remote))
    assert isinstance(snapshot[good], Seen)
    assert isinstance(snapshot[bad], Unreachable)


async def test_a_reading_leaves_a_trace_in_the_log() -> None:
    """With where, what and how long, as values that JSON can hold."""
    log = FakeLog()
    slow = replace(SEEN, elapsed=0.123_456)
    await take(TWO, ports(FakeRemote({("GET", FIRST): FORBIDDEN, ("GET", SECOND): slow}), log=log))
    assert log.events == [
        ("reading.taken", {"url": FIRST, "seen": "blocked", "status": 403, "seconds": 0}),
        ("reading.taken", {"url": SECOND, "seen": "seen", "status": 200, "seconds": 0.123}),
    ]
    json.dumps(log.events)
