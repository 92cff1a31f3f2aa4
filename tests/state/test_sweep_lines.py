from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.state.sweep_lines import read_sweeps, with_sweep, written_sweeps
from tests.state.facts import HOUR, NOON, sweep, sweeps

if TYPE_CHECKING:
    from random import Random

    from chitty_action.state.sweep import Sweep

NOVEMBER = "sweeps/2026-11.jsonl"


def _swept(text: str | None) -> list[Sweep]:
    return [line.value for line in read_sweeps(NOVEMBER, text or "").lines]


@given(st.lists(sweeps, max_size=8, unique_by=lambda one: one.key), st.randoms(use_true_random=False))
def test_every_sweep_comes_back_in_whatever_order_they_came(made: list[Sweep], chance: Random) -> None:
    """One that comes late changes what its successor has to say, and nothing else."""
    shuffled = list(made)
    chance.shuffle(shuffled)
    text = ""
    for one in shuffled:
        text = with_sweep(NOVEMBER, text, one) or ""
    assert _swept(text) == sorted(made, key=lambda one: (one.at, one.key))
    assert text == (written_sweeps(made) or "")


def test_the_first_line_is_whole_and_the_others_say_what_changed() -> None:
    """A month is read without the one before it."""
    states = [{"a": "healthy", "b": "down"}, {"a": "healthy", "c": "down"}, {"a": "healthy", "c": "down"}]
    text = written_sweeps(sweep(NOON + HOUR * number, str(number), classes=seen) for number, seen in enumerate(states))
    lines = [json.loads(line) for line in (text or "").splitlines()]
    assert [line.get("classes") for line in lines] == [states[0], None, None]
    assert [line.get("changed") for line in lines] == [None, {"b": None, "c": "down"}, None]


def test_ten_thousand_sweeps_without_a_change_share_what_they_hold() -> None:
    """The memory of a month of sweeps is what changed in it."""
    text = written_sweeps(sweep(NOON + timedelta(seconds=number), str(number)) for number in range(10_000))
    found = _swept(text)
    assert len(found) == 10_000
    assert {len({id(getattr(one, name)) for one in found}) for name in ("classes", "counts", "latency")} == {1}


@pytest.mark.parametrize("gone", ["", "oh\n", "{}\n"])
def test_lines_after_a_damaged_one_are_not_read_as_what_nobody_saw(gone: str) -> None:
    """They are told and kept, until what changed is known again; later sweeps are not in doubt."""
    states = ["healthy", "down", "down", "healthy", "down"]
    made = [
        sweep(NOON + HOUR * number, str(number), classes={"a": seen, "b": "healthy"})
        for number, seen in enumerate(states)
    ]
    lines = (written_sweeps(made) or "").splitlines(keepends=True)
    text = "".join([lines[0], gone, *lines[2:]])
    assert _swept(text) == [made[0], made[3], made[4]]
    new = sweep(NOON + HOUR * 9, "9", classes={"a": "down", "b": "down"})
    after = with_sweep(NOVEMBER, text, new) or ""
    assert _swept(after) == [made[0], made[3], made[4], new]
    assert after.splitlines()[-1] == lines[2].strip()
    assert any("a line before it is missing or was edited" in told for told in read_sweeps(NOVEMBER, after).damaged)


def test_a_sweep_of_another_month_is_not_read_here() -> None:
    """It would be in nobody's order."""
    text = written_sweeps([sweep(NOON + timedelta(days=3))]) or ""
    found = read_sweeps(NOVEMBER, text)
    assert found.lines == ()
    assert found.damaged == (f"line 1 of {NOVEMBER} cannot be read: it belongs into sweeps/2026-12.jsonl",)


def test_of_two_records_of_one_run_the_later_stays() -> None:
    """Run and attempt make a sweep what it is."""
    early, late = sweep(), sweep(NOON + HOUR, classes={"alpha": "down"})
    for one, other in pairwise([early, late, early]):
        assert _swept(with_sweep(NOVEMBER, with_sweep(NOVEMBER, "", one) or "", other)) == [late]
