from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chitty_action import ecosystem
from chitty_action.adapters.projection import Projector
from chitty_action.adapters.retry import retry_after
from chitty_action.changes.exercise_context import ExerciseContext
from chitty_action.checks import checks_of
from chitty_action.documents.discovery import Discovery
from chitty_action.documents.health import describe, evidence
from chitty_action.engine.interpret import interpret
from chitty_action.engine.judge import judge
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import Seen, Snapshot, trouble
from chitty_action.model.subject import Phase
from tests.attack.material import bounded, bytes_like, fill, one_sentence
from tests.world import HUB, STARTED, SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.model.exchange import Request
    from chitty_action.model.observation import Observation
    from chitty_action.model.reading import Reading

READINGS: dict[str, Reading[Any]] = {
    "health": ecosystem.health_at("https://alpha.example/health", None),
    "discovery": ecosystem.discovery(HUB),
    "registered": ecosystem.registered(HUB, "alpha"),
    "routes": ecosystem.route_conflicts(HUB, "alpha"),
    "tools": ecosystem.mcp_tools(HUB, "alpha"),
}
SAMPLES = {
    "health": [
        b'{"status": "ok", "service": "alpha", "version": "1.2.3", "timestamp": "2026-01-02T03:04:05.678Z"}',
        b'{"success": true, "data": {"status": "gateway operational", "checks": [{"name": "d1", "ms": 1.5}]}}',
        b'{"status": 200}',
    ],
    "discovery": [
        (
            b'{"version": "1.0.0", "updated_at": "2026-01-02T03:04:05Z", "services": [{"name": "alpha", "url":'
            b' "https://alpha.example", "health": "https://alpha.example/health", "status": "active"}]}'
        ),
    ],
    "registered": [b'{"name": "alpha", "version": "1.2.3", "endpoints": {"api": null}, "status": "active"}'],
    "routes": [
        (
            b'{"routes": [{"service": "alpha", "pattern": "a.example/*"}], "conflicts": [{"service": "alpha", "route":'
            b' "a.example/*", "claimants": ["alpha", {"name": "beta"}]}, {"service": "alpha", "conflicts_with": "b"}]}'
        ),
    ],
    "tools": [b'{"tools": [{"name": "alpha_status", "inputSchema": {"type": "object"}}]}'],
}
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "text/html", "application/problem+json; charset=x", ""]),
        "location": st.text(max_size=12)
        | st.sampled_from(["https://[", "//x", "https://x.cloudflareaccess.com", "\x1b"]),
        "retry-after": st.text(max_size=12),
        "cf-mitigated": st.just("challenge"),
    },
)


class TaskApi:
    """Answers a creation with a body, and accepts whatever is completed."""

    def __init__(self, body: bytes) -> None:
        """Take the body."""
        self._created = Answer(200, {"content-type": "application/json"}, body)
        self.completed: list[str] = []

    async def prepare(self, urls: Iterable[str]) -> None:
        """Resolve nothing."""

    async def ask(self, request: Request) -> Answer:
        """Answer, and keep the address of a completion."""
        if request.method == "POST":
            return self._created
        self.completed.append(request.url)
        return Answer(200)


def sayable(observation: Observation[Any]) -> None:
    """Insist that whatever was seen can be told in one line."""
    if isinstance(observation, Seen):
        one_sentence(observation.value.told())
    else:
        one_sentence(trouble(observation))


def judged(reading: Reading[Any], observation: Observation[Any]) -> None:
    """Insist that every check that needs this reading has a finding of one line, or none."""
    for phase in (Phase.PRE, Phase.POST):
        concerned = [check for check in checks_of(phase) if {*check.readings(SUBJECT)} == {reading}]
        for outcome in judge(concerned, SUBJECT, Snapshot([(reading, observation)])):
            for finding in outcome.findings:
                one_sentence(finding.message)


@pytest.mark.parametrize("name", READINGS)
@settings(deadline=None)
@given(data=st.data(), status=st.sampled_from([200, 200, 200, 201, 204, 302, 403, 404, 500]), headers=HEADERS)
async def test_a_damaged_document_is_seen_or_said(
    name: str, data: st.DataObject, status: int, headers: dict[str, str]
) -> None:
    """One observation, one sentence, and the checks can judge it."""
    body = data.draw(bytes_like(*SAMPLES[name]))
    reading = READINGS[name]
    async with Projector() as projector:
        with bounded():
            observation = await interpret(
                Answer(status, headers, body), reading.sources[0], reading.document, projector
            )
            sayable(observation)
            judged(reading, observation)
    if name == "health":
        one_sentence(str(evidence(observation)), describe(observation))
    if isinstance(observation, Seen) and isinstance(observation.value, Discovery):
        compact = observation.value.compact()
        assert compact.isascii()
        assert compact.splitlines() == [compact]
        # Half a surrogate pair is read as the replacement character: it must not hide the rest.
        keys = {_HALF.sub("\N{REPLACEMENT CHARACTER}", key) for key in json.loads(body.removeprefix(b"\xef\xbb\xbf"))}
        assert json.loads(compact).keys() == keys


_HALF = re.compile("[\ud800-\udfff]")
FILLINGS = ["[", '{"a":', '"a%d":1,', "1", '"', "\\u0041", "\\ud800", " ", '{"name":"alpha"},', "[],", "\x00", "1e9,"]
BEGINNINGS = ["", '{"status":', '{"status":"', '{"services":[', '{"conflicts":[', '{"tools":[']


@pytest.mark.parametrize("filling", FILLINGS)
@pytest.mark.parametrize("name", READINGS)
async def test_megabytes_of_one_thing_are_read_in_seconds(name: str, filling: str) -> None:
    """A body may be 16 MiB large; this one has two."""
    reading = READINGS[name]
    async with Projector() as projector:
        for beginning in BEGINNINGS:
            whole = beginning.encode() + fill(filling, 2_000_000)
            with bounded():
                observation = await interpret(
                    Answer(200, {"content-type": "application/json"}, whole),
                    reading.sources[0],
                    reading.document,
                    projector,
                )
                sayable(observation)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,12} [A-Z][a-z]{2} \d{1,12} \d\d:\d\d:\d\d( GMT|[+-]\d{1,9})?"))
@example("Sun, 06 Nov 9999999 08:49:37 GMT")
@example("Sun, 06 Nov 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
@example("0 0 0 0 0 0")
@example("9" * 400)
@example("-5")
@example("1e9")
@example("\u0663")
def test_any_retry_after_is_seconds_or_nothing(value: str) -> None:
    """A wait is never negative, and no header makes the program stumble."""
    asked = retry_after(Answer(503, {"retry-after": value}), STARTED)
    assert asked is None or asked >= 0


@settings(deadline=None)
@given(
    body=bytes_like(b'{"ok": true, "task_id": "3f0c8f5e-6d0b-4a57-9b0e-0d6a8e3c5a11", "created_at": "x"}')
    | st.text(st.characters(exclude_categories=[]), max_size=12).map(
        lambda text: json.dumps({"task_id": text}).encode()
    )
    | (st.integers() | st.floats()).map(lambda number: json.dumps({"task_id": number}).encode())
)
@example(b'{"task_id": ".."}')
@example(b'{"task_id": "a/../../../register/api/register"}')
@example(b'{"task_id": "a?b#c"}')
@example(b'{"task_id": "%2e%2e"}')
@example(b'{"task_id": "a\\n"}')
@example(b'{"task_id": 99999999999999999999999999999999}')
async def test_a_task_id_is_one_segment_of_one_path_or_refused(body: bytes) -> None:
    """The completion goes to the tasks of the gateway that was asked, whatever id came back."""
    base = ecosystem.tasks_urls(HUB)[0]
    remote = TaskApi(body)
    receipt = await ExerciseContext.of(SUBJECT).apply(remote)
    for finding in receipt.findings:
        one_sentence(finding.message, finding.hint)
    for completed in remote.completed:
        url, expected = urlsplit(completed), urlsplit(base)
        assert (url.scheme, url.netloc, url.query, url.fragment) == (expected.scheme, expected.netloc, "", "")
        assert unquote(url.path).split("/")[:-1] == expected.path.split("/")
        assert unquote(url.path).split("/")[-1] == receipt.facts["task_id"] not in {"", ".", ".."}
