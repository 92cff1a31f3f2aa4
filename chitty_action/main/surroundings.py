"""What surrounds a run: secrets, inputs, files and the event, all read before the first request is made."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.workspace.event import read_event
from chitty_action.adapters.workspace.files import UnusableFileError, folder, report_target
from chitty_action.adapters.workspace.registration import read_registration
from chitty_action.engine.conclude import odd_files, remarked
from chitty_action.engine.survey import name_of
from chitty_action.errors import Problem
from chitty_action.inputs import SECRETS, Given, Inputs, parse, remarks, variable
from chitty_action.inputs.values import jq_program
from chitty_action.model.finding import Finding, Level
from chitty_action.model.subject import Phase, Run
from chitty_action.model.text import SHORTEST_SECRET, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from pathlib import Path

    from chitty_action.model.event import Event
    from chitty_action.model.report import Outcome


EVERYBODY = "the ecosystem"
"""Whom phase reconcile is about."""


class Surroundings(Struct, frozen=True):
    """What is known of the run before a phase begins.

    Attributes:
        root: the workspace.
        name: the service's.
        run: the workflow run.
        registration: the document of the input `registration-file`, where one was named.
        github_api: where GitHub's REST API is.
        untrusted: the event, where a stranger can have caused it; nothing is written then (interface, section 3).
        remarks: what a person should know of inputs and event.
    """

    root: Path
    name: str
    run: Run
    registration: Mapping[str, object] | None
    github_api: str
    untrusted: str | None
    remarks: tuple[Outcome, ...]


def take_secrets(environ: MutableMapping[str, str], gathered: Given) -> tuple[str, ...]:
    """Return all secrets and remove them from the environment: no child process shall inherit them."""
    runners_own = [name for name in environ if name.startswith("ACTIONS_") and name.endswith("TOKEN")]
    spelled = [variable(name) for name in SECRETS]
    values = (*gathered.secrets, *(environ[name] for name in runners_own if environ[name].strip()))
    for name in (*runners_own, *spelled, *(name.replace("-", "_") for name in spelled)):
        environ.pop(name, None)
    return tuple(dict.fromkeys(values))


def prepared(environ: MutableMapping[str, str], gathered: Given, root: Path) -> tuple[Inputs, Surroundings]:
    """Read inputs, files that they name, and the event.

    Raises:
        InputError: with everything that is wrong; no request was made until here.
    """
    event, odd = read_event(environ.get("GITHUB_EVENT_PATH") or None)
    problems = list(_problems_on_disk(gathered, root))
    name, registration = "", None
    try:
        name = _name(environ, gathered, event)
    except Problem as problem:
        problems.append(problem)
    try:
        registration = _registration(gathered, root, name)
    except Problem as problem:
        problems.append(problem)
    inputs = parse(gathered, problems)
    found = [*remarks(gathered), *_short_secrets(gathered), *_lost_roots(environ)]
    remarked_on = (*remarked("inputs", name, found), *remarked("workspace", name, odd_files([odd] if odd else [])))
    untrusted = _untrusted(environ.get("GITHUB_EVENT_NAME", ""), event)
    github_api = environ.get("GITHUB_API_URL") or "https://api.github.com"
    run = _run_of(environ, event)
    return inputs, Surroundings(root, name, run, registration, github_api, untrusted, remarked_on)


def _name(environ: Mapping[str, str], gathered: Given, event: Event) -> str:
    """Return whom the run is about; `reconcile` is about everybody, whatever its repository is called."""
    if gathered.values.get("phase") == Phase.RECONCILE:
        return EVERYBODY
    asked = gathered.values.get("service-name")
    return name_of(asked, event.repository_name, environ.get("GITHUB_REPOSITORY", ""))


def _registration(gathered: Given, root: Path, name: str) -> Mapping[str, object] | None:
    path = gathered.values.get("registration-file")
    if path is None or gathered.values.get("phase") != Phase.POST:
        return None
    return read_registration(root, gathered.values.get("working-directory", "."), path, name)


def _untrusted(event_name: str, event: Event) -> str | None:
    """Name the event where a stranger's fork can have caused it; a pull request that does not say is one."""
    forked = event.from_fork or (event_name == "pull_request" and event.from_fork is None)
    return event_name if forked or event_name == "pull_request_target" else None


def _problems_on_disk(gathered: Given, root: Path) -> Iterator[Problem]:
    values = gathered.values
    try:
        folder(root, values.get("working-directory", "."))
    except UnusableFileError as error:
        yield Problem("working-directory", f"input working-directory cannot be used: {error.message}", error.hint)
    try:
        if path := values.get("report-path"):
            report_target(root, path)
    except UnusableFileError as error:
        yield Problem("report-path", f"input report-path cannot be used: {error.message}", error.hint)
    try:
        if path := values.get("site-path"):
            report_target(root, f"{path}/index.html")
    except UnusableFileError as error:
        yield Problem("site-path", f"input site-path cannot be used: {error.message}", "name a folder in the workspace")
    if program := values.get("health-condition"):
        yield from _problem_of_condition(program)


def _problem_of_condition(program: str) -> Iterator[Problem]:
    try:
        jq_program(program)
    except ValueError:
        return  # parsing the inputs reports it
    from chitty_action.adapters.projection import complaint_about

    if complaint := complaint_about(program):
        yield Problem("health-condition", f"input health-condition is not a jq program: {complaint}")


def _short_secrets(gathered: Given) -> Iterator[Finding]:
    for name in SECRETS:
        lines = (line.strip() for line in gathered.values.get(name, "").splitlines())
        if any(0 < len(line) < SHORTEST_SECRET for line in lines):
            message = f"input {name} is not masked in the log: a line of it has fewer than {SHORTEST_SECRET} characters"
            yield Finding("inputs", name, Level.WARNING, message, "see whether the secret is the right one")


def _lost_roots(environ: MutableMapping[str, str]) -> Iterator[Finding]:
    """Forget trusted certificates that are not there: a job's path on the host means nothing in the container."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = environ.get(name)
        places = path.split(os.pathsep) if path and name == "SSL_CERT_DIR" else [path]
        if path and not any(place and os.path.exists(place) for place in places):  # noqa: PTH110 - pathlib raises for odd names
            del environ[name]
            shown = one_line(path, 200)
            message = f"{name} names {shown}, which is not there, so the system's certificates are trusted instead"
            yield Finding("inputs", name, Level.WARNING, message, "correct it, or remove it from the job's env")


def _run_of(environ: Mapping[str, str], event: Event) -> Run:
    return Run(
        commit=event.commit or environ.get("GITHUB_SHA", ""),
        branch=environ.get("GITHUB_REF_NAME", ""),
        run_id=environ.get("GITHUB_RUN_ID", ""),
        run_attempt=environ.get("GITHUB_RUN_ATTEMPT") or "1",
        repository=environ.get("GITHUB_REPOSITORY", ""),
        server=environ.get("GITHUB_SERVER_URL") or "https://github.com",
        topics=event.topics,
        actor=environ.get("GITHUB_ACTOR", ""),
        schedule=event.schedule,
    )


def asked_phase(gathered: Given) -> Phase | None:
    """Return the phase that was asked for, as far as the inputs say it."""
    phase = gathered.values.get("phase")
    return Phase(phase) if phase in set(Phase) else None
