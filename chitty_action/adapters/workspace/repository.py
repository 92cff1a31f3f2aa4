"""The service's folder as one plain value: every format is read once, and what cannot be used becomes an oddity."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from chitty_action.adapters.workspace.chittyconnect import read_chittyconnect
from chitty_action.adapters.workspace.files import UnusableFileError, is_there
from chitty_action.adapters.workspace.manifest import read_manifest
from chitty_action.adapters.workspace.own_registration import read_own_registration
from chitty_action.adapters.workspace.wrangler import read_wrangler
from chitty_action.model.repository import Oddity, Repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_repository(
    root: Path,
    working_directory: str,
    environment: str,
    registration: Mapping[str, object] | None,
    service_name: str,
) -> Repository:
    """Read what the service's folder says of it; files that were found and cannot be used become oddities.

    `registration` is the document of the input `registration-file`, which was read with the inputs. Without one, the
    service's own registration file is looked for.
    """
    manifest = read_manifest(root, working_directory)
    connect = read_chittyconnect(root, working_directory, environment)
    route, route_oddities = read_wrangler(root, working_directory, environment)
    has_mcp_manifest, mcp_oddities = _look_for_mcp_manifest(root, working_directory)
    own = read_own_registration(root, working_directory, service_name) if registration is None else None
    return Repository(
        version=manifest.version,
        description=manifest.description,
        author=manifest.author,
        connect_domain=connect.domain,
        health_endpoint=connect.health_endpoint,
        wrangler_route=route,
        has_mcp_manifest=has_mcp_manifest,
        registration=registration,
        own_registration=own,
        oddities=(*manifest.oddities, *connect.oddities, *route_oddities, *mcp_oddities),
    )


def _look_for_mcp_manifest(root: Path, working_directory: str) -> tuple[bool, tuple[Oddity, ...]]:
    name = str(PurePosixPath(working_directory) / "mcp" / "manifest.json")
    try:
        return is_there(root, name), ()
    except UnusableFileError as error:
        return False, (Oddity(name, error.message, error.hint),)
