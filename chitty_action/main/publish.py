"""Publishing: the report goes to the runner, or to a terminal, and to the files that later steps read."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.adapters import file_commands
from chitty_action.adapters.runner import Runner
from chitty_action.adapters.workspace.files import UnusableFileError, write_report
from chitty_action.engine.conclude import remarked
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import silent
from chitty_action.model.text import redacted
from chitty_action.reporting.annotations import annotations_of
from chitty_action.reporting.document import document
from chitty_action.reporting.lines import lines
from chitty_action.reporting.outputs import outputs
from chitty_action.reporting.redaction import without_secrets
from chitty_action.reporting.summary import summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

    from chitty_action.model.report import Report


class Publisher:
    """Speaks to whoever started the action: GitHub's runner (`GITHUB_ACTIONS=true`), or a person."""

    def __init__(self, environ: Mapping[str, str], stream: TextIO, secrets: tuple[str, ...]) -> None:
        """Take the environment without secrets, standard output, and the secrets that nothing may quote."""
        self._environ = environ
        self._stream = stream
        self.secrets = secrets
        self._server = (environ.get("GITHUB_SERVER_URL") or "https://github.com").rstrip("/")
        on_runner = environ.get("GITHUB_ACTIONS") == "true"
        self._runner = Runner(stream) if on_runner else None
        self.colours = not on_runner and stream.isatty() and not environ.get("NO_COLOR")

    def redacted(self, text: str) -> str:
        """Blank out every secret in a text that goes somewhere else than to the runner."""
        return redacted(text, self.secrets)

    def level(self, asked: str) -> str:
        """Return the log level: the runner's own debug switch wins."""
        return "debug" if self._environ.get("RUNNER_DEBUG") == "1" else asked

    def mask(self) -> None:
        """Have the runner mask the secrets; off a runner nothing is said."""
        if self._runner is not None:
            for secret in self.secrets:
                self._runner.mask(secret)

    def progress(self, doing: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Show that something is going on, and how far it is, on a terminal only."""
        if self._runner is not None or not self._stream.isatty():
            return nullcontext(silent)
        from chitty_action.adapters import terminal

        return terminal.progress(doing, self._stream, self._environ)

    def log_line(self, line: str) -> None:
        """Write one line of diagnosis; nothing in it can start a workflow command."""
        line = redacted(line, self.secrets)
        if self._runner is not None:
            self._runner.say(line)
        else:
            encoding = self._stream.encoding or "utf-8"
            # Not to the stream itself: the spinner of a terminal stands in for standard output while it turns.
            sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")
            sys.stdout.flush()

    def publish(self, report: Report, root: Path, report_path: str | None) -> int:
        """Write everything that a person or a later step reads, and return the exit code that the outputs tell.

        What cannot be written is told with the rest, and changes neither verdict nor exit code any more.
        """
        report = without_secrets(report, self.secrets)
        fitted = outputs(report)
        if fitted.warnings:
            report = replace(report, outcomes=(*report.outcomes, *remarked("outputs", report.subject, fitted.warnings)))
            fitted = outputs(report)
        exit_code = report.exit_code
        problems = [
            Finding("publication", report.subject, Level.WARNING, problem)
            for problem in self._files(report, fitted.values, root, report_path)
        ]
        report = replace(report, outcomes=(*report.outcomes, *remarked("publication", report.subject, problems)))
        if self._runner is not None:
            self._tell_runner(self._runner, report)
        else:
            from chitty_action.adapters import terminal

            terminal.show(report, self._stream, self._environ)
        return exit_code

    def _files(self, report: Report, values: Mapping[str, str], root: Path, report_path: str | None) -> Iterator[str]:
        """Write the files, and yield one sentence for each that could not be written."""
        told = self._runner is not None  # that a file is not there is news on a runner only
        output_path, summary_path = self._environ.get("GITHUB_OUTPUT", ""), self._environ.get("GITHUB_STEP_SUMMARY", "")
        if (output_path or told) and (problem := file_commands.write_outputs(output_path, values)):
            yield problem
        if (summary_path or told) and (
            problem := file_commands.write_summary(summary_path, summary(report, self._server))
        ):
            yield problem
        try:
            if report_path:
                write_report(root, report_path, document(report))
        except UnusableFileError as error:
            yield f"the report was not written: {error.message}"

    def _tell_runner(self, runner: Runner, report: Report) -> None:
        for line in lines(report):
            runner.say(line)
        for annotation in annotations_of(report):
            runner.annotate(annotation.level, annotation.title, annotation.message)
