from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chitty_action.state.facts import Facts
from chitty_action.state.layout import sweeps_of
from chitty_action.state.sweep_lines import written_sweeps
from tests.state.years import BEGIN, deployments, sweeps

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE = 1_000_000
OTHERS = MEGABYTE // 2
"""Room for what waits and for the whole files that reconcile overwrites."""
YEARS = 5
MONTHS = 12 * YEARS
NOW = datetime(BEGIN.year + YEARS, BEGIN.month, 1, tzinfo=UTC)


def _month(number: int) -> datetime:
    years, months = divmod(BEGIN.month - 1 + number, 12)
    return datetime(BEGIN.year + years, months + 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """Give the branch after five years; every half a year it is thinned."""
    branch: dict[str, str] = {}
    for number in range(MONTHS):
        begin, end = _month(number), _month(number + 1)
        swept = written_sweeps(sweeps(begin + timedelta(minutes=43), end))
        branch[sweeps_of(begin)] = swept or ""
        facts = Facts(deployments=tuple(deployments(begin, end)), thins=number % 6 == 5)
        read = {path: branch[path] for path in facts.paths(branch, end)}
        for path, text in facts.merged(read, end).files.items():
            branch.pop(path, None)
            if text is not None:
                branch[path] = text
    return branch


def test_five_years_of_200_services_are_small(texts: Mapping[str, str]) -> None:
    """A checkout of the branch, and every reader of it, stays quick."""
    sizes = {path: len(text.encode()) for path, text in texts.items()}
    assert sum(sizes.values()) + OTHERS < 10 * MEGABYTE
