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


class Repository(Struct, frozen=True):
    """Facts read from the service's folder.

    Attributes:
        version: from `package.json`, else `pyproject.toml`.
        description: from the same file as the version.
        connect_domain: `.chittyconnect.yml`: `service.domains.<environment>`, or a flat `domain:` (production only).
        health_endpoint: `.chittyconnect.yml`'s `monitoring.health.endpoint`: a path or a whole URL.
        wrangler_route: the environment's custom domain or first route without a wildcard host.
        has_mcp_manifest: whether `mcp/manifest.json` exists.
        registration: the document of the input `registration-file`, when one was named.
        oddities: files that were found and could not be used.
    """

    version: str | None = None
    description: str | None = None
    connect_domain: Declared | None = None
    health_endpoint: str | None = None
    wrangler_route: Declared | None = None
    has_mcp_manifest: bool = False
    registration: Mapping[str, object] | None = None
    oddities: tuple[Oddity, ...] = field(default=())
