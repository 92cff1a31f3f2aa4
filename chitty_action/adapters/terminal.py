"""A report for a person at a terminal, or for whatever a pipe leads to: readable lines, a table, no workflow commands.

rich is imported where it is used: under GitHub nobody should pay for it. Remote text reaches it as `Text`, which
interprets no markup, and after `one_line`, which leaves no control character in it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from chitty_action.model.finding import Level
from chitty_action.model.report import Status, Verdict
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from chitty_action.model.report import Report

_PIPED_WIDTH = 80
_TEXT_LIMIT = 1_000

_VERDICTS = {
    Verdict.PASSED: ("✓", "bold green"),
    Verdict.WARNED: ("!", "bold yellow"),
    Verdict.FAILED: ("✗", "bold red"),
}
_LEVELS = {Level.ERROR: ("✗", "red"), Level.WARNING: ("!", "yellow"), Level.NOTICE: ("i", "blue")}
_STATUSES = {
    Status.FAILED: ("✗", "red"),
    Status.WARNED: ("!", "yellow"),
    Status.NOTED: ("i", "blue"),
    Status.PASSED: ("✓", "green"),
    Status.SKIPPED: ("\N{EN DASH}", "dim"),
}


def show(report: Report, stream: TextIO, environ: Mapping[str, str]) -> None:
    """Write the verdict, what was looked at, and what is wrong with its cure.

    Colour only on a terminal without NO_COLOR; as wide as the terminal, and 80 columns anywhere else.
    """
    console = _console(stream, environ)
    with console.capture() as capture:
        for section in filter(None, (_head(report), _outcomes(report), _findings(report))):
            console.print(*section, "", sep="\n")
    text = "\n".join(line.rstrip() for line in capture.get().split("\n"))
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


@contextmanager
def progress(doing: str, stream: TextIO, environ: Mapping[str, str]) -> Iterator[None]:
    """Turn a spinner beside `doing` while the block runs; nothing at all where `stream` is not a terminal."""
    console = _console(stream, environ)
    if not console.is_terminal or console.is_dumb_terminal:
        yield
        return
    with console.status(_text(doing)):
        yield


def _head(report: Report) -> list[RenderableType]:
    icon, style = _VERDICTS[report.verdict]
    ended = f"{report.phase or 'chitty-action'} {report.verdict}"
    parts = [ended, report.subject, report.special_end, f"{report.elapsed:.1f} s"]
    verdict = _text(f"{icon} " + " · ".join(part for part in parts if part), style)
    if not report.facts:
        return [verdict]
    facts = _grid()
    for label, value in report.facts:
        facts.add_row("", _text(label, "dim"), _text(value, "dim"))
    return [verdict, facts]


def _outcomes(report: Report) -> list[RenderableType]:
    if not report.outcomes:
        return []
    with_subject = any(outcome.subject != report.subject for outcome in report.outcomes)
    grid = _grid()
    for outcome in report.outcomes:
        icon, style = _STATUSES[outcome.status]
        subject = [_text(outcome.subject)] if with_subject else []
        seen = f"skipped: {outcome.seen}" if outcome.status is Status.SKIPPED else outcome.seen
        grid.add_row(_text(icon, style), _text(outcome.id), *subject, _text(seen, style if style == "dim" else ""))
    return [grid]


def _findings(report: Report) -> list[RenderableType]:
    if not report.findings:
        return []
    grid = _grid()
    for finding in report.findings:
        icon, style = _LEVELS[finding.level]
        about = f" ({finding.subject})" if finding.subject not in {"", report.subject} else ""
        grid.add_row(_text(icon, style), _text(f"{finding.check}{about}: {finding.message}"))
        if finding.hint:
            grid.add_row("", _text(f"→ {finding.hint}", "dim"))
    return [grid]


def _console(stream: TextIO, environ: Mapping[str, str]) -> Console:
    """Decide by the stream alone: a FORCE_COLOR for other programs must not put escape codes into a file."""
    from rich.console import Console

    on_terminal = stream.isatty()
    return Console(
        file=stream,
        force_terminal=on_terminal,
        width=None if on_terminal else _PIPED_WIDTH,
        no_color=bool(environ.get("NO_COLOR")),
        highlight=False,
        _environ=environ,
    )


def _text(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(one_line(text, _TEXT_LIMIT), style=style, overflow="fold")


def _grid() -> Table:
    from rich.table import Table

    return Table.grid(padding=(0, 2, 0, 0))
