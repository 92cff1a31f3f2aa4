"""What the sandbox's GitHub keeps of a repository: refs, and blobs, trees and commits by the names that Git gives them.

An object's name is the SHA-1 of its bytes, so that whoever knows Git's format gets the names that we give.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

DEFAULT_BRANCH = "main"
FOLDER, SUBMODULE = "040000", "160000"
_KINDS = {FOLDER: "tree", SUBMODULE: "commit"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a path leads to."""

    mode: str
    sha: str

    @property
    def kind(self) -> str:
        """What sort of object it is."""
        return _KINDS.get(self.mode, "blob")


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a commit, and when."""

    name: str
    at: datetime

    @property
    def email(self) -> str:
        """Where GitHub would reach them: nowhere."""
        return f"{self.name}@users.noreply.github.com"

    def __str__(self) -> str:
        """Write it as a commit has it."""
        return f"{self.name} <{self.email}> {int(self.at.timestamp())} +0000"


@dataclass(frozen=True, slots=True)
class Commit:
    """What a commit says."""

    tree: str
    parents: tuple[str, ...]
    message: str
    author: Author

    def content(self) -> bytes:
        """Give what Git takes the name of."""
        parents = (f"parent {parent}\n" for parent in self.parents)
        lines = (f"tree {self.tree}\n", *parents, f"author {self.author}\n", f"committer {self.author}\n")
        return "".join((*lines, "\n", self.message)).encode()


class GitRepository:
    """The objects and refs of one repository.

    Attributes:
        name: owner and name, as GitHub spells them.
        blobs: contents by name.
        trees: entries of one folder, by its name.
        commits: by name.
        refs: names of commits by full ref, such as `refs/heads/main`.
    """

    def __init__(self, name: str, author: Author) -> None:
        """Start with one commit, which has a README."""
        self.name = name
        self.lock = threading.RLock()
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, Entry]] = {}
        self.commits: dict[str, Commit] = {}
        self.refs: dict[str, str] = {}
        self.commit_files(DEFAULT_BRANCH, {"README.md": f"# {name}\n"}, author)

    def add_blob(self, content: bytes) -> str:
        """Keep a content, and give its name."""
        sha = _name("blob", content)
        self.blobs[sha] = content
        return sha

    def add_tree(self, files: Mapping[str, Entry]) -> str:
        """Keep the files of all folders, and give the name of the uppermost.

        Raises:
            ValueError: where a path is a file and a folder.
        """
        here: dict[str, Entry] = {}
        below: dict[str, dict[str, Entry]] = {}
        for path, entry in files.items():
            folder, slash, rest = path.partition("/")
            if slash:
                below.setdefault(folder, {})[rest] = entry
            else:
                here[path] = entry
        if both := here.keys() & below.keys():
            raise ValueError(f"{min(both)} is a file and a folder")
        here |= {folder: Entry(FOLDER, self.add_tree(inside)) for folder, inside in below.items()}
        ordered = dict(sorted(here.items(), key=lambda item: item[0] + "/" * (item[1].mode == FOLDER)))
        content = b"".join(
            f"{entry.mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(entry.sha) for name, entry in ordered.items()
        )
        sha = _name("tree", content)
        self.trees[sha] = ordered
        return sha

    def add_commit(self, commit: Commit) -> str:
        """Keep a commit, and give its name."""
        sha = _name("commit", commit.content())
        self.commits[sha] = commit
        return sha

    def walk(self, tree: str, above: str = "") -> Iterator[tuple[str, Entry]]:
        """Give all paths below a tree, folders before what is in them."""
        for name, entry in self.trees[tree].items():
            yield above + name, entry
            if entry.mode == FOLDER:
                yield from self.walk(entry.sha, f"{above}{name}/")

    def entries(self, tree: str) -> dict[str, Entry]:
        """Give what is no folder, by path."""
        return {path: entry for path, entry in self.walk(tree) if entry.mode != FOLDER}

    def history(self, sha: str) -> set[str]:
        """Give a commit and all that it descends from."""
        found, open_ones = set[str](), [sha]
        while open_ones:
            if (one := open_ones.pop()) not in found:
                found.add(one)
                open_ones += self.commits[one].parents
        return found

    def files(self, branch: str) -> dict[str, str]:
        """Give the texts of a branch by path; none where there is no such branch."""
        tip = self.refs.get(f"refs/heads/{branch}")
        if tip is None:
            return {}
        entries = self.entries(self.commits[tip].tree)
        return {path: self.blobs[entry.sha].decode() for path, entry in entries.items() if entry.sha in self.blobs}

    def messages(self, branch: str) -> list[str]:
        """Give the messages of a branch's commits, the newest first."""
        told, sha = [], self.refs.get(f"refs/heads/{branch}")
        while sha:
            told.append(self.commits[sha].message)
            sha = next(iter(self.commits[sha].parents), None)
        return told

    def commit_files(
        self, branch: str, files: Mapping[str, str | Entry], author: Author, message: str = "A commit"
    ) -> str:
        """Do as somebody who pushes: put files on a branch, texts or what else Git has, and give the commit."""
        with self.lock:
            tip = self.refs.get(f"refs/heads/{branch}")
            kept = self.entries(self.commits[tip].tree) if tip else {}
            new = {path: file if isinstance(file, Entry) else self._file(file) for path, file in files.items()}
            parents = (tip,) if tip else ()
            sha = self.add_commit(Commit(self.add_tree(kept | new), parents, message, author))
            self.refs[f"refs/heads/{branch}"] = sha
            return sha

    def _file(self, text: str) -> Entry:
        return Entry("100644", self.add_blob(text.encode()))


def _name(kind: str, content: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()
