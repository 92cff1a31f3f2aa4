"""docs/metrics.md has every number and every metric, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from chitty_action.metrics.catalogue import KINDS
from chitty_action.metrics.openmetrics import openmetrics
from chitty_action.metrics.overview import numbers_of
from chitty_action.metrics.services import services_of
from tests.metrics.example import HISTORY, THIS
from tests.metrics.facts import NOW

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "metrics.md").read_text("utf-8")
_CODE = re.compile(r"`([^`]+)`")


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table under a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def families() -> dict[str, set[str]]:
    """Give the names of the labels of every family of an example of which every number is known."""
    text = openmetrics(numbers_of(HISTORY, NOW, THIS), THIS, services_of(HISTORY, NOW, THIS))
    read = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return {family.name: {label for sample in family.samples for label in sample.labels} for family in read}


def test_the_page_lists_every_number() -> None:
    """By id, with its unit and its name in OpenMetrics, in the order of the page."""
    listed = {
        (which, cells[4], _CODE.findall(cells[5])[0]) for cells in rows("Numbers") for which in _CODE.findall(cells[0])
    }
    assert listed == {(kind.id, kind.unit, kind.family) for kind in KINDS.values()}


def test_the_page_lists_every_metric() -> None:
    """What a full example writes, with its labels, and nothing that it does not."""
    numbers = {_CODE.findall(cells[5])[0]: set(_CODE.findall(cells[5])[1:]) for cells in rows("Numbers")}
    services = {_CODE.findall(cells[0])[0]: set(_CODE.findall(cells[1])) for cells in rows("Metrics of each service")}
    assert numbers | services == families()


def test_numbers_come_from_the_files_that_the_page_names() -> None:
    """Of a full example each number's sources lie where its row says."""
    named = {which: cells[3] for cells in rows("Numbers") for which in _CODE.findall(cells[0])}
    for number in numbers_of(HISTORY, NOW, THIS):
        places = _CODE.findall(named[number.id]) or [named[number.id]]
        strange = [each for each in number.sources if each != "this run" and not each.startswith(tuple(places))]
        assert strange == [], number.id
        assert "this run" in number.sources or "this run" not in places


def alerts() -> dict[str, str]:
    """Give the expression of every rule of the example, by its name."""
    example = yaml.safe_load(PAGE.split("```yaml\n")[1].split("```")[0])
    return {rule["alert"]: rule["expr"] for group in example["groups"] for rule in group["rules"]}


def test_alerts_ask_for_metrics_that_there_are() -> None:
    """Every rule of the example has an expression, and it names only what the text has."""
    assert len(alerts()) == 6
    for expression in alerts().values():
        named = set(re.findall(r"chitty_\w+", expression))
        assert named
        assert named <= set(families())


def test_no_alert_pages_for_a_registration_that_was_delivered() -> None:
    """The rate remembers a failure for 30 days; what still waits is what somebody has to do something about."""
    assert "chitty_outbox_oldest_age_seconds" in alerts()["ChittyRegistrationFailures"]
    assert not any("chitty_registration_success_ratio" in expression for expression in alerts().values())
