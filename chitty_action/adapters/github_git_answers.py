"""What GitHub's Git data API answers, read as values: each member that we go by has the shape that Git gives it."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha1, sha256
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chitty_action.model.document import Document

Sha = Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")]
"""An object's name: SHA-1, or SHA-256 in a repository of that kind."""
_SHORT_SHA = 40
_FILES = frozenset({"100644", "100755"})
"""Modes of what has a text of its own: no folder, no symbolic link, no submodule."""


class Repository(Document, frozen=True):
    """Of a repository, which branch nobody but people writes to."""

    default_branch: Annotated[str, Meta(min_length=1)]


class _Named(Struct, frozen=True):
    sha: Sha


class _Target(Struct, frozen=True):
    type: Literal["commit"]
    sha: Sha


class Ref(Document, frozen=True):
    """Where a branch points to."""

    ref: str
    object: _Target

    def commit_of(self, branch: str) -> str:
        """Return the commit. Raises ValueError where it is another branch's."""
        if self.ref != f"refs/heads/{branch}":
            raise ValueError("it is about another branch")
        return self.object.sha


class Made(Document, frozen=True):
    """A new tree or commit."""

    sha: Sha


class Commit(Document, frozen=True):
    """Which files a commit has."""

    sha: Sha
    tree: _Named


class _Entry(Struct, frozen=True):
    path: str
    mode: str
    type: str
    sha: Sha


class Tree(Document, frozen=True):
    """The files of a commit, of all folders."""

    tree: tuple[_Entry, ...]
    truncated: bool

    def files(self) -> dict[str, str]:
        """Return the blob of each file; what is no file, or has a path that no file of ours has, is left alone."""
        return {entry.path: entry.sha for entry in self.tree if entry.mode in _FILES and _is_plain(entry)}


class Blob(Document, frozen=True):
    """What a file contains."""

    content: str
    encoding: Literal["base64"]

    def bytes_of(self, sha: str) -> bytes:
        """Return the content. Raises ValueError where it is not what the name stands for."""
        content = b64decode(self.content)
        if blob_name(content, sha) != sha:
            raise ValueError("it is not the content that was asked for")
        return content


def blob_name(content: bytes, like: str) -> str:
    """Return the name that Git gives a file's content, of the same kind as another name."""
    named = b"blob %d\0" % len(content) + content
    if len(like) == _SHORT_SHA:
        return sha1(named, usedforsecurity=False).hexdigest()
    return sha256(named).hexdigest()


def _is_plain(entry: _Entry) -> bool:
    steps = entry.path.split("/")
    return entry.type == "blob" and entry.path.isprintable() and not {"", ".", ".."} & set(steps)
