"""GitHub's rate limits: whether an answer is one, and when it asks to be asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.adapters.retry import is_transient, retry_after
from chitty_action.model.exchange import Answer, Failure

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.model.exchange import Request

_LIMITING = frozenset({403, 429})
_TOO_MANY = 429
_WITHOUT_WORD = 60.0
"""Seconds to wait at least where a limit does not say how long (GitHub's best practices)."""
_SAYINGS = (b"rate limit", b"abuse detection mechanism")
"""Of the documented messages, in lower case."""


def limited_for(exchange: Answer | Failure, now: datetime) -> float | None:
    """Return the seconds that a rate limit asks to wait, primary or secondary; None when the answer is no limit."""
    if not isinstance(exchange, Answer) or exchange.status not in _LIMITING:
        return None
    if (asked := retry_after(exchange, now)) is not None:
        return asked
    if exchange.headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in exchange.headers:
        return max(1.0, int(exchange.headers["x-ratelimit-reset"]) - now.timestamp())
    told = exchange.body[:2000].lower()
    is_limit = exchange.status == _TOO_MANY or any(saying in told for saying in _SAYINGS)
    return _WITHOUT_WORD if is_limit else None


def pause_before_another(request: Request, exchange: Answer | Failure, now: datetime, usual: float) -> float | None:
    """Return the seconds after which to try once more; None when that would not help, or might do it twice.

    A limit is answered before anything is done, so that a write may wait for it too.
    """
    limit = limited_for(exchange, now)
    if limit is not None:
        return limit
    if not is_transient(request, exchange):
        return None
    asked = retry_after(exchange, now)
    return usual if asked is None else asked
