"""The composition root: environment → inputs → adapters → phase → publish → exit code.

The only place that catches everything.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import traceback
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.http import Http, Right
from chitty_action.adapters.logs import EventLog
from chitty_action.adapters.projection import Projector
from chitty_action.adapters.resolve import Resolver
from chitty_action.adapters.retry import RetryingHttp
from chitty_action.engine.conclude import odd_files, remarked
from chitty_action.errors import BugError, InputError, StoppedError
from chitty_action.inputs import given, remarks
from chitty_action.main.publish import Publisher
from chitty_action.main.state import state_branch
from chitty_action.main.surroundings import asked_phase, prepared, take_secrets
from chitty_action.model.finding import Finding, Level
from chitty_action.model.ports import Ports
from chitty_action.model.reading import Credential
from chitty_action.model.report import Report
from chitty_action.model.subject import Phase
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from types import FrameType

    from chitty_action.engine.recorder import Recorder
    from chitty_action.inputs import Given, Inputs
    from chitty_action.main.surroundings import Surroundings
    from chitty_action.model.ports import Branch, Issues
    from chitty_action.model.report import Outcome
    from chitty_action.model.repository import Claims

STOPPING = (signal.SIGTERM, signal.SIGINT)
_ISSUES = "https://github.com/chittyos/chitty-action/issues"


def main(environ: MutableMapping[str, str]) -> int:
    """Run the phase that the environment asks for, publish what it has to say, and return the exit code."""
    gathered = given(environ)
    secrets = take_secrets(environ, gathered)
    publisher = Publisher(dict(environ), sys.stdout, secrets)
    publisher.mask()
    root = Path(environ.get("GITHUB_WORKSPACE") or ".")
    before = {number: signal.getsignal(number) for number in STOPPING}
    report = _report(environ, gathered, root, publisher)
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)  # publishing is quick, and must not be cut short
    exit_code = publisher.publish(report, root, _report_path(gathered, report))
    for number, reaction in before.items():
        signal.signal(number, reaction)
    return exit_code


def _report_path(gathered: Given, report: Report) -> str | None:
    """Return where the report is to be written as JSON, unless just that input is a bad one."""
    refused = any((finding.check, finding.subject) == ("inputs", "report-path") for finding in report.findings)
    return None if refused else gathered.values.get("report-path")


def _report(environ: MutableMapping[str, str], gathered: Given, root: Path, publisher: Publisher) -> Report:
    """Prepare and run the phase; whatever happens, there is a report."""
    started = datetime.now(UTC)
    phase = asked_phase(gathered)
    try:
        _stop_on_signal()
        inputs, surroundings = prepared(environ, gathered, root)
        return asyncio.run(_run(inputs, surroundings, publisher))
    except StoppedError as stopped:
        finding = Finding("phase", "chitty-action", Level.ERROR, stopped.message, stopped.hint)
        return Report(
            phase, "chitty-action", remarked("phase", "chitty-action", [finding]), started=started, interrupted=True
        )
    except InputError as error:
        findings = [Finding("inputs", bad.subject, Level.ERROR, bad.message, bad.hint) for bad in error.problems]
        outcomes = remarked("inputs", "inputs", [*findings, *remarks(gathered)])
        return Report(phase, "inputs", outcomes, started=started, exit_code_override=error.exit_code)
    except Exception as bug:  # noqa: BLE001 - a bug must become a report to paste, never a bare traceback
        for line in traceback.format_exc().splitlines():
            publisher.log_line(line)
        message = f"chitty-action has a bug: {type(bug).__name__}: {one_line(str(bug))}"
        finding = Finding("bug", "chitty-action", Level.ERROR, message, f"paste the lines above into {_ISSUES}")
        outcomes = remarked("bug", "chitty-action", [finding])
        return Report(phase, "chitty-action", outcomes, started=started, exit_code_override=BugError.exit_code)


def _stop_on_signal() -> None:
    """Have SIGTERM and SIGINT end the preparations, and let through those that waited (see `entrypoint.py`)."""
    for number in STOPPING:
        signal.signal(number, _stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _stop(number: int, _frame: FrameType | None) -> None:
    name = signal.Signals(number).name
    raise StoppedError(f"chitty-action was stopped by {name} before the phase began", "run the job again")


async def _run(inputs: Inputs, around: Surroundings, publisher: Publisher) -> Report:
    """Build the adapters, run the phase, and have a signal end it early instead of killing it."""
    clock = Deadline(inputs.deadline)
    loop = asyncio.get_running_loop()
    for number in STOPPING:
        loop.add_signal_handler(number, clock.stop, f"it was stopped by {number.name}")
    log = EventLog(publisher.level(inputs.log_level), publisher.log_line, colours=publisher.colours)
    resolver = Resolver(allow_private=inputs.allow_private_hosts)
    http = Http(clock, resolver, inputs.timeout, _rights(inputs), log)
    async with Projector() as projector:
        try:
            with publisher.progress(f"{inputs.phase} of {around.name}") as progress:
                ports = Ports(RetryingHttp(http, clock, inputs.retries, log), projector, clock, log, progress)
                outside = Outside(
                    partial(_issues, inputs, around, clock, log, publisher),
                    partial(state_branch, inputs, around, clock, log, publisher.redacted),
                    publisher,
                )
                return await _phase(inputs, around, ports, outside)
        finally:
            await http.close()


class Outside(Struct, frozen=True):
    """What only some phases need of the outside, made when it is asked for."""

    issues: Callable[[], tuple[Issues | None, str]]
    branch: Callable[[], tuple[Branch | None, tuple[Outcome, ...]]]
    publisher: Publisher


async def _phase(inputs: Inputs, around: Surroundings, ports: Ports, outside: Outside) -> Report:
    match inputs.phase:
        case Phase.PRE:
            from chitty_action.phases.pre import Plans, pre

            claims = _claims(inputs, around)
            oddities = remarked("workspace", around.name, odd_files(claims.oddities)) if claims else ()
            return await pre(inputs, Plans(around.name, around.run, claims, (*around.remarks, *oddities)), ports)
        case Phase.POST:
            from chitty_action.adapters.workspace.repository import read_repository
            from chitty_action.phases.post import Task, post

            repository = read_repository(
                around.root, inputs.working_directory, inputs.environment, around.registration, around.name
            )
            held, notices = _held(inputs, around)
            oddities = remarked("workspace", around.name, odd_files(repository.oddities))
            branch, lacks = outside.branch()
            remarks, moment = (*around.remarks, *oddities, *notices, *lacks), ports.clock.now()
            recorder = _recorder(branch, inputs, moment) if branch else None
            return await post(inputs, Task(around.name, around.run, repository, moment, held, remarks, recorder), ports)
        case Phase.RECONCILE:
            from chitty_action.main.page import with_page
            from chitty_action.phases.reconcile import Errand, reconcile

            held, notices = _held(inputs, around)
            issues, untold = outside.issues()
            branch, lacks = outside.branch()
            remarks = (*around.remarks, *notices, *lacks)
            publisher = outside.publisher
            errand = Errand(around.run, issues, untold, held, remarks, publisher.redacted, branch)
            return with_page(await reconcile(inputs, errand, ports), inputs, around, publisher.secrets)


def _recorder(branch: Branch, inputs: Inputs, moment: datetime) -> Recorder:
    """Return what records a deployment; only where there is a branch, because its imports take time."""
    from chitty_action.engine.recorder import Recorder

    return Recorder(branch, inputs, moment)


def _claims(inputs: Inputs, around: Surroundings) -> Claims | None:
    """Read what the repository claims; only where there is an account to compare it with, because it takes time."""
    if inputs.cloudflare_api_token is None or inputs.cloudflare_account_id is None:
        return None
    from chitty_action.adapters.workspace.claims import read_claims

    return read_claims(around.root, inputs.working_directory, inputs.environment)


def _issues(
    inputs: Inputs, around: Surroundings, clock: Deadline, log: EventLog, publisher: Publisher
) -> tuple[Issues | None, str]:
    """Return the issues of this repository, or why there are none."""
    if inputs.github_token is None:
        return None, "there is no github-token"
    if "/" not in around.run.repository:
        return None, "GITHUB_REPOSITORY does not say whose issues incidents are"
    from chitty_action.adapters.github import GitHubIssues
    from chitty_action.adapters.github_redaction import WithoutSecrets
    from chitty_action.adapters.github_remote import Access

    access = Access(around.github_api, around.run.repository, inputs.github_token.value)
    issues = GitHubIssues(access, clock, inputs.timeout, inputs.retries, log)
    return WithoutSecrets(issues, publisher.redacted), ""


def _held(inputs: Inputs, around: Surroundings) -> tuple[str | None, tuple[Outcome, ...]]:
    """Say why nothing may be written: the input, or an event that strangers can cause (interface, section 3)."""
    if around.untrusted:
        reason = f"this is a dry run, because the event {around.untrusted} can come from a stranger's fork"
        finding = Finding("dry-run", around.name, Level.NOTICE, reason, "run the phase after a push to the repository")
        return reason, remarked("dry-run", around.name, [finding])
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
        Credential.CLOUDFLARE_API_TOKEN: (inputs.cloudflare_api_token, (inputs.cloudflare_api_url,)),
    }
    return {
        credential: Right(secret.value, prefixes)
        for credential, (secret, prefixes) in wanted.items()
        if secret is not None
    }
