"""Every remote address, as functions that return readings. This is the only place that knows a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from msgspec.structs import replace

from chitty_action.documents import cloudflare, health, registration, routes, tools
from chitty_action.documents.discovery import Discovery
from chitty_action.documents.health import HealthDocument
from chitty_action.documents.registration import Registered
from chitty_action.documents.routes import Conflicts
from chitty_action.documents.services import Services
from chitty_action.documents.tools import Tools
from chitty_action.model.reading import By, Credential, Generation, NotFound, Projection, Reading, Source

if TYPE_CHECKING:
    from chitty_action.model.document import Document
    from chitty_action.model.subject import Hub

D = TypeVar("D", bound="Document")
ZONES_A_PAGE = 50
"""The most that Cloudflare gives at once."""
_STATUS = Projection(health.PROJECTION)


def _look(url: str, condition: str | None, not_found: NotFound) -> Source:
    projection = Projection(condition, foreign=True) if condition else _STATUS
    return Source(url, not_found, projection, json_only=False)


def health_at(url: str, condition: str | None) -> Reading[HealthDocument]:
    """Look at a health URL; `condition` is the user's own jq program, or None for the built-in rule."""
    return Reading((_look(url, condition, NotFound.ADDRESS),), HealthDocument)


def hub_health(hub: Hub, condition: str | None) -> Reading[HealthDocument]:
    """Look at ChittyConnect itself."""
    return health_at(f"{hub.connect}/health", condition)


def proxied_health(hub: Hub, name: str, condition: str | None, label: str | None = None) -> Reading[HealthDocument]:
    """Look at a service through the API gateway. It forwards credentials to the service, so none is sent.

    A label other than the name goes first. The deployed gateway takes a name that it does not know for a host, and
    answers 502 where it should say that it does not offer it; so by name only a document counts then.
    """
    by_name = _look(f"{hub.api}/{name}/api/health", condition, NotFound.CAPABILITY)
    if label is None or label == name:
        return Reading((by_name,), HealthDocument)
    by_label = replace(by_name, url=f"{hub.api}/{label}/api/health", generation=Generation.DEPLOYED)
    hopeful = replace(by_name, generation=Generation.DESIGN, only_if_seen=True)
    return Reading((by_label, hopeful), HealthDocument)


def discovery(hub: Hub) -> Reading[Discovery]:
    """Read the discovery document."""
    return Reading((Source(f"{hub.connect}/.well-known/chitty.json"),), Discovery)


def services(hub: Hub) -> Reading[Services]:
    """List all services: the registry's rows, of the design's form or of the deployed one, else discovery's entries."""
    return Reading(
        (
            Source(f"{hub.registry}/api/services", generation=Generation.DESIGN),
            Source(f"{hub.registry}/api/v1/tools", generation=Generation.DEPLOYED),
            Source(f"{hub.connect}/.well-known/chitty.json", generation=Generation.DEPLOYED),
        ),
        Services,
    )


def registered(hub: Hub, name: str) -> Reading[Registered]:
    """Ask the registry for the service, then the gatekeeper, then the registry for its whole list."""
    rows = Projection(registration.ROWS, (("name", name),))
    records = (replace(source, yields_in_trouble=True) for source in compliance(hub, name).sources)
    return Reading(
        (
            *registry_row(hub, name).sources,
            *records,
            Source(f"{hub.registry}/api/v1/tools", projection=rows, generation=Generation.DEPLOYED),
        ),
        Registered,
    )


def registry_row(hub: Hub, name: str) -> Reading[Registered]:
    """Ask the registry of the design for the service's row."""
    row = Projection(registration.PROJECTION, (("name", name),))
    url = f"{hub.registry}/api/services/{name}"
    return Reading((Source(url, NotFound.SUBJECT, row, generation=Generation.DESIGN),), Registered)


def compliance(hub: Hub, name: str) -> Reading[Registered]:
    """Ask the deployed gatekeeper, which knows of a registration before the registry does."""
    record = Projection(registration.COMPLIANCE, (("name", name),))
    url = f"{hub.register}/api/v1/compliance/{name}"
    return Reading((Source(url, NotFound.SUBJECT, record, generation=Generation.DEPLOYED),), Registered)


def route_conflicts(hub: Hub, name: str, credential: Credential = Credential.API_KEY) -> Reading[Conflicts]:
    """Read the route conflicts that ChittyConnect knows of a service; of all of them for an empty name."""
    source = Source(
        f"{hub.connect}/api/admin/routes",
        projection=Projection(routes.PROJECTION, (("service", name),)),
        credential=credential,
    )
    return Reading((source,), Conflicts)


def mcp_tools(hub: Hub, name: str, label: str | None = None) -> Reading[Tools]:
    """Count the tools that a service offers through the MCP gateway, by the design's path, then by MCP itself."""
    listed = Source(
        f"{hub.mcp}/{name}/mcp/tools/list",
        projection=Projection(tools.PROJECTION),
        credential=Credential.API_KEY,
        generation=Generation.DESIGN,
    )
    spoken = Source(
        f"{hub.mcp}/{label or name}/mcp", credential=Credential.API_KEY, generation=Generation.DEPLOYED, by=By.MCP
    )
    return Reading((listed, spoken), Tools)


def zones(api: str, account: str, page: int) -> Reading[cloudflare.Zones]:
    """List one page of a Cloudflare account's zones, the one list of its API that has pages."""
    query = f"account.id={quote(account, safe='')}&per_page={ZONES_A_PAGE}&page={page}"
    return _of_cloudflare(f"{api}/zones?{query}", cloudflare.Zones)


def zone_routes(api: str, zone_id: str) -> Reading[cloudflare.Routes]:
    """List the routes of one zone."""
    return _of_cloudflare(f"{api}/zones/{quote(zone_id, safe='')}/workers/routes", cloudflare.Routes)


def custom_domains(api: str, account: str) -> Reading[cloudflare.Domains]:
    """List the custom domains of an account."""
    return _of_cloudflare(f"{api}/accounts/{quote(account, safe='')}/workers/domains", cloudflare.Domains)


def scripts(api: str, account: str) -> Reading[cloudflare.Scripts]:
    """List the Workers of an account."""
    return _of_cloudflare(f"{api}/accounts/{quote(account, safe='')}/workers/scripts", cloudflare.Scripts)


def _of_cloudflare(url: str, document: type[D]) -> Reading[D]:
    return Reading((Source(url, credential=Credential.CLOUDFLARE_API_TOKEN),), document)


def registration_url(hub: Hub) -> str:
    """Where the design has a registration document sent (POST)."""
    return f"{hub.register}/api/register"


def submission_url(hub: Hub) -> str:
    """Where the deployed gatekeeper takes a submission (POST)."""
    return f"{hub.register}/api/v1/register"


def challenge_url(hub: Hub) -> str:
    """Where the deployed gatekeeper gives a challenge, with which control of a host is proven (POST)."""
    return f"{hub.register}/api/v1/challenge"


def status_url(hub: Hub, name: str) -> str:
    """Where a service's status is set (PATCH)."""
    return f"{hub.register}/api/services/{name}/status"


def refresh_url(hub: Hub) -> str:
    """Where ChittyConnect is asked to make the discovery document anew (POST)."""
    return f"{hub.connect}/api/admin/refresh-discovery"


def tasks_urls(hub: Hub) -> tuple[str, str]:
    """Where context tasks are created (POST), in order; one of them is `<where it was created>/<task id>` (PATCH)."""
    return f"{hub.api}/api/context/tasks", f"{hub.connect}/api/context/tasks"
