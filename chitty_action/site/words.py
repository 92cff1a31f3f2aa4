"""How the page says values. What is unknown is the word `unknown`, never a number."""

from __future__ import annotations

from math import floor, isfinite
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.evidence import BROKEN, Evidence
from chitty_action.model.incident import Action
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chitty_action.metrics.numbers import Availability, Number

UNKNOWN = "unknown"
NONE = "none"
"""What is said where it is known that there is nothing to measure."""
OTHER = "other"
"""What a class, a verdict or a word is called that is none of ours."""
WORST_FIRST = (
    Evidence.DOWN,
    Evidence.MISSING,
    Evidence.DEGRADED,
    Evidence.BLOCKED,
    Evidence.REDIRECTED,
    Evidence.HEALTHY,
    Evidence.UNPROBEABLE,
    Evidence.SKIPPED,
)
"""The order of the list: what needs somebody, then what is well, then what nobody can look at."""
MEANINGS = {
    Evidence.HEALTHY: "it answered, and says that it is well",
    Evidence.DEGRADED: "it answered, and says that it is not well",
    Evidence.DOWN: "it did not answer, or with an error of its own",
    Evidence.MISSING: "its address answers that there is no such thing",
    Evidence.BLOCKED: "something in front of it did not let this run look",
    Evidence.REDIRECTED: "its address leads elsewhere, and was not followed",
    Evidence.UNPROBEABLE: "it has no address that could be looked at",
    Evidence.SKIPPED: "it was not looked at",
}
_WHOLE = 2_000
"""Characters of a text that a title holds; `status.json` has all of them."""
_SURE = 0.995
"""The part of a window from which on it is known, for all that people care."""
_WOULD = "would-"
_NARROW = "\N{NO-BREAK SPACE}"
_MISCALCULATED = 1e-6
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class Quantity(Struct, frozen=True):
    """A number as a card shows it: large figures, and its unit beside them."""

    figures: str
    unit: str = ""


def shown(text: str, limit: int = 160) -> str:
    """Return remote text on one line, harmless and clipped."""
    return one_line(text, limit)


def whole(text: str, limit: int = 160) -> str:
    """Return what a title has to hold because `shown` clipped it; empty where nothing was lost."""
    folded = one_line(text, _WHOLE)
    return folded if len(folded) > limit else ""


def class_of(evidence: str) -> str:
    """Return an evidence class as the page's styles and filters know it."""
    return evidence if evidence in Evidence.__members__.values() else OTHER


def severity(evidence: str) -> int:
    """Return the place of a class in the list; what is none of ours stands before `healthy`."""
    before_healthy = WORST_FIRST.index(Evidence.HEALTHY)
    order: list[str] = [*WORST_FIRST[:before_healthy], OTHER, *WORST_FIRST[before_healthy:]]
    return order.index(class_of(evidence))


def is_broken(evidence: str) -> bool:
    """Whether something is wrong with a service of this class."""
    return class_of(evidence) in BROKEN


def one_of(word: str, *known: str) -> str:
    """Return a word that styles may depend on, or `unknown`."""
    return word if word in known else UNKNOWN


def ratio(value: float | None) -> float | None:
    """Return a ratio from 0 to 1; None where it is unknown, or cannot be true."""
    return min(value, 1.0) if value is not None and 0 <= value <= 1 + _MISCALCULATED else None


def percent(value: float | None) -> str:
    """Say a ratio in percent, rounded down, so that only what is whole is called whole."""
    share = ratio(value)
    return UNKNOWN if share is None else f"{_figures(share)}{_NARROW}%"


def _figures(value: float) -> str:
    hundredths = floor(round(value * 1_000_000) / 100)
    return "100" if hundredths == 100 * 100 else f"{hundredths / 100:,.2f}"


def duration(seconds: float | None) -> str:
    """Say how long something took, in at most two units."""
    if seconds is None or not isfinite(seconds):
        return UNKNOWN
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f}{_NARROW}ms"
    rest = round(seconds)
    if rest < _MINUTE:
        return f"{rest}{_NARROW}s"
    for size, name, small, small_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if rest >= size:
            more = rest % size // small
            return f"{rest // size:,}{_NARROW}{name}" + (f" {more}{_NARROW}{small_name}" if more else "")
    raise AssertionError("a minute is the smallest")  # pragma: no cover - less was returned above


def latency(milliseconds: int | None, evidence: str) -> str:
    """Say how long an answer took, or why there is no such number."""
    if milliseconds is not None:
        return f"{milliseconds:,}{_NARROW}ms"
    return "not asked" if evidence in {Evidence.UNPROBEABLE, Evidence.SKIPPED} else "no answer"


def quantity(number: Number) -> Quantity:
    """Say a number's value by its unit."""
    value = number.value
    if value is None or not isfinite(value):
        return Quantity(NONE if number.is_none and value is None else UNKNOWN)
    match number.unit:
        case "ratio":
            share = ratio(value)
            return Quantity(UNKNOWN) if share is None else Quantity(_figures(share), "%")
        case "seconds":
            return Quantity(duration(value))
        case "per-day":
            return Quantity(f"{value:,.1f}", "a day")
        case "count":
            return Quantity(f"{value:,.0f}" if value == round(value) else f"{value:,.2f}")
        case other:
            return Quantity(f"{value:,g}", shown(other, 20))


def window(availability: Sequence[Availability], days: int) -> Availability | None:
    """Return the availability over a window; None where it is not there."""
    return next((one for one in availability if one.days == days), None)


def seen_healthy(availability: Availability | None) -> tuple[str, str]:
    """Say how much of a window a service was seen healthy, and how much of it is known where that is not all.

    Where there is no value because too little is known (`metrics.availability`), that is said.
    """
    known = ratio(availability.known) if availability else None
    if availability is None or ratio(availability.value) is None:
        return UNKNOWN, f"<1{_NARROW}% known" if known else ""
    if known is None:
        return percent(availability.value), "how much is known is unknown"
    return percent(availability.value), "" if known >= _SURE else f"{floor(100 * known)}{_NARROW}% known"


def told_action(action: str) -> str:
    """Say what became of an incident in this run."""
    word = shown(action, 30)
    if word == Action.FAILED:
        return "GitHub could not be told"
    if word.startswith(_WOULD):
        return f"would be {word.removeprefix(_WOULD)}: this was a dry run"
    if word == Action.COMMENTED:
        word = "commented on"
    return word if word == Action.UNCHANGED else f"{word} by this run"


def kind_told(kind: str) -> str:
    """Make a heading of a kebab-case word."""
    return shown(kind.replace("-", " "), 60).capitalize()


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Count something in words."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def stamp(at: datetime) -> str:
    """Write a time for people, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
