"""Claims that a person has declared deliberate (input `ignore`, lines `route <pattern>: reason`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.routes.pattern import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.model.route import Claim


class Silenced:
    """Why which claims are left alone: by the pattern as it is written, or by another spelling of it."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """Take the reason of each pattern or host name."""
        self._reasons = {_spelled(text): reason for text, reason in reasons.items()}
        self._reasons |= {text.lower(): reason for text, reason in reasons.items()}

    def reason(self, claim: Claim) -> str | None:
        """Say why a claim is left alone; None where it is not."""
        return self._reasons.get(claim.text.lower()) or self._reasons.get(str(claim.pattern))


def idle(patterns: Iterable[str], claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the patterns that name no claim at all."""
    known = {spelling for claim in claims for spelling in (claim.text.lower(), str(claim.pattern))}
    return tuple(text for text in patterns if not {text.lower(), _spelled(text)} & known)


def _spelled(text: str) -> str:
    try:
        return str(parse(text))
    except ValueError:
        return text.lower()
