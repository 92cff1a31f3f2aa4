from __future__ import annotations

import subprocess
import sys

import pytest

from chitty_action.adapters.logs import EventLog


@pytest.mark.parametrize(("level", "events"), [("debug", 2), ("info", 1), ("warning", 0), ("error", 0)])
def test_events_below_the_level_are_not_written(level: str, events: int) -> None:
    """One line each for those at or above it."""
    lines: list[str] = []
    log = EventLog(level, lines.append, colours=False)
    log.debug("reading.taken", url="https://a.example")
    log.info("request.retried", url="https://a.example", seen="answered 503")
    assert len(lines) == events


def test_an_event_is_one_line_of_key_values() -> None:
    """Line breaks in a value stay inside the line, and without colours there is no escape code."""
    lines: list[str] = []
    EventLog("info", lines.append, colours=False).info("request.retried", seen="a\n::error::b", after=1.5)
    (line,) = lines
    assert "request.retried" in line
    assert "after=1.5" in line
    assert "\n" not in line
    assert "\x1b" not in line


def test_structlog_is_not_paid_for_without_an_event() -> None:
    """A healthy run at level info writes none."""
    program = (
        "import sys; from chitty_action.adapters.logs import EventLog\n"
        "EventLog('info', print, colours=False).debug('reading.taken')\n"
        "sys.exit('structlog' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603 - our own program
    assert ended.returncode == 0
