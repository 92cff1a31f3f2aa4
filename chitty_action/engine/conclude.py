"""The verb *conclude*: receipts become outcomes beside those of the checks, and all of it one report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.engine.judge import status_of
from chitty_action.model.change import Fate, Receipt
from chitty_action.model.finding import Finding, Level
from chitty_action.model.reading import Generation
from chitty_action.model.report import Outcome, Report, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chitty_action.model.ports import Clock
    from chitty_action.model.repository import Oddity


def outcome_of(receipt: Receipt) -> Outcome:
    """Turn what happened to a change into an outcome."""
    status = Status.SKIPPED if receipt.fate is Fate.HELD else status_of(receipt.findings)
    return Outcome(receipt.change, receipt.subject, status, receipt.detail, receipt.findings, receipt.generation)


def remarked(id_: str, subject: str, findings: Iterable[Finding]) -> tuple[Outcome, ...]:
    """Return one outcome that carries findings which belong to no check; none when there are none."""
    found = tuple(findings)
    return (Outcome(id_, subject, status_of(found), "see the findings", found),) if found else ()


def odd_files(oddities: Iterable[Oddity]) -> tuple[Finding, ...]:
    """Turn files that could not be used into warnings."""
    return tuple(Finding("workspace", odd.subject, Level.WARNING, odd.message, odd.hint) for odd in oddities)


def conclude(report: Report, fail_on: str, clock: Clock) -> Report:
    """Complete the report of a phase with threshold and times; a run that was cut short says so."""
    reason = clock.ended()
    outcomes = (*report.outcomes, _cut_short(report, reason, clock)) if reason else report.outcomes
    return replace(
        report,
        outcomes=outcomes,
        facts=(*report.facts, *_generations(outcomes)),
        fail_on=None if fail_on == "never" else Level(fail_on),
        started=clock.started(),
        elapsed=clock.elapsed(),
        interrupted=bool(reason) and not clock.overdue(),
    )


def _generations(outcomes: Iterable[Outcome]) -> Iterator[tuple[str, str]]:
    """Say which of the ecosystem's APIs answered what, where design and deployment differ."""
    answered: dict[Generation, list[str]] = {}
    for outcome in outcomes:
        if outcome.generation:
            answered.setdefault(outcome.generation, []).append(outcome.id)
    for generation in Generation:
        if generation in answered:
            yield f"the {generation} API answered", ", ".join(dict.fromkeys(answered[generation]))


def _cut_short(report: Report, reason: str, clock: Clock) -> Outcome:
    level, hint = (
        (Level.WARNING, "see which system was slow, or raise the input deadline")
        if clock.overdue()
        else (Level.ERROR, "run the job again")
    )
    finding = Finding("phase", report.subject, level, f"phase {report.phase} did not finish: {reason}", hint)
    return Outcome("phase", report.subject, status_of((finding,)), reason, (finding,))
