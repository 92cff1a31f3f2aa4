"""Publishing: the report goes to the runner, or to a terminal, and to the files that later steps read."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from chitty_action.adapters import file_commands
from chitty_action.adapters.runner import Runner
from chitty_action.engine.conclude import remarked
from chitty_action.model.finding import Level
from chitty_action.reporting.annotations import annotations_of
from chitty_action.reporting.document import document
from chitty_action.reporting.lines import lines
from chitty_action.reporting.outputs import outputs
from chitty_action.reporting.summary import summary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from chitty_action.model.report import Report


class Publisher:
    """Speaks to whoever started the action: GitHub's runner (`GITHUB_ACTIONS=true`), or a person."""

    def __init__(self, environ: Mapping[str, str], stream: TextIO) -> None:
        """Take the environment without secrets, and standard output."""
        self._environ = environ
        self._stream = stream
        on_runner = environ.get("GITHUB_ACTIONS") == "true"
        self._runner = Runner(environ, stream) if on_runner else None
        self.colours = not on_runner and stream.isatty() and not environ.get("NO_COLOR")

    def level(self, asked: str) -> str:
        """Return the log level: the runner's own debug switch wins."""
        return "debug" if self._environ.get("RUNNER_DEBUG") == "1" else asked

    def mask(self, secrets: tuple[str, ...]) -> tuple[str, ...]:
        """Have the runner mask the secrets; return those that were not masked whole. Off a runner nothing is said."""
        runner = self._runner
        return tuple(secret for secret in secrets if runner is not None and not runner.mask(secret))

    def progress(self, doing: str) -> AbstractContextManager[None]:
        """Show that something is going on, on a terminal only."""
        if self._runner is not None or not self._stream.isatty():
            return nullcontext()
        from chitty_action.adapters import terminal

        return terminal.progress(doing, self._stream, self._environ)

    def log_line(self, line: str) -> None:
        """Write one line of diagnosis; nothing in it can start a workflow command."""
        if self._runner is not None:
            self._runner.say(line)
        else:
            encoding = self._stream.encoding or "utf-8"
            print(line.encode(encoding, "replace").decode(encoding), file=self._stream, flush=True)

    def paste(self, trace: str) -> None:
        """Write the report of a bug, to be copied into an issue."""
        for line in trace.splitlines():
            self.log_line(line)

    def complain(self, message: str) -> None:
        """Tell of something that went wrong after the report was made."""
        if self._runner is not None:
            self._runner.annotate(Level.WARNING, "chitty-action", message)
        else:
            self.log_line(f"! {message}")

    def document(self, report: Report) -> str:
        """Return the whole report as JSON."""
        return document(report)

    def publish(self, report: Report) -> Report:
        """Write everything that a person or a later step reads; return the report with what publishing added."""
        fitted = outputs(report)
        if fitted.warnings:
            report = replace(report, outcomes=(*report.outcomes, *remarked("outputs", fitted.warnings)))
            fitted = outputs(report)
        if self._runner is not None:
            self._tell_runner(self._runner, report, fitted.values)
        else:
            self._tell_person(report, fitted.values)
        return report

    def _tell_runner(self, runner: Runner, report: Report, values: Mapping[str, str]) -> None:
        for line in lines(report):
            runner.say(line)
        for annotation in annotations_of(report):
            runner.annotate(annotation.level, annotation.title, annotation.message)
        runner.write_outputs(values)
        runner.write_summary(summary(report))

    def _tell_person(self, report: Report, values: Mapping[str, str]) -> None:
        from chitty_action.adapters import terminal

        terminal.show(report, self._stream, self._environ)
        if path := self._environ.get("GITHUB_OUTPUT"):
            self._complain_of(file_commands.write_outputs(path, values))
        if path := self._environ.get("GITHUB_STEP_SUMMARY"):
            self._complain_of(file_commands.write_summary(path, summary(report)))

    def _complain_of(self, problem: str | None) -> None:
        if problem:
            self.complain(problem)
