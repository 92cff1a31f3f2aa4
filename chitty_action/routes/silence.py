"""Claims that a person has named: as deliberate (input `ignore`), or as what may be taken (`.chittyconnect.yml`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.routes.pattern import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.model.route import Claim


def names_of(claim: Claim) -> set[str]:
    """Return the spellings by which a person may name a claim; a bare host name stands for all of that host."""
    pattern = claim.pattern
    is_whole_host = not pattern.any_host and pattern.any_path and pattern.path == "/"
    return {named(claim.text), str(pattern), *([pattern.host] if is_whole_host else [])}


def named(text: str) -> str:
    """Spell what a person wrote; a bare host name stays one, and is no pattern of its first page."""
    is_host = "/" not in text and "*" not in text
    return text.lower() if is_host else spelled(text)


class Silenced:
    """Why which claims are left alone."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """Take the reason of each pattern or host name."""
        self._reasons = {named(text): reason for text, reason in reasons.items()}

    def reason(self, claim: Claim) -> str | None:
        """Say why a claim is left alone; None where it is not."""
        found = names_of(claim) & self._reasons.keys() if self._reasons else set[str]()
        return self._reasons[min(found)] if found else None


def idle(patterns: Iterable[str], claims: Iterable[Claim]) -> tuple[str, ...]:
    """Return the patterns that name no claim at all."""
    known = {name for claim in claims for name in names_of(claim)}
    return tuple(text for text in patterns if named(text) not in known)
