"""What the service's own repository says of it; every field may be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping


class Oddity(Struct, frozen=True):
    """A file that was found but could not be used: becomes a warning about `subject`."""

    subject: str
    message: str
    hint: str = ""


class Declared(Struct, frozen=True):
    """An address that a file declares, and which file that was (for the report)."""

    address: str
    source: str


class OwnRegistration(Struct, frozen=True):
    """The repository's own registration file.

    Attributes:
        source: the file's name; empty where there is none of this service.
        document: as it stands in the file.
        refusal: why it cannot be used, and then nothing else may be registered in its place.
        passed_over: files of a usual name that are another service's, or were not looked at; told only where the file
            is asked for.
    """

    source: str = ""
    document: Mapping[str, object] | None = field(default=None)
    refusal: Oddity | None = None
    passed_over: tuple[Oddity, ...] = ()


class Repository(Struct, frozen=True):
    """Facts read from the service's folder.

    Attributes:
        version: from `package.json`, else `pyproject.toml`.
        description: from the same file as the version.
        author: from the same file as the version, as "Name <mail>" or what there is of it.
        connect_domain: `.chittyconnect.yml`: `service.domains.<environment>`, or a flat `domain:` (production only).
        health_endpoint: `.chittyconnect.yml`'s `monitoring.health.endpoint`: a path or a whole URL.
        wrangler_route: the environment's custom domain or first route without a wildcard host.
        has_mcp_manifest: whether `mcp/manifest.json` exists.
        registration: the document of the input `registration-file`, when one was named.
        own_registration: what was found under the usual names of a registration file; None where nothing was.
        oddities: files that were found and could not be used.
    """

    version: str | None = None
    description: str | None = None
    author: str | None = None
    connect_domain: Declared | None = None
    health_endpoint: str | None = None
    wrangler_route: Declared | None = None
    has_mcp_manifest: bool = False
    registration: Mapping[str, object] | None = None
    own_registration: OwnRegistration | None = None
    oddities: tuple[Oddity, ...] = field(default=())


class RouteClaim(Struct, frozen=True):
    """A route or custom domain that a wrangler configuration claims for its Worker.

    Attributes:
        pattern: as it is written there: any text.
        source: file and place, such as "wrangler.jsonc (env.production.routes)".
        is_custom_domain: whether it is a hostname of which the Worker becomes the origin.
        zone: the zone's name, where the configuration gives it.
        zone_id: likewise.
    """

    pattern: str
    source: str
    is_custom_domain: bool = False
    zone: str | None = None
    zone_id: str | None = None


class Takeover(Struct, frozen=True):
    """A hostname or route pattern that this deployment may take, and the Worker that loses it."""

    pattern: str
    worker: str


class Claims(Struct, frozen=True):
    """What a deployment to one environment would claim, and may take.

    Attributes:
        worker: the name under which wrangler would deploy; None where the configuration names none, or is unusable.
        claims: every route and custom domain, in the configuration's order; none where it is unusable.
        takeovers: `.chittyconnect.yml`'s `routes.takeover`; none where that is unusable.
        source: the configuration file's name, also of an unusable one; None where there is none.
        oddities: files that were found and could not be used.
    """

    worker: str | None = None
    claims: tuple[RouteClaim, ...] = ()
    takeovers: tuple[Takeover, ...] = ()
    source: str | None = None
    oddities: tuple[Oddity, ...] = ()
