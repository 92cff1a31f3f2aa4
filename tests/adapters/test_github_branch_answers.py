"""The data branch and answers that no honest GitHub gives: none of them is believed, and none is an exception."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.adapters.github_git_answers import Blob, Commit, Made, Ref, Repository, Tree, blob_name
from chitty_action.model.ports import StateError
from sandbox import Body, Huge, Status
from tests.branch_world import BRANCH, OLD, data, failing, github, head, opened

if TYPE_CHECKING:
    from chitty_action.adapters.github_branch import GitHubBranch
    from chitty_action.model.branch import Head
    from sandbox import Fault, Sandbox
    from sandbox.github_state import GitHubState

__all__ = ["data", "github", "head"]

SHA = "0123456789" * 4
LONG_SHA = "0123456789abcdef" * 4
EMPTY_IN_SHA1 = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
EMPTY_IN_SHA256 = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
NO_SHAS = ["", "x", SHA[1:], SHA + "0", SHA[1:] + "g", SHA[1:] + "A", SHA + "\n", "../../issues", None, 5]
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["sha", "tree", "path", "object", "ref"]), inner),
)


def ref(sha: object, **others: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Give where a branch points to."""
    return {"ref": f"refs/heads/{BRANCH}", "object": {"type": "commit", "sha": sha}, **others}


@pytest.mark.parametrize("sha", NO_SHAS, ids=repr)
@pytest.mark.parametrize(
    ("pattern", "document"),
    [
        ("/git/ref/", ref),
        ("/git/commits/", lambda sha: {"sha": SHA, "tree": {"sha": sha}}),
        ("/git/trees/", lambda sha: {"truncated": False, "tree": [_entry("a", sha)]}),
    ],
    ids=["ref", "commit", "tree"],
)
async def test_what_is_no_name_is_not_asked_for(
    sandbox: Sandbox,
    data: GitHubBranch,
    pattern: str,
    document: Any,  # noqa: ANN401 - a function
    sha: object,
) -> None:
    """It would become a part of the next path."""
    failing(sandbox, "GET", pattern, Body(document(sha)))
    with pytest.raises(StateError, match=r"branch chitty-state of chittyos/operations cannot be read") as caught:
        await data.head()
    assert (caught.value.is_lasting, caught.value.is_doubted) == (False, False)
    assert "is GITHUB_API_URL GitHub's API?" in caught.value.hint


@pytest.mark.parametrize(
    ("pattern", "document"),
    [
        (r"/operations\?", {"default_branch": ""}),
        (r"/operations\?", {"default_branch": None}),
        (r"/operations\?", []),
        ("/git/ref/", []),
        ("/git/ref/", ref(SHA, ref="refs/heads/main")),
        ("/git/ref/", ref(SHA, object={"type": "tag", "sha": SHA})),
        ("/git/commits/", {"sha": SHA, "tree": {"sha": SHA}}),
        ("/git/commits/", "text"),
        ("/git/trees/", {"tree": []}),
        ("/git/trees/", {"truncated": "no", "tree": []}),
        ("/git/trees/", {"truncated": False, "tree": {}}),
        ("/git/trees/", {"truncated": False, "tree": [{"path": 5, "mode": "100644", "type": "blob", "sha": SHA}]}),
        ("/git/trees/", {"truncated": False, "tree": [None]}),
    ],
    ids=str,
)
async def test_answers_of_another_shape_are_no_head(
    sandbox: Sandbox, data: GitHubBranch, pattern: str, document: object
) -> None:
    """Least of all an empty one, upon which somebody could write."""
    failing(sandbox, "GET", pattern, Body(document))
    with pytest.raises(StateError, match="cannot be read"):
        await data.head()


async def test_half_a_list_of_files_is_none(sandbox: Sandbox, data: GitHubBranch) -> None:
    """GitHub cuts it at a hundred thousand."""
    failing(sandbox, "GET", "/git/trees/", Body({"tree": [_entry("a", SHA)], "truncated": True}))
    with pytest.raises(StateError, match=r"did not list the files on branch chitty-state of .* whole") as caught:
        await data.head()
    assert (caught.value.is_lasting, bool(caught.value.hint)) == (True, True)


@pytest.mark.parametrize(
    "path", ["", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a\nb", "a\x1b[2Jb", "\u202ea", "a\u2028b", "\x00"]
)
async def test_paths_that_no_file_of_ours_has_are_left_out(sandbox: Sandbox, data: GitHubBranch, path: str) -> None:
    """They would be quoted, or be taken for a path of this machine."""
    entries = [_entry(path, SHA), _entry("deployments/ü.jsonl", LONG_SHA)]
    failing(sandbox, "GET", "/git/trees/", Body({"tree": entries, "truncated": False}))
    assert (await data.head()).files == {"deployments/ü.jsonl": LONG_SHA}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"content": b64encode(b"new\n").decode(), "encoding": "base64"}, "it is not the content"),
        ({"content": "", "encoding": "base64"}, "it is not the content"),
        ({"content": "a", "encoding": "base64"}, "padding|characters"),
        ({"content": "ü", "encoding": "base64"}, "ASCII"),
        ({"content": "old\n", "encoding": "utf-8"}, "utf-8"),
        ({"content": None, "encoding": "base64"}, "content"),
        ({}, "content"),
        ([], "array"),
    ],
    ids=str,
)
async def test_content_that_is_not_what_the_tip_names_is_none(
    sandbox: Sandbox, data: GitHubBranch, head: Head, document: object, told: str
) -> None:
    """Each file is checked against its name."""
    failing(sandbox, "GET", "/git/blobs/", Body(document))
    with pytest.raises(StateError, match=f"asked to read “a.txt” on branch .* cannot be read: .*(?:{told})"):
        await data.text(head, "a.txt")


async def test_content_without_end_is_given_up(sandbox: Sandbox, data: GitHubBranch, head: Head) -> None:
    """Memory is bounded; the sentence names the file."""
    failing(sandbox, "GET", "/git/blobs/", Huge(40))
    with pytest.raises(StateError, match=r"“a.txt” on branch .* is too large: .* a body over 32 MiB") as caught:
        await data.text(head, "a.txt")
    assert (caught.value.is_lasting, bool(caught.value.hint)) == (True, True)


async def test_large_files_are_read(github: GitHubState, data: GitHubBranch, head: Head) -> None:
    """A few megabytes are a few years."""
    text = "½ of a line\n" * 400_000
    assert await data.commit(head, {"large": text}, "m")
    other = opened(github)  # it has not written it, and so has to read it
    assert await other.text(await other.head(), "large") == text
    assert github.files(BRANCH) == {**OLD, "large": text}


async def test_content_that_is_no_text_is_told(github: GitHubState, data: GitHubBranch, head: Head) -> None:
    """Somebody has put a picture there."""
    blob = github.repositories[github.repository].add_blob(b"\x89PNG")
    with pytest.raises(StateError, match=r"“a picture” on branch .* is not UTF-8") as caught:
        await data.text(_with(head, "a picture", blob), "a picture")
    assert (caught.value.is_lasting, caught.value.hint) == (True, "mend or remove it")


async def test_a_file_that_is_not_there_is_told(data: GitHubBranch, head: Head) -> None:
    """With its path made harmless."""
    with pytest.raises(StateError, match=r"there is no “no such.+file” on branch chitty-state"):
        await data.text(head, "no such\x1b\nfile")


@pytest.mark.parametrize("path", ["/git/trees", "/git/commits"])
@pytest.mark.parametrize("fault", [Status(201, body={"sha": "../x"}), Status(201, body=[]), Huge(40)], ids=repr)
async def test_an_object_without_a_name_is_not_used(  # noqa: PLR0913, PLR0917 - fixtures
    sandbox: Sandbox, github: GitHubState, data: GitHubBranch, head: Head, path: str, fault: Fault
) -> None:
    """And the branch stays where it is."""
    failing(sandbox, "POST", path, fault)
    with pytest.raises(StateError) as caught:
        await data.commit(head, {"new": "n"}, "m")
    assert caught.value.is_doubted is False
    assert github.files(BRANCH) == OLD


@given(json)
def test_no_json_is_more_than_a_value_error(document: object) -> None:
    """Whatever it is, and whichever answer it is in the place of."""
    from msgspec.json import encode  # noqa: PLC0415

    for kind in (Blob, Commit, Made, Ref, Repository, Tree):
        try:
            kind.read(encode(document))
        except ValueError:
            continue


@pytest.mark.parametrize("name", [EMPTY_IN_SHA1, EMPTY_IN_SHA256], ids=["sha1", "sha256"])
def test_both_kinds_of_names_are_known(name: str) -> None:
    """A repository may have the newer one."""
    assert blob_name(b"", name) == name
    assert Blob("", "base64").bytes_of(name) == b""


def _entry(path: str, sha: object) -> dict[str, object]:
    return {"path": path, "mode": "100644", "type": "blob", "sha": sha}


def _with(head: Head, path: str, sha: str) -> Head:
    return type(head)(head.commit, head.tree, {**head.files, path: sha})
