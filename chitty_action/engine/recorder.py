"""The data branch as phase `post` uses it. `main` loads this where there is a branch; other runs do not pay for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from chitty_action.engine.chronicle import deployment_of
from chitty_action.engine.deliver import deliver, postman_of
from chitty_action.engine.recording import Way, deployed_of, make_way, recorded, unknown_way
from chitty_action.model.change import Fate
from chitty_action.model.report import Status
from chitty_action.state.outbox import REGISTRATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chitty_action.engine.deliver import Postman
    from chitty_action.inputs import Inputs
    from chitty_action.model.change import Receipt, Undone
    from chitty_action.model.ports import Branch, Ports
    from chitty_action.model.report import Outcome, Report
    from chitty_action.model.subject import Subject

_PATIENCE: Final = 0.2
"""Share of the deadline that this run waits for somebody who is delivering what an older deployment left."""
_LONGEST: Final = 0.4
"""Share of the deadline for all of it: a GitHub that hangs must not cost the registration."""


class Recorder(Struct, frozen=True):
    """Makes way before the service is registered, and records the deployment at the end.

    Attributes:
        branch: that remembers it.
        inputs: of the run.
        moment: of the deployment.
    """

    branch: Branch
    inputs: Inputs
    moment: datetime

    async def make_way(self, subject: Subject, undone: Undone | None, ports: Ports) -> Way:
        """See what waits for the service; `undone` is the registration that is about to be sent, if it is known."""
        deployed, longest = deployed_of(subject, self.moment), _LONGEST * self.inputs.deadline
        until = ports.clock.elapsed() + _PATIENCE * self.inputs.deadline
        try:
            async with asyncio.timeout(longest):
                return await make_way(deployed, undone, self._postman(subject), until, ports)
        except TimeoutError:
            hint = "see whether GitHub is well, or raise the input deadline"
            return unknown_way(deployed.service, f"GitHub did not say within {longest:g} s", hint)

    async def record(
        self, report: Report, subject: Subject, writes: Mapping[str, Receipt], way: Way | None, ports: Ports
    ) -> tuple[Outcome, ...]:
        """Deliver what else waits for a service that was registered, and record the deployment.

        `way` is None where nothing was to be written, so that no way was made.
        """
        postman, made = self._postman(subject), way or Way()
        is_registered = writes[REGISTRATION].fate is Fate.APPLIED
        waiting, _ = await deliver(made.others if is_registered else (), postman, ports)
        line = deployment_of(report, subject, self.inputs, self.moment, ports.clock.now())
        kept = await recorded(line, writes, made, postman, ports)
        is_told_twice = kept.status is Status.WARNED and not made.busy
        return (*(() if is_told_twice else made.outcomes), *waiting, kept)

    def _postman(self, subject: Subject) -> Postman:
        return postman_of(self.branch, subject, self.moment, self.inputs.deadline)
