"""How names at GitHub are read from an input's text; as in `values`, each raises ValueError with what is allowed."""

from __future__ import annotations

import re

_LONGEST_BRANCH = 255
"""Bytes that GitHub takes for a branch's name."""
_BRANCH_RULE = (
    "the name of a branch without refs/heads/, such as chitty-state: no spaces, no .. or @{ or any of ~ ^ : ? * [ \\ in"
    " it, no part of it empty, beginning with a dot or ending with .lock, and no dot at its end"
)
_FORBIDDEN = re.compile(r"[ ~^:?*\[\\]|\.\.|@\{")
_PART = re.compile(r"(?!\.)[^/]+(?<!\.lock)")
_NO_BRANCH = re.compile(r"-.*|@|HEAD|refs/.*|.*\.|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
"""What Git or GitHub would take for an option, for something else's name, or for a commit."""
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}(?<!\.git)")


def branch_name(text: str) -> str:
    """Read the name of a branch, by the rules of git-check-ref-format and those of GitHub."""
    is_one = text.isprintable() and len(text.encode()) <= _LONGEST_BRANCH and not _FORBIDDEN.search(text)
    if not is_one or _NO_BRANCH.fullmatch(text) or not all(map(_PART.fullmatch, text.split("/"))):
        raise ValueError(_BRANCH_RULE)
    return text


def repository_name(text: str) -> str:
    """Read the owner and the name of a repository."""
    owner, _, name = text.partition("/")
    if not _OWNER.fullmatch(owner) or not _NAME.fullmatch(name):
        raise ValueError("an owner and a name, such as chittyos/chitty-action")
    return text
