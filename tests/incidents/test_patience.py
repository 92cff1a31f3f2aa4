"""`open-after` and `close-after`, and the standing issue that remembers what has no incident yet."""

from __future__ import annotations

from chitty_action.incidents.memory import read
from tests.incidents.watch import KIND, Watch


def test_open_after_counts_failing_runs_in_a_row() -> None:
    """A clean run begins the count again, one that cannot judge does not, a second attempt is the same run."""
    watch = Watch(open_after=3)

    assert [watch("a"), watch("a"), watch(), watch("a"), watch("b"), watch.attempt("b")] == [""] * 6
    assert watch(unjudged="no luck") == ""
    assert watch("b") == "opened"
    memory = read(watch.github.issues[2].body, KIND)
    assert memory is not None
    assert f"{memory.opened:%d %H}" == "24 06", "it began with the first failing run"


def test_the_standing_issue_is_created_once_locked_and_closed() -> None:
    """And empty again when all is well."""
    watch = Watch(open_after=3)
    watch("a")
    issue = watch.github.issues[1]
    assert (issue.title, issue.is_open, issue.body.splitlines()[0]) == (
        "chitty-action memory", False, "<!-- chitty-action:memory -->",
    )  # fmt: skip
    assert watch.github.locked == {1}

    watch()
    assert read(watch.github.issues[1].body, KIND) is None
    watch("a")
    assert len(watch.github.issues) == 1


def test_a_standing_issue_that_was_opened_is_closed_again() -> None:
    """Closing it may have failed, or a person was curious."""
    watch = Watch(open_after=2)
    watch("a")
    watch.github.person(1, is_open=True, closed=None)
    watch.attempt("a")

    assert watch.open == []


def test_close_after_counts_clean_runs_in_a_row() -> None:
    """One that fails begins the count again; nothing is said in between."""
    watch = Watch(close_after=2)

    assert [watch("a"), watch(), watch("a"), watch(), watch.attempt()] == [
        "opened", "updated", "unchanged", "updated", "updated",
    ]  # fmt: skip
    assert watch.said == []
    assert watch() == "closed"


def test_who_waits_and_is_not_seen_goes_on_waiting() -> None:
    """Nothing begins with subjects that a run did not see, and nothing is forgotten."""
    watch = Watch(open_after=2)
    watch("a")

    assert watch(unseen=frozenset({"a"})) == ""
    assert watch("a") == "opened"
