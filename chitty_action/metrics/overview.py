"""All numbers of the ecosystem, from what is remembered and the sweep of this run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.metrics.availability import lines_of, midnight_after, of_all
from chitty_action.metrics.catalogue import KINDS, number
from chitty_action.metrics.newest import newest_of
from chitty_action.metrics.rates import rates_of
from chitty_action.metrics.regularity import regularity_of
from chitty_action.metrics.sources import THIS_RUN, age_of, of_sweeps, told
from chitty_action.metrics.timeline import timeline
from chitty_action.state.layout import DAYS, OUTBOX, outbox_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chitty_action.metrics.numbers import Number
    from chitty_action.metrics.timeline import Held
    from chitty_action.state.history import History
    from chitty_action.state.sweep import Sweep


def numbers_of(history: History, now: datetime, this: Sweep | None) -> tuple[Number, ...]:
    """Return every number of the catalogue, in its order.

    Args:
        history: what was read from the data branch; an empty one where there is none.
        now: the end of all windows.
        this: the sweep of this run, whether it is in the history already or not; None where this run is no sweep.
    """
    held = timeline(history, now, this)
    sweeps = [each.sweep for each in held]
    remembered = (
        *rates_of(history, now),
        *regularity_of(sweeps, now, this),
        *_availability(held, history, now, this),
        *_outbox(history, now),
    )
    numbers = {each.id: each for each in newest_of(this or (sweeps[-1] if sweeps else None), now, this)}
    numbers |= {each.id: _with_damage(each, history) for each in remembered}
    return tuple(numbers[which] for which in KINDS)


def _availability(held: Sequence[Held], history: History, now: datetime, this: Sweep | None) -> Iterator[Number]:
    """Yield the availability of the whole over each window, with how much of the window that rests on."""
    ends = [midnight_after(line.day) for line in lines_of(held, history.days)]
    for whole in of_all(held, history.days, now):
        start = now - timedelta(days=whole.days)
        swept = [each.sweep for each in held if each.seconds(start, now)]
        seen = [sweep.at for sweep in swept] or [min(end, now) for end in ends if whole.lines]
        notes = (
            f"Sweep by sweep {whole.known:.1%} of the time is known." if swept else "No sweep tells of this time.",
            told(
                whole.lines,
                "1 day is known by its line only and weighs like one of which all is known.",
                "{} days are known by their lines only and weigh like days of which all is known.",
            ),
        )
        too_little = "Less than a hundredth of the window is known, which is too little for a value."
        files = of_sweeps(swept, this) + ((DAYS,) if whole.lines else ())
        at = max(seen, default=None)
        if whole.value is None:
            yield number(f"availability-{whole.days}d", None, notes=(*notes, too_little if seen else ""))
        else:
            yield number(f"availability-{whole.days}d", whole.value, at=at, sources=files, notes=notes)


def _outbox(history: History, now: datetime) -> Iterator[Number]:
    """Yield how many writes wait, and how long the oldest has; where nothing was read, that is not known."""
    if not history.is_read:
        yield number("outbox-pending", None, notes=("No data branch was read.",))
        yield number("outbox-age", None, notes=("No data branch was read.",))
        return
    files = tuple(sorted(outbox_of(each.service, each.change) for each in history.pending))
    yield number("outbox-pending", len(history.pending), at=now, sources=files or (OUTBOX,))
    ages = [age_of(each.deployed_at, now) for each in history.pending]
    oldest = max(ages, default=None)
    notes = ("" if ages else "No write waits.",)
    age = number("outbox-age", oldest, at=now, sources=files or (OUTBOX,), notes=notes)
    yield replace(age, is_none=not ages)


def _with_damage(each: Number, history: History) -> Number:
    """Add how much of the data branch could not be read, where the number rests on it."""
    if not history.damaged or set(each.sources) == {THIS_RUN}:
        return each
    damage = told(
        len(history.damaged),
        "1 thing on the data branch could not be read and is not counted.",
        "{} things on the data branch could not be read and are not counted.",
    )
    return replace(each, note=f"{each.note} {damage}".strip())
