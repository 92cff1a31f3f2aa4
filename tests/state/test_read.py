from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.state.facts import Facts
from chitty_action.state.layout import DAYS
from chitty_action.state.lines import encoded
from chitty_action.state.outbox import Keep
from chitty_action.state.read import history, history_paths
from tests.state.facts import DAY, HOUR, NOON, deployment, pending, put, sweep

PATHS = [
    "deployments/2026-11.jsonl",
    "deployments/2025-01.last.jsonl",
    "sweeps/2026-11.jsonl",
    "sweeps/days.jsonl",
    "outbox/alpha.status.json",
    "outbox/../../etc/passwd.json",
    "metrics.txt",
]
BEGINNINGS = st.sampled_from(
    ['{"at":"2026-11-28T12:00:00Z",', '{"day":"2026-11-28","sweeps":', '{"service":"alpha"', "[", "\ufeff", "\n"]
)


@given(st.dictionaries(st.sampled_from(PATHS), st.lists(BEGINNINGS | st.text(max_size=20)).map("".join)))
def test_no_text_is_fatal(texts: dict[str, str]) -> None:
    """Whoever may push may write anything; what is no history is told, and merging goes on."""
    read = history(texts)
    assert len(read.damaged) >= len([path for path in texts if path.startswith("outbox/")])
    facts = Facts(deployments=(deployment(),), sweep=sweep(), outbox=(Keep(pending(change="status")),), thins=True)
    after = put(texts, facts)
    assert deployment() in history(after).deployments
    assert sweep() in history(after).sweeps
    assert pending(change="status") in history(after).pending


def test_facts_are_in_the_order_of_their_time() -> None:
    """Over all files."""
    made = tuple(deployment(NOON + days * DAY, run=str(days)) for days in (4, 0, -40))
    branch = put({}, Facts(deployments=made))
    for days in (4, 0):
        branch = put(branch, Facts(sweep=sweep(NOON + days * DAY, str(days))))
    waiting = Keep(pending(NOON - HOUR, "gamma")), Keep(pending(service="beta"))
    read = history(put(branch, Facts(outbox=waiting)) | {"README.md": "hello"})
    assert [one.run for one in read.deployments] == ["-40", "0", "4"]
    assert [one.run for one in read.sweeps] == ["0", "4"]
    assert [one.service for one in read.pending] == ["gamma", "beta"]
    assert "README.md" not in read.files
    assert len(read.files) == 7
    assert read.damaged == ()


def test_a_damaged_entry_is_told_on_one_line() -> None:
    """Its name is somebody's text too."""
    (told,) = history({"outbox/a\nb.json": "{}"}).damaged
    assert told == "outbox/a b.json cannot be read: Object missing required field `service`"


def test_months_that_nobody_asked_for_are_not_read() -> None:
    """Deployments of this month and as many before it as are wanted, and sweeps of a hundred days."""
    files = [f"{folder}/2026-{month:02}.jsonl" for folder in ("deployments", "sweeps") for month in range(1, 13)]
    wanted = history_paths([*files, *PATHS], NOON, 4)
    assert wanted == (
        *(f"deployments/2026-{month:02}.jsonl" for month in (7, 8, 9, 10, 11, 11, 12)),
        "outbox/../../etc/passwd.json",
        "outbox/alpha.status.json",
        *(f"sweeps/2026-{month:02}.jsonl" for month in (8, 9, 10, 11, 11, 12)),
        "sweeps/days.jsonl",
    )


@pytest.mark.parametrize("line", ['{"day":"9999-12-31","sweeps":1}', '{"day":"2026-11-01","sweeps":1,"healthy":5.5}'])
def test_a_day_that_cannot_be_is_told(line: str) -> None:
    """Nobody who counts with it leaves the calendar, or finds more than all."""
    read = history({DAYS: f"{line}\n"})
    assert (read.days, len(read.damaged)) == ((), 1)


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_time_that_cannot_be_is_told(year: str) -> None:
    """Of a deployment as well as of a sweep."""
    line = encoded(deployment()).replace("2026-", f"{year}-")
    assert len(history({f"deployments/{year}-01.jsonl": line}).damaged) == 1


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("outbox/alpha.registration.json", {"idempotency_key": "a\nb"}),
        ("outbox/...registration.json", {"service": ".."}),
        ("outbox/x?y=1.status.json", {"service": "x?y=1", "change": "status"}),
        ("outbox/alpha.context-task.json", {"change": "context-task"}),
    ],
)
def test_an_entry_that_could_go_elsewhere_is_none(path: str, changed: dict[str, str]) -> None:
    """Its name would be a part of a path, and its key a header."""
    entry = json.loads(put({}, Facts(outbox=(Keep(pending()),)))["outbox/alpha.registration.json"])
    read = history({path: json.dumps({**entry, **changed})})
    assert (read.pending, len(read.damaged)) == ((), 1)
