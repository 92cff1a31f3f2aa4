"""A time and a number as the data branch writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
"""UTC, whole seconds, with a Z."""
MOST = 2**53
"""The largest whole number that every reader of JSON knows exactly."""
Count = Annotated[int, Meta(ge=-MOST, le=MOST)]


def utc(at: datetime) -> datetime:
    """Return a time as the data branch has it. Raises ValueError where that is before or after all calendars."""
    if at.tzinfo is UTC and not at.microsecond:
        return at
    try:
        return at.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError("its time is in no year from 1 to 9999") from None
