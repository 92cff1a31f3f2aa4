from __future__ import annotations

import math
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chitty_action.metrics.catalogue import KINDS
from chitty_action.metrics.overview import numbers_of
from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.history import Day, History
from chitty_action.state.pending import Pending
from chitty_action.state.sweep import Coverage, OpenIncident, Sweep
from tests.metrics.brute_force import CLASSES, SERVICES
from tests.metrics.facts import NOW, ago, deployment, scheduled, sweep, the

TIMES = st.integers(-86_400, 100 * 86_400).map(lambda seconds: NOW - timedelta(seconds=seconds))
MAYBE = st.none() | st.booleans()
COUNT = st.integers(0, 1000)
WORDS = st.sampled_from(CLASSES)
DEPLOYMENTS = st.builds(
    Deployment,
    at=TIMES,
    service=st.sampled_from(SERVICES),
    environment=st.just("production"),
    verdict=st.just("passed"),
    result=st.sampled_from(["success", "failure"]),
    run=st.sampled_from(["1", "2", "3"]),
    registered=MAYBE,
    health=WORDS,
    proxied=MAYBE,
    failed=st.sampled_from([(), ("service-healthy",)]),
    durations=st.builds(Durations, post=st.just(1.0), deployment=st.none() | st.floats(0, 1e6)),
)
SWEEPS = st.builds(
    Sweep,
    at=TIMES,
    run=st.sampled_from(["1", "2", "3", "4", "5"]),
    blame=st.sampled_from(["them", "hub", "us"]),
    classes=st.dictionaries(st.sampled_from(SERVICES), WORDS),
    counts=st.dictionaries(WORDS, COUNT),
    latency=st.dictionaries(st.sampled_from(SERVICES), COUNT),
    conflicts=st.none() | COUNT,
    discovery_age=st.none() | COUNT,
    refreshed=st.booleans(),
    incidents=st.none()
    | st.lists(st.builds(OpenIncident, kind=st.just("x"), since=st.none() | TIMES), max_size=2).map(tuple),
    late=st.none() | COUNT,
    every=st.none() | st.integers(0, 1_000_000),
    coverage=st.none() | st.tuples(COUNT, COUNT).map(lambda pair: Coverage(min(pair), max(pair))),
)
DAYS = st.builds(
    Day, day=TIMES.map(lambda at: at.date()), sweeps=COUNT, services=COUNT, healthy=st.none() | st.floats(0, 1)
)
PENDING = st.builds(
    Pending,
    service=st.sampled_from(SERVICES),
    change=st.just("status"),
    environment=st.just("production"),
    deployed_at=TIMES,
    run=st.just("1"),
    payload=st.just({}),
    reason=st.just("x"),
)


def ordered(kind: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Draw a few, the oldest first."""
    return st.lists(kind, max_size=6).map(lambda drawn: tuple(sorted(drawn, key=lambda each: getattr(each, "at", NOW))))


HISTORIES = st.builds(
    History,
    deployments=ordered(DEPLOYMENTS),
    sweeps=ordered(SWEEPS),
    days=st.lists(DAYS, max_size=4).map(tuple),
    pending=st.lists(PENDING, max_size=2).map(tuple),
    is_read=st.booleans(),
    files=st.sampled_from([(), ("sweeps/2026-11.jsonl",)]),
    damaged=st.sampled_from([(), ("line 3 is no JSON",)]),
)
THIS = st.none() | SWEEPS.map(lambda drawn: replace(drawn, at=min(drawn.at, NOW)))


@settings(deadline=None)
@given(history=HISTORIES, this=THIS)
def test_a_number_with_a_value_says_where_and_when(history: History, this: Sweep | None) -> None:
    """At least one source, and the time of its newest fact, which is not of the future."""
    for number in numbers_of(history, NOW, this):
        if number.value is not None:
            assert number.sources, number.id
            assert number.at is not None, number.id
            assert number.at <= NOW, number.id


@settings(deadline=None)
@given(history=HISTORIES, this=THIS)
def test_a_number_without_a_value_says_why(history: History, this: Sweep | None) -> None:
    """Unknown is never without a sentence, and sentences end with a full stop."""
    for number in numbers_of(history, NOW, this):
        assert number.note or number.value is not None, number.id
        assert number.note == "" or number.note.endswith("."), number.id
        assert number.note == " ".join(number.note.split()), number.id


@settings(deadline=None)
@given(history=HISTORIES, this=THIS)
def test_numbers_are_numbers_of_their_unit(history: History, this: Sweep | None) -> None:
    """Finite and not negative, whatever clocks said; ratios are at most 1, and counts are whole."""
    for number in numbers_of(history, NOW, this):
        if number.value is None:
            continue
        assert math.isfinite(number.value), number.id
        assert number.value >= 0, number.id
        assert number.unit != "ratio" or number.value <= 1, number.id
        assert number.unit != "count" or number.value == int(number.value), number.id


@settings(deadline=None)
@given(history=HISTORIES, this=THIS)
def test_all_numbers_are_there_in_the_order_of_the_catalogue(history: History, this: Sweep | None) -> None:
    """Whatever is remembered; with the title and the unit of the catalogue."""
    assert [(number.id, number.title, number.unit) for number in numbers_of(history, NOW, this)] == [
        (kind.id, kind.title, kind.unit) for kind in KINDS.values()
    ]


def test_availability_names_the_sweeps_it_rests_on() -> None:
    """Their files, those of this run, and the file of the lines where a day is known by its line only."""
    history = History(
        sweeps=(scheduled(ago(35)), scheduled(ago(2))), days=(Day(day=ago(60).date(), sweeps=4, services=1, healthy=0),)
    )
    week = the("availability-7d", history, sweep(ago(), chittyledger="healthy"))
    assert week.sources == ("sweeps/2026-11.jsonl",)
    assert week.note == "Sweep by sweep 7.1% of the time is known."
    assert week.at == ago(2)
    quarter = the("availability-90d", history, sweep(ago(hours=1), chittyledger="healthy"))
    assert quarter.sources == ("sweeps/2026-10.jsonl", "sweeps/2026-11.jsonl", "this run", "sweeps/days.jsonl")
    assert quarter.value == pytest.approx(25 / 49)
    assert quarter.note == (
        "Sweep by sweep 1.2% of the time is known. "
        "1 day is known by its line only and weighs like one of which all is known."
    )


def test_availability_of_less_than_a_hundredth_of_its_window_is_unknown() -> None:
    """Its note says how much is known, and that this is too little."""
    number = the("availability-90d", this=sweep(ago(hours=2), chittyledger="healthy"))
    assert (number.value, number.sources) == (None, ())
    assert number.note == (
        "Sweep by sweep 0.1% of the time is known. "
        "Less than a hundredth of the window is known, which is too little for a value."
    )


def test_availability_can_rest_on_lines_alone() -> None:
    """Then its newest fact is as old as the end of that day."""
    number = the("availability-30d", History(days=(Day(day=ago(9).date(), sweeps=4, services=1, healthy=0.5),)))
    assert (number.value, number.sources) == (0.5, ("sweeps/days.jsonl",))
    assert number.at == ago(8, hours=12)
    assert the("availability-7d").value is None


def waiting(days: int, service: str = "chittyledger") -> Pending:
    """Give a write that waits for so many days."""
    return Pending(
        service=service,
        change="status",
        environment="production",
        deployed_at=ago(days),
        run="1",
        payload={},
        reason="it answered 503",
    )


def test_writes_that_wait_are_counted() -> None:
    """How many, and how long the oldest has waited; each is a file."""
    pending = (waiting(2), waiting(3, "chittyproof"))
    history = History(is_read=True, pending=pending, files=("outbox/chittyledger.status.json",))
    count, age = the("outbox-pending", history), the("outbox-age", history)
    assert (count.value, age.value) == (2.0, 3 * 86_400)
    assert count.sources == age.sources == ("outbox/chittyledger.status.json", "outbox/chittyproof.status.json")


@pytest.mark.parametrize("files", [(), ("deployments/2026-11.jsonl",)])
def test_an_empty_outbox_is_known_to_be_empty(files: tuple[str, ...]) -> None:
    """Where the data branch was read, be it empty; otherwise nobody knows."""
    history = History(is_read=True, files=files)
    assert the("outbox-pending", history).value == 0.0
    assert the("outbox-age", history).note == "No write waits."
    assert the("outbox-pending").note == the("outbox-age").note == "No data branch was read."


def test_what_could_not_be_read_is_told() -> None:
    """By every number that rests on the data branch, and by none of this run alone."""
    history = History(deployments=(deployment(ago(1)),), damaged=("line 3 is no JSON", "line 4 is no JSON"))
    this = scheduled(ago())
    told = "2 things on the data branch could not be read and are not counted."
    assert the("integration-pass-rate", history, this).note == told
    assert the("services-healthy", history, this).note == ""
    assert the("sweep-lateness", history, this).note == ""


def test_numbers_cost_no_library() -> None:
    """Neither the text's library nor that of cron is imported before it is needed."""
    modules = ["overview", "services", "trend", "schedule", "openmetrics"]
    code = "".join(f"import chitty_action.metrics.{module}\n" for module in modules)
    code += "import sys\nprint(sorted({'prometheus_client', 'cronsim'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    assert run.stdout == "[]\n"
