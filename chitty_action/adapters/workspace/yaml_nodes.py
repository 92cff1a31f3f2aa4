"""YAML as nodes, never as values: an alias stays a reference, so no alias bomb can go off.

(`safe_load` copies the contents of `<<` merges, which grow exponentially. Merges are not followed here.)
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import yaml

from chitty_action.adapters.workspace.files import UnusableFileError, read
from chitty_action.adapters.workspace.syntax import text, too_deep, utf8

if TYPE_CHECKING:
    from pathlib import Path

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 50
_MAX_TAG_DIRECTIVES = 100
_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"


def read_mapping(root: Path, name: str) -> yaml.Node | None:
    """The file's mapping; None or a null where there is no file or nothing in it; raises UnusableFileError."""
    raw = read(root, name)
    if raw is None:
        return None
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
    if is_nothing(document) or isinstance(document, yaml.MappingNode):
        return document
    raise UnusableFileError(f"{name} is not a mapping", "its outermost value must be keys and values")


def is_nothing(node: yaml.Node | None) -> bool:
    """Whether it is missing or null."""
    return node is None or node.tag == _NULL


def children(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    """Values by key; the last of equal keys wins, as in every YAML loader of the ecosystem."""
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def at(node: yaml.Node | None, path: tuple[str, ...], name: str) -> yaml.Node | None:
    """The node at `path`, None when it or a parent is missing or null; raises UnusableFileError."""
    for depth, key in enumerate(path):
        if node is None or is_nothing(node):
            return None
        if not isinstance(node, yaml.MappingNode):
            raise UnusableFileError(
                f"{name}: {'.'.join(path[:depth])} is not a mapping",
                f"write it as a mapping that may hold {key}",
            )
        node = children(node).get(key)
    return None if is_nothing(node) else node


def string(node: yaml.Node) -> str | None:
    """The trimmed string; None for an empty one, and for anything that YAML takes for something else."""
    return text(node.value) if node.tag == _STRING else None
