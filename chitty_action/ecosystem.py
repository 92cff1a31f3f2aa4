"""Every remote address, as functions that return readings. This is the only place that knows a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.documents import health, registration, routes, tools
from chitty_action.documents.discovery import Discovery
from chitty_action.documents.health import HealthDocument
from chitty_action.documents.registration import Registered
from chitty_action.documents.routes import Conflicts
from chitty_action.documents.tools import Tools
from chitty_action.model.reading import Credential, NotFound, Projection, Reading, Source

if TYPE_CHECKING:
    from chitty_action.model.subject import Hub


def _look(url: str, condition: str | None, not_found: NotFound) -> Reading[HealthDocument]:
    own = Projection(health.PROJECTION)
    projection = Projection(condition, foreign=True) if condition else own
    return Reading((Source(url, not_found, projection, json_only=False),), HealthDocument)


def health_at(url: str, condition: str | None) -> Reading[HealthDocument]:
    """Look at a health URL; `condition` is the user's own jq program, or None for the built-in rule."""
    return _look(url, condition, NotFound.ADDRESS)


def hub_health(hub: Hub, condition: str | None) -> Reading[HealthDocument]:
    """Look at ChittyConnect itself."""
    return health_at(f"{hub.connect}/health", condition)


def proxied_health(hub: Hub, name: str, condition: str | None) -> Reading[HealthDocument]:
    """Look at a service through the API gateway. It forwards credentials to the service, so none is sent."""
    return _look(f"{hub.api}/{name}/api/health", condition, NotFound.CAPABILITY)


def discovery(hub: Hub) -> Reading[Discovery]:
    """Read the discovery document."""
    return Reading((Source(f"{hub.connect}/.well-known/chitty.json"),), Discovery)


def registered(hub: Hub, name: str) -> Reading[Registered]:
    """Ask the registry whether it knows a service."""
    projection = Projection(registration.PROJECTION, (("name", name),))
    return Reading((Source(f"{hub.registry}/api/services/{name}", NotFound.SUBJECT, projection),), Registered)


def route_conflicts(hub: Hub, name: str) -> Reading[Conflicts]:
    """Read the route conflicts that ChittyConnect knows of a service."""
    source = Source(
        f"{hub.connect}/api/admin/routes",
        projection=Projection(routes.PROJECTION, (("service", name),)),
        credential=Credential.API_KEY,
    )
    return Reading((source,), Conflicts)


def mcp_tools(hub: Hub, name: str) -> Reading[Tools]:
    """Count the tools that a service offers through the MCP gateway."""
    source = Source(
        f"{hub.mcp}/{name}/mcp/tools/list", projection=Projection(tools.PROJECTION), credential=Credential.API_KEY
    )
    return Reading((source,), Tools)


def registration_url(hub: Hub) -> str:
    """Where a registration document is sent (POST)."""
    return f"{hub.register}/api/register"


def status_url(hub: Hub, name: str) -> str:
    """Where a service's status is set (PATCH)."""
    return f"{hub.register}/api/services/{name}/status"


def tasks_url(hub: Hub) -> str:
    """Where context tasks are created (POST); one of them is `<this>/<task id>` (PATCH)."""
    return f"{hub.api}/api/context/tasks"
