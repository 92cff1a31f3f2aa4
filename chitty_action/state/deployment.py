"""One deployment, as phase `post` saw it: a line of `deployments/YYYY-MM.jsonl`."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import force_setattr

from chitty_action.model.document import Document
from chitty_action.state.moment import Count, Moment, utc


class Durations(Struct, frozen=True, omit_defaults=True):
    """Seconds that it took, in milliseconds at the finest.

    Attributes:
        post: phase `post` itself.
        deployment: from the input `started-at` to the end of phase `post`; None where that was not given.
    """

    post: float
    deployment: float | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "post", round(self.post, 3))
        if self.deployment is not None:
            force_setattr(self, "deployment", round(self.deployment, 3))


class Deployment(Document, frozen=True, kw_only=True, omit_defaults=True):
    """One run of phase `post`. What was not seen is left out; service, environment, run and attempt are its key.

    Attributes:
        at: when phase `post` began.
        service: its registered name.
        environment: what was deployed.
        verdict: `passed`, `warned` or `failed`, as the output says.
        result: how the deployment itself ended, by the input `deployment-result`.
        version: from the manifest.
        commit: what was deployed.
        branch: from which branch.
        actor: who caused the workflow run.
        run: id of the workflow run; outside of GitHub `local-<time>`.
        attempt: of that run.
        repository: whose workflow it was, `owner/name`.
        url: of the workflow run; empty outside of GitHub. A line leaves GitHub's usual one out.
        registered: whether the registration was accepted; None where none was sent and nothing was known.
        health: evidence class of the service's own address.
        proxied: whether the API gateway reaches it; None where that is unknown.
        discovered: whether discovery lists it.
        mcp_tools: how many tools the MCP gateway lists; None where not applicable, or unknown.
        failed: ids of the checks and changes of integration that warned or failed; none of them is a pass.
        durations: seconds.
    """

    at: Moment
    service: str
    environment: str
    verdict: str
    result: str = "success"
    version: str | None = None
    commit: str = ""
    branch: str = ""
    actor: str = ""
    run: str
    attempt: str = "1"
    repository: str = ""
    url: str = ""
    registered: bool | None = None
    health: str = "skipped"
    proxied: bool | None = None
    discovered: bool | None = None
    mcp_tools: Count | None = None
    failed: tuple[str, ...] = ()
    durations: Durations

    def __post_init__(self) -> None:
        force_setattr(self, "at", utc(self.at))

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it one deployment and no other."""
        return self.service, self.environment, self.run, self.attempt
