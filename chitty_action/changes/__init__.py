"""One change a file. What they share stands here: how a write is delivered, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.answers import absence, blocked_because, denied_because, quoted, told
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Failure, Mishap
from chitty_action.model.reading import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.model.exchange import Request
    from chitty_action.model.ports import Remote

_SUCCESS = range(200, 300)


class Delivery(Struct, frozen=True):
    """What became of one write: its fate, a clause for the report, and the answer where there was one."""

    fate: Fate
    detail: str
    url: str
    answer: Answer | None = None
    absent: NotFound | None = None
    mishap: Mishap | None = None

    @property
    def certain(self) -> bool:
        """Whether it is known what became of it; after a lost answer the write may have been done."""
        return self.answer is not None or self.mishap in {Mishap.UNPROBEABLE, Mishap.UNCONNECTED}

    @property
    def status(self) -> int | None:
        """The HTTP status, if an answer came."""
        return self.answer.status if self.answer else None


async def deliver(remote: Remote, requests: Iterable[Request], not_found: NotFound = NotFound.CAPABILITY) -> Delivery:
    """Send the first request that is offered.

    The next one is tried only when a host does not offer the path; never after a time-out, 401, 403 or 5xx, because
    that would write twice. `not_found` says what a 404 means, as for a source.
    """
    delivery = None
    for request in requests:
        delivery = _received(request, await remote.ask(request), not_found)
        if delivery.fate is not Fate.NOT_OFFERED:
            break
    if delivery is None:
        raise ValueError("there is nothing to deliver")
    return delivery


def _received(request: Request, exchange: Answer | Failure, not_found: NotFound) -> Delivery:
    url = request.url
    if isinstance(exchange, Failure):
        return Delivery(Fate.FAILED, told(exchange), url, mishap=exchange.mishap)
    if exchange.status in _SUCCESS:
        denial = denied_because(exchange)
        fate = Fate.FAILED if denial else Fate.APPLIED
        return Delivery(fate, denial or f"answered {exchange.status}", url, exchange)
    absent = absence(exchange, not_found)
    detail = blocked_because(exchange) or f"answered {exchange.status}"
    fate = Fate.NOT_OFFERED if absent is NotFound.CAPABILITY else Fate.FAILED
    return Delivery(fate, detail + quoted(exchange.body), url, exchange, absent)


def cure(delivery: Delivery, token: str) -> str:
    """Say what to do about a failed write; `token` is the input that authorises it."""
    match delivery.status:
        case 401:
            return f"give a valid {token}: the input is missing, wrong or expired"
        case 403:
            return f"see whether this {token} may do that, and whether the host lets this runner through"
        case 429:
            return "wait for the rate limit, then run the job again"
        case None:
            return "see whether the host is up, then run the job again"
        case status if status in range(400, 500):
            return "correct what the answer names, then run the job again"
        case _:
            return "run the job again once the host is well"
