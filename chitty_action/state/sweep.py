"""One run of phase `reconcile`: whole in memory, and a line of `sweeps/YYYY-MM.jsonl` on the data branch."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import field

from chitty_action.model.document import Document
from chitty_action.state.moment import Moment


class OpenIncident(Document, frozen=True, omit_defaults=True):
    """An incident that was open at the end of a run; `since` is when it began, None where that is not known."""

    kind: str
    url: str = ""
    since: Moment | None = None


class Coverage(Document, frozen=True):
    """How many services with a public host are registered.

    Attributes:
        registered: of those with a public host.
        public: services with a public host that anything names: discovery, or a Worker's route or custom domain.
    """

    registered: int
    public: int


class Sweep(Document, frozen=True, kw_only=True):
    """What one run saw. `run` and `attempt` are its key.

    Attributes:
        at: when phase `reconcile` began.
        run: id of the workflow run; outside of GitHub `local-<time>`.
        attempt: of that run.
        url: of the workflow run; empty outside of GitHub.
        blame: `them`, `hub` or `us`; in a run with `us` what is `down` says nothing of the services.
        classes: evidence class by service, of every row with a name of its own.
        counts: rows by evidence class, those without a usable name included; classes nobody is in are left out.
        latency: milliseconds by service, of those that answered.
        conflicts: of routes; None where they are unknown.
        discovery_age: seconds; None where it is unknown.
        refreshed: whether discovery was refreshed by this run.
        incidents: what was open at its end; None where GitHub was not asked.
        late: seconds behind its schedule; None where no schedule started it.
        every: seconds between two runs of its schedule; None where no schedule started it.
        coverage: None where neither discovery nor an account was read.
        elapsed: seconds that it took.
    """

    at: Moment
    run: str
    attempt: str = "1"
    url: str = ""
    blame: str = "them"
    classes: Mapping[str, str]
    counts: Mapping[str, int]
    latency: Mapping[str, int] = field(default_factory=dict)
    conflicts: int | None = None
    discovery_age: int | None = None
    refreshed: bool = False
    incidents: tuple[OpenIncident, ...] | None = None
    late: int | None = None
    every: int | None = None
    coverage: Coverage | None = None
    elapsed: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one sweep and no other."""
        return self.run, self.attempt
