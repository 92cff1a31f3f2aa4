"""How late a run of a schedule is, by the rules of cron."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

_FIELDS: Final = 5
_LONGEST: Final = 100
"""Characters; an honest expression has fewer than thirty."""
_FIELD: Final = re.compile(r"(?:[0-9*,/-]|[A-Za-z]{3})+")
"""Without the extensions of other crons (`L`, `#`, `?`), which GitHub refuses."""


class Punctuality(Struct, frozen=True):
    """How a run lies between two firings of its schedule.

    Attributes:
        late: seconds from the last firing at or before the beginning of the run.
        every: seconds from that firing to the next one; more than `late`.
    """

    late: int
    every: int


def punctuality(expression: str, began: datetime) -> Punctuality | None:
    """Compare the beginning of a run with the cron expression that fired; None for what is no cron expression.

    GitHub reads five fields, in UTC
    (https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule).

    What cannot be known: which firing a run belongs to. The payload says which expression fired, not when, and GitHub
    often starts runs hours late or drops them. A run that starts after the next firing is taken for a punctual one of
    that firing, so `late` is a lower bound and always less than `every`. What was left out shows elsewhere: as a share
    of expected sweeps that did not happen.
    """
    fields = expression.split()
    if len(expression) > _LONGEST or len(fields) != _FIELDS or not all(map(_FIELD.fullmatch, fields)):
        return None
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - 40 ms that only a scheduled run has to pay

    moment = began.astimezone(UTC).replace(microsecond=0)
    try:
        last = next(CronSim(expression, moment + timedelta(seconds=1), reverse=True))
        following = next(CronSim(expression, moment))
    except (CronSimError, StopIteration):  # what never fires ends without a firing
        return None
    return Punctuality(_seconds(moment - last), _seconds(following - last))


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
