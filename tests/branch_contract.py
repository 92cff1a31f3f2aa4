"""What any GitHub must do for the port `Branch`: written once, held against the sandbox's GitHub and an emulator."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github_branch import GitHubBranch
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog
from chitty_action.model.branch import Head
from chitty_action.model.ports import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = '{"service":"chittyscore","said":"½ «all» 🚨 \\u0000"}\r\n\n last line without an end'
FILES = {"README.md": "# State\n", "deployments/2026-03.jsonl": TEXT, "outbox/a.b.json": "", "a/b/c/d": "deep\n"}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Store:
    """A GitHub with two repositories, each with a commit on `main`; a stranger may read them, and not write."""

    api_url: str
    repositories: tuple[str, str]
    token: str
    stranger: str
    branch: str = "chitty-state"
    commits_at_once: int = 10
    """How many it takes without losing one; reading is never limited, so that there are races in any case."""

    def anew(self) -> Store:
        """Give it with a branch that nobody has used."""
        return replace(self, branch=f"chitty-state/{next(_numbers)}")

    def open(self, repository: str | int = 0, branch: str = "", token: str = "") -> GitHubBranch:
        """Give the adapter, pointed at a branch of one of the two repositories, or of another one."""
        name = self.repositories[repository] if isinstance(repository, int) else repository
        access = Access(self.api_url, name, token or self.token)
        log = EventLog("error", lambda _: None, colours=False)
        return GitHubBranch(access, branch or self.branch, Deadline(60.0), 20.0, 3, log)

    def get(self, path: str, repository: int = 0) -> Any:  # noqa: ANN401 - JSON
        """Ask for a path below a repository."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.api_url}/repos/{self.repositories[repository]}{path}"
        return httpx2.get(url, headers=headers, trust_env=False).raise_for_status().json()


async def texts(branch: GitHubBranch) -> dict[str, str]:
    """Read every file of a branch."""
    head = await branch.head()
    return {path: await branch.text(head, path) for path in head.files}


async def put(branch: GitHubBranch, files: Mapping[str, str | None], message: str = "Keep what was seen") -> bool:
    """Commit to the branch as it is."""
    return await branch.commit(await branch.head(), files, message)


class BranchContract:
    """Derive from it, with a fixture `store` that has a branch of its own for each test."""

    @pytest.fixture(params=[0, 1], ids=["first-repository", "second-repository"])
    def which(self, request: pytest.FixtureRequest) -> int:
        """Say in which repository."""
        chosen: int = request.param
        return chosen

    @pytest.fixture
    def data(self, store: Store, which: int) -> GitHubBranch:
        """Give the adapter, pointed at the branch."""
        return store.open(which)

    async def test_a_branch_that_is_not_there_has_no_commit(self, data: GitHubBranch) -> None:
        """It is no error: the first commit makes it."""
        assert await data.head() == Head()

    async def test_the_first_commit_makes_the_branch(self, data: GitHubBranch) -> None:
        """Every text comes back as it was given, from folders too."""
        assert await put(data, FILES) is True
        assert await texts(data) == FILES

    async def test_the_first_commit_has_no_parent(self, store: Store, which: int, data: GitHubBranch) -> None:
        """The branch has no history in common with what people work on."""
        await put(data, FILES, "Keep a deployment of «chittyscore»")
        commit = store.get(f"/git/commits/{(await data.head()).commit}", which)
        assert (commit["parents"], commit["message"]) == ([], "Keep a deployment of «chittyscore»")

    async def test_a_second_commit_keeps_what_it_does_not_name(self, data: GitHubBranch) -> None:
        """Other files of the same folder among it."""
        await put(data, FILES)
        assert await put(data, {"deployments/2026-04.jsonl": "{}\n", "README.md": "# New\n"}) is True
        assert await texts(data) == {**FILES, "deployments/2026-04.jsonl": "{}\n", "README.md": "# New\n"}

    async def test_a_second_commit_descends_from_the_first(self, store: Store, which: int, data: GitHubBranch) -> None:
        """Nothing is forgotten."""
        await put(data, FILES)
        first = await data.head()
        await put(data, {"README.md": "# New\n"})
        parents = store.get(f"/git/commits/{(await data.head()).commit}", which)["parents"]
        assert [parent["sha"] for parent in parents] == [first.commit]

    async def test_none_removes_a_file(self, data: GitHubBranch) -> None:
        """With its folder, where it was the last one there."""
        await put(data, FILES)
        assert await put(data, {"a/b/c/d": None, "outbox/a.b.json": None}) is True
        assert set(await texts(data)) == {"README.md", "deployments/2026-03.jsonl"}

    async def test_removing_what_is_not_there_is_nothing_to_do(self, data: GitHubBranch) -> None:
        """GitHub would refuse it."""
        await put(data, FILES)
        before = await data.head()
        assert await data.commit(before, {"outbox/gone.json": None, "new": "n"}, "m") is True
        assert set(await texts(data)) == {*FILES, "new"}

    async def test_the_same_files_make_no_commit(self, data: GitHubBranch) -> None:
        """The history tells of changes only."""
        await put(data, FILES)
        before = await data.head()
        assert await data.commit(before, {**FILES, "outbox/gone.json": None}, "m") is True
        assert await data.head() == before

    async def test_a_lost_race_is_told_and_the_next_try_keeps_both(self, store: Store, which: int) -> None:
        """Two runs read the same tip; the slower one reads again."""
        one, other = store.open(which), store.open(which)
        await put(one, FILES)
        seen_by_one, seen_by_other = await one.head(), await other.head()
        assert await one.commit(seen_by_one, {"one": "1"}, "one") is True
        assert await other.commit(seen_by_other, {"other": "2"}, "other") is False
        assert await put(other, {"other": "2"}) is True
        assert await texts(one) == {**FILES, "one": "1", "other": "2"}

    async def test_two_first_commits_are_a_race_too(self, store: Store, which: int) -> None:
        """The branch exists already when the second one comes."""
        one, other = store.open(which), store.open(which)
        await one.head()
        nothing = await other.head()
        assert await put(one, {"one": "1"}) is True
        assert await other.commit(nothing, {"other": "2"}, "other") is False
        assert await put(other, {"other": "2"}) is True
        assert await texts(one) == {"one": "1", "other": "2"}

    async def test_ten_at_once_lose_nothing(self, store: Store, which: int) -> None:
        """Each adds its line to the same file until it is there."""
        turn = asyncio.Semaphore(store.commits_at_once)

        async def add(line: str) -> None:
            data = store.open(which)
            for _ in range(30):
                head = await data.head()
                lines = await data.text(head, "lines") if "lines" in head.files else ""
                async with turn:
                    if await data.commit(head, {"lines": f"{lines}{line}\n"}, line):
                        return
            pytest.fail(f"{line} never came through")

        await asyncio.gather(*(add(f"line {number}") for number in range(10)))
        lines = (await texts(store.open(which)))["lines"].splitlines()
        assert sorted(lines) == [f"line {number}" for number in range(10)]

    async def test_two_repositories_are_two_stores(self, store: Store) -> None:
        """The branch has the same name in both."""
        await put(store.open(0), {"where": "first"})
        assert await store.open(1).head() == Head()
        await put(store.open(1), {"where": "second"})
        assert (await texts(store.open(0)), await texts(store.open(1))) == ({"where": "first"}, {"where": "second"})

    async def test_the_default_branch_is_never_read_or_written(self, store: Store, which: int) -> None:
        """People work on it."""
        before = store.get("/git/ref/heads/main", which)["object"]["sha"]
        data = store.open(which, branch="main")
        for attempt in (data.head(), data.commit(Head(), {"a": "b"}, "m")):
            with pytest.raises(StateError, match=r"it is the repository's default branch") as caught:
                await attempt
            assert (caught.value.is_lasting, "another state-branch" in caught.value.hint) == (True, True)
        assert store.get("/git/ref/heads/main", which)["object"]["sha"] == before

    async def test_a_repository_that_is_not_there_ends_the_matter(self, store: Store) -> None:
        """The sentence names it, and the cure the permission and the input."""
        for attempt in (store.open("nobody/nothing").head(), put(store.open("nobody/nothing"), FILES)):
            with pytest.raises(StateError, match="name the default branch of nobody/nothing") as caught:
                await attempt
            assert (caught.value.is_lasting, caught.value.is_doubted) == (True, False)
            assert "contents: write" in caught.value.hint
            assert "state-token" in caught.value.hint

    async def test_who_may_not_write_is_told_so(self, store: Store, which: int) -> None:
        """And has read all the same."""
        await put(store.open(which), FILES)
        stranger = store.open(which, token=store.stranger)
        head = await stranger.head()
        with pytest.raises(StateError, match="the state-token may not do that") as caught:
            await stranger.commit(head, {"a": "b"}, "m")
        assert (caught.value.is_lasting, caught.value.is_doubted) == (True, False)
        assert store.repositories[which] in caught.value.hint
        assert "contents: write" in caught.value.hint
        assert await texts(store.open(which)) == FILES
