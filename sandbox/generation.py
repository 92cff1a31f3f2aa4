"""The two generations of every API, and which of them each part of the hub speaks."""

from __future__ import annotations

from enum import StrEnum


class Generation(StrEnum):
    """The API as the design describes it, as the deployed systems answer it, or a hub half way between."""

    DESIGN = "design"
    DEPLOYED = "deployed"
    MIXED = "mixed"


class Part(StrEnum):
    """The parts of the hub, named after their mounts."""

    CONNECT = "connect"
    REGISTRY = "registry"
    REGISTER = "register"
    API = "api"
    MCP = "mcp"
    SERVICES = "services"


_STILL_DESIGN_WHEN_MIXED = frozenset({Part.REGISTER, Part.API})


def spoken_by(part: Part, generation: Generation) -> Generation:
    """Say which generation a part speaks: `DESIGN` or `DEPLOYED`, never `MIXED`."""
    if generation is not Generation.MIXED:
        return generation
    return Generation.DESIGN if part in _STILL_DESIGN_WHEN_MIXED else Generation.DEPLOYED
