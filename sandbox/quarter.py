"""A quarter of the ecosystem as the action would remember it: made up, the same for the same end and seed.

The services are the real ones of `services.json`; what happened to them is not. The files of the data branch are
written by the code that writes them for every run.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from chitty_action.state.deployment_lines import with_deployments
from chitty_action.state.layout import deployments_of, sweeps_of
from chitty_action.state.outbox import Keep, written_entry
from chitty_action.state.sweep_lines import written_sweeps
from chitty_action.state.thinning import thinned
from sandbox.quarter_deployments import deployments, pending
from sandbox.quarter_incidents import followed
from sandbox.quarter_lives import lives
from sandbox.quarter_sweeps import schedule, sweeps

if TYPE_CHECKING:
    from datetime import datetime

    from chitty_action.state.deployment import Deployment
    from chitty_action.state.pending import Pending
    from chitty_action.state.sweep import Sweep
    from sandbox.quarter_incidents import Incident
    from sandbox.quarter_lives import Life


@dataclass(frozen=True, slots=True)
class Quarter:
    """What happened in the 90 days before the end.

    Attributes:
        end: when it ends.
        lives: of everybody who was ever listed.
        sweeps: by time.
        incidents: by the number of their issue.
        deployments: by time.
        pending: the write that still waits.
        schedule: of the sweeps, a cron expression.
    """

    end: datetime
    lives: tuple[Life, ...]
    sweeps: tuple[Sweep, ...]
    incidents: tuple[Incident, ...]
    deployments: tuple[Deployment, ...]
    pending: Pending
    schedule: str

    def files(self) -> dict[str, str]:
        """Give the files of the data branch by path, thinned as they would be by now."""
        by_month: defaultdict[str, list[Deployment]] = defaultdict(list)
        swept: defaultdict[str, list[Sweep]] = defaultdict(list)
        for one in self.deployments:
            by_month[deployments_of(one.at)].append(one)
        for sweep in self.sweeps:
            swept[sweeps_of(sweep.at)].append(sweep)
        texts: dict[str, str | None] = {Keep(self.pending).path: written_entry(self.pending)}
        texts |= {path: with_deployments(path, "", group) for path, group in by_month.items()}
        texts |= {path: written_sweeps(group) for path, group in swept.items()}
        texts |= thinned({path: text for path, text in texts.items() if text}, self.end)
        return {path: text for path, text in sorted(texts.items()) if text}


def quarter(end: datetime, seed: int = 8) -> Quarter:
    """Make one up; the end is a time with a zone."""
    chance = Random(seed)  # noqa: S311 - always the same
    everybody = lives(end, chance)
    swept, incidents = followed(sweeps(everybody, end, chance))
    deployed = deployments(everybody, end, chance)
    return Quarter(end, everybody, swept, incidents, deployed, pending(deployed), schedule(end))
