"""What this deployment may take from another Worker: `routes.takeover` of `.chittyconnect.yml`.

A mapping of pattern to Worker, or a list of such mappings with one entry each, or of mappings with `host` or `pattern`
and `worker` or `from`. One bad entry voids the list: a permission must not be guessed.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import yaml

from chitty_action.adapters.workspace.chittyconnect import FILE
from chitty_action.adapters.workspace.files import UnusableFileError
from chitty_action.adapters.workspace.yaml_nodes import at, read_mapping, string
from chitty_action.model.repository import Oddity, Takeover

_PATH = ("routes", "takeover")
_PLACE = ".".join(_PATH)
_WHAT, _FROM_WHOM = frozenset({"host", "pattern"}), frozenset({"worker", "from"})
_FORM = 'write it as "score.chitty.cc: chittyscore-worker", the pattern and the Worker that loses it; both are texts'

_Pair = tuple[yaml.Node, yaml.Node]


def read_takeovers(root: Path, folder: str) -> tuple[tuple[Takeover, ...], tuple[Oddity, ...]]:
    """Read what may be taken, and by which Worker it is lost; nothing, and why, where that is not clear."""
    name = str(PurePosixPath(folder) / FILE)
    try:
        listed = at(read_mapping(root, name), _PATH, name)
        return tuple(_takeover(pair, n, name) for n, pair in enumerate(_pairs(listed, name), 1)), ()
    except UnusableFileError as error:
        return (), (Oddity(name, f"{error.message}, so nothing may be taken over", error.hint),)


def _pairs(listed: yaml.Node | None, name: str) -> list[_Pair]:
    """The nodes of pattern and Worker of each entry."""
    match listed:
        case None:
            return []
        case yaml.MappingNode():
            return [*listed.value]
        case yaml.SequenceNode():
            return [_pair(item, n, name) for n, item in enumerate(listed.value, 1)]
        case _:
            raise UnusableFileError(f"{name}: {_PLACE} is neither a mapping nor a list", _FORM)


def _pair(item: yaml.Node, position: int, name: str) -> _Pair:
    match item.value if isinstance(item, yaml.MappingNode) else []:
        case [(pattern, worker)]:
            return pattern, worker
        case [first, second]:
            for (what, pattern), (whom, worker) in ((first, second), (second, first)):
                if string(what) in _WHAT and string(whom) in _FROM_WHOM:
                    return pattern, worker
    raise _refusal(position, name)


def _takeover(pair: _Pair, position: int, name: str) -> Takeover:
    pattern, worker = map(string, pair)
    # Half an entry, such as `host:` without a Worker, would else be a pattern called "host".
    if pattern is None or worker is None or pattern in _WHAT | _FROM_WHOM:
        raise _refusal(position, name)
    return Takeover(pattern, worker)


def _refusal(position: int, name: str) -> UnusableFileError:
    return UnusableFileError(f"{name}: entry {position} of {_PLACE} does not name one pattern and one Worker", _FORM)
