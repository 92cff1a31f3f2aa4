"""The GitHub runner: workflow commands and log lines on standard output.

The runner parses standard error for commands too, so everything goes through here, to one stream. Escaping is that of
`packages/core/src/command.ts` in actions/toolkit, parsing that of `ActionCommand.cs` in actions/runner.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chitty_action.model.text import SHORTEST_SECRET, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from chitty_action.model.finding import Level

_LINE_LIMIT = 10_000

# .NET may compare strings by culture, which skips some characters (variation selectors, say): what is not printable
# ASCII may therefore stand anywhere within the two prefixes.
_COMMAND_AT_START = re.compile(r"^([^!-~]*:[^!-~]*)(?=:)")
_COMMAND_ANYWHERE = re.compile(r"(#[^ -~]*#[^ -~]*)(?=\[)")


class Runner:
    """Speak to the runner that started this process."""

    def __init__(self, stream: TextIO) -> None:
        """Take standard output."""
        self._stream = stream

    def mask(self, value: str) -> bool:
        """Have the runner mask each line of a secret, and the whole; False if a line was too short to be masked."""
        lines = [line.strip() for line in re.split(r"[\r\n]", value) if line.strip()]
        long_enough = [line for line in lines if len(line) >= SHORTEST_SECRET]
        for line in long_enough:
            self._command("add-mask", line)
        complete = len(long_enough) == len(lines)
        if complete and len(lines) > 1:  # the runner splits the whole again, and would mask its short lines
            self._command("add-mask", value.strip())
        return complete

    def annotate(self, level: Level, title: str, message: str) -> None:
        """Show a line at the top of the workflow run's page, and in the log."""
        self._command(f"{level} title={_escape_property(one_line(title))}", message)

    def say(self, line: str) -> None:
        """Write one log line; nothing in it can start a workflow command or another line."""
        folded = " ".join(one_line(word, _LINE_LIMIT) for word in line[:_LINE_LIMIT].split(" "))
        self._write(_COMMAND_ANYWHERE.sub(r"\1 ", _COMMAND_AT_START.sub(r"\1 ", folded)))

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Fold the lines written meanwhile under `title`; groups do not nest."""
        self._command("group", one_line(title))
        try:
            yield
        finally:
            self._command("endgroup", "")

    def _command(self, command: str, data: str) -> None:
        self._write(f"::{command}::{_escape_data(data)}")

    def _write(self, line: str) -> None:
        self._stream.write(line.encode("utf-8", "replace").decode() + "\n")
        self._stream.flush()


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
