"""Wrangler's configuration file: found, parsed, and cut into the sections that one environment is made of."""

from __future__ import annotations

import codecs
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyjson5
from msgspec import Struct

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import toml_table, utf8
from chitty_action.model.repository import Oddity

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnusableConfigurationError(UnusableFileError):
    """The configuration of this name is there and cannot be used."""

    def __init__(self, name: str, message: str, hint: str) -> None:
        """Keep the file's name, which is what the oddity is about."""
        super().__init__(message, hint)
        self.name = name

    def oddity(self, consequence: str) -> Oddity:
        """Tell it, with what follows from it."""
        return Oddity(self.name, f"{self.message}, so {consequence}", self.hint)


class Section(Struct, frozen=True):
    """The top level (no prefix) or an environment of a configuration (prefix "env.staging.")."""

    file: str
    prefix: str
    members: Mapping[str, object]

    def source(self, key: str) -> str:
        """Name file and place of a member, for the report."""
        return f"{self.file} ({self.prefix}{key})"

    def refusal(self, message: str, hint: str) -> UnusableConfigurationError:
        """Make the error for something in this section; the message names the place."""
        return UnusableConfigurationError(self.file, f"{self.file}: {message}", hint)

    def routes(self) -> list[object] | None:
        """The entries of `routes`, unread; None where the section has none. Raises UnusableConfigurationError."""
        if "routes" not in self.members:
            return None
        listed = self.members["routes"]
        if not isinstance(listed, list):
            hint = "write routes as a list, or a single one as route"
            raise self.refusal(f"{self.prefix}routes is not a list", hint)
        return listed


class Configuration(Struct, frozen=True):
    """The sections that describe one environment; `own` is None where the file does not define the environment."""

    name: str
    top: Section
    own: Section | None


def read_configuration(root: Path, folder: str, environment: str) -> Configuration | None:
    """Read the first file in wrangler's own order, None where there is none; raises UnusableConfigurationError.

    A broken one does not send us to its siblings: they are what wrangler would not read, in this ecosystem mostly
    stale ones.
    """
    for file_name in ("wrangler.json", "wrangler.jsonc", "wrangler.toml"):
        name = str(PurePosixPath(folder) / file_name)
        try:
            raw = read(root, name)
            if raw is None:
                continue
            parse = toml_table if file_name.endswith(".toml") else _json5_object
            config = parse(raw.removeprefix(codecs.BOM_UTF8), name)
        except UnusableFileError as error:
            raise UnusableConfigurationError(name, error.message, error.hint) from error
        return _sections(Section(name, "", config), environment)
    return None


def _json5_object(raw: bytes, name: str) -> dict[str, object]:
    """JSON with comments and trailing commas, which wrangler allows in both of its JSON files."""
    try:
        document: object = pyjson5.decode(utf8(raw, name))
    except pyjson5.Json5Exception as error:
        place = re.search(r"near (\d+)", str(error.args[0]))
        where = f" near character {place[1]}" if place else ""
        raise UnusableFileError(f"{name} is not valid JSON with comments{where}", "correct the file there") from error
    if not isinstance(document, dict):
        raise UnusableFileError(f"{name} is not a JSON object", "its outermost value must be { … }")
    return document


def _sections(top: Section, environment: str) -> Configuration:
    environments = top.members.get("env", {})
    if not isinstance(environments, dict):
        raise top.refusal("env is not a table", "write the environments as tables below env")
    if environment not in environments:
        return Configuration(top.file, top, None)
    own = environments[environment]
    if not isinstance(own, dict):
        raise top.refusal(f"env.{environment} is not a table", "write the environment as a table")
    return Configuration(top.file, top, Section(top.file, f"env.{environment}.", own))
