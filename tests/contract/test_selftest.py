"""The table of selftest.yml holds, and its scripts work: the same steps on this machine, without Docker and GitHub."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.phases.program import Program, variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / ".github" / "selftest"
JOB = yaml.safe_load((ROOT / ".github" / "workflows" / "selftest.yml").read_text("utf-8"))["jobs"]["action"]
ROWS: list[dict[str, Any]] = JOB["strategy"]["matrix"]["include"]
(WITH,) = [step["with"] for step in JOB["steps"] if step.get("uses") == "./"]
# The forms of expression that the step's inputs use.
EXPRESSION = re.compile(
    r"\$\{\{ (?P<context>matrix|steps\.hub\.outputs)\.(?P<name>[\w-]+)(?: \|\| '(?P<otherwise>.*)')? \}\}"
)
PATIENCE = 30.0
FORK = {"repository": {"name": "chitty-action"}, "pull_request": {"head": {"repo": {"fork": True}}}}


class Hub:
    """The sandbox as selftest.yml starts it, here at 127.0.0.1."""

    def __init__(self, folder: Path, fault: object) -> None:
        """Start it with a fault, and wait for the step's outputs."""
        self.authority = folder / "ca.pem"
        output = folder / "hub-output"
        output.touch()
        command = [sys.executable, str(SCRIPTS / "hub.py"), "127.0.0.1", str(self.authority)]
        environment = {**os.environ, "FAULT": json.dumps(fault), "GITHUB_OUTPUT": str(output)}
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 - our own script
        end = time.monotonic() + PATIENCE
        while "api-key=" not in output.read_text("utf-8") and time.monotonic() < end:
            time.sleep(0.05)
        self.outputs = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())

    def stop(self) -> None:
        """Stop it."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def hub(tmp_path: Path, row: Mapping[str, Any]) -> Iterator[Hub]:
    """Give the sandbox of a row."""
    running = Hub(tmp_path, row.get("fault"))
    yield running
    running.stop()


def _inputs(row: Mapping[str, Any], hub: Hub) -> dict[str, str]:
    """Evaluate the inputs of the step that runs the action, as GitHub would."""

    def value(found: re.Match[str]) -> str:
        values = row if found["context"] == "matrix" else hub.outputs
        return str(values.get(found["name"], found["otherwise"]))

    texts = {name: str(given).lower() if isinstance(given, bool) else str(given) for name, given in WITH.items()}
    inputs = {name: EXPRESSION.sub(value, text) for name, text in texts.items()}
    assert not [text for text in inputs.values() if "${{" in text], "an expression that this test cannot evaluate"
    return inputs


def _compare(row: object, outcome: str, outputs: object, *, read_only: bool = False) -> tuple[int, str]:
    environment = {
        "ROW": json.dumps(row),
        "OUTCOME": outcome,
        "OUTPUTS": json.dumps(outputs),
        "READ_ONLY": str(read_only).lower(),
    }
    command = [sys.executable, str(SCRIPTS / "compare.py")]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_each_row_ends_as_it_says(tmp_path: Path, row: Mapping[str, Any], hub: Hub) -> None:
    """What the workflow expects of the container is what the program does."""
    program = Program(tmp_path, None)
    trust = {"SSL_CERT_FILE": str(hub.authority)}
    ended = program.finish(program.start(None, environ={**trust, **variables(_inputs(row, hub))}))
    outcome = "failure" if ended.code else "success"
    assert _compare(row, outcome, ended.outputs) == (0, "")


@pytest.mark.parametrize("row", [row for row in ROWS if "written" in row], ids=lambda row: row["name"])
def test_a_forks_pull_request_passes_too(tmp_path: Path, row: Mapping[str, Any], hub: Hub) -> None:
    """A stranger's pull request is a dry run, so a row's writes are not expected of it."""
    program = Program(tmp_path, None)
    stranger = {"GITHUB_EVENT_NAME": "pull_request", **program.event(FORK), "SSL_CERT_FILE": str(hub.authority)}
    ended = program.finish(program.start(None, environ={**stranger, **variables(_inputs(row, hub))}))
    assert ended.outputs["status"] == "unchanged"
    assert _compare(row, "success", ended.outputs, read_only=True) == (0, "")


def test_some_rows_must_fail() -> None:
    """A self-test in which nothing has to fail would pass with an action that does nothing."""
    assert {row["outcome"] for row in ROWS} == {"success", "failure"}


@pytest.mark.parametrize(
    ("outcome", "outputs", "says"),
    [
        ("success", {}, "the step ended in success, not in failure"),
        ("failure", {"verdict": "passed"}, "output verdict is 'passed', not 'failed'"),
        ("failure", {"phase": "post"}, "output phase is 'post', not 'pre'"),
        ("failure", {"status": "unchanged"}, "output status is 'unchanged', not 'active'"),
        ("failure", {"findings": "[]"}, "these checks found errors: [], not ['inputs']"),
        ("failure", {"findings": '[{"check": "inputs", "level": "error"}]'}, "a finding has other keys than"),
    ],
)
def test_a_difference_is_found(outcome: str, outputs: Mapping[str, str], says: str) -> None:
    """Each thing that a row can say is compared."""
    row = {
        "phase": "pre",
        "outcome": "failure",
        "outputs": {"verdict": "failed"},
        "written": {"status": "active"},
        "errors": ["inputs"],
    }
    finding = {"check": "inputs", "subject": "", "level": "error", "message": "", "hint": ""}
    right = {"phase": "pre", "verdict": "failed", "status": "active", "findings": json.dumps([finding])}
    assert _compare(row, "failure", right) == (0, "")
    code, text = _compare(row, outcome, {**right, **outputs})
    (line,) = text.splitlines()
    assert (code, line.startswith(f"::error title=selftest::{says}")) == (1, True), line
