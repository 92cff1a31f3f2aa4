"""The data branch: what is read, what is written, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github_branch import GitHubBranch
from chitty_action.adapters.github_redaction import BranchWithoutSecrets
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog
from chitty_action.model.ports import StateError
from chitty_action.model.text import redacted
from sandbox import Redirect, Status
from sandbox.git_state import Entry
from tests.branch_world import BRANCH, OLD, asked, data, failing, github, head, opened, pushed

if TYPE_CHECKING:
    from chitty_action.model.branch import Head
    from sandbox import Sandbox
    from sandbox.github_state import GitHubState

__all__ = ["data", "github", "head"]


def test_importing_the_adapter_does_not_import_pygithub() -> None:
    """Phases that keep no data do not pay for it."""
    program = "import sys, chitty_action.adapters.github_branch; sys.exit('github' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own words


async def test_a_head_takes_four_requests_and_the_next_one_three(sandbox: Sandbox, data: GitHubBranch) -> None:
    """The default branch is asked for once."""
    read = await data.head()
    await data.head()
    three = [
        ("GET", f"/git/ref/heads/{BRANCH}"),
        ("GET", f"/git/commits/{read.commit}"),
        ("GET", f"/git/trees/{read.tree}"),
    ]
    assert asked(sandbox, ["GET"]) == [("GET", ""), *three, *three]


async def test_a_commit_takes_three_requests(sandbox: Sandbox, data: GitHubBranch, head: Head) -> None:
    """Whatever the number of files."""
    assert await data.commit(head, {"a": "1", "b": "2", "c": "3", "a.txt": None}, "m")
    assert asked(sandbox, ["GET", "POST", "PATCH"]) == [
        ("POST", "/git/trees"),
        ("POST", "/git/commits"),
        ("PATCH", f"/git/refs/heads/{BRANCH}"),
    ]


async def test_nothing_to_change_takes_no_request(sandbox: Sandbox, data: GitHubBranch, head: Head) -> None:
    """The names of the contents say that they are there."""
    assert await data.commit(head, {"a.txt": "old\n", "gone": None}, "m")
    assert asked(sandbox, ["GET", "POST", "PATCH"]) == []


async def test_a_tree_that_is_the_same_makes_no_commit(sandbox: Sandbox, data: GitHubBranch, head: Head) -> None:
    """GitHub's word counts too."""
    failing(sandbox, "POST", "/git/trees", Status(201, body={"sha": head.tree}))
    assert await data.commit(head, {"new": "n"}, "m")
    assert asked(sandbox) == [("POST", "/git/trees")]


async def test_what_is_no_file_is_left_alone(github: GitHubState, data: GitHubBranch) -> None:
    """Symbolic links, submodules and paths that would break a line are not read, and stay when others change."""
    repository = github.repositories[github.repository]
    blob = repository.add_blob(b"target")
    modes = {"link": "120000", "module": "160000", "bad\nname": "100644", "run": "100755"}
    pushed(github, {path: Entry(mode, blob) for path, mode in modes.items()})
    read = await data.head()
    assert set(read.files) == {*OLD, "run"}
    assert await data.commit(read, {"new": "n"}, "m")
    assert set(github.files(BRANCH)) == {*OLD, *modes, "new"}


@pytest.mark.parametrize("message", ["Reference does not exist", "Update is not a fast forward"])
async def test_a_branch_that_was_deleted_meanwhile_is_a_lost_race(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head, message: str
) -> None:
    """The next head says that there is none."""
    del github.repositories[github.repository].refs[f"refs/heads/{BRANCH}"]
    failing(sandbox, "PATCH", "/git/refs", Status(422, body={"message": message}))
    assert await data.commit(head, {"new": "n"}, "m") is False
    assert (await data.head()).commit is None


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (422, "Update is not a fast forward"),
        (422, "Update is not a fast-forward"),
        (409, "Conflict"),
        (409, ""),
    ],
)
async def test_githubs_word_for_a_lost_race_is_enough(
    sandbox: Sandbox, data: GitHubBranch, head: Head, status: int, message: str
) -> None:
    """The branch may be back where it was when we look."""
    failing(sandbox, "PATCH", "/git/refs", Status(status, body={"message": message}))
    assert await data.commit(head, {"new": "n"}, "m") is False


async def test_any_refusal_is_a_lost_race_where_the_branch_has_moved(
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head
) -> None:
    """Under load GitHub does not always say which of the two it was."""
    pushed(github, {"other": "o"})
    failing(sandbox, "PATCH", "/git/refs", Status(422, body={"message": "Reference update failed"}))
    assert await data.commit(head, {"new": "n"}, "m") is False


@pytest.mark.parametrize(
    ("status", "message"),
    [(422, "Repository rule violations found"), (409, "Protected branch update failed for refs/heads/chitty-state.")],
)
async def test_rules_of_the_repository_are_no_race(
    sandbox: Sandbox, data: GitHubBranch, head: Head, status: int, message: str
) -> None:
    """Trying again would never end."""
    failing(sandbox, "PATCH", "/git/refs", Status(status, body={"message": message}))
    with pytest.raises(StateError, match="move branch chitty-state of chittyos/operations to a new commit") as caught:
        await data.commit(head, {"new": "n"}, "m")
    assert f"rules of the repository forbid it (answered {status} “{message}”)" in caught.value.message
    assert caught.value.hint == "let who owns the state-token bypass them"
    assert (caught.value.is_lasting, caught.value.is_doubted) == (True, False)


async def test_a_refusal_for_good_is_not_looked_into(sandbox: Sandbox, data: GitHubBranch, head: Head) -> None:
    """Nothing was done, and a second look would tell nothing."""
    failing(sandbox, "PATCH", "/git/refs", Status(403, body={"message": "Resource not accessible by integration"}))
    with pytest.raises(StateError, match="the state-token may not do that"):
        await data.commit(head, {"new": "n"}, "m")
    assert asked(sandbox, ["GET"]) == []


async def test_an_empty_repository_wants_a_first_commit(github: GitHubState, data: GitHubBranch) -> None:
    """GitHub keeps nothing in a repository without one."""
    github.repositories[github.repository].refs.clear()
    with pytest.raises(StateError, match="the repository is empty") as caught:
        await data.head()
    assert (caught.value.is_lasting, "make a first commit" in caught.value.hint) == (True, True)


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_where_the_default_branch_is_not_known_nothing_is_written(
    sandbox: Sandbox, github: GitHubState, head: Head, status: int
) -> None:
    """It could be this one."""
    failing(sandbox, "GET", r"/operations\?", Status(status, 0))
    fresh = opened(github)
    with pytest.raises(StateError, match="name the default branch of chittyos/operations"):
        await fresh.commit(head, {"new": "n"}, "m")
    assert asked(sandbox) == []


@pytest.mark.parametrize(
    ("refusal", "told_and_cure"),
    [
        ((401, "Bad credentials"), ("it does not accept the state-token", "neither expired nor revoked")),
        ((403, "Resource not accessible by integration"), ("the state-token may not do that", "contents: write")),
        ((404, "Not Found"), ("it is not there, or not for this token", "contents: write")),
    ],
)
async def test_what_a_person_must_set_right_is_one_sentence(
    sandbox: Sandbox, data: GitHubBranch, head: Head, refusal: tuple[int, str], told_and_cure: tuple[str, str]
) -> None:
    """It names the thing, the cause in GitHub's own words, and the cure; and it is not tried again."""
    (status, message), (told, cure) = refusal, told_and_cure
    failing(sandbox, "POST", "/git/trees", Status(status, body={"message": message}))
    with pytest.raises(StateError) as caught:
        await data.commit(head, {"new": "n"}, "m")
    words = "GitHub did not write files for branch chitty-state of chittyos/operations: "
    assert caught.value.message == f"{words}{told} (answered {status} “{message}”)"
    assert cure in caught.value.hint
    assert (caught.value.is_lasting, caught.value.is_doubted) == (True, False)
    assert asked(sandbox) == [("POST", "/git/trees")]


async def test_a_moved_repository_is_not_followed(sandbox: Sandbox, github: GitHubState) -> None:
    """The cure names the input."""
    sandbox.faults.set("github", Redirect(f"{github.api_url}/repos/chittyos/elsewhere", 301))
    with pytest.raises(StateError, match="the repository was moved") as caught:
        await opened(github).head()
    assert "correct state-repository" in caught.value.hint


async def test_a_limit_beyond_the_deadline_is_told(github: GitHubState, data: GitHubBranch, head: Head) -> None:
    """With its end; nothing was done."""
    github.budget, github.budget_renewed_at = 0, datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
    with pytest.raises(StateError, match="limits this token until 20") as caught:
        await data.commit(head, {"new": "n"}, "m")
    assert (caught.value.is_lasting, caught.value.is_doubted) == (True, False)


@pytest.mark.parametrize(
    ("repository", "token", "told"),
    [("chittyos", "t", "state-repository must be"), ("a/b", "", "state-token is empty"), ("a/b", "ü", "state-token")],
)
async def test_settings_that_cannot_be_sent_bear_the_names_of_the_inputs(
    github: GitHubState, repository: str, token: str, told: str
) -> None:
    """Not those of the token for issues."""
    access = Access(github.api_url, repository, token)
    branch = GitHubBranch(access, BRANCH, Deadline(5.0), 5.0, 0, EventLog("error", print, colours=False))
    with pytest.raises(StateError, match=told):
        await branch.head()


async def test_half_a_surrogate_pair_is_not_sent_as_something_else(
    github: GitHubState, data: GitHubBranch, head: Head
) -> None:
    """No text that can be kept has one, and it is told."""
    with pytest.raises(StateError, match="write files for branch chitty-state"):
        await data.commit(head, {"a.txt": "\ud83d"}, "m")
    assert github.files(BRANCH) == OLD


async def test_no_secret_is_kept(github: GitHubState) -> None:
    """Neither in a file nor in the message of its commit; what is read is not touched."""
    branch = BranchWithoutSecrets(opened(github), lambda text: redacted(text, ["hunter2-secret"]))
    before = await branch.head()
    files = {"log": "it said hunter2-secret\n", "a.txt": None}
    assert await branch.commit(before, files, "it said hunter2-secret")
    repository = github.repositories[github.repository]
    assert repository.files(BRANCH) == {"folder/b.txt": "b\n", "log": "it said ***\n"}
    assert repository.messages(BRANCH)[0] == "it said ***"
    after = await branch.head()
    assert await branch.text(after, "log") == "it said ***\n"
