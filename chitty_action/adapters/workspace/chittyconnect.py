"""Address and health path from `.chittyconnect.yml`, in its three shapes.

nested: `service.domains.<environment>` and `monitoring.health.endpoint`; flat: `service: name` and `domain:`, which
describes production only; onboarding only: neither, which is fine.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import yaml
from msgspec import Struct

from chitty_action.adapters.workspace.files import UnusableFileError
from chitty_action.adapters.workspace.yaml_nodes import at, children, is_nothing, read_mapping, string
from chitty_action.model.repository import Declared, Oddity

FILE = ".chittyconnect.yml"


class Connect(Struct, frozen=True):
    """What the file declares for one environment."""

    domain: Declared | None = None
    health_endpoint: str | None = None
    oddities: tuple[Oddity, ...] = ()


def read_chittyconnect(root: Path, folder: str, environment: str) -> Connect:
    """Read the folder's `.chittyconnect.yml`; no file and an empty one declare nothing."""
    name = str(PurePosixPath(folder) / FILE)
    try:
        document = read_mapping(root, name)
    except UnusableFileError as error:
        return Connect(oddities=(Oddity(name, error.message, error.hint),))

    oddities: list[Oddity] = []

    def value_at(*path: str) -> str | None:
        try:
            return _text(at(document, path, name), path, name)
        except UnusableFileError as error:
            oddities.append(Oddity(name, error.message, error.hint))
            return None

    candidates: list[tuple[str, ...]] = [] if _is_flat(document) else [("service", "domains", environment)]
    if environment == "production":
        candidates.append(("domain",))
    domain = None
    for path in candidates:
        address = value_at(*path)
        if address is not None:
            domain = Declared(address, f"{name} ({'.'.join(path)})")
            break
    health_endpoint = value_at("monitoring", "health", "endpoint")
    return Connect(domain, health_endpoint, tuple(oddities))


def _is_flat(document: yaml.Node | None) -> bool:
    """Whether `service` is the name itself, so that looking for domains below it would be a false alarm."""
    return isinstance(document, yaml.MappingNode) and isinstance(children(document).get("service"), yaml.ScalarNode)


def _text(node: yaml.Node | None, path: tuple[str, ...], name: str) -> str | None:
    """The string, or the first of a list of strings; None when nothing is written there; raises UnusableFileError."""
    if isinstance(node, yaml.SequenceNode):
        node = node.value[0] if node.value else None
    if node is None or is_nothing(node):
        return None
    value = string(node)
    if value is None and node.value != "":
        raise UnusableFileError(f"{name}: {'.'.join(path)} is not a text", "write it as a string, in quotes if need be")
    return value
