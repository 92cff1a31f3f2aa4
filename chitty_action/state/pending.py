"""A write that failed after all retries, kept until it is delivered: `outbox/<service>.<change>.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta
from msgspec.structs import force_setattr

from chitty_action.model.document import Document
from chitty_action.state.moment import Moment, utc

if TYPE_CHECKING:
    from datetime import datetime

MOST_TRIES: Final = 10_000
"""Where counting ends."""


class Pending(Document, frozen=True, kw_only=True, omit_defaults=True):
    """One write that waits for ChittyRegister. There is at most one of a kind and service: the newest deployment's.

    Attributes:
        service: whose.
        change: `registration` or `status`.
        environment: that was deployed.
        repository: whose deployment it was, `owner/name`.
        deployed_at: when; of two, the later one counts.
        run: id of the workflow run that could not do it.
        attempt: of that run.
        form: which of ChittyRegister's two APIs it was for: `design` or `deployed`.
        idempotency_key: sent with a registration of the design, the same over all tries.
        payload: the body, which holds no secret.
        reason: why it was not done, a clause.
        tries: how many runs have tried, the first one included.
        claimed_by: the run that is delivering it just now; empty where none is.
        claimed_until: from then on a claim counts no more, because its run must have ended.
    """

    service: str
    change: str
    environment: str
    repository: str = ""
    deployed_at: Moment
    run: str
    attempt: str = "1"
    form: str = "design"
    idempotency_key: str = ""
    payload: Mapping[str, object]
    reason: str
    tries: Annotated[int, Meta(ge=0, le=MOST_TRIES)] = 1
    claimed_by: str = ""
    claimed_until: Moment | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "deployed_at", utc(self.deployed_at))
        if self.claimed_until is not None:
            force_setattr(self, "claimed_until", utc(self.claimed_until))

    @property
    def order(self) -> tuple[datetime, str]:
        """What makes it this very entry among those of its service and change; the greater one is newer."""
        return self.deployed_at, self.run
