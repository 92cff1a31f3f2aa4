"""GitHub from the event loop: each request in a daemon thread, tried again by tenacity, all within the deadline."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.adapters.github_limits import limited_for, pause_before_another
from chitty_action.model.address import web_address
from chitty_action.model.exchange import Answer, Failure, Mishap, leaves_open

if TYPE_CHECKING:
    from tenacity import RetryCallState

    from chitty_action.adapters.clock import Deadline
    from chitty_action.adapters.github_wire import Wire
    from chitty_action.model.address import WebAddress
    from chitty_action.model.exchange import Request
    from chitty_action.model.ports import Log

Exchange = Answer | Failure
_REPOSITORY = re.compile(r"[\w.-]+/(?!\.{1,2}$)[\w.-]+", re.ASCII)
_TOKEN = re.compile(r"[!-~]+")


class Access(Struct, frozen=True):
    """Where to, for which repository, and as whom; its text does not show the token.

    Repository and token bear the names under which a person gave them.
    """

    api_url: str
    repository: str
    token: str
    repository_input: str = "GITHUB_REPOSITORY"
    token_input: str = "github-token"  # noqa: S105 - the name of the input

    def __repr__(self) -> str:
        return f"Access({self.api_url!r}, {self.repository!r})"

    def address(self) -> WebAddress:
        """Read the API's URL. Raises ValueError for what cannot be asked, or not with this token."""
        if not _REPOSITORY.fullmatch(self.repository):
            raise ValueError(f"{self.repository_input} must be an owner and a name, such as chittyos/chitty-action")
        if not _TOKEN.fullmatch(self.token):
            wrong = "must be one word of ASCII" if self.token else "is empty"
            raise ValueError(f"{self.token_input} {wrong}")
        try:
            return web_address(self.api_url, allow_private=True)
        except ValueError as error:
            raise ValueError(f"GITHUB_API_URL must be {error}") from None


class GitHubRemote:
    """Sends requests to one API with one token, one after the other, as GitHub wants it."""

    def __init__(self, access: Access, clock: Deadline, timeout: float, retries: int, log: Log) -> None:
        """Take where to, as whom, and the bounds; nothing is imported or connected to yet."""
        self._access = access
        self._clock = clock
        self._timeout = timeout
        self._retries = retries
        self._log = log
        self._turn = asyncio.Lock()
        self._wire: Wire | None = None

    async def ask(self, request: Request, document: dict[str, Any] | None = None) -> Exchange:
        """Send a request until it is answered, refused for good, or there is no time left."""
        async with self._turn:
            first = await self._once(request, document)
            again = pause_before_another(request, first, self._clock.now(), 0.0)
            return first if again is None else await self._again(request, document, first)

    async def _again(self, request: Request, document: dict[str, Any] | None, first: Exchange) -> Exchange:
        """Go on after a first try that failed; only here is tenacity needed, and its import paid for."""
        from tenacity import AsyncRetrying, wait_random_exponential

        full_jitter = wait_random_exponential(multiplier=0.5, max=30)
        tries: list[Exchange] = []

        async def attempt() -> Exchange:
            tries.append(await self._once(request, document) if tries else first)
            return tries[-1]

        def pause(state: RetryCallState) -> float | None:
            return pause_before_another(request, tries[-1], self._clock.now(), full_jitter(state))

        def tell(state: RetryCallState) -> None:
            seen = tries[-1].reason if isinstance(tries[-1], Failure) else f"answered {tries[-1].status}"
            self._log.info("github.retried", path=request.url, seen=seen, after=round(state.upcoming_sleep, 2))

        retrying = AsyncRetrying(
            stop=lambda state: state.attempt_number > self._retries or state.upcoming_sleep >= self._clock.left(),
            wait=lambda state: pause(state) or 0.0,
            retry=lambda state: pause(state) is not None,
            sleep=self._clock.sleep,
            before_sleep=tell,
            retry_error_callback=lambda _: tries[-1],
        )
        exchange: Exchange = await retrying(attempt)
        return replace(exchange, doubted=True) if any(map(leaves_open, tries[:-1])) else exchange

    async def _once(self, request: Request, document: dict[str, Any] | None) -> Exchange:
        """Send one request in a thread of its own, which is left to itself when it is late."""
        if reason := self._clock.ended():
            return Failure(Mishap.UNCONNECTED, reason)
        try:
            address = self._access.address()
        except ValueError as error:
            return Failure(Mishap.UNPROBEABLE, str(error))
        wire, self._wire = self._wire or self._new_wire(address), None  # a late thread keeps it
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Exchange] = loop.create_future()

        def deliver(exchange: Exchange) -> None:
            if not answered.done():
                answered.set_result(exchange)

        def send() -> None:
            exchange = wire.ask(request, document)
            with suppress(RuntimeError):  # the loop has closed: nobody waits any more
                loop.call_soon_threadsafe(deliver, exchange)

        began = self._clock.elapsed()
        Thread(target=send, name="github", daemon=True).start()
        try:
            async with self._clock.limit(self._timeout):
                exchange = await answered
                self._wire = wire
        except TimeoutError:
            if reason := self._clock.ended():
                return Failure(Mishap.UNFINISHED, reason)
            exchange = Failure(Mishap.UNANSWERED, f"no whole answer within {self._timeout:g} s")
        elapsed = self._clock.elapsed() - began
        limit = limited_for(exchange, self._clock.now())
        self._log.debug("github.asked", method=request.method, path=request.url, seconds=round(elapsed, 3), limit=limit)
        return exchange

    def _new_wire(self, address: WebAddress) -> Wire:
        from chitty_action.adapters.github_wire import Wire

        return Wire(address, self._access.token, self._timeout)
