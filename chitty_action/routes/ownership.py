"""Whose a Worker is: the environments of one Worker belong together, and have names that say so."""

from __future__ import annotations

import re

PRODUCTION = "production"
_SUFFIXES = {
    "production": PRODUCTION,
    "prod": PRODUCTION,
    "staging": "staging",
    "stage": "staging",
    "development": "development",
    "dev": "development",
    "preview": "preview",
    "test": "test",
}
_NAMED = re.compile(rf"(?P<base>.+)-(?P<suffix>{'|'.join(_SUFFIXES)})")


def family_of(worker: str) -> str:
    """Return a Worker's name without the environment that wrangler appends to it."""
    named = _NAMED.fullmatch(worker.lower())
    return named["base"] if named else worker.lower()


def environment_of(worker: str) -> str:
    """Return the environment that a Worker's name tells; a bare name is production's."""
    named = _NAMED.fullmatch(worker.lower())
    return _SUFFIXES[named["suffix"]] if named else PRODUCTION


def are_twins(one: str, other: str) -> bool:
    """Whether these are two environments of one Worker, or one and the same."""
    return family_of(one) == family_of(other)
