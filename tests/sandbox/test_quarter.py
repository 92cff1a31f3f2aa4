"""The simulated quarter, read by what reads the data branch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from chitty_action.metrics.schedule import punctuality
from chitty_action.state.read import history
from chitty_action.state.thinning import LATENCIES, thinned
from sandbox.initial import initial_services, known_services
from sandbox.quarter import Quarter, quarter

END = datetime(2026, 11, 27, 21, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def made() -> Quarter:
    """Give the quarter that ends then."""
    return quarter(END)


def test_it_is_the_same_for_the_same_end_and_seed(made: Quarter) -> None:
    """Who plays it twice sees the same."""
    assert quarter(END).files() == made.files()


def test_another_seed_is_another_quarter(made: Quarter) -> None:
    """The seed decides what happened."""
    assert quarter(END, seed=9).files() != made.files()


@pytest.mark.parametrize("end", [END, datetime(2028, 2, 29, tzinfo=UTC), datetime(2026, 1, 1, 0, 4, tzinfo=UTC)])
def test_all_of_it_can_be_read(end: datetime) -> None:
    """What reads the data branch finds no damage, and everything that there is."""
    made = quarter(end)
    read = history(made.files())
    assert read.damaged == ()
    assert [one.key for one in read.sweeps] == [one.key for one in made.sweeps]
    assert [one.key for one in read.deployments] == [one.key for one in made.deployments]
    assert read.pending == (made.pending,)


def test_it_spans_90_days(made: Quarter) -> None:
    """The first sweep and the first deployment are of its first days, the last ones of its last, and none is later."""
    assert END - 90 * DAY <= made.sweeps[0].at < END - 89 * DAY
    assert END - timedelta(hours=12) < made.sweeps[-1].at < END
    assert END - 90 * DAY <= made.deployments[0].at < END - 83 * DAY
    assert made.deployments[-1].at <= END


def test_every_service_is_in_it(made: Quarter) -> None:
    """The newest sweep lists what is active and has a tier, and each Worker was deployed about once a week."""
    assert {service["name"] for service in known_services()} == made.sweeps[-1].classes.keys()
    deployed = [one.service for one in made.deployments]
    assert all(5 <= deployed.count(service["name"]) <= 25 for service in initial_services())


def test_its_size_is_that_of_a_real_branch(made: Quarter) -> None:
    """A quarter of 46 rows and four sweeps a day is some hundred kilobytes, in few files."""
    files = made.files()
    assert 200_000 < sum(map(len, files.values())) < 600_000
    assert len(files) <= 9


def test_it_is_thinned_already(made: Quarter) -> None:
    """Only the last days have the latency of each service, and thinning again changes nothing."""
    files = made.files()
    told = [one.at for one in history(files).sweeps if one.latency]
    assert told
    assert min(told) >= END - LATENCIES
    assert {path: text for path, text in thinned(files, END).items() if text != files.get(path)} == {}


def test_sweeps_are_as_irregular_as_real_ones(made: Quarter) -> None:
    """Some are late by hours, some were started by hand, one day has none, and two others were dropped."""
    late = [one.late for one in made.sweeps if one.late is not None]
    days = {one.at.date() for one in made.sweeps}
    missing = [day for number in range(89) if (day := (END - number * DAY).date()) not in days]
    assert max(late) > 3_600 > sorted(late)[len(late) // 2]
    assert len(missing) == 1
    assert len(late) == 360 - 1 - 4 - 2
    assert len(made.sweeps) - len(late) == 3


def test_the_last_firing_is_left_to_the_next_sweep(made: Quarter) -> None:
    """By its own schedule a run that begins at the end is nine minutes late."""
    timing = punctuality(made.schedule, END)
    assert timing is not None
    assert (timing.late // 60, timing.every) == (9, 6 * 3_600)
    assert all(one.every in {None, timing.every} for one in made.sweeps)


def test_the_fault_was_not_always_the_services(made: Quarter) -> None:
    """In some sweeps this runner was to blame and everybody looked down, in others the hub alone."""
    ours = [one for one in made.sweeps if one.blame == "us"]
    assert ours
    assert all(not one.latency and one.counts["down"] > len(initial_services()) / 2 for one in ours)
    assert [one.classes["chittyconnect"] for one in made.sweeps if one.blame == "hub"] == ["down"] * 2


def test_a_row_comes_and_goes(made: Quarter) -> None:
    """One service is listed in some sweeps, not in others, listed again, and gone at the end."""
    listed = ["chittycleaner" in one.classes for one in made.sweeps]
    changes = [listed[0], *(now for before, now in pairwise(listed) if now != before)]
    assert changes == [False, True, False, True, False]


def test_conflicts_come_and_go(made: Quarter) -> None:
    """There are sweeps with conflicts and without, and some that could not read the routes."""
    assert {one.conflicts for one in made.sweeps} == {None, 0, 1, 2}
    assert made.sweeps[-1].conflicts == 0


def test_incidents_end_but_for_the_last(made: Quarter) -> None:
    """Each sweep tells of the incidents that were open at its end, under the number of their issue."""
    last = made.sweeps[-1].incidents or ()
    assert [one.kind for one in last] == [one.kind for one in made.incidents if one.closed is None]
    assert all(
        one.url.endswith(f"/{ours.number}")
        for one in last
        for ours in made.incidents
        if ours.kind == one.kind and ours.closed is None
    )
    assert [one.number for one in made.incidents] == [*range(1, len(made.incidents) + 1)]
    assert all(one.affected for one in made.incidents if one.closed is None)


def test_deployments_end_in_every_way(made: Quarter) -> None:
    """Most pass, some warn, some fail, some of these are tried again, and some do not say when they started."""
    verdicts = [one.verdict for one in made.deployments]
    assert verdicts.count("passed") > 0.7 * len(verdicts)
    assert {"warned", "failed"} < {*verdicts}
    assert {one.result for one in made.deployments} >= {"success", "failure"}
    assert any(one.attempt == "2" for one in made.deployments)
    timed = [one.durations.deployment for one in made.deployments]
    assert 0 < timed.count(None) < len(timed) / 2


def test_what_waits_is_the_registration_of_a_deployment(made: Quarter) -> None:
    """The deployment whose registration waits is recorded, and says that it was not registered."""
    waiting = made.pending
    (one,) = (each for each in made.deployments if each.run == waiting.run)
    assert (one.service, one.at, one.registered) == (waiting.service, waiting.deployed_at, False)
    assert waiting.payload["version"] == one.version
