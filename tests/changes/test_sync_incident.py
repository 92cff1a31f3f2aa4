from __future__ import annotations

from itertools import product

import pytest
from msgspec.structs import replace

from chitty_action.changes.sync_incident import Close, Create, Edit, SyncIncident
from chitty_action.incidents.decision import Settings
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Action, Affected, Kind, Picture, Told
from chitty_action.model.ports import IssuesError
from tests.incidents.github import LOGIN, MONDAY, GitHub, finished, run

KIND = Kind.UNHEALTHY_SERVICES
URL = "https://github.example/issues/1"


def picture(*names: str) -> list[Picture]:
    """These are broken."""
    return [Picture(KIND, tuple(Affected(name, "down", "answered 503") for name in names))]


def settings(run_id: str = "1", open_after: int = 1) -> Settings:
    """Be this patient."""
    return Settings(open_after, run_id=run_id)


def change(*writes: Create | Edit | Close, action: Action | None = Action.OPENED, untold: int = 1) -> SyncIncident:
    """Make a change of these writes."""
    return SyncIncident(KIND, action, "", writes, untold, LOGIN, ("a-label",), ("octocat",), MONDAY)


def test_a_dry_run_says_what_would_be_done() -> None:
    """And has nothing to do it with."""
    assert change(Create("t", "b")).would().told == Told(KIND, "", "would-opened")
    assert change(action=None).would().told is None


def test_the_new_issue_is_told() -> None:
    """Its address is in the output, and what follows is about it."""
    github = GitHub()
    synced = finished(change(Create("t", "b"), Close(None, "completed")).apply(github))

    assert synced.told == Told(KIND, URL, "opened")
    assert not github.issues[1].is_open


def test_an_issue_that_will_not_be_found_again_is_told() -> None:
    """GitHub does not name the owner of every token; the next run would open another one."""
    stranger = replace(change(Create("t", "b")), login="somebody-else")
    (finding,) = finished(stranger.apply(GitHub())).findings
    assert finding.level is Level.WARNING
    assert f"written by {LOGIN}, not somebody-else" in finding.message


def test_what_is_about_nothing_is_a_bug() -> None:
    """A write without a number needs a creation before it."""
    with pytest.raises(ValueError, match="nothing was created"):
        finished(change(Close(None, "completed")).apply(GitHub()))


def test_a_refused_creation_is_an_error_with_the_cure() -> None:
    """Nobody was told of what is broken: the red run is the alarm."""
    github = GitHub()
    [synced] = run(github, picture("a"), settings(), {1: "before"})

    assert synced.told == Told(KIND, "", "failed")
    message = (
        "the incident unhealthy-services could not be opened, so nobody is told of what is broken: "
        "GitHub answered 403: no permission"
    )
    assert synced.findings == (Finding("incidents", KIND, Level.ERROR, message, "grant `issues: write`"),)


@pytest.mark.parametrize(("fault", "listings"), [("after", 1), ("lost", 1)])
def test_a_doubted_creation_is_looked_for_before_it_is_repeated(fault: str, listings: int) -> None:
    """GitHub answered 500 after creating it, or never got it: one issue either way, in the same run."""
    github = GitHub()
    [synced] = run(github, picture("a"), settings(), {1: fault})

    assert synced.told == Told(KIND, URL, "opened")
    assert len(github.issues) == listings
    assert synced.findings == ()


def test_a_copy_by_a_stranger_is_not_what_was_created() -> None:
    """Who copies a body while it is in doubt does not get the incident."""
    github = GitHub()
    body = "<!-- x -->\nbody"
    github.plant(body=body, author="mallory")
    github.expect({0: "lost"})
    synced = finished(change(Create("t", body)).apply(github))

    assert synced.told is not None
    assert synced.told.url.endswith("/2")


def test_what_github_does_to_line_ends_is_no_other_body() -> None:
    """The issue that was created in doubt is known again by its body."""
    github = GitHub()
    github.plant(body="a\r\nb\r\n")
    github.expect({0: "lost"})
    finished(change(Create("t", "a\nb")).apply(github))

    assert len(github.issues) == 1


def test_without_a_list_a_doubted_creation_is_not_repeated() -> None:
    """Two incidents are worse than a red run."""
    github = GitHub()
    [synced] = run(github, picture("a"), settings(), {1: "after", 2: "before"})

    assert synced.findings[0].level is Level.ERROR
    assert len(github.issues) == 1
    assert run(github, picture("a"), settings("2"))[0].told == Told(KIND, URL, "unchanged")


@pytest.mark.parametrize(
    ("names", "failing_call", "level"),
    [
        (("a", "b"), 1, Level.ERROR),  # the comment that tells of b
        (("a", "b"), 2, Level.WARNING),  # the body
        ((), 1, Level.WARNING),
        (("a",), 1, Level.WARNING),
    ],
)
def test_trouble_is_an_error_only_where_nobody_is_told(names: tuple[str, ...], failing_call: int, level: Level) -> None:
    """An incident that is open and says who is broken is enough."""
    github = GitHub()
    run(github, picture("a"), settings())
    [synced] = run(github, picture(*names), settings("2"), {failing_call: "before"})

    assert [finding.level for finding in synced.findings] == [level]
    assert synced.told == Told(KIND, URL, "failed")


def test_what_cannot_be_remembered_before_an_incident_is_an_error() -> None:
    """A count that is lost every time would never open one."""
    synced = run(GitHub(), picture("a"), settings(open_after=2), {1: "before"})
    told = [(finding.subject, finding.level) for one in synced for finding in one.findings]

    assert told == [("memory", Level.ERROR)]


ANYWHERE = list(product(range(1, 5), ["before", "lost", "after"]))


@pytest.mark.parametrize(("call", "fault"), ANYWHERE)
@pytest.mark.parametrize("reason", ["completed", "not_planned", "by us"])
def test_a_reopening_that_stopped_anywhere_is_finished_by_the_next_run(call: int, fault: str, reason: str) -> None:
    """It is not taken for a person's closing: the incident is open again, and the body agrees."""
    github = GitHub()
    run(github, picture("a"), settings())
    if reason == "by us":
        run(github, picture(), settings("2"))
    else:
        github.by_person(1, reason)
    now = picture("a", "b") if reason == "not_planned" else picture("a")
    run(github, now, settings("3"), {call: fault})
    run(github, now, settings("4"))

    assert github.issues[1].is_open
    assert len(github.issues) == 1
    comments = len(github.comments)
    assert run(github, now, settings("5"))[0].told == Told(KIND, URL, "unchanged")
    assert len(github.comments) == comments


@pytest.mark.parametrize(("call", "fault"), ANYWHERE)
def test_a_closing_that_stopped_anywhere_is_finished_by_the_next_run(call: int, fault: str) -> None:
    """At most the comment is said twice."""
    github = GitHub()
    run(github, picture("a"), settings())
    run(github, picture(), settings("2"), {call: fault})
    run(github, picture(), settings("3"))

    assert not github.issues[1].is_open
    assert len(github.comments) <= 2
    assert run(github, picture(), settings("4"))[0].told is None


def test_a_list_that_cannot_be_read_changes_nothing() -> None:
    """The phase says so; nothing is guessed."""
    github = GitHub()
    with pytest.raises(IssuesError):
        run(github, picture("a"), settings(), {0: "before"})
    assert github.written == []
