"""Lists of services as a registry gives them, and what the roster makes of them."""

from __future__ import annotations

import json
from typing import Any

from chitty_action.documents.discovery import Discovery
from chitty_action.documents.services import Services
from chitty_action.engine.roster import Listed, class_of, roster
from chitty_action.model.evidence import Evidence
from chitty_action.model.reading import Generation
from chitty_action.model.subject import Address, Lack, Nowhere
from tests.world import inputs

DESIGN, DEPLOYED = Generation.DESIGN, Generation.DEPLOYED


def roster_of(
    *rows: object, generation: Generation | None = DEPLOYED, entries: list[Any] | None = None, **given: str
) -> tuple[Listed, ...]:
    """Read a list of these rows, and a discovery document of these entries where they are given."""
    discovery = None if entries is None else Discovery.read(json.dumps({"services": entries}))
    services = Services.read(json.dumps({"tools": rows}))
    return roster(services, generation, discovery, inputs(phase="reconcile", **given))


def one(row: dict[str, Any], generation: Generation | None = DEPLOYED, **more: Any) -> Listed:  # noqa: ANN401 - any of the settings above
    """Return what becomes of the only row; its service is called alpha."""
    (listed,) = roster_of({"name": "alpha", **row}, generation=generation, **more)
    return listed


def at(listed: Listed) -> tuple[str, str, str]:
    """Return URL, health URL and source of an address that there is."""
    assert isinstance(listed.where, Address)
    return listed.where.url, listed.where.health, listed.where.source


def reason_of(listed: Listed) -> str:
    """Return why a service cannot be looked at, and insist that its class says the same."""
    assert isinstance(listed.where, Nowhere)
    assert listed.where.lack is Lack.UNUSABLE
    assert class_of(listed, {}) == (Evidence.UNPROBEABLE, listed.where.reason)
    return listed.where.reason
