"""Conflicts of routes as people read them, each with the change that would resolve it, ready to be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.route import ConflictKind
from chitty_action.reporting.markdown import code, cut, prose, table
from chitty_action.routes.words import call_told, conflict_told

if TYPE_CHECKING:
    from chitty_action.model.report import Report
    from chitty_action.model.route import Move

MORE = "+{} more"
_LONGEST = 12_000
"""Characters of a call; a shorter one would not be whole any more."""
_WORST_FIRST = tuple(ConflictKind)


def resolved(move: Move) -> str:
    """Return one paragraph: what would resolve a conflict, how, and what would undo it."""
    return f"{prose(move.words)}: {code(call_told(move), _LONGEST)} {prose(move.undo)}."


def routes(report: Report, room: int) -> list[str]:
    """Return the conflicts with their proof, and the plan that would resolve them."""
    verdict = report.routes
    if verdict is None:
        return []
    moves = {move.conflict for move in verdict.plan.moves}
    ordered = sorted(verdict.conflicts, key=lambda one: (_WORST_FIRST.index(one.kind), one.name))
    rows = [
        [one.kind, prose(one.claim.text, 120), prose(conflict_told(one)), "below" if one.name in moves else "a person"]
        for one in ordered
    ]
    headers = ["Kind", "Claim", "What was seen", "Resolved"]
    sections = ["### Conflicts of routes", table(headers, rows, room // 2)] if rows else []
    if verdict.plan.moves:
        made = f"Made from the inventory {code(verdict.plan.digest)}; nothing of this was done."
        calls = cut(list(map(resolved, verdict.plan.moves)), room // 2, MORE)
        sections += ["### What would resolve them", made, *calls]
    return sections
