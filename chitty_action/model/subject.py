"""Whom a run is about: the service, where it is, the hub that it belongs to, and the run itself."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

from chitty_action.model.finding import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.model.repository import Claims, Declared, OwnRegistration
    from chitty_action.model.route import Unread, Zone


PRODUCTION = "production"
"""The environment that the registry's status and the discovery document describe."""


class Phase(StrEnum):
    """When the action runs."""

    PRE = "pre"
    POST = "post"
    RECONCILE = "reconcile"


class Hub(Struct, frozen=True):
    """Base URLs of the systems in the middle, without a trailing slash."""

    connect: str
    registry: str
    register: str
    api: str
    mcp: str


class Address(Struct, frozen=True, gc=False):
    """Where a service answers: its base URL, its health URL, and what said so."""

    url: str
    health: str
    source: str


class Lack(StrEnum):
    """Why there is no address to look at."""

    NO_HTTP = "the service has no HTTP"
    NOT_NAMED = "nothing names one"
    UNUSABLE = "the one that is named cannot be used"


class Nowhere(Struct, frozen=True):
    """There is no address to look at; `reason` is a clause for the report."""

    lack: Lack
    reason: str


class Service(Struct, frozen=True):
    """A service by its registered name, with the facts that its repository gives."""

    name: str
    environment: str = "production"
    address: Address | Nowhere = Nowhere(Lack.NOT_NAMED, "no address was looked for")
    version: str | None = None
    description: str | None = None
    capabilities: tuple[str, ...] = ()
    has_mcp_manifest: bool = False
    registration: Mapping[str, object] | None = field(default=None)
    own_registration: OwnRegistration | None = None
    author: str | None = None
    declared: tuple[Declared, ...] = ()
    """Every address that the repository or an input names, the one that counts first."""
    label: str | None = None
    """What the gateways' paths call the service, where discovery says it."""


class Run(Struct, frozen=True):
    """The workflow run that the action is part of; empty strings where it runs outside of GitHub."""

    commit: str = ""
    branch: str = ""
    run_id: str = ""
    run_attempt: str = "1"
    repository: str = ""
    server: str = "https://github.com"
    topics: frozenset[str] | None = None
    """Topics of the repository; None when nothing says them."""
    actor: str = ""
    """Login of who caused the run."""
    schedule: str | None = None
    """The cron expression that started it; None where something else did."""

    @property
    def url(self) -> str:
        """Return the run's page; empty where it is not known."""
        return f"{self.server}/{self.repository}/actions/runs/{self.run_id}" if self.repository and self.run_id else ""


class Account(Struct, frozen=True):
    """A Cloudflare account whose routes are read.

    Attributes:
        id: Cloudflare's.
        api: base URL of its API.
        zones: all that the token may see, or why they are not known whole.
        silenced: routes that a person has declared deliberate, and why.
    """

    id: str
    api: str
    zones: tuple[Zone, ...] | Unread = ()
    silenced: Mapping[str, str] = field(default_factory=dict)


class Subject(Struct, frozen=True):
    """What a check or a change is asked about, with the settings of the inputs that bear on it."""

    service: Service
    hub: Hub
    run: Run = Run()
    on_blocked: Level = Level.WARNING
    health_condition: str | None = None
    context_sync: str = "auto"
    has_api_key: bool = False
    has_admin_token: bool = False
    phase: Phase = Phase.POST
    newly_registered: bool = False
    """The service was registered for the first time in this very run."""
    account: Account | str = "there is no cloudflare-api-token"
    """The account whose routes are read, or why none is."""
    claims: Claims | None = None
    """What the repository would claim; None where that was not read."""
