"""`make demo`: four deployments played with the real program against the sandbox, each with a known end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markdown import Markdown

from sandbox.faults import Body, Down
from sandbox.generation import Generation
from sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

_SERVICE = "chittydemo"
_VERSION = "1.4.0"
_COMMIT = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"
_PROGRAM = (sys.executable, "-m", "chitty_action")
# What the program's colours depend on; nothing else of this shell reaches it.
_LOOKS = ("PATH", "TERM", "COLORTERM", "COLUMNS", "NO_COLOR", "LANG", "LC_ALL")
_PATIENCE = 60.0  # seconds for one run, of which each takes about one
_REPOSITORY = Path(__file__).parent.parent

_PACKAGE = {"name": f"@chittyos/{_SERVICE}", "version": _VERSION, "description": "Shows what a deployment looks like"}
_CHITTYCONNECT = f"""\
service:
  name: {_SERVICE}
  tier: 5
  organization: CHITTYOS
monitoring:
  health:
    endpoint: /health
"""
_MCP_MANIFEST = {"name": _SERVICE, "version": _VERSION, "tools": [{"name": "status"}, {"name": "query"}]}


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run of the program wrote for the job's page."""

    title: str
    markdown: str


class Stage:
    """A sandbox, a service's repository in a temporary folder, and what went not as told."""

    def __init__(self, sandbox: Sandbox, folder: Path, program: Sequence[str]) -> None:
        """Write the service's repository; `program` is the command that is under demonstration."""
        self.sandbox = sandbox
        self.summaries: list[Summary] = []
        self.surprises: list[str] = []
        self._program = program
        self._runner = folder / "runner"
        self._runner.mkdir()
        self._workspace = folder / _SERVICE
        (self._workspace / "mcp").mkdir(parents=True)
        (self._workspace / "package.json").write_text(json.dumps(_PACKAGE), encoding="utf-8")
        (self._workspace / ".chittyconnect.yml").write_text(_CHITTYCONNECT, encoding="utf-8")
        (self._workspace / "mcp" / "manifest.json").write_text(json.dumps(_MCP_MANIFEST), encoding="utf-8")

    def run(self, title: str, phase: str, *, expected: int, **inputs: str) -> None:
        """Run one phase as a workflow step would, and note when its exit code is not the expected one."""
        number = len(self.summaries) + 1
        output, summary = self._runner / f"output-{number}", self._runner / f"summary-{number}.md"
        output.touch()
        summary.touch()
        environment = {
            **{name: os.environ[name] for name in _LOOKS if name in os.environ},
            **self.sandbox.environment(),
            "INPUT_PHASE": phase,
            "INPUT_RETRIES": "1",
            **{f"INPUT_{name.upper().replace('_', '-')}": value for name, value in inputs.items()},
            "GITHUB_REPOSITORY": f"chittyos/{_SERVICE}",
            "GITHUB_SHA": _COMMIT,
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": str(number),
            "GITHUB_WORKSPACE": str(self._workspace),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        _say(f"$ chitty-action, phase {phase}")
        ended = subprocess.run(self._program, cwd=_REPOSITORY, env=environment, timeout=_PATIENCE, check=False)  # noqa: S603  # our own program, no shell
        self.expect(ended.returncode == expected, f"{title}: exit code {ended.returncode} instead of {expected}")
        markdown = summary.read_text(encoding="utf-8")
        self.expect(bool(markdown), f"{title}: no step summary was written")
        self.summaries.append(Summary(title, markdown))

    def expect(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001  # reads like an assertion
        """Note a surprise unless something holds."""
        if not holds:
            self.surprises.append(otherwise)


def good_deployment(stage: Stage) -> None:
    """Story 1: the hub is well, the service appears, and it ends registered, proven and active."""
    sandbox = stage.sandbox
    _say(f"Story 1. {_SERVICE} is deployed for the first time. Before the deployment the action asks after the hub.")
    stage.run("Story 1, before the deployment", "pre", expected=0)
    stage.expect(_SERVICE not in sandbox.registry, "story 1: pre has written something into the registry")
    _say(f"The deployment itself: {_SERVICE} {_VERSION} appears at {sandbox.url}/services/{_SERVICE}.")
    sandbox.deploy(_SERVICE, version=_VERSION, commit=_COMMIT)
    stage.run("Story 1, after the deployment", "post", expected=0, context_sync="always")
    row = sandbox.registry.get(_SERVICE, {})
    stage.expect(row.get("version") == _VERSION, f"story 1: version {_VERSION} did not reach the registry")
    stage.expect(row.get("status") == "active", f"story 1: {_SERVICE} is not active in the registry")
    completed = [task for task in sandbox.tasks.values() if task["status"] == "completed"]
    stage.expect(len(completed) == 1, f"story 1: {len(completed)} context tasks were completed instead of one")
    _say(f"The registry now says: {_SERVICE} {row.get('version')}, {row.get('status', 'not registered')}.")


def hub_down(stage: Stage) -> None:
    """Story 2: the hub is down, so the deployment must not begin."""
    _say("Story 2. The next deployment, but ChittyConnect is down: the step has to fail and so stop the deployment.")
    stage.sandbox.faults.set("connect.health", Down())
    stage.run("Story 2, the hub is down", "pre", expected=1)
    stage.sandbox.faults.clear()


def unhealthy_service(stage: Stage) -> None:
    """Story 3: the service was deployed but is not well, so the step fails and the status stays as it was."""
    _say("Story 3. The hub is back and the service is deployed, but it says that its database is gone.")
    before = _status_changes(stage.sandbox)
    stage.sandbox.faults.set(f"service:{_SERVICE}", Body({"status": "unhealthy", "reason": "database unreachable"}))
    stage.run("Story 3, an unhealthy service", "post", expected=1, wait_for_health="2")
    stage.sandbox.faults.clear()
    stage.expect(_status_changes(stage.sandbox) == before, "story 3: the status of an unhealthy service was changed")


def deployed_ecosystem(stage: Stage) -> None:
    """Story 4: the same deployment on the APIs that are deployed today; the action finds its way by itself."""
    _say("Story 4. The same service, but the ecosystem answers as it is deployed today: other paths, another protocol.")
    sandbox = stage.sandbox
    sandbox.reset(Generation.DEPLOYED)
    sandbox.deploy(_SERVICE, version=_VERSION, commit=_COMMIT)
    stage.run("Story 4, on the deployed APIs", "post", expected=0, context_sync="always")
    stage.expect(_SERVICE in sandbox.compliance, f"story 4: {_SERVICE} is not registered with the deployed gatekeeper")
    completed = [task for task in sandbox.tasks.values() if task["status"] == "completed"]
    stage.expect(len(completed) == 1, f"story 4: {len(completed)} context tasks were completed instead of one")


def play(program: Sequence[str] = _PROGRAM) -> list[str]:
    """Play the stories, show the summaries, and give what did not go as told."""
    with tempfile.TemporaryDirectory(prefix="chitty-demo-") as folder, Sandbox() as sandbox:
        _say(f"A small ChittyOS answers at {sandbox.url}.")
        stage = Stage(sandbox, Path(folder), program)
        good_deployment(stage)
        hub_down(stage)
        unhealthy_service(stage)
        deployed_ecosystem(stage)
    _say(f"These are the {len(stage.summaries)} summaries as the job's page would show them.")
    for summary in stage.summaries:
        _show(summary)
    return stage.surprises


def main() -> int:
    """Play; 0 when everything went as told, 1 otherwise."""
    began = time.monotonic()
    surprises = play()
    if surprises:
        _say("The demonstration did not go as told:")
        for surprise in surprises:
            print(f"  - {surprise}")
        return 1
    _say(
        f"All four stories went as told, in {time.monotonic() - began:.1f} s; "
        "README.md shows the two steps to add to your own workflow, docs/lifecycle.md what happens in them."
    )
    return 0


def _status_changes(sandbox: Sandbox) -> int:
    return sum(request.target == "register.status" for request in sandbox.requests)


def _say(sentence: str) -> None:
    print(f"\n{sentence}", flush=True)  # before the program's own output, which goes past our buffer


def _show(summary: Summary) -> None:
    print(f"\n--- {summary.title} ---\n")
    console = Console()
    if console.is_terminal:
        console.print(Markdown(summary.markdown))
    else:
        print(summary.markdown)


if __name__ == "__main__":
    sys.exit(main())
