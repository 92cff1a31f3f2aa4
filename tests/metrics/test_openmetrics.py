from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chitty_action.metrics.catalogue import KINDS
from chitty_action.metrics.openmetrics import FAMILIES, openmetrics
from chitty_action.metrics.overview import numbers_of
from chitty_action.metrics.services import services_of
from chitty_action.state.history import History
from tests.metrics.example import HISTORY, THIS
from tests.metrics.facts import LEDGER, NOW, PROOF, ago, sweep

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from chitty_action.state.sweep import Sweep


def text(history: History = HISTORY, this: Sweep | None = THIS) -> str:
    """Give the text of what is remembered and this sweep."""
    return openmetrics(numbers_of(history, NOW, this), this, services_of(history, NOW, this))


def families(written: str) -> dict[str, Metric]:
    """Read a text by rules that are not ours."""
    return {family.name: family for family in text_string_to_metric_families(written)}  # type: ignore[no-untyped-call]


def samples(written: str, name: str) -> dict[tuple[str, ...], float]:
    """Give the values of a family by the values of their labels, in the order of the labels' names."""
    family = families(written).get(name)
    listed = family.samples if family else []
    return {tuple(value for _, value in sorted(each.labels.items())): each.value for each in listed}


def test_an_example_has_every_family() -> None:
    """In the order of the list, each with its HELP and the type that it is read back with."""
    read = families(text())
    assert list(read) == list(FAMILIES)
    assert {name: family.documentation for name, family in read.items()} == FAMILIES
    types = {name: family.type for name, family in read.items()}
    assert types.pop("chitty_service_evidence") == "stateset"
    assert set(types.values()) == {"gauge"}


def test_every_number_has_a_family_and_its_value() -> None:
    """What the page says is what the text says."""
    written = text()
    for number in numbers_of(HISTORY, NOW, THIS):
        kind = KINDS[number.id]
        assert number.value is not None, number.id
        assert samples(written, kind.family)[kind.label[1:]] == number.value


def test_the_text_ends_as_openmetrics_must() -> None:
    """Whoever reads half a file notices."""
    assert text().endswith("\n# EOF\n")
    assert openmetrics((), None, {}) == "# EOF\n"


def test_names_follow_the_rules() -> None:
    """One prefix, base units at the end, no suffix that another type has (https://prometheus.io/docs/practices/naming/)."""
    for name, family in families(text()).items():
        assert re.fullmatch(r"chitty_[a-z0-9]+(_[a-z0-9]+)*", name)
        assert not name.endswith(("_total", "_count", "_sum", "_bucket", "_info", "_created"))
        assert not re.search(r"milliseconds|minutes|hours|percent", name)
        assert family.unit == next((unit for unit in ("seconds", "ratio") if name.endswith(unit)), "")


def test_units_are_those_of_the_catalogue() -> None:
    """A ratio is called a ratio, seconds are called seconds, and a family has one unit."""
    for kind in KINDS.values():
        unit = next((unit for unit in ("seconds", "ratio") if kind.family.endswith(unit)), None)
        assert unit == {"seconds": "seconds", "ratio": "ratio"}.get(kind.unit)


def test_a_service_is_in_one_state() -> None:
    """Of the eight classes one is 1."""
    states = samples(text(), "chitty_service_evidence")
    assert len(states) == 2 * 8
    assert [labels for labels, value in states.items() if value] == [("healthy", LEDGER), ("down", PROOF)]


def test_a_service_has_its_latency_in_seconds_and_its_availability() -> None:
    """By service, and by window."""
    written = text()
    assert samples(written, "chitty_service_latency_seconds") == {(LEDGER,): 0.042}
    availability = services_of(HISTORY, NOW, THIS)[LEDGER].availability
    by_window = samples(written, "chitty_service_availability_ratio")
    assert {window: by_window[LEDGER, window] for window in ("1d", "7d", "30d", "90d")} == {
        f"{each.days}d": each.value for each in availability
    }


def test_availability_of_less_than_a_hundredth_of_a_window_is_left_out() -> None:
    """A service that was seen for a minute has a class, and no availability."""
    assert (PROOF, "1d") not in samples(text(), "chitty_service_availability_ratio")


def test_what_is_unknown_is_left_out() -> None:
    """Neither as NaN nor as zero; a family of which nothing is known is not there at all."""
    written = text(History(), sweep(NOW, chittyledger="blocked"))
    assert set(families(written)) == {"chitty_services", "chitty_sweep_timestamp_seconds", "chitty_service_evidence"}
    assert "nan" not in written.lower()


def test_services_that_are_no_longer_listed_are_left_out() -> None:
    """Their series end; a service that nothing is remembered of has none but its class."""
    gone = History(sweeps=(sweep(ago(1), chittyauth="healthy"),))
    assert "chittyauth" not in text(gone)
    assert openmetrics((), THIS, {}).count(LEDGER) == 9


def test_samples_have_no_time_of_their_own() -> None:
    """The time of the sweep is a value."""
    written = text()
    assert {each.timestamp for family in families(written).values() for each in family.samples} == {None}
    assert samples(written, "chitty_sweep_timestamp_seconds") == {(): THIS.at.timestamp()}


def test_the_same_facts_give_the_same_text() -> None:
    """In whichever order the services were listed."""
    turned = replace(THIS, classes=dict(sorted(THIS.classes.items(), reverse=True)))
    assert text() == text() == text(this=turned)


@pytest.mark.parametrize(
    "name",
    ['quote"', "back\\slash", "line\nbreak", '"} 1\nchitty_route_conflicts 9\n# EOF', "é🚨", "\r", "\x85 \u2028", ""],
)
def test_a_hostile_name_is_a_value_and_nothing_else(name: str) -> None:
    """It comes back as it was, and adds no line."""
    written = text(History(), sweep(NOW, **{name: "healthy"}))
    assert samples(written, "chitty_service_evidence")["healthy", name] == 1
    assert set(families(written)) == set(families(text(History(), sweep(NOW, chittyledger="healthy"))))


@settings(deadline=None)
@given(names=st.sets(st.text(), min_size=1, max_size=3))
def test_any_names_come_back(names: set[str]) -> None:
    """Whatever text a registry calls its services."""
    written = text(History(), sweep(NOW, **dict.fromkeys(names, "healthy")))
    assert {labels[1] for labels in samples(written, "chitty_service_evidence")} == names


def test_half_a_character_is_replaced() -> None:
    """What cannot be written in UTF-8 does not keep the text from being written."""
    assert samples(text(History(), sweep(NOW, **{"a\ud83d": "down"})), "chitty_service_evidence")["down", "a?"] == 1
