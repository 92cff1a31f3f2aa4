"""The standing issue: what must be remembered of kinds that failed, and not yet often enough for an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.incidents.decision import Standing
from chitty_action.incidents.ours import standing_issue, waiting
from chitty_action.model.incident import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.incidents.decision import Decision, Settings
    from chitty_action.model.incident import Issue


def standing(decisions: Iterable[Decision], issues: Iterable[Issue], login: str, settings: Settings) -> Standing | None:
    """Say what the standing issue must hold after these decisions; None where it does, or where none is needed."""
    issue = standing_issue(issues, login)
    wanted = {decision.kind: decision.waiting for decision in decisions} if settings.open_after > 1 else {}
    memories = tuple(memory for memory in wanted.values() if memory is not None)
    if issue is None:
        return Standing(None, memories, is_rewritten=True) if memories else None
    held = {kind: memory for kind in Kind if (memory := waiting(kind, issue))}
    # In use it is written anew by every run, or it would drop out of the list of what changed lately.
    is_rewritten = settings.open_after > 1 or held != {memory.kind: memory for memory in memories}
    return Standing(issue, memories, is_rewritten) if is_rewritten or issue.is_open else None
