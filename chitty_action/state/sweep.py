"""One run of phase `reconcile`: whole in memory, and a line of `sweeps/YYYY-MM.jsonl` on the data branch."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import field
from msgspec.structs import force_setattr

from chitty_action.model.document import Document
from chitty_action.state.moment import Count, Moment, utc


class OpenIncident(Document, frozen=True, omit_defaults=True):
    """An incident that was open at the end of a run; `since` is when it began, None where that is not known."""

    kind: str
    url: str = ""
    since: Moment | None = None

    def __post_init__(self) -> None:
        if self.since is not None:
            force_setattr(self, "since", utc(self.since))


class Coverage(Document, frozen=True):
    """How many services with a public host are registered.

    Attributes:
        registered: of those with a public host.
        public: services with a public host that anything names: discovery, or a Worker's route or custom domain.
    """

    registered: Count
    public: Count


class Tally(Document, frozen=True, kw_only=True, omit_defaults=True):
    """What one run saw, but for the class of each service. `run` and `attempt` are its key.

    Attributes:
        at: when phase `reconcile` began.
        run: id of the workflow run; outside of GitHub `local-<time>`.
        attempt: of that run.
        url: of the workflow run; empty outside of GitHub.
        blame: `them`, `hub` or `us`; in a run with `us` what is `down` says nothing of the services.
        counts: rows by evidence class, those without a usable name included; classes nobody is in are left out.
        latency: milliseconds by service, of those that answered.
        conflicts: of routes; None where they are unknown.
        discovery_age: seconds; None where it is unknown.
        refreshed: whether discovery was refreshed by this run.
        incidents: what was open at its end; None where GitHub was not asked.
        late: seconds behind its schedule; None where no schedule started it.
        every: seconds between two runs of its schedule; None where no schedule started it.
        coverage: None where neither discovery nor an account was read.
        elapsed: seconds that it took, in milliseconds at the finest.
    """

    at: Moment
    run: str
    attempt: str = "1"
    url: str = ""
    blame: str = "them"
    counts: Mapping[str, Count]
    latency: Mapping[str, Count] = field(default_factory=dict)
    conflicts: Count | None = None
    discovery_age: Count | None = None
    refreshed: bool = False
    incidents: tuple[OpenIncident, ...] | None = None
    late: Count | None = None
    every: Count | None = None
    coverage: Coverage | None = None
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        force_setattr(self, "at", utc(self.at))
        if self.elapsed:  # a default that stays the same object is left out of the text
            force_setattr(self, "elapsed", round(self.elapsed, 3))

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one sweep and no other."""
        return self.run, self.attempt


class SweepLine(Tally, frozen=True, kw_only=True, omit_defaults=True):
    """A sweep as a line of its month's file.

    Attributes:
        classes: of all services; None in a line that only says what changed.
        changed: class by service; None for one that left.
        check: of all classes after this line, 8 hex digits.
    """

    classes: Mapping[str, str] | None = None
    changed: Mapping[str, str | None] = field(default_factory=dict)
    check: str


class Sweep(Tally, frozen=True, kw_only=True, omit_defaults=True):
    """What one run saw.

    Attributes:
        classes: evidence class by service, of every row with a name of its own.
    """

    classes: Mapping[str, str]
