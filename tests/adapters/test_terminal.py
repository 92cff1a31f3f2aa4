from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import termios
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from chitty_action.adapters.terminal import progress, show
from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Swept

REPORT = Report(
    Phase.POST,
    "alpha",
    (
        Outcome("registration", "alpha", Status.PASSED, "registered, 201"),
        Outcome(
            "service-healthy",
            "alpha",
            Status.FAILED,
            "down after 23 looks",
            (Finding("service-healthy", "alpha", Level.ERROR, "It answered [bold]502[/bold] :boom:.", "See its log."),),
        ),
        Outcome("proxy-reachable", "beta", Status.NOTED, "not offered"),
        Outcome("status", "alpha", Status.SKIPPED, "the service was not found healthy"),
    ),
    facts=(("Service", "https://alpha.chitty.cc, from wrangler.toml"),),
    elapsed=75.04,
)
SWEEP = Report(
    Phase.RECONCILE,
    "chittyos",
    (
        Outcome(
            "service-healthy",
            "beta",
            Status.WARNED,
            "down",
            (Finding("service-healthy", "beta", Level.WARNING, "beta is down"),),
        ),
        Outcome(
            "routes", "hub", Status.NOTED, "not offered", (Finding("routes", "hub", Level.NOTICE, "They are unknown."),)
        ),
    ),
    started=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    elapsed=3.0,
    sweep=(
        Swept(1, "beta", Evidence.DOWN, "answered 503", proxy=Evidence.DOWN, proxy_reason="answered 502"),
        Swept(2, "row 2", Evidence.SKIPPED, "no usable name"),
        Swept(3, "alpha", Evidence.HEALTHY, "answered 200", elapsed=0.123, proxy=Evidence.HEALTHY),
        Swept(4, "gamma", Evidence.DEGRADED, "status [red]ill[/red]", since=datetime(2026, 1, 1, tzinfo=UTC)),
        Swept(5, "delta", Evidence.HEALTHY, "answered 200", proxy=Evidence.BLOCKED, proxy_reason="answered 401"),
    ),
    incidents=(
        Told(Kind.UNHEALTHY_SERVICES, "https://github.com/a/b/issues/1", "opened"),
        Told(Kind.HUB_UNREACHABLE, "", "unchanged"),
    ),
)
ESCAPE = "\x1b["


class Terminal(io.StringIO):
    """A stream that says it is a terminal, and remembers what was written."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Claim it."""
        return True


def shown(report: Report) -> str:
    """Return what a pipe gets."""
    stream = io.StringIO()
    show(report, stream, {"FORCE_COLOR": "1", "COLUMNS": "300"})
    return stream.getvalue()


def test_a_piped_report_is_plain_lines() -> None:
    """Verdict, facts, a table and the findings; no escape codes, and markup in remote text is just text."""
    assert shown(REPORT) == (
        "✗ post failed · alpha · 75.0 s\n"
        "  Service  https://alpha.chitty.cc, from wrangler.toml\n"
        "\n"
        "✓  registration     alpha  registered, 201\n"
        "✗  service-healthy  alpha  down after 23 looks\n"
        "i  proxy-reachable  beta   not offered\n"
        "\N{EN DASH}  status           alpha  skipped: the service was not found healthy\n"
        "\n"
        "✗  service-healthy: It answered [bold]502[/bold] :boom:.\n"
        "   → See its log.\n"
        "\n"
    )


def test_a_sweep_is_one_table_with_the_broken_ones_at_its_end() -> None:
    """Counts behind the verdict; the outcomes and findings of a service in the table are not told again."""
    assert shown(SWEEP) == (
        "! reconcile warned · chittyos · 3.0 s\n"
        "5 services: 2 healthy, 1 degraded, 1 down, 1 skipped\n"
        "\n"
        "✓  alpha  healthy   0.12 s  proxied\n"
        "✓  delta  healthy           proxy blocked     answered 401\n"
        "\N{EN DASH}  row 2  skipped           proxy not judged  no usable name\n"
        "✗  beta   down              proxy down        new: answered 503 (proxy: answered\n"
        "                                              502)\n"
        "!  gamma  degraded          proxy not judged  since 2026-01-01 00:00 UTC: status\n"
        "                                              [red]ill[/red]\n"
        "\n"
        "incident  unhealthy-services  opened  https://github.com/a/b/issues/1\n"
        "\n"
        "i  routes  hub  not offered\n"
        "\n"
        "i  routes (hub): They are unknown.\n"
        "\n"
    )


def test_a_wide_terminal_gives_every_service_one_line() -> None:
    """As wide as it is."""
    stream = Terminal()
    show(SWEEP, stream, {"TERM": "xterm", "COLUMNS": "160"})

    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert "proxy not judged  since 2026-01-01 00:00 UTC: status [red]ill[/red]\n" in text


def test_a_name_is_not_broken_to_make_room_for_what_was_seen() -> None:
    """Up to 24 columns, which most names need not."""
    row = Swept(1, "chittychronicle-archive1", Evidence.DOWN, "word " * 40)

    assert "✗  chittychronicle-archive1  down  " in shown(Report(Phase.RECONCILE, "", (), sweep=(row,)))


def test_what_is_left_out_of_a_huge_table_is_healthy_and_counted() -> None:
    """A terminal keeps a thousand lines or so; the end of the table is what somebody came for."""
    healthy = tuple(Swept(n, f"s{n}", Evidence.HEALTHY, "answered 200") for n in range(1_002))
    text = shown(Report(Phase.RECONCILE, "", (), sweep=(Swept(0, "sick", Evidence.DOWN, "answered 503"), *healthy)))

    assert "1,003 services: 1,002 healthy, 1 down\n\n+3 more, healthy ones first\n" in text
    assert text.count("✓  s") == 999
    assert "✗  sick " in text


def test_bad_inputs_and_interruptions_are_named() -> None:
    """As in the summary; and where nothing was looked at, there is no table."""
    assert shown(Report(None, "", (), exit_code_override=2)) == "✗ chitty-action failed · bad inputs · 0.0 s\n\n"
    assert shown(Report(Phase.PRE, "a", (), interrupted=True)) == "✗ pre failed · a · interrupted · 0.0 s\n\n"


def test_colour_is_for_terminals() -> None:
    """A terminal gets it."""
    stream = Terminal()
    show(REPORT, stream, {"TERM": "xterm-256color", "COLUMNS": "100"})

    assert f"{ESCAPE}1;31m✗ post failed" in stream.getvalue()


@pytest.mark.parametrize("environ", [{"TERM": "xterm-256color", "NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_can_be_declined(environ: dict[str, str]) -> None:
    """NO_COLOR takes the colours and leaves bold and dim; a dumb terminal gets neither."""
    stream = Terminal()
    show(REPORT, stream, environ)

    assert ";3" not in stream.getvalue().replace(f"{ESCAPE}1m", "").replace(f"{ESCAPE}2m", "")
    assert f"{ESCAPE}3" not in stream.getvalue()


def test_an_empty_no_color_is_not_given() -> None:
    """As no-color.org has it."""
    stream = Terminal()
    show(REPORT, stream, {"TERM": "xterm-256color", "NO_COLOR": ""})

    assert f"{ESCAPE}1;31m" in stream.getvalue()


def test_a_stream_that_cannot_say_it_all_gets_question_marks() -> None:
    """An old locale is no reason to fail."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    show(REPORT, stream, {})
    stream.seek(0)

    assert stream.read().startswith("? post failed ? alpha")


@settings(deadline=None)
@given(st.text(max_size=200) | st.sampled_from(["[red]x[/red]", "\x1b]8;;http://x\x07y", "[link=x]y", "a" * 300]))
def test_remote_text_commands_nothing(text: str) -> None:
    """No control character is left, and no line is wider than 80 columns."""
    found = Finding(text, text, Level.WARNING, text, text)
    report = Report(
        None,
        text,
        (Outcome(text, text, Status.WARNED, text, (found,)),),
        facts=((text, text),),
        sweep=tuple(Swept(1, text, evidence, text, text, 0.1, evidence, text) for evidence in Evidence),
        incidents=(Told(Kind.PROXY_FAILURES, text, text),),
    )
    lines = shown(report).split("\n")

    assert not {unicodedata.category(character) for line in lines for character in line} & {
        "Cc",
        "Cf",
        "Cs",
        "Zl",
        "Zp",
    }
    assert all(cell_len(line) <= 80 for line in lines)


def test_progress_is_silent_in_a_pipe() -> None:
    """A log full of spinners helps nobody."""
    stream = io.StringIO()
    with progress("waiting", stream, {}):
        pass

    assert stream.getvalue() == ""


def test_progress_turns_on_a_terminal() -> None:
    """And is gone when the work is done."""
    stream = Terminal()
    with progress("waiting for alpha", stream, {"TERM": "xterm", "COLUMNS": "80"}):
        pass

    assert "waiting for alpha" in stream.getvalue()
    assert stream.getvalue().endswith(f"{ESCAPE}?25h\r{ESCAPE}1A{ESCAPE}2K")


def test_a_real_terminal_sets_the_width() -> None:
    """The table wraps where the terminal ends."""
    program = (
        "import os, sys\n"
        "from chitty_action.adapters.terminal import show\n"
        "from chitty_action.model.report import Outcome, Report, Status\n"
        "show(Report(None, '', (Outcome('x', '', Status.PASSED, 'word ' * 40),)), sys.stdout, os.environ)\n"
    )
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 40))
    subprocess.run(  # noqa: S603 - this very interpreter, and a constant program
        [sys.executable, "-c", program],
        stdin=slave,
        stdout=slave,
        env={"TERM": "xterm"},
        cwd=Path(__file__).parents[2],
        check=True,
        timeout=30,
    )
    lines = os.read(master, 65_536).decode().replace("\r", "").split("\n")
    os.close(slave)
    os.close(master)

    table = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines[2:] if line]
    assert 35 < max(map(len, table)) <= 40
