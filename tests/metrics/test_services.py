from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.metrics.services import LATENCIES, services_of
from chitty_action.state.history import History
from tests.metrics.facts import LEDGER, NOW, PROOF, ago, sweep

if TYPE_CHECKING:
    from chitty_action.state.sweep import Sweep


def since(*classes: str | None, blame: tuple[int, ...] = ()) -> int | None:
    """Give how many sweeps ago a service came into its class; None stands for a sweep without it."""
    sweeps = [sweep(ago(hours=back), **({LEDGER: seen} if seen else {})) for back, seen in enumerate(classes)]
    sweeps = [replace(each, blame="us") if back in blame else each for back, each in enumerate(sweeps)]
    found = services_of(History(sweeps=tuple(reversed(sweeps))), NOW, None)[LEDGER].since
    return None if found is None else int((NOW - found).total_seconds() // 3600)


def test_a_class_is_as_old_as_the_first_of_the_sweeps_that_saw_it() -> None:
    """Back to where another class was seen, or to where memory ends."""
    assert since("healthy", "healthy", "down", "healthy") == 1
    assert since("down", "down") == 1
    assert since("blocked", "healthy") == 0


def test_a_service_that_was_not_listed_was_in_no_class() -> None:
    """Nobody looked then, so the class is not older than its return to the list."""
    assert since("healthy", None, "healthy") == 0
    assert since(None, "healthy") is None


def test_a_sweep_in_our_own_trouble_is_passed_over() -> None:
    """What is down with blame `us` neither ends a class nor is one."""
    assert since("healthy", "down", "healthy", blame=(1,)) == 2
    assert since("down", "down", "down", blame=(1,)) == 2
    assert since("down", "down", "healthy", blame=(0,)) == 1
    assert since("down", "healthy", blame=(0,)) is None
    assert since("down", blame=(0,)) is None
    assert since("healthy", "degraded", blame=(1,)) == 0


def timed(back: int, **latency: int) -> Sweep:
    """Give a sweep of two services with these latencies."""
    return replace(sweep(ago(hours=back), chittyledger="healthy", chittyproof="healthy"), latency=latency)


def test_latencies_are_those_of_the_sweeps_that_have_them() -> None:
    """Oldest first, with a hole where nothing came, without sweeps that keep none; this run's is the last."""
    history = History(sweeps=(timed(4, chittyledger=90), timed(3), timed(2, chittyproof=80)))
    found = services_of(history, NOW, timed(1, chittyledger=70))
    assert found[LEDGER].latencies == (90, None, 70)
    assert found[PROOF].latencies == (None, 80, None)


def test_latencies_have_a_bound() -> None:
    """The last 40 sweeps are shown."""
    history = History(sweeps=tuple(timed(back, chittyledger=back) for back in range(50, 0, -1)))
    assert services_of(history, NOW, None)[LEDGER].latencies == tuple(range(LATENCIES, 0, -1))


def test_nobody_is_remembered_at_first() -> None:
    """Without a sweep there is no service."""
    assert services_of(History(), NOW, None) == {}
