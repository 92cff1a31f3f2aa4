"""A report for a person at a terminal, or for whatever a pipe leads to: readable lines, a table, no workflow commands.

rich is imported where it is used: under GitHub nobody should pay for it. Remote text reaches it as `Text`, which
interprets no markup, and after `one_line`, which leaves no control character in it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from chitty_action.model.evidence import BROKEN, PROBED, Evidence
from chitty_action.model.finding import Level
from chitty_action.model.ports import silent
from chitty_action.model.report import Status, Verdict
from chitty_action.model.text import one_line
from chitty_action.routes.words import call_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TextIO

    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from chitty_action.model.report import Outcome, Report
    from chitty_action.model.sweep import Swept

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
_EVIDENCES = {
    Evidence.HEALTHY: ("✓", "green"),
    Evidence.DEGRADED: ("!", "yellow"),
    Evidence.DOWN: ("✗", "red"),
    Evidence.MISSING: ("✗", "red"),
    Evidence.BLOCKED: ("i", "blue"),
    Evidence.REDIRECTED: ("i", "blue"),
    Evidence.UNPROBEABLE: ("i", "blue"),
    Evidence.SKIPPED: ("\N{EN DASH}", "dim"),
}
_IN_THE_SWEEP = frozenset({"service-healthy", "proxy-reachable"})
_MOST_ROWS = 1_000
_NAME_WIDTH = 24


def show(report: Report, stream: TextIO, environ: Mapping[str, str]) -> None:
    """Write the verdict, what was looked at, and what is wrong with its cure; of a sweep, all services first.

    Colour only on a terminal without NO_COLOR; as wide as the terminal, and 80 columns anywhere else.
    """
    console = _console(stream, environ)
    with console.capture() as capture:
        outcomes = _about_the_run(report)
        sections = (_head(report), _sweep(report), _incidents(report), _outcomes(report, outcomes), _plan(report))
        for section in filter(None, (*sections, _findings(report, outcomes))):
            console.print(*section, "", sep="\n")
    text = "\n".join(line.rstrip() for line in capture.get().split("\n"))
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


@contextmanager
def progress(doing: str, stream: TextIO, environ: Mapping[str, str]) -> Iterator[Callable[[int, int], None]]:
    """Turn a spinner beside `doing` while the block runs, and show how far it is; nothing off a terminal."""
    console = _console(stream, environ)
    if not console.is_terminal or console.is_dumb_terminal:
        yield silent
        return
    with console.status(_text(doing)) as status:
        yield lambda done, of: status.update(_text(f"{doing}: {done} of {of}"))


def _head(report: Report) -> list[RenderableType]:
    icon, style = _VERDICTS[report.verdict]
    ended = f"{report.phase or 'chitty-action'} {report.verdict}"
    parts = [ended, report.subject, report.special_end, f"{report.elapsed:.1f} s"]
    verdict = _text(f"{icon} " + " · ".join(part for part in parts if part), style)
    counts = [_text(_counts(report), "bold")] if report.sweep else []
    if not report.facts:
        return [verdict, *counts]
    facts = _grid()
    for label, value in report.facts:
        facts.add_row("", _text(label, "dim"), _text(value, "dim"))
    return [verdict, *counts, facts]


def _counts(report: Report) -> str:
    classes = [row.evidence for row in report.sweep]
    counts = ", ".join(f"{classes.count(evidence):,} {evidence}" for evidence in Evidence if evidence in classes)
    return f"{len(classes):,} service{'s' if len(classes) != 1 else ''}: {counts}"


def _sweep(report: Report) -> list[RenderableType]:
    """Return every service, those that are broken last: the end of a long table is what stays in sight."""
    if not report.sweep:
        return []
    rows = sorted(report.sweep, key=lambda row: (row.evidence in BROKEN, row.evidence not in PROBED, row.name))
    grid = _grid()
    grid.add_column()
    grid.add_column(min_width=min(_NAME_WIDTH, max(len(row.name) for row in rows)))
    for row in rows[-_MOST_ROWS:]:
        icon, style = _EVIDENCES[row.evidence]
        took = "" if row.elapsed is None else f"{row.elapsed:.2f} s"
        proxy = _text("proxied" if row.proxy is Evidence.HEALTHY else f"proxy {row.proxy or 'not judged'}", "dim")
        grid.add_row(_text(icon, style), _text(row.name), _text(row.evidence), took, proxy, _seen(row, report))
    left = len(rows) - _MOST_ROWS
    return [*([_text(f"+{left:,} more, healthy ones first", "dim")] if left > 0 else []), grid]


def _seen(row: Swept, report: Report) -> Text:
    """Say what was seen where it was not healthy, and since when where it is broken; then what of the proxy."""
    proxy = "" if row.proxy in {None, Evidence.HEALTHY} else row.proxy_reason
    if row.evidence is Evidence.HEALTHY:
        return _text(proxy)
    seen = row.reason
    if row.evidence in BROKEN:
        is_new = row.since is None or row.is_new(report.started)
        seen = f"new: {seen}" if is_new else f"since {row.since:%Y-%m-%d %H:%M} UTC: {seen}"
    return _text(f"{seen} (proxy: {proxy})" if proxy else seen)


def _incidents(report: Report) -> list[RenderableType]:
    told = [one for one in report.incidents if one.url or one.action != "unchanged"]
    if not told:
        return []
    grid = _grid()
    for one in told:
        grid.add_row(_text("incident", "dim"), _text(one.kind), _text(one.action, "bold"), _text(one.url))
    return [grid]


def _about_the_run(report: Report) -> tuple[Outcome, ...]:
    """Leave out what the table of the sweep tells already; `reporting/sweep.py` has the same rule."""
    told = {row.name for row in report.sweep}
    return tuple(
        outcome for outcome in report.outcomes if outcome.id not in _IN_THE_SWEEP or outcome.subject not in told
    )


def _outcomes(report: Report, outcomes: Sequence[Outcome]) -> list[RenderableType]:
    if not outcomes:
        return []
    with_subject = any(outcome.subject != report.subject for outcome in outcomes)
    grid = _grid()
    for outcome in outcomes:
        icon, style = _STATUSES[outcome.status]
        subject = [_text(outcome.subject)] if with_subject else []
        seen = f"skipped: {outcome.seen}" if outcome.status is Status.SKIPPED else outcome.seen
        grid.add_row(_text(icon, style), _text(outcome.id), *subject, _text(seen, style if style == "dim" else ""))
    return [grid]


def _plan(report: Report) -> list[RenderableType]:
    """Return what would resolve the conflicts of routes, each with the call that a person can run."""
    moves = report.routes.plan.moves if report.routes else ()
    if not moves or report.routes is None:
        return []
    grid = _grid()
    for move in moves:
        grid.add_row(_text("\N{RIGHTWARDS ARROW}", "dim"), _text(move.words))
        grid.add_row("", _text(call_told(move), "dim"))
        grid.add_row("", _text(move.undo, "dim"))
    return [_text(f"What would resolve conflicts, by inventory {report.routes.plan.digest}; nothing was done:"), grid]


def _findings(report: Report, outcomes: Sequence[Outcome]) -> list[RenderableType]:
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    if not findings:
        return []
    grid = _grid()
    for finding in sorted(findings, key=lambda finding: -finding.level.rank):
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
