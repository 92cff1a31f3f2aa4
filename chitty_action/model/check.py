"""A check: what to look at, and what that means. Pure: it touches neither network, log nor exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chitty_action.model.finding import Finding
    from chitty_action.model.observation import Snapshot
    from chitty_action.model.reading import Reading
    from chitty_action.model.subject import Phase, Subject


def always(_subject: Subject) -> None:
    """Apply to every subject."""


class Check(Struct, frozen=True):
    """One check.

    Attributes:
        id: kebab-case; the file is its snake_case.
        about: what it makes sure of, in a few words.
        phases: where it runs.
        place: where it stands in a phase's report, from 1.
        readings: what to look at.
        judge: what it means; no finding means fine.
        applies: None, or why the check is skipped for this subject.
        of_hub: whether `reconcile` asks it once, about the hub, instead of about every service.
    """

    id: str
    about: str
    phases: frozenset[Phase]
    place: int
    readings: Callable[[Subject], tuple[Reading[Any], ...]]
    judge: Callable[[Subject, Snapshot], Iterable[Finding]]
    applies: Callable[[Subject], str | None] = always
    of_hub: bool = False
