"""The verb *judge*: what the snapshot means to every check, as outcomes."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any

from chitty_action.documents.health import HealthDocument, describe, evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Absent, Observation, Seen, Snapshot, Unfinished, trouble
from chitty_action.model.reading import NotFound
from chitty_action.model.report import Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.model.check import Check
    from chitty_action.model.reading import Generation, Reading
    from chitty_action.model.subject import Subject


def applicable(checks: Iterable[Check], subject: Subject) -> tuple[Check, ...]:
    """Return the checks that are not skipped for this subject; only their readings need to be taken."""
    return tuple(check for check in checks if check.applies(subject) is None)


def judge(checks: Iterable[Check], subject: Subject, snapshot: Snapshot) -> tuple[Outcome, ...]:
    """Return one outcome for every check, in order, the skipped ones included."""
    return tuple(_outcome(check, subject, snapshot) for check in checks)


def _outcome(check: Check, subject: Subject, snapshot: Snapshot) -> Outcome:
    name = subject.service.name
    if reason := check.applies(subject):
        return Outcome(check.id, name, Status.SKIPPED, reason)
    observations = [(reading, snapshot[reading]) for reading in check.readings(subject)]
    findings = tuple(check.judge(subject, snapshot))
    seen = "; ".join(_seen(reading, observation) for reading, observation in observations)
    unfinished = any(isinstance(observation, Unfinished) for _, observation in observations)
    status = Status.SKIPPED if unfinished and not findings else status_of(findings)
    return Outcome(
        check.id, name, status, seen, findings, _answering(observation for _, observation in observations[:1])
    )


def _answering(observations: Iterable[Observation[Any]]) -> Generation | None:
    """Return which of the two APIs answered; "not there" is an answer too."""
    answers = (
        observation.generation
        for observation in observations
        if isinstance(observation, Seen) or (isinstance(observation, Absent) and observation.what is NotFound.SUBJECT)
    )
    return next((generation for generation in answers if generation), None)


def status_of(findings: Iterable[Finding]) -> Status:
    """Return how a check or change ended that had these findings."""
    worst = max((finding.level for finding in findings), key=lambda level: level.rank, default=None)
    return {
        None: Status.PASSED,
        Level.NOTICE: Status.NOTED,
        Level.WARNING: Status.WARNED,
        Level.ERROR: Status.FAILED,
    }[worst]


def _seen(reading: Reading[Any], observation: Observation[Any]) -> str:
    if reading.document is HealthDocument:
        words = f"{evidence(observation)}: {describe(observation)}"
    elif isinstance(observation, Seen):
        words = f"{observation.value.told()}: {trouble(observation)}"
    else:
        words = trouble(observation)
    time = f" in {observation.elapsed * 1000:.0f} ms" if observation.elapsed else ""
    looks = f", {observation.looks} looks" if observation.looks > 1 else ""
    return intern(words + time + looks)  # what thousands of services show is one of a few sentences
