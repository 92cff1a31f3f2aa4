"""The data branch as it was when it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping


class Head(Struct, frozen=True):
    """The tip of a branch.

    Attributes:
        commit: its SHA; None where there is no such branch yet.
        tree: SHA of the commit's tree; None likewise.
        files: SHA of each file's blob, by path.
    """

    commit: str | None = None
    tree: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
