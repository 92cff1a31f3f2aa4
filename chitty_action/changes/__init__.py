"""One change a file. What they share stands here: how a write is delivered, and what became of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.documents.refusal import Refusal
from chitty_action.model.answers import (
    REDIRECTION,
    absence,
    blocked_because,
    denied_because,
    garbled_because,
    is_barred,
    quoted,
    redirect_told,
    retry_after,
    told,
)
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Failure, leaves_open
from chitty_action.model.reading import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.model.exchange import Request
    from chitty_action.model.ports import Remote

_SUCCESS, _CLIENT_ERROR = range(200, 300), range(400, 500)
_PASSES = frozenset({401, 403, 408, 425, 429})
"""Refusals that are about the moment, the token or this runner, not about what was sent."""


class Delivery(Struct, frozen=True):
    """What became of one write: its fate, a clause for the report, and the answer where there was one."""

    fate: Fate
    detail: str
    url: str
    answer: Answer | None = None
    absent: NotFound | None = None
    certain: bool = True
    """False where it is not known what became of it: this or an earlier try may have been carried out."""

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
    certain = not (exchange.doubted or leaves_open(exchange))
    if isinstance(exchange, Failure):
        return Delivery(Fate.FAILED, told(exchange), url, certain=certain)
    if exchange.status in _SUCCESS:
        garbled, denial = garbled_because(exchange), denied_because(exchange)
        fate = Fate.FAILED if garbled or denial else Fate.APPLIED
        detail = garbled or denial or f"answered {exchange.status}"
        return Delivery(fate, detail, url, exchange, certain=garbled is None)
    absent = absence(exchange, not_found)
    # What was tried before and may have been done was offered: another source would do it again.
    fate = Fate.NOT_OFFERED if absent is NotFound.CAPABILITY and not exchange.doubted else Fate.FAILED
    return Delivery(fate, _refusal(exchange) + quoted(exchange.body), url, exchange, absent, certain)


def _refusal(answer: Answer) -> str:
    if reason := blocked_because(answer):
        return reason
    return redirect_told(answer) if answer.status in REDIRECTION else f"answered {answer.status}"


def is_rate_limit(delivery: Delivery) -> bool:
    """Whether the host wants fewer writes, by its status or in its body."""
    said = Refusal.of(delivery.answer.body) if delivery.answer else Refusal()
    return said.is_rate_limit or delivery.status == HTTPStatus.TOO_MANY_REQUESTS


def patience(delivery: Delivery) -> str:
    """Say how long to wait for a host that wants fewer writes."""
    said = Refusal.of(delivery.answer.body) if delivery.answer else Refusal()
    header = retry_after(delivery.answer) if delivery.answer else None
    seconds = said.retry_after if said.retry_after is not None else header
    return "wait up to an hour" if seconds is None else f"wait {seconds} s (about {-(-seconds // 60)} min)"


def may_succeed_later(delivery: Delivery) -> bool:
    """Whether the same write may be taken another time: not one that is wrong in itself, or that nobody offers.

    A token that is refused may be corrected, a host that is in trouble may recover, and a rate limit passes.
    """
    status = delivery.status
    if delivery.fate is Fate.APPLIED:
        return False
    if is_rate_limit(delivery):
        return True
    return delivery.fate is Fate.FAILED and (status is None or status not in _CLIENT_ERROR or status in _PASSES)


def cure(delivery: Delivery, token: str) -> str:
    """Say what to do about a failed write; `token` is the input that authorises it."""
    status = delivery.status
    if is_rate_limit(delivery):
        return f"{patience(delivery)} for the rate limit, then run the job again"
    if delivery.answer and is_barred(delivery.answer):
        return "let this runner's addresses through to the host (a WAF skip rule, or an Access bypass policy)"
    cures = {
        None: "see whether the host is up, then run the job again",
        401: f"give a valid {token}: the input is missing, wrong or expired",
        403: f"see whether a {token} with that right is given, and whether the host lets this runner through",
    }
    if status in cures:
        return cures[status]
    if status in REDIRECTION:
        return "give the address that answers by itself: a token never follows a redirect"
    if status in _CLIENT_ERROR:
        return "correct what the answer names, then run the job again"
    return "run the job again once the host is well"
