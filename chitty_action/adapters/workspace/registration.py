"""The registration document that the input `registration-file` names (interface, section 5)."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import check_sendable, json_object
from chitty_action.documents.registration_file import whose
from chitty_action.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

_INPUT = "registration-file"


def read_registration(root: Path, folder: str, relative: str, service_name: str) -> Mapping[str, object]:
    """The document, ready to be sent; raises Problem when it is unusable, or another service's where that is known."""
    name = str(PurePosixPath(folder) / relative)
    try:
        document = _document(root, name)
    except UnusableFileError as error:
        raise Problem(_INPUT, f"input {_INPUT} cannot be used: {error.message}", error.hint) from error
    owner = document["name"] if "name" in document else whose(document)
    if service_name and owner != service_name and (owner is not None or "name" in document):
        own = str(owner)[:80]
        raise Problem(
            _INPUT,
            f"input {_INPUT} cannot be used: {name} registers {own!r}, but this service is {service_name!r}",
            "name this service's own document, or correct service-name",
        )
    return document


def _document(root: Path, name: str) -> Mapping[str, object]:
    raw = read(root, name)
    if raw is None:
        raise UnusableFileError(f"{name} does not exist", "name a JSON file, relative to working-directory")
    document = json_object(raw, name)
    check_sendable(document, name)
    return document
