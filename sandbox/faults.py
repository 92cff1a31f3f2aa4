"""What can be wrong with a system: one small value each, able to answer in the honest answer's place.

The honest answer is an ASGI application; a fault is given it and decides what reaches the client.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HTML = "<!doctype html><title>Oops</title><h1>This is not the page you are looking for</h1>"
_CHALLENGE = (
    "<!doctype html><title>Just a moment...</title><h1>Verify you are human by completing the action below.</h1>"
)
_OK = b'{"status":"ok","padding":"'
_MEBIBYTE = 1024 * 1024
_CHUNK = 64 * 1024
_BODILESS = {204, 205, 304}

# What the HTTP switch takes; anything else would break the server instead of its client.
_Code = Annotated[int, Field(ge=200, le=599)]
_Header = Annotated[str, Field(pattern=r"^[ -~]*$")]
_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0)]


class Fault(ABC):
    """One way for a system to be wrong."""

    kind: ClassVar[str]
    # For the HTTP switch: a misspelt setting is refused.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    @abstractmethod
    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request badly; `honest` is what would have answered it well."""


@dataclass(frozen=True, slots=True)
class Status(Fault):
    """Any status, with an optional `Retry-After` (seconds or a date) and a JSON body."""

    kind: ClassVar[str] = "status"
    status: _Code
    retry_after: _Header | _Count | None = None
    body: Any = field(default_factory=lambda: {"error": "fault injected by the sandbox"})

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Answer with the status alone; nothing takes effect."""
        headers = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        bodiless = self.status in _BODILESS
        answer = Response(None, self.status, headers) if bodiless else JSONResponse(self.body, self.status, headers)
        await answer(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Down(Fault):
    """503 with a JSON error: the system is there and says that it cannot."""

    kind: ClassVar[str] = "down"

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503; nothing takes effect."""
        await Status(503, body={"error": "Service unavailable"}).answer(honest, scope, receive, send)


@dataclass(frozen=True, slots=True)
class WrongToken(Fault):
    """401 whatever was sent, as after a rotated secret."""

    kind: ClassVar[str] = "wrong-token"

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401; nothing takes effect."""
        await Status(401, body={"error": "Invalid API key"}).answer(honest, scope, receive, send)


@dataclass(frozen=True, slots=True)
class Body(Fault):
    """Status 200 with a given JSON document in place of the honest one."""

    kind: ClassVar[str] = "body"
    document: Any

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the document; nothing takes effect."""
        await Status(200, body=self.document).answer(honest, scope, receive, send)


@dataclass(frozen=True, slots=True)
class Garbage(Fault):
    """HTML that claims to be JSON, with status 200."""

    kind: ClassVar[str] = "garbage"

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Answer a page."""
        await Response(_HTML, 200, media_type="application/json")(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Challenge(Fault):
    """403 with Cloudflare's bot challenge: the edge did not let this client look."""

    kind: ClassVar[str] = "challenge"

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Answer the challenge page."""
        await HTMLResponse(_CHALLENGE, 403, {"cf-mitigated": "challenge", "server": "cloudflare"})(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Redirect(Fault):
    """A redirect to `location`, wherever that is."""

    kind: ClassVar[str] = "redirect"
    location: _Header
    status: _Code = 302

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Answer the redirect."""
        await Response(status_code=self.status, headers={"location": self.location})(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Slow(Fault):
    """The honest answer after `seconds`; its effect happens even when the client did not wait."""

    kind: ClassVar[str] = "slow"
    seconds: _Seconds

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer honestly."""
        await asyncio.sleep(self.seconds)
        await honest(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Reset(Fault):
    """The connection is reset without an answer; with `after_effect` the request took effect first."""

    kind: ClassVar[str] = "reset"
    after_effect: bool = False

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Do the work if asked to, lose the answer, and reset."""
        if self.after_effect:
            await honest(scope, receive, _discard)
        await wire.reset(scope, receive)


@dataclass(frozen=True, slots=True)
class Truncated(Fault):
    """A body cut short: `Content-Length` promises more than comes before the connection ends."""

    kind: ClassVar[str] = "truncated"
    promised: Annotated[int, Field(ge=len(_OK))] = 1000

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Send the beginning of a document and hang up."""
        await send(_start({"content-length": str(self.promised)}))
        await send(_part(_OK))
        await wire.hang_up(scope, receive)


@dataclass(frozen=True, slots=True)
class Drip(Fault):
    """One byte of the body every `seconds`, so that no time-out between bytes ever helps."""

    kind: ClassVar[str] = "drip"
    seconds: _Seconds = 1.0
    size: Annotated[int, Field(ge=len(_OK) + 2)] = 4096

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Drip until the body is whole or the client gives up."""
        document = _OK + b"." * (self.size - len(_OK) - 2) + b'"}'
        await send(_start({"content-length": str(len(document))}))
        for position in range(len(document)):
            await send(_part(document[position : position + 1], more=position + 1 < len(document)))
            await asyncio.sleep(self.seconds)
            if wire.is_closed(scope):
                return


@dataclass(frozen=True, slots=True)
class Huge(Fault):
    """A valid JSON body of `megabytes` MiB, streamed without a declared length."""

    kind: ClassVar[str] = "huge"
    megabytes: _Count = 50

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # Fault's signature
        """Stream until the body is whole or the client gives up."""
        await send(_start({}))
        await send(_part(_OK))
        for _ in range(self.megabytes * _MEBIBYTE // _CHUNK):
            if wire.is_closed(scope):
                return
            await send(_part(b"." * _CHUNK))
            await asyncio.sleep(0)  # a closed connection is noticed only when the loop turns
        await send(_part(b'"}', more=False))


@dataclass(frozen=True, slots=True)
class Flapping(Fault):
    """`bad` bad answers, then one good one; over and over with `repeat`, else good from then on."""

    kind: ClassVar[str] = "flapping"
    bad: _Count = 2
    repeat: bool = False
    bad_answer: Fault = field(default_factory=Down)

    def is_bad(self, earlier: int) -> bool:
        """Say whether the answer after `earlier` earlier ones is a bad one."""
        return (earlier % (self.bad + 1) if self.repeat else earlier) < self.bad

    async def answer(self, honest: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer badly: the switchboard counts, and asks only when it is a bad answer's turn."""
        await self.bad_answer.answer(honest, scope, receive, send)


KINDS: Mapping[str, type[Fault]] = {
    kind.kind: kind
    for kind in (
        *(Body, Challenge, Down, Drip, Flapping, Garbage, Huge),
        *(Redirect, Reset, Slow, Status, Truncated, WrongToken),
    )
}


def fault_from(document: Mapping[str, Any]) -> Fault:
    """Read `{"fault": "slow", "seconds": 3}`.

    Raises:
        ValueError: for an unknown kind, or settings that do not fit it.
    """
    settings = dict(document)
    kind = settings.pop("fault", None)
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}; known are {', '.join(KINDS)}")
    if isinstance(bad_answer := settings.get("bad_answer"), dict):
        if bad_answer.get("fault") == Flapping.kind:
            raise ValueError("bad_answer cannot flap itself")
        settings["bad_answer"] = fault_from(bad_answer)
    return TypeAdapter(KINDS[kind]).validate_python(settings)


def _start(headers: Mapping[str, str]) -> Message:
    fields = {"content-type": "application/json", **headers}
    return {
        "type": "http.response.start",
        "status": 200,
        "headers": [(name.encode(), value.encode()) for name, value in fields.items()],
    }


def _part(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


async def _discard(message: Message) -> None:
    """Take an answer that nobody will see."""
