"""The files that a step hands to the runner: its outputs and its summary (GITHUB_OUTPUT, GITHUB_STEP_SUMMARY).

The formats are those of `FileCommandManager.cs` in actions/runner. Outside of GitHub the same files are written where
the environment names them. A file that cannot be written raises nothing: the work is done, only the telling failed.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from chitty_action.errors import BugError

if TYPE_CHECKING:
    from collections.abc import Mapping

SUMMARY_LIMIT = 1_000_000
"""Bytes in the file, whoever wrote them."""

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def write_outputs(path: str, values: Mapping[str, str]) -> str | None:
    """Append outputs to the file at `path`; return None, or one sentence on why later steps will not see them.

    Raises:
        BugError: a name is not one that the runner reads back as it is.
    """
    entries = [output_entry(name, value, f"ghadelimiter_{secrets.token_hex(16)}") for name, value in values.items()]
    error = _append(path, "".join(entries), None)
    return error and f"Later steps will not see this step's outputs, because GITHUB_OUTPUT {error}."


def write_summary(path: str, markdown: str) -> str | None:
    """Append `markdown` to the file at `path`, all or nothing; return None, or one sentence on why it is not shown."""
    error = _append(path, markdown, SUMMARY_LIMIT)
    return error and f"This step's summary is not shown, because GITHUB_STEP_SUMMARY {error}."


def output_entry(name: str, value: str, delimiter: str) -> str:
    """Return one output in the delimiter form, the only one in which no value can forge another output.

    Raises:
        BugError: the name is not made of letters, digits, `_` and `-`, or name or value contain the delimiter.
    """
    if not _NAME.fullmatch(name):
        msg = f"{name!r} cannot be the name of an output."
        raise BugError(msg)
    if delimiter in name or delimiter in value:
        msg = f"The output {name} contains the delimiter that was to end it."
        raise BugError(msg)
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _append(path: str, text: str, limit: int | None) -> str | None:
    """Append on a line of its own; return None, or what is wrong with the variable's file, for after its name."""
    if not path:
        return "is not set: the runner sets it, so look at how the action is started"
    ending = "" if text.endswith("\n") else "\n"
    content = (text + ending).encode("utf-8", "replace")
    try:
        with Path(path).open("ab") as file:
            before = os.fstat(file.fileno()).st_size
            content = b"\n" + content if before else content
            if limit is not None and before + len(content) > limit:
                return f"would hold more than {limit:,} bytes: {before:,} were there already"
            file.write(content)
    except OSError as error:
        return f"names a file that cannot be written ({error.strerror}): {path}"
    return None
