"""One rule of section 6 a test, seen as people see it: through the issues that are there afterwards."""

from __future__ import annotations

import pytest

from chitty_action.incidents.decision import Settings
from chitty_action.incidents.memory import read
from chitty_action.model.incident import Affected, Picture
from tests.incidents.github import run
from tests.incidents.watch import KIND, Watch

MARKER = f"<!-- chitty-action:incident={KIND} -->"


@pytest.fixture
def watch() -> Watch:
    """Give a repository without issues."""
    return Watch()


def test_a_life(watch: Watch) -> None:
    """Opened, unchanged, commented for another set, closed; a comment only where something changed."""
    assert [watch("a", "b"), watch("b", "a"), watch("a", "c"), watch(), watch()] == [
        "opened", "unchanged", "commented", "closed", "",
    ]  # fmt: skip
    assert watch.said == ["Changed: 2 services are unhealthy.", "Over: every service that was looked at is well."]
    assert "It lasted 18 hours, from 2026-11-23 12:00 UTC to 2026-11-24 06:00 UTC" in watch.github.comments[-1][1]
    assert watch.github.issues[1].reason == "completed"
    assert len(watch.github.issues) == 1


def test_since_is_remembered_of_each(watch: Watch) -> None:
    """A new one does not make the others new, nor does another state."""
    watch("a")
    watch("a", "b")

    memory = read(watch.github.issues[1].body, KIND)
    assert memory is not None
    assert [(known.name, f"{known.since:%d %H}") for known in memory.known or ()] == [("a", "23 12"), ("b", "23 18")]


def test_another_state_is_an_update_without_a_comment(watch: Watch) -> None:
    """The set is the same."""
    watch("a")
    picture = Picture(KIND, (Affected("a", "degraded"),))
    [synced] = run(watch.github, [picture], Settings(run_id="2"))

    assert synced.told is not None
    assert (synced.told.action, watch.said) == ("updated", [])


@pytest.mark.parametrize(("hours", "number"), [(18, 1), (24, 2)])
def test_what_returns_within_a_day_is_reopened(watch: Watch, hours: int, number: int) -> None:
    """Later than that it is a new incident; a run comes six hours after that."""
    watch("a")
    watch()
    watch.github.later(hours=hours)

    assert watch("a") == ("reopened" if number == 1 else "opened")
    assert watch.open == [number]


def test_closed_as_not_planned_stays_closed_until_the_set_changes(watch: Watch) -> None:
    """A person knows already."""
    watch("a")
    watch.github.by_person(1, "not_planned")

    assert [watch("a"), watch("a"), watch.open] == ["unchanged", "unchanged", []]
    assert [watch("a", "b"), watch.open] == ["reopened", [1]]


def test_closed_as_completed_while_still_true_is_reopened_once(watch: Watch) -> None:
    """Saying so; the second time it stays closed, until the set changes."""
    watch("a")
    watch.github.by_person(1, "completed")
    assert [watch("a"), watch("a"), watch.open] == ["reopened", "unchanged", [1]]
    assert watch.said == ["Reopened: 1 service is unhealthy, so this is not completed."]

    watch.github.by_person(1, "completed")
    assert [watch("a"), watch.open] == ["unchanged", []]
    assert [watch("b"), watch.open] == ["reopened", [1]]

    watch.github.by_person(1, "completed")
    assert watch("b") == "reopened", "another set, another once"


@pytest.mark.parametrize("reason", ["not_planned", "completed"])
def test_a_closing_by_a_person_is_over_with_the_incident(watch: Watch, reason: str) -> None:
    """What breaks again after all was well is news."""
    watch("a")
    watch.github.by_person(1, reason)

    assert [watch(), watch(), watch("a")] == ["updated", "", "reopened"]
    assert watch.said == ["Broken again: 1 service is unhealthy."]


def test_reopened_by_a_person_while_all_is_well(watch: Watch) -> None:
    """It is closed again, saying why."""
    watch("a")
    watch()
    watch.github.person(1, is_open=True, closed=None, reason="reopened")

    assert [watch(), watch.open] == ["closed", []]
    assert watch.said[-1] == "Closed again: every service that was looked at is well"


def test_reopened_by_a_person_and_broken_again(watch: Watch) -> None:
    """People were told that it is over, so it is told again."""
    watch("a")
    watch()
    watch.github.person(1, is_open=True, closed=None, reason="reopened")

    assert [watch("a"), watch("a"), watch.said[-1]] == [
        "commented",
        "unchanged",
        "Broken again: 1 service is unhealthy.",
    ]


def test_duplicates_are_closed_with_a_link(watch: Watch) -> None:
    """The oldest open one stays."""
    watch("a")
    watch.github.plant(body=f"{MARKER}\nby hand", author="alice", association="OWNER")
    watch("a")

    assert watch.open == [1]
    assert watch.github.issues[2].reason == "duplicate"
    assert watch.github.comments == [(2, "This is a duplicate of #1, which is the oldest and stays.")]


def test_a_closed_duplicate_is_never_reopened(watch: Watch) -> None:
    """The one that was closed last and not as a duplicate is."""
    watch("a")
    watch()
    watch.github.plant(body=MARKER)
    watch.github.by_person(2, "duplicate")

    assert [watch("a"), watch.open] == ["reopened", [1]]


@pytest.mark.parametrize(
    ("author", "association", "is_trusted"),
    [
        ("mallory", "NONE", False),
        ("mallory", "MEMBER", False),
        ("mallory", "CONTRIBUTOR", False),
        ("", "NONE", False),
        ("alice", "OWNER", True),
        ("alice", "COLLABORATOR", True),
        ("GitHub-Actions[bot]", "NONE", True),
    ],
)
def test_whose_marker_counts(watch: Watch, author: str, association: str, *, is_trusted: bool) -> None:
    """Ours, an owner's and a collaborator's; a stranger's issue never becomes ours."""
    watch.github.plant(body=MARKER, author=author, association=association)

    assert watch("a") == ("updated" if is_trusted else "opened")


@pytest.mark.parametrize("body", [f"x\n{MARKER}", f"\n{MARKER}", f"{MARKER} x", "", MARKER.replace("services", "s")])
def test_the_marker_counts_in_the_first_line_only(watch: Watch, body: str) -> None:
    """A quotation of an incident is none."""
    watch.github.plant(body=body)

    assert watch("a") == "opened"


def test_what_cannot_be_judged_is_left_alone(watch: Watch) -> None:
    """Nothing is opened, changed or closed."""
    assert watch(unjudged="no luck") == ""
    watch("a")
    written = len(watch.github.written)

    assert watch(unjudged="no luck") == "unchanged"
    assert watch.github.written[written:] == []


def test_what_may_not_close_opens_and_changes(watch: Watch) -> None:
    """Who is not in the picture stays in the incident."""
    assert watch("a", may_close=False) == "opened"
    assert watch("b", may_close=False) == "commented"
    assert watch(may_close=False) == "unchanged"
    assert watch("a", "b") == "unchanged", "both had stayed"


def test_who_was_not_seen_stays(watch: Watch) -> None:
    """Neither recovered nor new, and not a reason for an incident."""
    assert watch(unseen=frozenset({"a"})) == ""
    watch("a", "b")

    assert watch("b", unseen=frozenset({"a"})) == "unchanged"
    assert watch(unseen=frozenset({"a"})) == "commented"
    assert watch.open == [1]
    assert watch() == "closed"


def test_an_incident_without_memory_is_taken_up_silently(watch: Watch) -> None:
    """Nobody knows what people were told, so nothing counts as a change."""
    watch("a")
    watch.github.person(1, body=MARKER)

    assert [watch("b"), watch.said] == ["updated", []]
    assert watch("b") == "unchanged"


def test_more_names_than_can_be_remembered_are_compared_by_digest() -> None:
    """A comment tells of a change, and since when is not made up."""
    watch = Watch()
    many = [f"service-{number:04}" for number in range(1_000)]
    assert [watch(*many), watch(*many), watch(*many[1:])] == ["opened", "updated", "commented"]
    assert "not remembered" in watch.github.issues[1].body
    assert watch("one", may_close=False) == "unchanged", "who else stays is not known"
    assert watch("one") == "commented"
    assert watch() == "closed"


def test_what_was_closed_long_ago_is_forgotten(watch: Watch) -> None:
    """After eight days even a closing as not planned: it is a new incident."""
    watch("a")
    watch.github.by_person(1, "not_planned")
    watch.github.later(days=8)

    assert [watch("a"), watch.open] == ["opened", [2]]
