"""JSON and TOML with every way to fail turned into one sentence (`UnusableFileError`)."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING

from chitty_action.adapters.workspace.files import UnusableFileError
from chitty_action.model.document import is_shallow

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_TOML_WORK = 10_000_000


def utf8(raw: bytes, name: str) -> str:
    """The text of a file that must be plain UTF-8, as the formats' own tools demand it."""
    if raw.startswith(codecs.BOM_UTF8):
        raise UnusableFileError(f"{name} starts with a byte order mark", "save it as UTF-8 without a byte order mark")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnusableFileError(
            f"{name} is not UTF-8 text: byte {error.start} does not belong", "save it as UTF-8"
        ) from error


def json_object(raw: bytes, name: str) -> dict[str, object]:
    """A JSON object by the letter of RFC 8259: no NaN, and no key twice, because readers disagree on which counts."""
    try:
        document: object = json.loads(utf8(raw, name), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise too_deep(name) from error
    except ValueError as error:
        raise UnusableFileError(f"{name} is not valid JSON: {error}", "correct the file at that place") from error
    if not is_shallow(document):
        raise too_deep(name)
    if not isinstance(document, dict):
        raise UnusableFileError(f"{name} is not a JSON object", "its outermost value must be { … }")
    return document


def check_sendable(document: Mapping[str, object], name: str) -> None:
    """JSON can be read that cannot be written again: a lone surrogate, a number beyond every float (1e999)."""
    try:
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise UnusableFileError(f"{name} holds a value that cannot be sent: {error}", "correct that value") from error


def toml_table(raw: bytes, name: str) -> dict[str, object]:
    """A TOML document."""
    import tomllib

    text = utf8(raw, name)
    # tomllib walks a dotted key, and the table it stands in, part by part for every key: a file of dots takes hours.
    dots = [line.count(".") for line in text.split("\n")]
    if max(dots) * (len(dots) + sum(dots)) > _MAX_TOML_WORK:
        raise UnusableFileError(f"{name} has a line with {max(dots)} dots", "break up such long keys or values")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise too_deep(name) from error
    except ValueError as error:
        raise UnusableFileError(f"{name} is not valid TOML: {error}", "correct the file at that place") from error


def too_deep(name: str) -> UnusableFileError:
    """The error for a file whose nesting would exhaust the stack."""
    return UnusableFileError(f"{name} is nested too deeply to be read", "check that it is the right file")


def table(value: object) -> Mapping[str, object]:
    """The value if it is a table (JSON: an object), else an empty one: for looking further down."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """The trimmed string; None for an empty one, another type, or one that UTF-8 cannot carry (a lone surrogate)."""
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value.strip() or None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:80]!r} occurs twice in one object")
        found[key] = value
    return found


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is not a JSON value")
