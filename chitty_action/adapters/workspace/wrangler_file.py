"""wrangler's configuration file: the first one in wrangler's own order counts.

If that one is broken there is no configuration: a sibling is what wrangler would not read, in this ecosystem mostly a
stale one.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pyjson5

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import toml_table, utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")


def names_in(folder: str) -> Iterator[str]:
    """Yield the names that the file of a folder may have, in wrangler's order."""
    return (str(PurePosixPath(folder) / name) for name in _NAMES)


def read_configuration(root: Path, name: str) -> dict[str, object] | None:
    """Read one of them; None where it is not there. Raises UnusableFileError."""
    raw = read(root, name)
    if raw is None:
        return None
    parse = toml_table if name.endswith(".toml") else _json5_object
    return parse(raw.removeprefix(codecs.BOM_UTF8), name)


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


def own_section(config: Mapping[str, object], environment: str, name: str) -> Mapping[str, object] | None:
    """Return what the configuration says of one environment only; None where it does not define it.

    Raises UnusableFileError where the environments are no tables.
    """
    environments = config.get("env", {})
    if not isinstance(environments, dict):
        raise UnusableFileError(f"{name}: env is not a table", "write the environments as tables below env")
    own = environments.get(environment)
    if own is not None and not isinstance(own, dict):
        raise UnusableFileError(f"{name}: env.{environment} is not a table", "write the environment as a table")
    return own
