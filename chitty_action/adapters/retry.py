"""Retries around the HTTP adapter, by tenacity: what is tried again, when, and until when (interface, section 9)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.model.exchange import CHALLENGE, Answer, Failure, Mishap, Retry, leaves_open

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tenacity import RetryCallState

    from chitty_action.adapters.clock import Deadline
    from chitty_action.adapters.http import Http
    from chitty_action.model.exchange import Request
    from chitty_action.model.ports import Log

TOO_MANY = 429
TRANSIENT = frozenset({408, 425, TOO_MANY, 500, 502, 503, 504})
_AGAIN = {
    Retry.TRANSIENT: frozenset({Mishap.UNCONNECTED, Mishap.UNANSWERED, Mishap.BROKEN}),
    Retry.UNANSWERED: frozenset({Mishap.UNCONNECTED, Mishap.UNANSWERED}),
    Retry.UNSENT: frozenset({Mishap.UNCONNECTED}),
    Retry.NEVER: frozenset[Mishap](),
}
"""Which failures allow a further try."""


def is_transient(request: Request, exchange: Answer | Failure) -> bool:
    """Whether trying again may help and is allowed."""
    if isinstance(exchange, Failure):
        return exchange.mishap in _AGAIN[request.retry]
    challenged = CHALLENGE in exchange.headers
    return request.retry is Retry.TRANSIENT and exchange.status in TRANSIENT and not challenged


def retry_after(exchange: Answer | Failure, now: datetime) -> float | None:
    """Return the seconds that the other side asks to wait, from seconds or a date (RFC 9110, section 10.2.3)."""
    value = exchange.headers.get("retry-after", "").strip() if isinstance(exchange, Answer) else ""
    if value.isascii() and value.isdigit():
        return float(value[:9])
    if not value:
        return None
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


class RetryingHttp:
    """The port `Remote`: the HTTP adapter, with up to `retries` further tries within the deadline."""

    def __init__(self, http: Http, clock: Deadline, retries: int, log: Log) -> None:
        """Take what to try again, and how often."""
        self._http = http
        self._clock = clock
        self._retries = retries
        self._log = log

    async def prepare(self, urls: Iterable[str]) -> None:
        """Resolve and check the hosts of what will be asked."""
        await self._http.prepare(urls)

    async def ask(self, request: Request) -> Answer | Failure:
        """Send the request until it is answered, refused for good, or there is no time left."""
        exchange = await self._http.ask(request)
        if is_transient(request, exchange):
            return await self._again(request, exchange)
        return replace(exchange, throttled=True) if exchange.status == TOO_MANY else exchange

    async def _again(self, request: Request, first: Answer | Failure) -> Answer | Failure:
        """Go on after a first try that failed; only here is tenacity needed, and its import paid for."""
        from tenacity import AsyncRetrying, wait_random_exponential

        full_jitter = wait_random_exponential(multiplier=0.5, max=30)
        tries: list[Answer | Failure] = []

        async def attempt() -> Answer | Failure:
            tries.append(await self._http.ask(request) if tries else first)
            return tries[-1]

        def wait(state: RetryCallState) -> float:
            asked = retry_after(_result(state), self._clock.now())
            return full_jitter(state) if asked is None else asked

        def stop(state: RetryCallState) -> bool:
            return state.attempt_number > self._retries or state.upcoming_sleep >= self._clock.left()

        def tell(state: RetryCallState) -> None:
            seen = _result(state)
            why = seen.reason if isinstance(seen, Failure) else f"answered {seen.status}"
            self._log.info("request.retried", url=request.url, seen=why, after=round(state.upcoming_sleep, 2))

        retrying = AsyncRetrying(
            stop=stop,
            wait=wait,
            retry=lambda state: is_transient(request, _result(state)),
            sleep=self._clock.sleep,
            before_sleep=tell,
            retry_error_callback=_result,
        )
        exchange: Answer | Failure = await retrying(attempt)
        return replace(
            exchange,
            doubted=any(map(leaves_open, tries[:-1])),
            throttled=any(each.status == TOO_MANY for each in tries),
        )


def _result(state: RetryCallState) -> Answer | Failure:
    if state.outcome is None:
        raise ValueError("there was no try yet")
    exchange: Answer | Failure = state.outcome.result()
    return exchange
