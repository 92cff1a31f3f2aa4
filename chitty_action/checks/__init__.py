"""One check a file: a file here is a check that runs, found by its presence."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chitty_action.model.check import Check
    from chitty_action.model.subject import Phase


def all_checks() -> tuple[Check, ...]:
    """Return every check; each module's object is called CHECK."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return tuple(module.CHECK for module in modules)


def checks_of(phase: Phase) -> tuple[Check, ...]:
    """Return the checks that run in a phase, in the order of its report; in reconcile most run for every service."""
    return tuple(sorted((check for check in all_checks() if phase in check.phases), key=lambda check: check.place))
