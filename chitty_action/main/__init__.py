"""The composition root: environment → inputs → adapters → phase → publish → exit code.

The only place that catches everything.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.http import Http, Right
from chitty_action.adapters.logs import EventLog
from chitty_action.adapters.projection import Projector
from chitty_action.adapters.resolve import Resolver
from chitty_action.adapters.retry import RetryingHttp
from chitty_action.adapters.workspace.files import UnusableFileError, write_report
from chitty_action.engine.conclude import odd_files, remarked
from chitty_action.errors import InputError, Problem
from chitty_action.inputs import given, remarks
from chitty_action.main.publish import Publisher
from chitty_action.main.surroundings import prepared, take_secrets
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import Ports
from chitty_action.model.reading import Credential
from chitty_action.model.report import Report
from chitty_action.model.subject import Phase
from chitty_action.model.text import redacted

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from chitty_action.inputs import Given, Inputs
    from chitty_action.main.surroundings import Surroundings
    from chitty_action.model.report import Outcome

_ISSUES = "https://github.com/chittyos/chitty-action/issues"


def main(environ: MutableMapping[str, str]) -> int:
    """Run the phase that the environment asks for, publish what it has to say, and return the exit code."""
    gathered = given(environ)
    secrets = take_secrets(environ, gathered)
    publisher = Publisher(dict(environ), sys.stdout)
    unmasked = publisher.mask(secrets)
    started = datetime.now(UTC)
    root = Path(environ.get("GITHUB_WORKSPACE") or ".")
    try:
        inputs, surroundings = prepared(environ, gathered, root, unmasked)
        report = asyncio.run(_run(inputs, surroundings, publisher, secrets))
    except InputError as error:
        report = _bad_inputs(error, gathered, started)
    except Exception:  # noqa: BLE001 - a bug must become a report to paste, never a bare traceback
        report = _bug(traceback.format_exc(), gathered, secrets, started, publisher)
    report = publisher.publish(report)
    return _saved(report, root, gathered.values.get("report-path"), publisher)


async def _run(inputs: Inputs, around: Surroundings, publisher: Publisher, secrets: tuple[str, ...]) -> Report:
    """Build the adapters, run the phase, and have a signal end it early instead of killing it."""
    clock = Deadline(inputs.deadline)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, clock.stop, f"it was stopped by {number.name}")
    log = EventLog(publisher.level(inputs.log_level), publisher.log_line, colours=publisher.colours)
    resolver = Resolver(allow_private=inputs.allow_private_hosts)
    http = Http(clock, resolver, inputs.timeout, _rights(inputs), secrets)
    async with Projector() as projector:
        try:
            ports = Ports(RetryingHttp(http, clock, inputs.retries, log), projector, clock, log)
            with publisher.progress(f"{inputs.phase} of {around.name}"):
                return await _phase(inputs, around, ports)
        finally:
            await http.close()


async def _phase(inputs: Inputs, around: Surroundings, ports: Ports) -> Report:
    match inputs.phase:
        case Phase.PRE:
            from chitty_action.phases.pre import pre

            return await pre(inputs, around.name, around.run, around.remarks, ports)
        case Phase.POST:
            from chitty_action.adapters.workspace.repository import read_repository
            from chitty_action.phases.post import Task, post

            repository = read_repository(around.root, inputs.working_directory, inputs.environment, around.registration)
            held, notices = _held(inputs, around)
            remarks = (*around.remarks, *remarked("workspace", odd_files(repository.oddities)), *notices)
            task = Task(around.name, around.run, repository, ports.clock.now(), held, remarks)
            return await post(inputs, task, ports)
        case Phase.RECONCILE:
            raise InputError(Problem("phase", "phase reconcile is not part of this version yet", "use pre or post"))


def _held(inputs: Inputs, around: Surroundings) -> tuple[str | None, tuple[Outcome, ...]]:
    """Say why nothing may be written: the input, or an event that strangers can cause (interface, section 3)."""
    if around.untrusted:
        reason = f"this is a dry run, because the event {around.untrusted} can come from a stranger's fork"
        finding = Finding("dry-run", around.name, Level.NOTICE, reason, "run the phase after a push to the repository")
        return reason, remarked("dry-run", [finding])
    return ("this is a dry run (dry-run: true)" if inputs.dry_run else None), ()


def _rights(inputs: Inputs) -> dict[Credential, Right]:
    """Say which credential may be sent where; nowhere else (interface, section 8)."""
    connect = inputs.connect_url
    wanted = {
        Credential.REGISTER_TOKEN: (inputs.register_token, (inputs.register_url,)),
        Credential.API_KEY: (
            inputs.api_key,
            (f"{inputs.api_url}/api/context", f"{connect}/api/context", f"{connect}/api/admin/routes", inputs.mcp_url),
        ),
        Credential.ADMIN_TOKEN: (inputs.admin_token, (f"{connect}/api/admin",)),
    }
    return {
        credential: Right(secret.get_secret_value(), prefixes)
        for credential, (secret, prefixes) in wanted.items()
        if secret is not None
    }


def _asked_phase(gathered: Given) -> Phase | None:
    phase = gathered.values.get("phase")
    return Phase(phase) if phase in set(Phase) else None


def _bad_inputs(error: InputError, gathered: Given, started: datetime) -> Report:
    findings = [Finding("inputs", bad.subject, Level.ERROR, bad.message, bad.hint) for bad in error.problems]
    outcomes = remarked("inputs", [*findings, *remarks(gathered)])
    return Report(_asked_phase(gathered), "inputs", outcomes, started=started, exit_code_override=error.exit_code)


def _bug(trace: str, gathered: Given, secrets: tuple[str, ...], started: datetime, publisher: Publisher) -> Report:
    publisher.paste(redacted(trace, secrets))
    message = f"chitty-action has a bug: {redacted(trace.strip().splitlines()[-1], secrets)}"
    finding = Finding("bug", "chitty-action", Level.ERROR, message, f"paste the report from the log into {_ISSUES}")
    return Report(
        _asked_phase(gathered), "chitty-action", remarked("bug", [finding]), started=started, exit_code_override=3
    )


def _saved(report: Report, root: Path, path: str | None, publisher: Publisher) -> int:
    """Write the report's file where one is asked for, and return the exit code."""
    usable = report.exit_code != InputError.exit_code
    if path and usable:
        try:
            write_report(root, path, publisher.document(report))
        except UnusableFileError as error:
            publisher.complain(f"the report was not written: {error.message}")
    return report.exit_code
