"""What is wrong, for whom, how badly, and how it is cured. No finding means fine."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How badly: an `ERROR` fails the step by default, a `NOTICE` never does."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 for the mildest; for comparison with a threshold."""
        return list(Level).index(self)


class Finding(Struct, frozen=True):
    """One thing that a person should know.

    `check` is the id of the check or change that found it, `subject` what it is about, `message` one sentence and
    `hint` the cure. `message` and `hint` are plain text: they may quote remote text and are escaped by every renderer.
    """

    check: str
    subject: str
    level: Level
    message: str
    hint: str = ""
