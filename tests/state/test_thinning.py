from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.state.facts import Facts
from chitty_action.state.outbox import Keep
from chitty_action.state.read import history
from tests.state.branch import claim
from tests.state.facts import DAY, HOUR, NOON, deployment, pending, put, sweep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.state.deployment import Deployment
    from chitty_action.state.sweep import Sweep

THIN = Facts(thins=True)
START = datetime(2026, 1, 20, tzinfo=UTC)


def _branch(sweeps: Iterable[Sweep] = (), deployments: Iterable[Deployment] = ()) -> dict[str, str]:
    branch = put({}, Facts(deployments=tuple(deployments)))
    for one in sweeps:
        branch = put(branch, Facts(sweep=one))
    return branch


def test_latencies_go_after_eight_days() -> None:
    """Nobody looks at them any more, and they are most of a line."""
    made = [sweep(NOON, str(days), latency={"alpha": 5}) for days in (0,)]
    branch = _branch(made)
    assert history(put(branch, THIN, NOON + 8 * DAY)).sweeps[0].latency == {"alpha": 5}
    assert history(put(branch, THIN, NOON + 8 * DAY + HOUR)).sweeps[0].latency == {}


def test_a_day_becomes_a_line_when_the_whole_day_is_older_than_a_hundred() -> None:
    """Its sweeps go, but for the last one, on which the next day's line rests and which is told by its day's line."""
    made = [sweep(NOON + HOUR * number, str(number)) for number in range(3)]
    branch = _branch(made)
    border = datetime(2026, 11, 29, tzinfo=UTC) + 100 * DAY
    assert history(put(branch, THIN, border - timedelta(seconds=1))).sweeps == tuple(made)
    after = put(branch, THIN, border)
    assert (history(after).sweeps, [one.sweeps for one in history(after).days]) == ((), [3])
    assert after["sweeps/2026-11.jsonl"].count("\n") == 1


def test_a_sweep_that_comes_when_its_day_has_a_line_changes_nothing() -> None:
    """It is a hundred days late."""
    after = put(_branch([sweep()]), THIN, NOON + 101 * DAY)
    late = Facts(sweep=sweep(NOON - HOUR, "9"), thins=True)
    assert put(after, late, NOON + 101 * DAY) == after


CHANCES = st.lists(
    st.tuples(st.integers(0, 90 * 24), st.sampled_from(["healthy", "down", "blocked"]), st.booleans()),
    max_size=12,
    unique_by=lambda one: one[0],
)


@settings(deadline=None)
@given(CHANCES, st.lists(st.integers(-20, 420), max_size=6).map(sorted))
def test_it_does_not_matter_when_it_runs(chances: list[tuple[int, str, bool]], runs: list[int]) -> None:
    """Every week, once in the end, or twice in a row: what is left of sweeps and deployments is the same."""
    swept = [
        sweep(START + hours * HOUR, str(hours), classes={"a": seen, "b": "healthy"}, every=3 * 86_400)
        for hours, seen, _ in chances
    ]
    deployed = [deployment(START + hours * HOUR, "ab"[is_b], str(hours)) for hours, _, is_b in chances]
    last = START + 425 * DAY
    once = put(_branch(swept, deployed), THIN, last)
    often = _branch(swept, deployed)
    for days in runs:
        often = put(often, THIN, START + days * DAY)
    often = put(often, THIN, last)
    assert often == once
    assert put(often, THIN, last) == often


@settings(deadline=None)
@given(CHANCES, st.integers(1, 30))
def test_sweeps_may_come_between_two_runs(chances: list[tuple[int, str, bool]], every: int) -> None:
    """Facts that come in their time, each with thinning in its commit, leave what all of them at once leave."""
    swept = sorted(
        (sweep(START + hours * every * HOUR, str(hours), classes={"a": seen}) for hours, seen, _ in chances),
        key=lambda one: one.at,
    )
    end = START + (90 * 30 + 200) * DAY
    branch: dict[str, str] = {}
    for one in swept:
        branch = put(branch, Facts(sweep=one, thins=True), one.at)
    assert put(branch, THIN, end) == put(_branch(swept), THIN, end)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2027, 12, 31, 23, tzinfo=UTC), {"deployments/2026-11.jsonl": 3}),
        (datetime(2028, 1, 1, tzinfo=UTC), {"deployments/2026-11.last.jsonl": 2}),
        (datetime(2031, 11, 30, tzinfo=UTC), {"deployments/2026-11.last.jsonl": 2}),
        (datetime(2031, 12, 1, tzinfo=UTC), {}),
    ],
)
def test_deployments_are_whole_for_13_months_and_gone_after_60(now: datetime, left: dict[str, int]) -> None:
    """In between, the last one of each service and environment is there."""
    made = [deployment(NOON, run="1"), deployment(NOON - HOUR, run="2"), deployment(NOON, "beta", "3")]
    after = put(_branch((), made), THIN, now)
    assert {path: text.count("\n") for path, text in after.items()} == left


def test_a_deployment_that_comes_when_its_month_was_thinned_finds_its_place() -> None:
    """The file of what is left is read, not written over."""
    now = NOON + 500 * DAY
    after = put(_branch((), [deployment(NOON, run="1")]), THIN, now)
    late = (deployment(NOON, "beta", "2"), deployment(NOON - HOUR, run="3"))
    after = put(after, Facts(deployments=late, thins=True), now)
    assert [one.run for one in history(after).deployments] == ["1", "2"]
    assert list(after) == ["deployments/2026-11.last.jsonl"]


def test_what_waited_too_long_is_let_go_and_told() -> None:
    """Nobody waits for it; but a run that is delivering it just now is not disturbed."""
    waiting = pending()
    branch = put({}, Facts(outbox=(Keep(waiting),)))
    late = NOON + 30 * DAY + HOUR
    merged = THIN.merged(branch, late)
    assert (merged.let_go, merged.files) == ((waiting,), {"outbox/alpha.registration.json": None})
    assert THIN.merged(branch, late - HOUR).files == {}
    claimed = put(branch, Facts(outbox=(claim(waiting, "7", late + HOUR),)), late - 2 * HOUR)
    assert THIN.merged(claimed, late).let_go == ()
    assert len(THIN.merged(claimed, late + HOUR).let_go) == 1


def test_unreadable_lines_of_sweeps_go_with_their_month() -> None:
    """They are kept as long as somebody may mend them."""
    branch = {"sweeps/2026-11.jsonl": "oh\n", "deployments/2026-11.jsonl": "oh\n"}
    assert put(branch, THIN, NOON + 90 * DAY) == branch
    assert put(branch, THIN, NOON + 200 * DAY) == {"deployments/2026-11.jsonl": "oh\n"}
    assert put(branch, THIN, NOON + 500 * DAY) == {"deployments/2026-11.last.jsonl": "oh\n"}
