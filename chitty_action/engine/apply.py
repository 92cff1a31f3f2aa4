"""The verb *apply*: carry out a plan, change by change in its order, or say what it would have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.change import Fate, Plan, Receipt

if TYPE_CHECKING:
    from chitty_action.model.change import Change
    from chitty_action.model.ports import Ports


async def apply(plan: Plan, ports: Ports) -> tuple[Receipt, ...]:
    """Return one receipt for every change. A held plan, and time that has run out, alter nothing."""
    return tuple([await _one(change, plan.held, ports) for change in plan.changes])


async def _one(change: Change, held: str | None, ports: Ports) -> Receipt:
    if reason := held or ports.clock.ended():
        return Receipt(change.id, change.subject, Fate.HELD, f"would {change.describe()}, but {reason}")
    receipt = await change.apply(ports.remote)
    ports.log.debug("change.applied", change=change.id, fate=receipt.fate.value, detail=receipt.detail)
    return receipt
