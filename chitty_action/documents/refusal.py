"""What ChittyRegister says of a submission that it did not take."""

from __future__ import annotations

from typing import Final

from chitty_action.model.document import Document, decoded

_KNOWN_ALREADY: Final = "service name already registered"
_TOO_MANY: Final = "rate_limit_exceeded"
_LONGEST_WAIT = 31_536_000


class Refusal(Document, frozen=True):
    """The parts of it that matter; an answer of any other shape has none of them.

    Attributes:
        errors: what is wrong with the document, one text for each.
        error: a word for the whole, such as `rate_limit_exceeded`.
        retry_after: seconds to wait, where it says so.
    """

    errors: tuple[str, ...] = ()
    error: str = ""
    retry_after: int | None = None

    @classmethod
    def of(cls, body: bytes) -> Refusal:
        """Read the body of an answer, whatever it is."""
        try:
            said = decoded(body, dict[str, object])
        except ValueError:
            return cls()
        errors, error, wait = said.get("errors"), said.get("error"), said.get("retry_after_seconds")
        return cls(
            tuple(map(str, errors)) if isinstance(errors, list) else (),
            error if isinstance(error, str) else "",
            int(wait)
            if isinstance(wait, int | float) and not isinstance(wait, bool) and 0 <= wait <= _LONGEST_WAIT
            else None,
        )

    @property
    def is_known_already(self) -> bool:
        """Whether nothing was to be done: the service is registered, and a registration is never updated."""
        return any(text.strip().lower() == _KNOWN_ALREADY for text in (*self.errors, self.error))

    @property
    def is_rate_limit(self) -> bool:
        """Whether the budget of submissions is used up, whatever the HTTP status was."""
        return _TOO_MANY in (self.error, *self.errors)
