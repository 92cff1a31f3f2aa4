"""Why GitHub was not heard: the exceptions below PyGithub, told as a mishap and as words for a sentence."""

from __future__ import annotations

from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError, ProxyError

from chitty_action.model.exchange import Mishap
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 12
"""Exceptions in exceptions: five are usual."""
_UNSENT: tuple[tuple[type[Exception], str], ...] = (
    (NameResolutionError, "its name does not resolve"),
    (ProxyError, "the proxy that the environment names makes no connection"),
    (SSLCertVerificationError, "its certificate is not trusted"),
    (ConnectionRefusedError, "connection refused"),
    (NewConnectionError, "no connection can be made"),
    (ConnectTimeoutError, "no connection in time"),  # of which the one before is a kind
)
"""What happens before a byte of the request is sent; the first that fits names it."""
_UNANSWERED: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "no whole answer in time"),
    (ConnectionResetError, "the connection was reset"),
)


def mishap_of(error: Exception) -> tuple[Mishap, str]:
    """Say what became of a request; the exceptions' own texts are not quoted, they may hold the token."""
    causes = tuple(_causes(error, _DEEPEST))
    if reason := _reason(causes, _UNSENT):
        return Mishap.UNCONNECTED, reason
    reason = _reason(causes, _UNANSWERED)
    return Mishap.UNANSWERED, reason or f"the connection broke ({one_line(type(error).__name__, 60)})"


def _reason(causes: tuple[BaseException, ...], known: tuple[tuple[type[Exception], str], ...]) -> str | None:
    return next((words for kind, words in known if any(isinstance(cause, kind) for cause in causes)), None)


def _causes(error: BaseException, depth: int) -> Iterator[BaseException]:
    """Give an exception and those that it wraps, be it as cause, argument or `reason`."""
    yield error
    if depth:
        inner = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args)
        for cause in {id(one): one for one in inner if isinstance(one, BaseException)}.values():
            yield from _causes(cause, depth - 1)
