"""A small world for tests of the core: a hub, a service, and honest stand-ins for the ports. jq is the real one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from chitty_action.adapters.projection import Projector
from chitty_action.documents.discovery import Discovery
from chitty_action.inputs import Given, Inputs, parse
from chitty_action.model.exchange import Answer, Failure, Mishap
from chitty_action.model.finding import Level
from chitty_action.model.observation import Snapshot
from chitty_action.model.ports import Ports
from chitty_action.model.repository import Claims, Declared, RouteClaim
from chitty_action.model.route import Zone
from chitty_action.model.subject import Account, Address, Hub, Lack, Nowhere, Run, Service, Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chitty_action.model.check import Check
    from chitty_action.model.exchange import Request
    from chitty_action.model.finding import Finding
    from chitty_action.model.observation import Observation
    from chitty_action.model.reading import Reading

STARTED = datetime(2026, 11, 22, 21, 40, 30, 254_000, tzinfo=UTC)

HUB = Hub(
    connect="https://connect.example",
    registry="https://registry.example",
    register="https://register.example",
    api="https://api.example",
    mcp="https://mcp.example",
)
ADDRESS = Address("https://alpha.example", "https://alpha.example/health", "input service-url")
RUN = Run(commit="c0ffee0", branch="main", run_id="42", run_attempt="2", topics=frozenset({"context-aware"}))
SERVICE = Service(
    "alpha",
    address=ADDRESS,
    version="1.2.3",
    description="The first.",
    capabilities=("api", "mcp"),
    declared=(Declared(ADDRESS.url, ADDRESS.source),),
)
SUBJECT = Subject(SERVICE, HUB, RUN)

CLOUDFLARE = "https://cloudflare.example/client/v4"
ZONE = Zone("example", "1f")
ACCOUNT = Account("acc", CLOUDFLARE, (ZONE,))
CLAIMS = Claims("alpha", (RouteClaim("alpha.example/*", "wrangler.toml (routes)"),), source="wrangler.toml")

NO_HTTP = Nowhere(Lack.NO_HTTP, "the service has no HTTP (service-url: none)")
NOT_NAMED = Nowhere(Lack.NOT_NAMED, "nothing names the address of alpha in environment staging")
UNUSABLE = Nowhere(Lack.UNUSABLE, "the address that wrangler.toml names must be a public address")

NOTICE, WARNING, ERROR = Level.NOTICE, Level.WARNING, Level.ERROR


def about(service: Mapping[str, Any] | None = None, **changes: Any) -> Subject:  # noqa: ANN401 - any field
    """Return the usual subject with some fields of it, or of its service, changed."""
    return replace(SUBJECT, service=replace(SERVICE, **(service or {})), **changes)


def findings(check: Check, subject: Subject, snapshot: Snapshot) -> list[Finding]:
    """Judge, and insist that every finding is about this check and is one line without a full stop."""
    found = list(check.judge(subject, snapshot))
    for finding in found:
        assert finding.check == check.id
        assert finding.message
        assert finding.message.splitlines() == [finding.message]
        assert not finding.message.endswith(".")
    return found


def saw(reading: Reading[Any], observation: Observation[Any]) -> Snapshot:
    """Return a snapshot of one observation."""
    return Snapshot([(reading, observation)])


def inputs(**given: str) -> Inputs:
    """Parse inputs as a workflow gives them; underscores stand for hyphens, and the phase is post if not given."""
    return parse(Given({"phase": "post", **{name.replace("_", "-"): text for name, text in given.items()}}))


def discovered(document: object) -> Discovery:
    """Read a discovery document."""
    return Discovery.read(json.dumps(document))


def json_answer(document: object, status: int = 200) -> Answer:
    """Return an answer with a JSON body that says so."""
    return Answer(status, {"content-type": "application/json"}, json.dumps(document).encode())


def no_answer(mishap: Mishap = Mishap.UNANSWERED, reason: str = "timed out after 10 s") -> Failure:
    """Return an exchange without a whole response."""
    return Failure(mishap, reason)


class FakeRemote:
    """Answers by (method, URL), each from its own script; the last of a script is repeated. It keeps what was asked."""

    def __init__(self, script: Mapping[tuple[str, str], Answer | Failure | Sequence[Answer | Failure]]) -> None:
        """Take the script. A request that is not in it fails the test."""
        self._script = {
            place: [answers] if isinstance(answers, Answer | Failure) else [*answers]
            for place, answers in script.items()
        }
        self.requests: list[Request] = []
        self.prepared: list[str] = []
        self.in_flight = self.most_in_flight = 0

    async def prepare(self, urls: Iterable[str]) -> None:
        """Keep the URLs."""
        self.prepared += urls

    async def ask(self, request: Request) -> Answer | Failure:
        """Return the next answer for this place, after others have had their turn."""
        self.requests.append(request)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(0)
        self.in_flight -= 1
        answers = self._script[request.method, request.url]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @property
    def asked(self) -> list[tuple[str, str]]:
        """Method and URL of every request, in order."""
        return [(request.method, request.url) for request in self.requests]


@dataclass
class FakeClock:
    """Time that passes only while somebody sleeps, or when `passed` is set."""

    deadline: float = 300.0
    passed: float = 0.0
    signal: str | None = None
    pauses: list[float] = field(default_factory=list)

    def started(self) -> datetime:
        """Return when the phase began."""
        return STARTED

    def now(self) -> datetime:
        """Return the current time."""
        return STARTED + timedelta(seconds=self.passed)

    def elapsed(self) -> float:
        """Return the seconds since the phase began."""
        return self.passed

    def ended(self) -> str | None:
        """Return why there is no time left."""
        return self.signal or (f"the deadline of {self.deadline:g} s was reached" if self.overdue() else None)

    def overdue(self) -> bool:
        """Whether it was the deadline that ended the time."""
        return self.signal is None and self.passed >= self.deadline

    async def sleep(self, seconds: float) -> None:
        """Let time pass, up to the deadline."""
        self.pauses.append(seconds)
        self.passed = min(self.passed + seconds, self.deadline)

    def jittered(self, seconds: float) -> float:
        """Return the pause as it is: tests have no company to keep out of step with."""
        return seconds

    def below(self, seconds: float) -> float:
        """Return the longest pause that it may be."""
        return seconds


class FakeLog:
    """Keeps the events."""

    def __init__(self) -> None:
        """Begin empty."""
        self.events: list[tuple[str, dict[str, object]]] = []

    def debug(self, event: str, **values: object) -> None:
        """Keep a routine event."""
        self.events.append((event, values))

    def info(self, event: str, **values: object) -> None:
        """Keep an event that explains why a run takes long."""
        self.events.append((event, values))


def ports(remote: FakeRemote, clock: FakeClock | None = None, log: FakeLog | None = None) -> Ports:
    """Connect the stand-ins; our own jq programs run in this process and need no cleaning up."""
    return Ports(remote, Projector(), clock or FakeClock(), log or FakeLog())
