"""A time and a number as the data branch writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
"""UTC, whole seconds, with a Z."""
MOST = 2**53
"""The largest whole number that every reader of JSON knows exactly."""
Count = Annotated[int, Meta(ge=-MOST, le=MOST)]


YEARS: Final = range(2000, 3000)
"""Of whatever is remembered: so that nobody who counts with it leaves the calendar."""


def utc(at: datetime) -> datetime:
    """Return a time as the data branch has it. Raises ValueError for one that nothing can have happened at."""
    try:
        moment = at if at.tzinfo is UTC and not at.microsecond else at.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError("its time is out of the calendar") from None
    if moment.year not in YEARS:
        raise ValueError(f"its time is in the year {moment.year}")
    return moment
