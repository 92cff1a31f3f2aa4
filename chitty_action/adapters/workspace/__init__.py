"""The checked-out repository: the service's folder, read once, safely, into plain values."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from chitty_action.adapters.workspace.chittyconnect import read_chittyconnect
from chitty_action.adapters.workspace.event import read_event
from chitty_action.adapters.workspace.files import UnusableFileError, folder, is_there, report_target, write_report
from chitty_action.adapters.workspace.manifest import read_manifest
from chitty_action.adapters.workspace.registration import read_registration
from chitty_action.adapters.workspace.wrangler import read_wrangler
from chitty_action.errors import InputError, Problem
from chitty_action.model.repository import Oddity, Repository

__all__ = [
    "UnusableFileError",
    "check_working_directory",
    "read_event",
    "read_repository",
    "report_target",
    "write_report",
]


def check_working_directory(root: Path, working_directory: str) -> Problem | None:
    """What is wrong with the input `working-directory`: not a folder, or outside the workspace `root`."""
    try:
        folder(root, working_directory)
    except UnusableFileError as error:
        return Problem("working-directory", error.message, error.hint)
    return None


def read_repository(
    root: Path, working_directory: str, environment: str, registration_file: str | None, service_name: str
) -> Repository:
    """Read what the service's folder says of it; files that were found and cannot be used become oddities.

    Raises InputError when an input names something unusable; without a folder no file in it can be judged.
    """
    problem = check_working_directory(root, working_directory)
    if problem is not None:
        raise InputError(problem)
    registration = None
    if registration_file is not None:
        try:
            registration = read_registration(root, working_directory, registration_file, service_name)
        except Problem as unusable:
            raise InputError(unusable) from unusable

    manifest = read_manifest(root, working_directory)
    connect = read_chittyconnect(root, working_directory, environment)
    route, route_oddities = read_wrangler(root, working_directory, environment)
    has_mcp_manifest, mcp_oddities = _look_for_mcp_manifest(root, working_directory)
    return Repository(
        version=manifest.version,
        description=manifest.description,
        connect_domain=connect.domain,
        health_endpoint=connect.health_endpoint,
        wrangler_route=route,
        has_mcp_manifest=has_mcp_manifest,
        registration=registration,
        oddities=(*manifest.oddities, *connect.oddities, *route_oddities, *mcp_oddities),
    )


def _look_for_mcp_manifest(root: Path, working_directory: str) -> tuple[bool, tuple[Oddity, ...]]:
    name = str(PurePosixPath(working_directory) / "mcp" / "manifest.json")
    try:
        return is_there(root, name), ()
    except UnusableFileError as error:
        return False, (Oddity(name, error.message, error.hint),)
