"""A number that people act upon: its value, its age, and where it came from."""

from __future__ import annotations

from datetime import datetime

from chitty_action.model.document import Document


class Number(Document, frozen=True, kw_only=True):
    """One number of the page.

    Attributes:
        id: kebab-case, such as `registration-success-rate`.
        title: as people read it.
        value: None where it is unknown.
        unit: `ratio` (0 to 1), `count`, `seconds` or `per-day`.
        at: when the newest fact that it rests on was seen; None where it rests on none.
        sources: the files of the data branch that it was computed from, or `this run`.
        is_none: whether there is no value because there is nothing to measure, which is known: no incident is open.
        note: what was not counted and why, or why it is unknown; a sentence, or empty.
    """

    id: str
    title: str
    value: float | None
    unit: str
    at: datetime | None = None
    sources: tuple[str, ...] = ()
    is_none: bool = False
    note: str = ""


class Availability(Document, frozen=True):
    """How much of a window a service was seen healthy.

    Attributes:
        days: the length of the window: 1, 7, 30 or 90.
        value: healthy time over known time, 0 to 1; None where `known` is under a hundredth.
        known: known time over the length of the window, 0 to 1; gaps and runs that could not judge are not known.
    """

    days: int
    value: float | None
    known: float
