"""The composition root: a bug is a report to paste, and a signal is heard from the first moment."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import chitty_action.main
from tests.phases.program import ROOT

if TYPE_CHECKING:
    import pytest

    from tests.phases.program import Program


def test_a_bug_is_a_report_to_paste(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3, the trace in the log, one sentence that says where to, and no secret in any of it."""

    def broken(*_: object) -> None:
        raise RuntimeError("it broke at sandbox-secret-token\n::error::x")

    monkeypatch.setattr(chitty_action.main, "prepared", broken)
    environ = program.environment({"phase": "pre", "api-key": "sandbox-secret-token"}, {}, runner=True)
    log = io.StringIO()
    with redirect_stdout(log):
        code = chitty_action.main.main(environ)
    lines = log.getvalue().splitlines()

    assert code == 3
    assert "Traceback (most recent call last):" in lines
    assert (
        "::error title=bug (chitty-action)::chitty-action has a bug: RuntimeError: it broke at *** ::error::x"
        " — paste the lines above into https://github.com/chittyos/chitty-action/issues"
    ) in lines
    assert not [line for line in lines if "sandbox-secret-token" in line and not line.startswith("::add-mask::")]
    assert not [line for line in lines if line.startswith("::error::")]


def _with_a_signal_waiting() -> None:
    """Leave a blocked signal behind, as one that arrives while the interpreter starts."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM,))
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_that_comes_while_the_program_loads_is_reported(program: Program) -> None:
    """Nothing was done, and that is what the run says."""
    environ = program.environment({"phase": "pre"}, {}, runner=True)
    for command in ((str(ROOT / "entrypoint.py"),), ("-m", "chitty_action")):
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, *command],
            env=environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            preexec_fn=_with_a_signal_waiting,
            check=False,
        )

        assert done.returncode == 1
        assert done.stderr == ""
        assert "::error title=phase (chitty-action)::chitty-action was stopped by SIGTERM" in done.stdout
