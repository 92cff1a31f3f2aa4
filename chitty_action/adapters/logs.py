"""Structured events by structlog.

It is loaded only when there is an event to write, because importing it costs more than a whole healthy phase takes.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

_RANKS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


class EventLog:
    """The port `Log`: events at or above a level go out as one line of key-values each."""

    def __init__(self, level: str, write_line: Any, *, colours: bool) -> None:  # noqa: ANN401 - any callable on a line
        """Take the level's name, and what takes a finished line."""
        self._rank = _RANKS[level]
        self._write_line = write_line
        self._colours = colours

    @cached_property
    def _logger(self) -> FilteringBoundLogger:
        import structlog

        renderer = structlog.dev.ConsoleRenderer(colors=self._colours, pad_event_to=20)
        logger: FilteringBoundLogger = structlog.wrap_logger(
            _Lines(self._write_line),
            processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("%H:%M:%S"), renderer],
            wrapper_class=structlog.make_filtering_bound_logger(self._rank),
        )
        return logger

    def debug(self, event: str, **values: object) -> None:
        """Record a routine event."""
        if self._rank <= _RANKS["debug"]:
            self._logger.debug(event, **values)

    def info(self, event: str, **values: object) -> None:
        """Record an event that explains why a run takes long."""
        if self._rank <= _RANKS["info"]:
            self._logger.info(event, **values)


class _Lines:
    """What structlog calls with a finished line, whatever its level."""

    def __init__(self, write_line: Any) -> None:  # noqa: ANN401 - any callable on a line
        self.debug = self.info = self.msg = write_line


def stderr_line(line: str, stream: TextIO | None = None) -> None:
    """Write a line beside the report, so that standard output stays the report alone."""
    print(line, file=stream or sys.stderr, flush=True)
