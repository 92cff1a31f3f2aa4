"""Findings as annotations of the workflow run, within what the runner shows (interface, section 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.finding import Level
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chitty_action.model.finding import Finding
    from chitty_action.model.report import Report

PER_LEVEL = 10
"""The runner drops further annotations of a level in one step."""

MESSAGE_LIMIT = 4_095
"""UTF-16 code units; the runner cuts a message at 4,096."""

_TITLE_LIMIT = 200


class Annotation(Struct, frozen=True):
    """One line at the top of the workflow run's page: plain text, which the adapter escapes."""

    level: Level
    title: str
    message: str


def annotations_of(report: Report) -> tuple[Annotation, ...]:
    """Return at most 10 annotations a level, the worst level first; the tenth rolls up what is left."""
    made: list[Annotation] = []
    for level in reversed(Level):
        found = [finding for finding in report.findings if finding.level is level]
        single = PER_LEVEL if len(found) <= PER_LEVEL else PER_LEVEL - 1
        made += [_annotation(finding) for finding in found[:single]]
        if found[single:]:
            made.append(_rolled_up(level, found[single:]))
    return tuple(made)


def _annotation(finding: Finding) -> Annotation:
    message = f"{finding.message} — {finding.hint}" if finding.hint else finding.message
    return Annotation(finding.level, _where(finding), _cut(message))


def _rolled_up(level: Level, findings: Sequence[Finding]) -> Annotation:
    where = ", ".join(_where(finding) for finding in findings)
    return Annotation(level, f"{len(findings)} more", _cut(f"and {len(findings)} more: {where}"))


def _where(finding: Finding) -> str:
    return one_line(f"{finding.check} ({finding.subject})" if finding.subject else finding.check, _TITLE_LIMIT)


def _cut(message: str) -> str:
    """Fold to one line; a character outside of the basic plane counts twice, and half of one is dropped whole."""
    units = one_line(message, MESSAGE_LIMIT).encode("utf-16-le")
    return units[: 2 * MESSAGE_LIMIT].decode("utf-16-le", "ignore")
