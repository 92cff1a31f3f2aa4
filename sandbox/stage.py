"""What the demo's stories are played on: a sandbox, a repository, and the program as a workflow step runs it."""

from __future__ import annotations

import json
import os
import subprocess
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.screen import Summary, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.server import Sandbox

SERVICE = "chittydemo"
VERSION = "1.4.0"
COMMIT = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
# What the program's colours depend on; nothing else of this shell reaches it.
_LOOKS = ("PATH", "TERM", "COLORTERM", "COLUMNS", "NO_COLOR", "LANG", "LC_ALL")
_PATIENCE = 60.0  # seconds for one run, of which each takes about one
_REPOSITORY = Path(__file__).parent.parent

_PACKAGE = {"name": f"@chittyos/{SERVICE}", "version": VERSION, "description": "Shows what a deployment looks like"}
_CHITTYCONNECT = f"""\
service:
  name: {SERVICE}
  tier: 5
  organization: CHITTYOS
monitoring:
  health:
    endpoint: /health
"""
_MCP_MANIFEST = {"name": SERVICE, "version": VERSION, "tools": [{"name": "status"}, {"name": "query"}]}


class Stage:
    """A sandbox, a service's repository in a temporary folder, and what went not as told."""

    def __init__(self, sandbox: Sandbox, folder: Path, program: Sequence[str]) -> None:
        """Write the service's repository; `program` is the command that is under demonstration."""
        self.sandbox = sandbox
        self.summaries: list[Summary] = []
        self.surprises: list[str] = []
        self._program = program
        self._runs = 0
        self._runner = folder / "runner"
        self._runner.mkdir()
        self._workspace = folder / SERVICE
        (self._workspace / "mcp").mkdir(parents=True)
        (self._workspace / "package.json").write_text(json.dumps(_PACKAGE), encoding="utf-8")
        (self._workspace / ".chittyconnect.yml").write_text(_CHITTYCONNECT, encoding="utf-8")
        (self._workspace / "mcp" / "manifest.json").write_text(json.dumps(_MCP_MANIFEST), encoding="utf-8")

    def run(self, title: str, phase: str, *, expected: int, account: bool = False, **inputs: str) -> None:
        """Run one phase as a workflow step would, for everybody to see, and keep its summary.

        With `account` it may read the small Cloudflare.
        """
        say(f"$ chitty-action, phase {phase}")
        environment = self._environment(phase, inputs, account=account)
        ended = subprocess.run(self._program, cwd=_REPOSITORY, env=environment, timeout=_PATIENCE, check=False)  # noqa: S603  # our own program, no shell
        self._expect_code(title, ended.returncode, expected)
        self.summaries.append(self._summary(title, environment))

    def reconcile(self, title: str, *, account: bool = False, schedule: str = "", **inputs: str) -> Summary:
        """Run phase reconcile as the schedule would, show verdict and counts only, and give its summary.

        With `schedule`, a cron expression, it can tell how late it is.
        """
        say("$ chitty-action, phase reconcile")
        quiet = {"retries": "0", "log_level": "warning"}
        environment = self._environment("reconcile", {**quiet, **inputs}, account=account)
        environment |= self.sandbox.github_environment()
        if schedule:
            event = self._runner / "event.json"
            event.write_text(json.dumps({"schedule": schedule}), encoding="utf-8")
            environment |= {"GITHUB_EVENT_NAME": "schedule", "GITHUB_EVENT_PATH": str(event)}
        ended = subprocess.run(  # noqa: S603  # our own program, no shell
            self._program,
            cwd=_REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )
        self._expect_code(title, ended.returncode, 0)
        lines = ended.stdout.splitlines()
        say("\n".join(lines if ended.returncode else takewhile(_is_head, lines)))
        return self._summary(title, environment)

    def expect(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  # reads like an assertion
        """Note a surprise unless something holds."""
        if not holds:
            self.surprises.append(otherwise)

    def write(self, name: str, content: str) -> None:
        """Write a file of the service's repository."""
        self.written(name).write_text(content, encoding="utf-8")

    def written(self, name: str) -> Path:
        """Give the place of a file or folder of the service's repository."""
        return self._workspace / name

    def _environment(self, phase: str, inputs: dict[str, str], *, account: bool) -> dict[str, str]:
        self._runs += 1
        output, summary = self._runner / f"output-{self._runs}", self._runner / f"summary-{self._runs}.md"
        output.touch()
        summary.touch()
        return {
            **{name: os.environ[name] for name in _LOOKS if name in os.environ},
            **self.sandbox.environment(),
            **(self.sandbox.cloudflare_environment() if account else {}),
            "INPUT_PHASE": phase,
            "INPUT_RETRIES": "1",
            **{f"INPUT_{name.upper().replace('_', '-')}": value for name, value in inputs.items()},
            "GITHUB_API_URL": self.sandbox.github.api_url,
            "GITHUB_ACTOR": "octocat",
            "GITHUB_REPOSITORY": f"chittyos/{SERVICE}",
            "GITHUB_SHA": COMMIT,
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": str(4710 + self._runs),
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKSPACE": str(self._workspace),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        }

    def _expect_code(self, title: str, code: int, expected: int) -> None:
        self.expect(code == expected, f"{title}: exit code {code} instead of {expected}")

    def _summary(self, title: str, environment: dict[str, str]) -> Summary:
        markdown = Path(environment["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
        self.expect(bool(markdown), f"{title}: no step summary was written")
        return Summary(title, markdown)


def _is_head(line: str) -> bool:
    """Say whether a line belongs to verdict and counts, before the facts."""
    return line[:1].strip() != ""
