"""Address and health path from `.chittyconnect.yml`, in its three shapes.

nested: `service.domains.<environment>` and `monitoring.health.endpoint`; flat: `service: name` and `domain:`, which
describes production only; onboarding only: neither, which is fine.
"""

from __future__ import annotations

import codecs
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import yaml
from msgspec import Struct

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import text, too_deep, utf8
from chitty_action.model.repository import Declared, Oddity, Takeover

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 50
_MAX_TAG_DIRECTIVES = 100
_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_TAKEOVER = "write a line such as “score.chitty.cc: chittyscore”, the host or pattern and the Worker that loses it"


class Connect(Struct, frozen=True):
    """What the file declares for one environment."""

    domain: Declared | None = None
    health_endpoint: str | None = None
    oddities: tuple[Oddity, ...] = ()


def read_chittyconnect(root: Path, folder: str, environment: str) -> Connect:
    """Read the folder's `.chittyconnect.yml`; no file and an empty one declare nothing."""
    name = _name_in(folder)
    try:
        document = _document(root, name)
    except UnusableFileError as error:
        return Connect(oddities=(Oddity(name, error.message, error.hint),))

    oddities: list[Oddity] = []

    def value_at(*path: str) -> str | None:
        try:
            return _text(_at(document, path, name), path, name)
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


def read_takeovers(root: Path, folder: str) -> tuple[tuple[Takeover, ...], tuple[Oddity, ...]]:
    """Read what the folder's `.chittyconnect.yml` allows a deployment to take, below `routes.takeover`.

    It is a mapping of host or pattern to the Worker that loses it, or a list: of such mappings, or of mappings with
    `host` or `pattern`, and `worker`.
    """
    name = _name_in(folder)
    try:
        listed = _items(_at(_document(root, name), ("routes", "takeover"), name), name)
        return tuple(takeover for item in listed for takeover in _takeovers(item, name)), ()
    except UnusableFileError as error:
        return (), (Oddity(name, f"{error.message}, so nothing may be taken", error.hint),)


def _items(node: yaml.Node | None, name: str) -> list[yaml.Node]:
    match node:
        case None:
            return []
        case yaml.MappingNode():
            return [node]
        case yaml.SequenceNode(value=items):
            return list(items)
        case _ if node.tag == _NULL:
            return []
        case _:
            raise UnusableFileError(f"{name}: routes.takeover is neither a mapping nor a list", _TAKEOVER)


def _takeovers(item: yaml.Node, name: str) -> Iterator[Takeover]:
    if not isinstance(item, yaml.MappingNode):
        raise UnusableFileError(f"{name}: routes.takeover has an entry that is no mapping", _TAKEOVER)
    values = {key: _text(value, ("routes", "takeover", key), name) for key, value in _children(item).items()}
    if "worker" in values:
        values = {values.get("host") or values.get("pattern") or "": values["worker"]}
    for pattern, worker in values.items():
        if not pattern or not worker:
            raise UnusableFileError(f"{name}: routes.takeover has an entry without host or Worker", _TAKEOVER)
        yield Takeover(pattern, worker)


def _name_in(folder: str) -> str:
    return str(PurePosixPath(folder) / ".chittyconnect.yml")


def _document(root: Path, name: str) -> yaml.Node | None:
    """The document; None where there is no file. Raises UnusableFileError."""
    raw = read(root, name)
    return None if raw is None else _compose(raw, name)


def _compose(raw: bytes, name: str) -> yaml.Node | None:
    """The document as nodes, never as values: an alias stays a reference, so no alias bomb can go off.

    (`safe_load` copies the contents of `<<` merges, which grow exponentially. Merges are not followed here.)
    """
    content = utf8(raw.removeprefix(codecs.BOM_UTF8), name)
    # libyaml compares each of them with all the others: a file full of them takes most of a minute.
    if content.count("%TAG") > _MAX_TAG_DIRECTIVES:
        raise UnusableFileError(f"{name} has more than {_MAX_TAG_DIRECTIVES} %TAG directives", "leave them out")
    try:
        depth = 0
        # libyaml's composer recurses on the C stack: deep nesting would kill the process, so it is measured first.
        for event in yaml.parse(content, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                raise too_deep(name)
        document: yaml.Node | None = yaml.compose(content, Loader=_LOADER)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")
        raise UnusableFileError(f"{name} is not valid YAML: {reason}", "correct the file at that place") from error
    if document is None or isinstance(document, yaml.MappingNode) or document.tag == _NULL:
        return document
    raise UnusableFileError(f"{name} is not a mapping", "its outermost value must be keys and values")


def _is_flat(document: yaml.Node | None) -> bool:
    """Whether `service` is the name itself, so that looking for domains below it would be a false alarm."""
    return isinstance(document, yaml.MappingNode) and isinstance(_children(document).get("service"), yaml.ScalarNode)


def _children(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    """Values by key; the last of equal keys wins, as in every YAML loader of the ecosystem."""
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _at(node: yaml.Node | None, path: tuple[str, ...], name: str) -> yaml.Node | None:
    """The node at `path`, None when it or a parent is missing or null; raises UnusableFileError."""
    for depth, key in enumerate(path):
        if node is None or node.tag == _NULL:
            return None
        if not isinstance(node, yaml.MappingNode):
            raise UnusableFileError(
                f"{name}: {'.'.join(path[:depth])} is not a mapping",
                f"write it as a mapping that may hold {key}",
            )
        node = _children(node).get(key)
    return node


def _text(node: yaml.Node | None, path: tuple[str, ...], name: str) -> str | None:
    """The string, or the first of a list of strings; None when nothing is written there; raises UnusableFileError."""
    if isinstance(node, yaml.SequenceNode):
        node = node.value[0] if node.value else None
    if node is None or node.tag == _NULL:
        return None
    value = text(node.value) if node.tag == _STRING else None
    if value is None and node.value != "":
        raise UnusableFileError(f"{name}: {'.'.join(path)} is not a text", "write it as a string, in quotes if need be")
    return value
