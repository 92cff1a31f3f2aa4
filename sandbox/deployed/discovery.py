"""The deployed hub's discovery document: a catalogue that ships with it, whatever the registry says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.clock import timestamp
from sandbox.generation import Part

if TYPE_CHECKING:
    from sandbox.world import Json, World

VERSION = "2.2.0"
TOOLS = 71


def discovery_document(world: World) -> Json:
    """Give the document; the registry is asked at a path that it does not have, so it adds nothing."""
    origin = world.origin
    return {
        "version": "1.0.0",
        "ecosystem": "ChittyOS",
        "updated_at": timestamp(),
        "endpoints": {
            "connect_base": f"{origin}/connect",
            "api_base": f"{origin}/api",
            "mcp_base": f"{origin}/mcp",
            "sse": f"{origin}/connect/sse",
            "auth": f"{origin}/auth",
            "registry": f"{origin}/registry",
            "register": f"{origin}/register",
        },
        "capabilities": {
            "mcp": {
                "protocol_version": "2025-06-18",
                "tools_count": TOOLS,
                "supports_streaming": True,
                "session_management": True,
                "oauth_discovery": f"{origin}/mcp/.well-known/oauth-authorization-server",
            },
            "api": {
                "openapi_spec": f"{origin}/connect/openapi.json",
                "version": "v1",
                "authentication": ["api_key", "bearer_token"],
                "rate_limiting": True,
            },
            "services": {"discovery": f"{origin}/registry/api/services", "health_check": f"{origin}/connect/health"},
        },
        "services": [_entry(world, name) for name in sorted(world.catalogue)],
        "onboarding": {
            "register_url": f"{origin}/register",
            "get_started": f"{origin}/get",
            "device_code_flow": f"{origin}/auth/device",
            "docs": f"{origin}/docs",
        },
        "resource_uri_scheme": "resource://connect/{session_id}/{sha256}-{basename}",
        "context_sync": {
            "files": {
                "set_active": f"{origin}/api/api/context/files/set-active",
                "sync_report": f"{origin}/api/api/context/files/sync-report",
                "upload": f"{origin}/api/api/files/upload",
                "presign": f"{origin}/api/api/files/presign",
            },
            "tasks": {
                "list": f"{origin}/api/api/context/tasks",
                "create": f"{origin}/api/api/context/tasks",
                "update": f"{origin}/api/api/context/tasks/{{taskId}}",
            },
        },
    }


def _entry(world: World, name: str) -> Json:
    url = world.service_url(name)
    return {
        "name": name,
        "url": url,
        "mcp": f"{world.origin}/mcp/{world.segment(Part.MCP, name)}/mcp",
        "direct_mcp": f"{url}/mcp",
        "api": f"{world.origin}/api/{world.segment(Part.API, name)}/api",
        "direct_api": f"{url}/api",
        "health": f"{url}/health",
        "status": "unknown",
    }
