"""What ChittyRegister says of a submission that it did not take."""

from __future__ import annotations

from typing import Final

from chitty_action.model.answers import TOO_MANY
from chitty_action.model.document import Document, decoded

_KNOWN_ALREADY: Final = "service name already registered"
_LONGEST_WAIT = 31_536_000


class Refusal(Document, frozen=True):
    """The parts of it that matter; an answer of any other shape has none of them.

    Attributes:
        errors: what is wrong with the document, each a text, or an object with a message.
        error: a word for the whole, such as `rate_limit_exceeded`.
        retry_after: seconds to wait, where it says so.
    """

    errors: tuple[object, ...] = ()
    error: str = ""
    retry_after: int | None = None

    @classmethod
    def of(cls, body: bytes) -> Refusal:
        """Read the body of an answer, whatever it is."""
        try:
            said = decoded(body, dict[str, object])
        except ValueError:
            return cls()
        errors = said.get("errors")
        listed = errors if isinstance(errors, list) else [errors] if isinstance(errors, str | dict) else []
        word = next((word for word in (said.get("error"), said.get("message")) if isinstance(word, str)), "")
        return cls(tuple(listed), word, _seconds(said.get("retry_after_seconds")))

    @property
    def is_known_already(self) -> bool:
        """Whether nothing was to be done: the service is registered, and a registration is never updated."""
        return any(text.strip().lower() == _KNOWN_ALREADY for text in (*map(_message, self.errors), self.error))

    @property
    def is_rate_limit(self) -> bool:
        """Whether the budget of submissions is used up, whatever the HTTP status was."""
        return TOO_MANY in (self.error, *map(_message, self.errors))


def _message(error: object) -> str:
    """Return the words of an error; of an object, those that validators call the message."""
    words = error.get("message") if isinstance(error, dict) else error
    return words if isinstance(words, str) else ""


def _seconds(wait: object) -> int | None:
    if isinstance(wait, str) and wait.isascii() and wait.isdigit():
        wait = int(wait[:9])
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= _LONGEST_WAIT:
        return None
    return int(wait)
