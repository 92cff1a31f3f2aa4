"""GitHub's Git data API, of every repository that is there: refs, commits, trees and blobs."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from starlette.responses import JSONResponse

from sandbox.git_state import FOLDER, SUBMODULE, Author, Commit, Entry
from sandbox.github_answers import BlobFields, CommitFields, EntryFields, MoveFields, RefFields, TreeFields, refused
from sandbox.github_door import REPOSITORY, Door, RefusedError, read, repository_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from sandbox.git_state import GitRepository
    from sandbox.github_door import Way
    from sandbox.github_state import GitHubState, Json

_GIT = REPOSITORY + "/git"
_REF = re.compile(r"refs/[^/]+/.+")
_OUTSIDE = {"", ".", "..", ".git"}
"""Steps that no path may have."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GitHubGit:
    """What answers below `/git` of a repository."""

    state: GitHubState

    def ways(self) -> tuple[Way, ...]:
        """Give methods and paths."""
        return (
            ("GET", _GIT + "/ref/{ref:path}", self.ref),
            ("POST", _GIT + "/refs", self.create_ref),
            ("PATCH", _GIT + "/refs/{ref:path}", self.move_ref),
            ("GET", _GIT + "/commits/{sha}", self.commit),
            ("POST", _GIT + "/commits", self.create_commit),
            ("GET", _GIT + "/trees/{sha}", self.tree),
            ("POST", _GIT + "/trees", self.create_tree),
            ("GET", _GIT + "/blobs/{sha}", self.blob),
            ("POST", _GIT + "/blobs", self.create_blob),
        )

    async def ref(self, request: Request) -> Response:
        """Show where a ref points to."""
        repository, ref = self._repository(request), f"refs/{request.path_params['ref']}"
        sha = _found(repository.refs, ref)
        return JSONResponse(self._ref(request, ref, sha))

    async def create_ref(self, request: Request) -> Response:
        """Create a ref; a second one of its name is refused."""
        repository, fields = self._repository(request), await read(request, RefFields)
        with repository.lock:
            if not _REF.fullmatch(fields.ref):
                return refused(422, "Reference name must start with 'refs/' and have at least two slashes")
            if fields.ref in repository.refs:
                return refused(422, "Reference already exists")
            if fields.sha not in repository.commits:
                return refused(422, "Object does not exist")
            repository.refs[fields.ref] = fields.sha
        return JSONResponse(self._ref(request, fields.ref, fields.sha), 201)

    async def move_ref(self, request: Request) -> Response:
        """Let a ref point to another commit; without force only to one that descends from where it points to."""
        repository, fields = self._repository(request), await read(request, MoveFields)
        ref = f"refs/{request.path_params['ref']}"
        with repository.lock:
            if ref not in repository.refs:
                return refused(422, "Reference does not exist")
            if fields.sha not in repository.commits:
                return refused(422, "Object does not exist")
            if not fields.force and repository.refs[ref] not in repository.history(fields.sha):
                return refused(422, "Update is not a fast forward")
            repository.refs[ref] = fields.sha
        return JSONResponse(self._ref(request, ref, fields.sha))

    async def commit(self, request: Request) -> Response:
        """Show a commit."""
        sha = request.path_params["sha"]
        return JSONResponse(self._commit(request, sha, _found(self._repository(request).commits, sha)))

    async def create_commit(self, request: Request) -> Response:
        """Create a commit of who asks, at this time."""
        repository, fields = self._repository(request), await read(request, CommitFields)
        if fields.tree not in repository.trees:
            return refused(422, "Tree SHA does not exist")
        if not set(fields.parents) <= repository.commits.keys():
            return refused(422, "Parent SHA does not exist or is not a commit object")
        author = Author(Door(self.state).asker(request).login, self.state.now())
        commit = Commit(fields.tree, tuple(fields.parents), fields.message, author)
        with repository.lock:
            sha = repository.add_commit(commit)
        return JSONResponse(self._commit(request, sha, commit), 201)

    async def tree(self, request: Request) -> Response:
        """Show a folder, or with `recursive`, whatever its value, all below it."""
        repository, sha = self._repository(request), request.path_params["sha"]
        sha = repository.commits[sha].tree if sha in repository.commits else sha
        return JSONResponse(self._tree(request, sha, _found(repository.trees, sha)))

    async def create_tree(self, request: Request) -> Response:
        """Create a tree, from nothing or from another one."""
        repository, fields = self._repository(request), await read(request, TreeFields)
        if fields.base_tree is not None and fields.base_tree not in repository.trees:
            return refused(422, "base_tree is not a valid tree oid")
        with repository.lock:
            entries = {} if fields.base_tree is None else repository.entries(fields.base_tree)
            for given in fields.tree:
                _change(repository, entries, given)
            try:
                sha = repository.add_tree(entries)
            except ValueError as error:
                return refused(422, f"Invalid tree info: {error}")
        return JSONResponse(self._tree(request, sha, repository.trees[sha]), 201)

    async def blob(self, request: Request) -> Response:
        """Show a content, in lines of base64 as GitHub gives it."""
        sha = request.path_params["sha"]
        content = _found(self._repository(request).blobs, sha)
        shown = {"content": base64.encodebytes(content).decode(), "encoding": "base64", "size": len(content)}
        return JSONResponse({"sha": sha, "url": self._url(request, f"blobs/{sha}"), **shown})

    async def create_blob(self, request: Request) -> Response:
        """Create a blob."""
        repository, fields = self._repository(request), await read(request, BlobFields)
        try:
            is_text = fields.encoding == "utf-8"
            content = fields.content.encode() if is_text else base64.b64decode(fields.content, validate=True)
        except binascii.Error:
            return refused(422, "content is not valid Base64")
        with repository.lock:
            sha = repository.add_blob(content)
        return JSONResponse({"sha": sha, "url": self._url(request, f"blobs/{sha}")}, 201)

    def _repository(self, request: Request) -> GitRepository:
        repository = self.state.repositories[repository_in(request)]
        if not repository.refs:
            raise RefusedError(refused(409, "Git Repository is empty."))
        return repository

    def _url(self, request: Request, below: str) -> str:
        return f"{self.state.api_url}/repos/{repository_in(request)}/git/{below}"

    def _ref(self, request: Request, ref: str, sha: str) -> Json:
        target = {"type": "commit", "sha": sha, "url": self._url(request, f"commits/{sha}")}
        return {"ref": ref, "url": self._url(request, ref), "object": target}

    def _commit(self, request: Request, sha: str, commit: Commit) -> Json:
        date = commit.author.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        author = {"name": commit.author.name, "email": commit.author.email, "date": date}
        url = self._url(request, f"commits/{sha}")
        tree = {"sha": commit.tree, "url": self._url(request, f"trees/{commit.tree}")}
        parents = [{"sha": parent, "url": self._url(request, f"commits/{parent}")} for parent in commit.parents]
        people = {"author": author, "committer": author}
        return {"sha": sha, "url": url, **people, "message": commit.message, "tree": tree, "parents": parents}

    def _tree(self, request: Request, sha: str, folder: Mapping[str, Entry]) -> Json:
        repository = self._repository(request)
        listed = repository.walk(sha) if "recursive" in request.query_params else folder.items()
        rows = [
            {"path": path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
            | ({"size": len(repository.blobs[entry.sha])} if entry.kind == "blob" else {})
            for path, entry in listed
        ]
        return {"sha": sha, "url": self._url(request, f"trees/{sha}"), "tree": rows, "truncated": False}


def _change(repository: GitRepository, entries: dict[str, Entry], given: EntryFields) -> None:
    """Put one path into a tree, or take it out."""
    if _OUTSIDE & set(given.path.split("/")):
        raise RefusedError(refused(422, "tree.path contains a malformed path component"))
    if (given.content is None) == ("sha" not in given.model_fields_set):
        raise RefusedError(refused(422, "Must supply either tree.sha or tree.content"))
    if given.content is not None:
        entries[given.path] = Entry(given.mode, repository.add_blob(given.content.encode()))
    elif given.sha is None:
        if entries.pop(given.path, None) is None:
            raise RefusedError(refused(422, "GitRPC::BadObjectState"))
    elif given.mode == FOLDER and given.sha in repository.trees:
        below = repository.entries(given.sha)
        entries |= {f"{given.path}/{path}": entry for path, entry in below.items()}
    elif given.mode == SUBMODULE or given.sha in repository.blobs:
        entries[given.path] = Entry(given.mode, given.sha)
    else:
        raise RefusedError(refused(422, f"tree.sha {given.sha} is not a valid {given.type}"))


def _found(among: Mapping[str, T], name: str) -> T:
    if name not in among:
        raise RefusedError(refused(404, "Not Found"))
    return among[name]
