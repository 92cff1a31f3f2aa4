"""The small GitHub's Git data: true names, and the refusals; what it does besides is in tests/branch_contract.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.git_state import Author, Commit, Entry, GitRepository

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox
    from sandbox.github_state import GitHubState

GIT = "/github/repos/chittyos/operations/git"
NOBODY = "0" * 40
AUTHOR = Author("octocat", datetime(2026, 1, 1, tzinfo=UTC))
FILES = {"a/b/x": "hello\n", "a.txt": "hi\n", "a.c/y": "dot\n", "a0": ""}


@pytest.fixture
def token(sandbox: Sandbox) -> dict[str, str]:
    """Give the header of a workflow's token."""
    return {"Authorization": f"Bearer {sandbox.github.token}"}


def _tip(github: GitHubState) -> str:
    return github.repositories[github.repository].refs["refs/heads/main"]


def _tree(github: GitHubState) -> str:
    return github.repositories[github.repository].commits[_tip(github)].tree


def test_names_are_those_that_git_gives() -> None:
    """Of folders in folders, in Git's order, in which `a.c` comes before `a`, as `a/`; taken from `git write-tree`."""
    repository = GitRepository("a/b", AUTHOR)
    tree = repository.add_tree({path: Entry("100644", repository.add_blob(FILES[path].encode())) for path in FILES})
    assert repository.add_blob(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert tree == "bb7c71fe37ab92df05482318d2098fb014a70f7c"
    commit = Commit(tree, (), "A message", AUTHOR)
    assert repository.add_commit(commit) == "fb6f0746aad75543597fccb05119bcd8b9bcc3c0"


def test_a_repository_starts_with_one_commit(sandbox: Sandbox) -> None:
    """On `main`, so that there is something to keep away from."""
    assert sandbox.github.files("main") == {"README.md": "# chittyos/operations\n"}
    assert sandbox.github.files("chitty-state") == {}


def test_repositories_are_apart(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """Another one has objects and refs of its own; issues it has none."""
    sandbox.github.create_repository("ChittyOS/chittydemo")
    assert sandbox.github.files("main", "chittyos/chittydemo") == {"README.md": "# ChittyOS/chittydemo\n"}
    shown = client.get("/github/repos/chittyos/CHITTYDEMO", headers=token).json()
    assert (shown["full_name"], shown["default_branch"], shown["has_issues"]) == ("ChittyOS/chittydemo", "main", False)
    assert client.get("/github/repos/chittyos/chittydemo/issues", headers=token).status_code == 404
    elsewhere = f"/github/repos/chittyos/chittydemo/git/commits/{_tip(sandbox.github)}"
    assert client.get(elsewhere, headers=token).status_code == 404


def test_a_tree_is_listed_folder_by_folder_or_whole(
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]
) -> None:
    """`recursive` counts whatever its value, and lists the folders too."""
    entries = [{"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in FILES.items()]
    made = client.post(f"{GIT}/trees", headers=token, json={"tree": entries})
    assert (made.status_code, made.json()["sha"]) == (201, "bb7c71fe37ab92df05482318d2098fb014a70f7c")
    here = client.get(f"{GIT}/trees/{made.json()['sha']}", headers=token).json()
    whole = client.get(f"{GIT}/trees/{made.json()['sha']}?recursive=0", headers=token).json()
    assert [row["path"] for row in here["tree"]] == ["a.c", "a.txt", "a", "a0"]
    assert [row["path"] for row in whole["tree"]] == ["a.c", "a.c/y", "a.txt", "a", "a/b", "a/b/x", "a0"]
    assert {row["type"] for row in whole["tree"] if row["mode"] == "040000"} == {"tree"}
    assert client.get(f"{GIT}/trees/{_tip(sandbox.github)}", headers=token).json()["sha"] == _tree(sandbox.github)


def test_a_tree_may_have_another_one_as_a_folder(
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]
) -> None:
    """And a blob that was made before."""
    blob = client.post(f"{GIT}/blobs", headers=token, json={"content": "aGk=", "encoding": "base64"}).json()["sha"]
    entries = [
        {"path": "inside", "mode": "040000", "type": "tree", "sha": _tree(sandbox.github)},
        {"path": "hi", "mode": "100755", "type": "blob", "sha": blob},
    ]
    made = client.post(f"{GIT}/trees", headers=token, json={"tree": entries}).json()["sha"]
    assert set(sandbox.github.repositories["chittyos/operations"].entries(made)) == {"inside/README.md", "hi"}


@pytest.mark.parametrize("path", ["/ref/heads/nothing", f"/commits/{NOBODY}", f"/trees/{NOBODY}", f"/blobs/{NOBODY}"])
def test_what_is_not_there_is_not_found(client: httpx2.Client, token: dict[str, str], path: str) -> None:
    """In JSON, as everything that GitHub says."""
    answer = client.get(GIT + path, headers=token)
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


@pytest.mark.parametrize(
    ("path", "document", "message"),
    [
        ("/refs", {"ref": "heads/x", "sha": "tip"}, "Reference name must start"),
        ("/refs", {"ref": "refs/heads/main", "sha": "tip"}, "Reference already exists"),
        ("/refs", {"ref": "refs/heads/x", "sha": NOBODY}, "Object does not exist"),
        ("/refs", {"ref": "refs/heads/x"}, "Invalid request"),
        ("/commits", {"message": "m", "tree": NOBODY}, "Tree SHA does not exist"),
        ("/commits", {"message": "m", "tree": "tree", "parents": [NOBODY]}, "Parent SHA does not exist"),
        ("/trees", {"tree": [], "base_tree": NOBODY}, "base_tree is not a valid tree oid"),
        ("/trees", {"tree": [{"path": "a/../b", "content": "x"}]}, "malformed path component"),
        ("/trees", {"tree": [{"path": "a", "content": "x", "sha": NOBODY}]}, "Must supply either"),
        ("/trees", {"tree": [{"path": "a"}]}, "Must supply either"),
        ("/trees", {"tree": [{"path": "a", "sha": None}]}, "GitRPC::BadObjectState"),
        ("/trees", {"tree": [{"path": "a", "sha": NOBODY}]}, "is not a valid blob"),
        ("/trees", {"tree": [{"path": "a", "content": "x"}, {"path": "a/b", "content": "x"}]}, "a file and a folder"),
        ("/trees", {"tree": [{"path": "a", "content": "x", "mode": "0644"}]}, "Invalid request"),
        ("/blobs", {"content": "no base64", "encoding": "base64"}, "not valid Base64"),
    ],
    ids=str,
)
def test_what_makes_no_object_is_refused(  # noqa: PLR0913, PLR0917 - fixtures
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str], path: str, document: dict[str, Any], message: str
) -> None:
    """In GitHub's words, or in such as say what is wrong."""
    known = {"tip": _tip(sandbox.github), "tree": _tree(sandbox.github)}
    usual = {"mode": "100644", "type": "blob"}
    sent: dict[str, Any] = {
        name: known.get(value, value) if isinstance(value, str) else value for name, value in document.items()
    }
    if isinstance(sent.get("tree"), list):
        sent["tree"] = [usual | entry for entry in sent["tree"]]
    answer = client.post(GIT + path, headers=token, json=sent)
    assert answer.status_code == 422
    assert message in answer.json()["message"]


def test_a_ref_moves_forward_only_unless_forced(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """Nobody's commit is forgotten by mistake."""
    repository = sandbox.github.repositories["chittyos/operations"]
    first = _tip(sandbox.github)
    second = repository.commit_files("main", {"a": "b"}, AUTHOR)
    back, ref = {"sha": first}, f"{GIT}/refs/heads/main"
    refused = client.patch(ref, headers=token, json=back)
    assert (refused.status_code, refused.json()["message"]) == (422, "Update is not a fast forward")
    assert client.patch(ref, headers=token, json={**back, "force": True}).json()["object"]["sha"] == first
    assert client.patch(ref, headers=token, json={"sha": second}).json()["object"]["sha"] == second
    for sent, path, message in (
        ({"sha": NOBODY}, ref, "Object does not exist"),
        ({"sha": first}, f"{GIT}/refs/heads/nothing", "Reference does not exist"),
    ):
        answer = client.patch(path, headers=token, json=sent)
        assert (answer.status_code, answer.json()["message"]) == (422, message)


def test_an_empty_repository_has_no_git_data(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """And cannot be given any."""
    sandbox.github.repositories["chittyos/operations"].refs.clear()
    for answer in (
        client.get(f"{GIT}/ref/heads/main", headers=token),
        client.post(f"{GIT}/blobs", headers=token, json={"content": "x"}),
    ):
        assert (answer.status_code, answer.json()["message"]) == (409, "Git Repository is empty.")


def test_a_token_without_the_permission_reads_only(
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]
) -> None:
    """Refs and objects, as with issues."""
    sandbox.github.forbid_writing()
    assert client.get(f"{GIT}/ref/heads/main", headers=token).status_code == 200
    for answer in (
        client.post(f"{GIT}/trees", headers=token, json={"tree": []}),
        client.patch(f"{GIT}/refs/heads/main", headers=token, json={"sha": NOBODY}),
    ):
        assert (answer.status_code, answer.json()["message"]) == (403, "Resource not accessible by integration")
