from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chitty_action.state.facts import Facts
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
