"""The numbers: the metrics of the design as cards, and how sources are called there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.site.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.metrics.numbers import Number

CARDS = {
    "registration-success-rate": "Registration success",
    "integration-pass-rate": "Integration pass",
    "route-conflicts": "Route conflicts",
    "discovery-refreshes": "Discovery refreshes",
    "discovery-age": "Age of discovery",
    "deployment-time-mean": "Deployment, mean",
    "deployment-time-p95": "Deployment, p95",
}
"""What the cards show, in their order, each by its id; the table has every number by its whole title."""
_LONGEST = 40


class Card(Struct, frozen=True):
    """A number as a card shows it.

    Attributes:
        title: in few words.
        number: that it shows.
        last: the last of its sources; empty where there is none.
        older: how many stand before it.
        all: every source, in one line.
    """

    title: str
    number: Number
    last: str
    older: int
    all: str


def cards(numbers: Iterable[Number]) -> tuple[Card, ...]:
    """Return a card for each metric of the design that there is, known or not."""
    by_id = {number.id: number for number in numbers}
    return tuple(_card(title, by_id[which]) for which, title in CARDS.items() if which in by_id)


def _card(title: str, number: Number) -> Card:
    sources = number.sources
    return Card(title, number, sources[-1] if sources else "", max(len(sources) - 1, 0), ", ".join(sources))


def brief(source: str) -> str:
    """Return a source's name without its extension, as short as a card needs it."""
    return shown(source.removesuffix(".jsonl").removesuffix(".json"), _LONGEST)
