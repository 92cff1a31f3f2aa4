from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.state.facts import Facts
from chitty_action.state.outbox import Keep
from chitty_action.state.read import history
from tests.state.branch import settle
from tests.state.facts import DAY, HOUR, NOON, deployment, deployments, pending, put, sweep, sweeps

LATER = NOON + 2 * DAY


def _facts(**members: Any) -> Facts:  # noqa: ANN401 - any member; hypothesis would ask for the types of Facts itself
    return Facts(**members)


FACTS = st.builds(
    _facts,
    deployments=st.lists(deployments, max_size=3).map(tuple),
    sweep=st.none() | sweeps,
    outbox=st.sampled_from([(), (Keep(pending()),), (settle(pending()),)]),
    files=st.dictionaries(st.sampled_from(["metrics.txt", "badge.json"]), st.text(max_size=3)),
    thins=st.booleans(),
)


@given(FACTS, FACTS)
def test_merging_twice_changes_nothing_the_second_time(before: Facts, facts: Facts) -> None:
    """So a run that does not know whether its commit arrived may simply try again."""
    after = put(put({}, before, LATER), facts, LATER)
    assert facts.merged(after, LATER).files == {}


@given(FACTS, FACTS)
def test_what_has_to_be_read_is_enough(before: Facts, facts: Facts) -> None:
    """Reading the whole branch leads to the same commit."""
    branch = put({}, before, LATER)
    read = {path: branch[path] for path in facts.paths(branch, LATER)}
    assert facts.merged(read, LATER) == facts.merged(branch, LATER)


def test_only_what_is_needed_is_read() -> None:
    """A deployment reads its month and what waits of its service; years of others are left alone."""
    branch = [
        "deployments/2026-10.jsonl",
        "deployments/2026-11.jsonl",
        "deployments/2026-12.jsonl",
        "deployments/2025-01.jsonl",
        "deployments/2025-01.last.jsonl",
        "sweeps/2026-10.jsonl",
        "sweeps/2026-11.jsonl",
        "sweeps/days.jsonl",
        "outbox/alpha.status.json",
        "outbox/beta.status.json",
        "metrics.txt",
        "README.md",
    ]
    assert Facts(deployments=(deployment(),)).paths(branch, NOON) == (branch[1], branch[8])
    assert Facts(outbox=(Keep(pending(change="status")),)).paths(branch, NOON) == (*branch[1:3], branch[8])
    assert Facts(sweep=sweep(), files={"metrics.txt": ""}).paths(branch, NOON) == ("metrics.txt", branch[6])
    assert Facts(thins=True).paths(branch, NOON) == (*branch[3:5], *branch[8:10], *branch[5:8])


def test_a_commit_with_these_facts_is_known_again() -> None:
    """The line of a deployment or sweep says that everything that came with it came too."""
    facts = Facts(deployments=(deployment(),), outbox=(Keep(pending()),))
    branch = put({}, facts)
    assert not facts.merged({}, NOON).is_recorded
    assert facts.merged(branch, NOON).is_recorded
    assert not Facts(outbox=facts.outbox).merged(branch, NOON).is_recorded
    later = put(branch, Facts(deployments=(deployment(NOON + HOUR, run="101"),)), LATER)
    assert facts.merged(later, LATER).is_recorded


def test_older_whole_files_do_not_overwrite_newer_ones() -> None:
    """A slow run lost the race: its sweep is recorded, and its numbers are yesterday's."""
    branch = put({}, Facts(sweep=sweep(NOON + HOUR, "2"), files={"metrics.txt": "new\n"}), LATER)
    after = put(branch, Facts(sweep=sweep(NOON, "1"), files={"metrics.txt": "old\n"}), LATER)
    assert after["metrics.txt"] == "new\n"
    assert [one.run for one in history(after).sweeps] == ["1", "2"]


def test_operations_may_not_meet() -> None:
    """Two on one entry would depend on how often they are merged."""
    with pytest.raises(ValueError, match="two operations on one entry"):
        Facts(outbox=(Keep(pending()), settle(pending())))


@pytest.mark.parametrize("path", ["deployments/2026-11.jsonl", "sweeps/days.jsonl", "outbox/a.status.json"])
def test_what_is_merged_is_not_overwritten(path: str) -> None:
    """Whole files live elsewhere."""
    with pytest.raises(ValueError, match="whole file in a folder"):
        Facts(files={path: ""})


def test_several_deployments_of_several_months_are_one_commit() -> None:
    """Each goes into its file."""
    made = tuple(deployment(NOON + days * DAY, run=str(days)) for days in (0, 1, 4))
    assert list(Facts(deployments=made).merged({}, LATER).files) == [
        "deployments/2026-11.jsonl",
        "deployments/2026-12.jsonl",
    ]


def test_what_is_there_already_is_read_whatever_the_clock_says() -> None:
    """A file that is written has been read, even where its month is far in the future."""
    branch = put({}, Facts(sweep=sweep(NOON + 99 * DAY)))
    assert len(history(put(branch, Facts(sweep=sweep(NOON + 99 * DAY + HOUR, "201")))).sweeps) == 2


def test_an_entry_that_cannot_be_read_supersedes_nothing() -> None:
    """It is replaced by one that can be delivered."""
    path = "outbox/alpha.registration.json"
    after = put({path: "oh"}, Facts(deployments=(deployment(),), outbox=(Keep(pending()),)))
    assert history(after).pending == (pending(),)


def test_a_sweep_of_the_future_does_not_keep_whole_files_as_they_are() -> None:
    """Somebody's clock was wrong once; the numbers go on."""
    branch = put({}, Facts(sweep=sweep(NOON + 20 * DAY, "2"), files={"metrics.txt": "new\n"}), LATER)
    after = put(branch, Facts(sweep=sweep(NOON, "1"), files={"metrics.txt": "old\n"}), LATER)
    assert after["metrics.txt"] == "old\n"


def test_what_others_put_there_is_not_read() -> None:
    """It need not even be text."""
    foreign = ["sweeps/x.bin", "outbox/README.md", "outbox/alpha.notes.json", "deployments/2026-11.csv"]
    facts = Facts(deployments=(deployment(),), sweep=sweep(), thins=True)
    assert set(facts.paths([*foreign, "sweeps/2026-11.jsonl"], NOON)) == {"sweeps/2026-11.jsonl"}
