"""The data branch where an answer is lost: what is done all the same, and what that is taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.model.ports import StateError
from sandbox import Drip, Garbage, Reset, Status, Truncated
from sandbox.github_faults import AfterEffect
from tests.branch_world import BRANCH, OLD, asked, data, failing, github, head, opened, pushed

if TYPE_CHECKING:
    from chitty_action.adapters.github_branch import GitHubBranch
    from chitty_action.model.branch import Head
    from sandbox import Fault, Sandbox
    from sandbox.github_state import GitHubState

__all__ = ["data", "github", "head"]

LOST = [
    AfterEffect(Status(500, 0)),
    AfterEffect(Status(504, 0)),
    Reset(after_effect=True),
    AfterEffect(Garbage()),
    AfterEffect(Truncated()),
    AfterEffect(Status(200, body={"ref": "refs/heads/chitty-state"})),
]
"""The branch was moved, and nobody said so."""


@pytest.mark.parametrize("times", [None, 1], ids=["always", "once"])
@pytest.mark.parametrize("fault", LOST, ids=repr)
async def test_a_move_whose_answer_is_lost_is_looked_for(  # noqa: PLR0913, PLR0917 - fixtures
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head, fault: Fault, times: int | None
) -> None:
    """The branch has our commit, so it is done: once."""
    failing(sandbox, "PATCH", "/git/refs", fault, times)
    assert await data.commit(head, {"new": "n"}, "Ours") is True
    repository = github.repositories[github.repository]
    assert (repository.files(BRANCH), repository.messages(BRANCH)) == ({**OLD, "new": "n"}, ["Ours", "A commit"])


@pytest.mark.parametrize("times", [None, 1], ids=["always", "once"])
@pytest.mark.parametrize("fault", LOST, ids=repr)
async def test_a_new_branch_whose_answer_is_lost_is_looked_for(
    sandbox: Sandbox, github: GitHubState, fault: Fault, times: int | None
) -> None:
    """It exists already when it is asked for again, and it was us."""
    failing(sandbox, "POST", "/git/refs", fault, times)
    fresh = opened(github, "fresh")
    assert await fresh.commit(await fresh.head(), {"new": "n"}, "Ours") is True
    assert github.files("fresh") == {"new": "n"}


@pytest.mark.parametrize("fault", [Status(500, 0), Reset(), Garbage(), Truncated()], ids=repr)
async def test_a_move_that_was_not_done_is_for_the_caller_to_repeat(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head, fault: Fault
) -> None:
    """It reads again and merges, so that a move that comes late does no harm."""
    failing(sandbox, "PATCH", "/git/refs", fault)
    assert await data.commit(head, {"new": "n"}, "m") is False
    assert github.files(BRANCH) == OLD


async def test_a_lost_answer_and_a_quicker_one_is_a_lost_race(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head
) -> None:
    """The branch has somebody else's commit."""
    pushed(github, {"other": "o"})
    failing(sandbox, "PATCH", "/git/refs", Status(502, 0))
    assert await data.commit(head, {"new": "n"}, "m") is False
    assert github.files(BRANCH) == {**OLD, "other": "o"}


async def test_where_nobody_can_look_the_doubt_is_told(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head
) -> None:
    """It may have been done, and this run will not know."""
    failing(sandbox, "PATCH|GET", "/git/ref", AfterEffect(Status(500, 0)))
    with pytest.raises(StateError, match="move branch chitty-state of chittyos/operations") as caught:
        await data.commit(head, {"new": "n"}, "m")
    assert (caught.value.is_doubted, caught.value.is_lasting) == (True, False)
    assert github.files(BRANCH) == {**OLD, "new": "n"}


async def test_a_move_that_takes_too_long_is_looked_for(sandbox: Sandbox, github: GitHubState) -> None:
    """The answer was late, and the branch has our commit."""
    patient = opened(github, timeout=0.3, retries=0)
    before = await patient.head()
    failing(sandbox, "PATCH", "/git/refs", AfterEffect(Drip()))
    assert await patient.commit(before, {"new": "n"}, "m") is True


async def test_no_time_left_is_no_doubt(github: GitHubState, head: Head) -> None:
    """Nothing was sent."""
    late = opened(github, deadline=0.0)
    with pytest.raises(StateError) as caught:
        await late.commit(head, {"new": "n"}, "m")
    assert caught.value.is_doubted is False
    assert github.files(BRANCH) == OLD


@pytest.mark.parametrize("path", ["/git/trees", "/git/commits"])
async def test_objects_may_be_made_twice(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head, path: str
) -> None:
    """Nobody sees the one that no branch leads to."""
    failing(sandbox, "POST", path, AfterEffect(Status(502, 0)), times=1)
    assert await data.commit(head, {"new": "n"}, "Ours") is True
    repository = github.repositories[github.repository]
    assert repository.messages(BRANCH) == ["Ours", "A commit"]
    assert asked(sandbox).count(("POST", path)) == 2


@pytest.mark.parametrize("path", ["/git/trees", "/git/commits"])
async def test_objects_that_cannot_be_made_leave_no_doubt(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head, path: str
) -> None:
    """The branch is where it was."""
    failing(sandbox, "POST", path, AfterEffect(Status(502, 0)))
    with pytest.raises(StateError, match="it is in trouble itself") as caught:
        await data.commit(head, {"new": "n"}, "m")
    assert (caught.value.is_doubted, caught.value.is_lasting) == (False, False)
    assert github.files(BRANCH) == OLD
