"""Version, description and author from `package.json`, else `pyproject.toml` (interface, section 3)."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import json_object, table, text, toml_table
from chitty_action.model.repository import Oddity
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERSON = re.compile(r"(?P<name>[^<(]*)(?:<(?P<email>[^>]*)>)?")


class Manifest(Struct, frozen=True):
    """What the first usable manifest says; all facts come from the same file."""

    version: str | None = None
    description: str | None = None
    oddities: tuple[Oddity, ...] = ()
    author: str | None = None


def read_manifest(root: Path, folder: str) -> Manifest:
    """Read the folder's manifest; whatever is wrong with one is an oddity, and the next is tried."""
    oddities: list[Oddity] = []
    any_exists = False
    for file_name, facts in (("package.json", _package), ("pyproject.toml", _pyproject)):
        name = str(PurePosixPath(folder) / file_name)
        try:
            raw = read(root, name)
            if raw is None:
                continue
            any_exists = True
            said = facts(raw, name)
        except UnusableFileError as error:
            any_exists = True
            oddities.append(Oddity(name, error.message, error.hint))
            continue
        version, description = said.get("version"), said.get("description")
        oddities += [
            Oddity(name, f"{name}: {key} is not a text", f"write {key} as a string")
            for key, value in (("version", version), ("description", description))
            if value is not None and value != "" and text(value) is None
        ]
        if text(version) or text(description):
            return Manifest(text(version), text(description), tuple(oddities), _person(said.get("author")))
    if not any_exists:
        message = f"no package.json or pyproject.toml in {folder}; registering without version and description"
        hint = "set working-directory to the service's folder, or add a manifest with version and description"
        oddities.append(Oddity("package.json", message, hint))
    return Manifest(oddities=tuple(oddities))


def _package(raw: bytes, name: str) -> Mapping[str, object]:
    return json_object(raw, name)


def _pyproject(raw: bytes, name: str) -> Mapping[str, object]:
    """`[project]`, key by key backed by `[tool.poetry]`: Poetry 2 allows the version in either."""
    document = toml_table(raw, name)
    said = {**table(table(document.get("tool")).get("poetry")), **table(document.get("project"))}
    authors = said.get("authors")
    return {**said, "author": authors[0] if isinstance(authors, list) and authors else None}


def _person(author: object) -> str | None:
    """Return `Name <mail> (url)`, or a table of name and email, as "Name <mail>" or what there is of it.

    None where it cannot be read: an author is optional, and whoever owns the repository stands in.
    """
    written = _PERSON.match(text(author) or "")
    said = table(author) or (written.groupdict() if written else {})
    name, email = text(said.get("name")), text(said.get("email"))
    return one_line(f"{name} <{email}>" if name and email else name or email or "") or None
