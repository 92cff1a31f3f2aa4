"""What a run has to say: outcomes, outputs and one verdict. Rendering is somebody else's job."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

from chitty_action.model.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chitty_action.model.incident import Told
    from chitty_action.model.reading import Generation
    from chitty_action.model.route import RouteVerdict
    from chitty_action.model.subject import Phase
    from chitty_action.model.sweep import Swept


class Status(StrEnum):
    """How one check or change ended for one subject."""

    PASSED = "passed"
    NOTED = "noted"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


class Outcome(Struct, frozen=True):
    """One check or change on one subject.

    Attributes:
        id: of the check or change.
        subject: whom it was about.
        status: how it ended.
        seen: what was seen, in a few words; for a skipped one, the reason.
        findings: what a person should know.
        generation: which of the ecosystem's two APIs answered, where they differ.
    """

    id: str
    subject: str
    status: Status
    seen: str
    findings: tuple[Finding, ...] = ()
    generation: Generation | None = None


class Verdict(StrEnum):
    """The whole run in one word (interface, section 7)."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


_SPECIAL_ENDS = {2: "bad inputs", 3: "a bug in chitty-action"}


class Report(Struct, frozen=True):
    """What a run has to say.

    Attributes:
        phase: which one ran, None when the inputs did not even say that.
        subject: whom the run was about.
        outcomes: in the order in which a person wants to read them.
        outputs: the phase's own outputs; those of all phases are derived.
        fail_on: the lowest level that fails the step; None for never.
        facts: lines for the head of the summary, such as where the service is and what said so.
        started: UTC.
        elapsed: seconds.
        sweep: phase reconcile: every row of the list of services.
        incidents: phase reconcile: what became of each.
        routes: phase reconcile: the verdict on the account's routes; None where it was not reached.
        exit_code: set when something other than a finding decides (2 bad inputs, 3 a bug).
    """

    phase: Phase | None
    subject: str
    outcomes: tuple[Outcome, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)
    fail_on: Level | None = Level.ERROR
    facts: tuple[tuple[str, str], ...] = ()
    started: datetime | None = None
    elapsed: float = 0.0
    interrupted: bool = False
    exit_code_override: int | None = None
    sweep: tuple[Swept, ...] = ()
    incidents: tuple[Told, ...] = ()
    routes: RouteVerdict | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, the worst first, otherwise in order."""
        found = [finding for outcome in self.outcomes for finding in outcome.findings]
        return tuple(sorted(found, key=lambda finding: -finding.level.rank))

    @property
    def exit_code(self) -> int:
        """0 passed or warned, 1 a finding reached `fail_on` or the run was interrupted, 2 bad inputs, 3 a bug."""
        if self.exit_code_override is not None:
            return self.exit_code_override
        if self.interrupted:
            return 1
        threshold = self.fail_on
        return int(threshold is not None and any(finding.level.rank >= threshold.rank for finding in self.findings))

    @property
    def special_end(self) -> str:
        """What ended the run where it was not its findings; empty where it was."""
        return "interrupted" if self.interrupted else _SPECIAL_ENDS.get(self.exit_code, "")

    @property
    def verdict(self) -> Verdict:
        """`warned` is a warning, or an error that `fail_on` lets pass; notices do not count."""
        if self.exit_code:
            return Verdict.FAILED
        if any(finding.level.rank >= Level.WARNING.rank for finding in self.findings):
            return Verdict.WARNED
        return Verdict.PASSED
