"""How much of the ecosystem the registry knows: services with a public host, and those of them that are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.address import is_whole
from chitty_action.model.subject import Address
from chitty_action.routes.ownership import family_of
from chitty_action.state.sweep import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.documents.discovery import Discovery
    from chitty_action.engine.roster import Listed
    from chitty_action.model.route import Claim, Owner


def coverage_of(
    listed: Iterable[Listed], discovery: Discovery | None, claims: Iterable[Claim] | None, owners: Iterable[Owner]
) -> Coverage | None:
    """Count services by their names, and Workers that answer somewhere and belong to none of them.

    None where neither the discovery document nor the account was read: then nothing says what is not registered.
    """
    if discovery is None and claims is None:
        return None
    registered = {row.name for row in listed if isinstance(row.where, Address)}
    named = ((name, discovery.entry(name)) for name in discovery.named) if discovery else ()
    public = {name for name, entry in named if entry and (entry.url or is_whole(entry.health or ""))}
    theirs = {family_of(owner.worker) for owner in owners} | {family_of(name) for name in registered | public}
    strangers = {family_of(claim.worker) for claim in claims or () if claim.worker} - theirs
    return Coverage(len(registered), len(registered | public) + len(strangers))
