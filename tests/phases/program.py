"""Run the whole program, in this process or as the container runs it, and read what it leaves behind."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chitty_action.main import main

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "chittydemo"
COMMIT = "c0ffee00" * 5
WRITES = ("POST", "PUT", "PATCH", "DELETE")
LEVELS = ("error", "warning", "notice")
# Small enough that a run in which everything goes wrong still ends within seconds.
QUICK = {"retries": "0", "timeout": "2", "deadline": "20", "wait-for-health": "0"}
_ENTRY = re.compile(
    r"^(?P<name>[^\n<]+)<<(?P<end>ghadelimiter_\w+)\n(?P<value>.*?)\n(?P=end)\n", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run left behind: exit code, everything printed, outputs as the runner reads them, summary, report file."""

    code: int
    stdout: str
    stderr: str
    outputs: Mapping[str, str]
    summary: str
    report: Any

    @property
    def everything(self) -> str:
        """All text that anybody could read afterwards."""
        return "\n".join((self.stdout, self.stderr, str(self.outputs), self.summary, json.dumps(self.report)))

    @property
    def findings(self) -> list[dict[str, str]]:
        """The output `findings`, parsed."""
        found: list[dict[str, str]] = json.loads(self.outputs["findings"])
        return found

    def finding(self, check: str) -> dict[str, str]:
        """Give the only finding of a check."""
        (found,) = [finding for finding in self.findings if finding["check"] == check]
        return found

    def levels(self) -> dict[str, str]:
        """Give the level of each check's last finding."""
        return {finding["check"]: finding["level"] for finding in self.findings}

    def commands(self, name: str) -> list[str]:
        """Give the workflow commands of a name, as the runner would find them at the beginning of a line."""
        return [line for line in self.stdout.splitlines() if re.match(rf"\s*::{name}[ :]", line)]


def written(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Give every write as it arrived: method, and the part of ChittyOS that it was for."""
    return [(request.method, request.target or "") for request in sandbox.requests if request.method in WRITES]


def registered(sandbox: Sandbox) -> dict[str, Any]:
    """Give the registry's row of our service."""
    return sandbox.registry[SERVICE]


def stays_good(ended: Ended, check: str) -> None:
    """Insist on one warning, and on a deployment that is otherwise good."""
    assert (ended.code, ended.outputs["verdict"], ended.outputs["health"]) == (0, "warned", "healthy")
    assert ended.levels()[check] == "warning"


def variables(inputs: Mapping[str, str]) -> dict[str, str]:
    """Spell inputs as the runner hands them over."""
    return {f"INPUT_{name.upper()}": value for name, value in inputs.items()}


class Program:
    """The action in one workflow job: a workspace, the runner's files, and the sandbox that the inputs point at."""

    def __init__(self, folder: Path, sandbox: Sandbox | None) -> None:
        """Check a small repository out."""
        self.folder = folder
        self.sandbox = sandbox
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        self.write("package.json", {"name": SERVICE, "version": "1.4.0", "description": "A demonstration"})
        self._runs = 0

    def write(self, name: str, content: object) -> Path:
        """Write a file of the repository; anything but text becomes JSON."""
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    def event(self, payload: object) -> dict[str, str]:
        """Write an event payload, and give the variable that names it."""
        path = self.folder / "event.json"
        path.write_text(payload if isinstance(payload, str) else json.dumps(payload), "utf-8")
        return {"GITHUB_EVENT_PATH": str(path)}

    def environment(
        self, inputs: Mapping[str, str], environ: Mapping[str, str | None], *, runner: bool
    ) -> dict[str, str]:
        """Give the environment of one step; a variable that is None is not there."""
        self._runs += 1
        files = {"GITHUB_OUTPUT": self.folder / "output", "GITHUB_STEP_SUMMARY": self.folder / "summary.md"}
        for path in files.values():
            path.write_text("", "utf-8")
        wanted: dict[str, str | None] = {
            **({"GITHUB_ACTIONS": "true"} if runner else {}),
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_REPOSITORY": f"chittyos/{SERVICE}",
            "GITHUB_SHA": COMMIT,
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": str(self._runs),
            "GITHUB_WORKSPACE": str(self.workspace),
            **{name: str(path) for name, path in files.items()},
            **(self.sandbox.environment() if self.sandbox else {}),
            **variables({**QUICK, "report-path": "out/report.json", **inputs}),
            **environ,
        }
        return {name: value for name, value in wanted.items() if value is not None}

    def run(
        self,
        phase: str | None = "post",
        *,
        runner: bool = True,
        environ: Mapping[str, str | None] | None = None,
        **inputs: str,
    ) -> Ended:
        """Run a phase in this process; inputs are spelt with underscores here."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        step = self.environment({**({"phase": phase} if phase else {}), **given}, environ or {}, runner=runner)
        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr):
            code = main(step)
        return self.ended(code, stdout.getvalue(), stderr.getvalue())

    def start(
        self,
        phase: str | None = "post",
        *,
        runner: bool = True,
        environ: Mapping[str, str | None] | None = None,
        **inputs: str,
    ) -> subprocess.Popen[str]:
        """Start a phase as the container does; end it with `finish`."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        step = self.environment({**({"phase": phase} if phase else {}), **given}, environ or {}, runner=runner)
        command = [sys.executable, "-I", str(ROOT / "entrypoint.py")]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=step, cwd=self.folder, stdout=pipe, stderr=pipe, text=True)  # noqa: S603 - our own program

    def finish(self, process: subprocess.Popen[str], within: float = 30.0) -> Ended:
        """Wait for a started phase; one that hangs fails the test."""
        try:
            stdout, stderr = process.communicate(timeout=within)
        finally:
            process.kill()
        return self.ended(process.returncode, stdout, stderr)

    def ended(self, code: int, stdout: str, stderr: str) -> Ended:
        """Read what the run left behind, and insist on what holds for every run."""
        text = (self.folder / "output").read_text("utf-8")
        outputs = {entry["name"]: entry["value"] for entry in _ENTRY.finditer(text)}
        assert _ENTRY.sub("", text).strip() == "", "the whole output file is well-formed"
        report = self.workspace / "out" / "report.json"
        document = json.loads(report.read_text("utf-8")) if report.is_file() else None
        summary = (self.folder / "summary.md").read_text("utf-8")
        ended = Ended(code, stdout, stderr, outputs, summary, document)
        report.unlink(missing_ok=True)
        self._insist(ended)
        return ended

    def _insist(self, ended: Ended) -> None:
        assert "Traceback" not in ended.stdout + ended.stderr
        assert ended.stderr == "", "the runner reads commands from standard error too, so everything goes to one stream"
        assert ended.outputs["verdict"] in ({"failed"} if ended.code else {"passed", "warned"})
        assert ended.summary
        masks = ended.commands("add-mask")
        printed = "\n".join(line for line in ended.stdout.splitlines() if line not in masks)
        readable = "\n".join((printed, str(ended.outputs), ended.summary, json.dumps(ended.report)))
        for name, secret in (self.sandbox.environment() if self.sandbox else {}).items():
            if name.endswith(("-TOKEN", "-KEY")):
                assert secret not in readable, f"{name} leaked"
        for level in LEVELS:
            assert len(ended.commands(level)) <= 10
