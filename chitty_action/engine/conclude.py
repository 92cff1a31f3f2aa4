"""The verb *conclude*: receipts become outcomes beside those of the checks, and all of it one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.engine.judge import status_of
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.inputs import Inputs
    from chitty_action.model.ports import Clock
    from chitty_action.model.repository import Oddity


def outcome_of(receipt: Receipt) -> Outcome:
    """Turn what happened to a change into an outcome."""
    status = Status.SKIPPED if receipt.fate is Fate.HELD else status_of(receipt.findings)
    return Outcome(receipt.change, receipt.subject, status, receipt.detail, receipt.findings)


def remarked(id_: str, findings: Iterable[Finding]) -> tuple[Outcome, ...]:
    """Return one outcome that carries findings which belong to no check; none when there are none."""
    found = tuple(findings)
    return (Outcome(id_, "", status_of(found), f"{len(found)} to read", found),) if found else ()


def odd_files(oddities: Iterable[Oddity]) -> tuple[Finding, ...]:
    """Turn files that could not be used into warnings."""
    return tuple(Finding("workspace", odd.subject, Level.WARNING, odd.message, odd.hint) for odd in oddities)


def conclude(
    inputs: Inputs,
    subject: str,
    outcomes: Iterable[Outcome],
    outputs: Mapping[str, str],
    clock: Clock,
    facts: Iterable[tuple[str, str]] = (),
) -> Report:
    """Make the report; a run that was cut short says so and fails."""
    found = list(outcomes)
    if reason := clock.ended():
        level, hint = (
            (Level.WARNING, "see which system was slow, or raise the input deadline")
            if clock.overdue()
            else (Level.ERROR, "run the job again")
        )
        cut = Finding("phase", subject, level, f"phase {inputs.phase} did not finish: {reason}", hint)
        found.append(Outcome("phase", subject, status_of((cut,)), reason, (cut,)))
    return Report(
        phase=inputs.phase,
        subject=subject,
        outcomes=tuple(found),
        outputs=outputs,
        fail_on=None if inputs.fail_on == "never" else Level(inputs.fail_on),
        facts=tuple(facts),
        started=clock.started(),
        elapsed=clock.elapsed(),
        interrupted=bool(clock.ended()) and not clock.overdue(),
    )
