"""What would resolve a conflict: a change that a person can run, where registry and account leave no doubt which.

Nothing here is carried out. Sources of the forms: Cloudflare's API, "Workers Routes" and "Workers Domains".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from chitty_action.model.route import ClaimKind, ConflictKind, Move, Won
from chitty_action.routes.ownership import are_twins, family_of
from chitty_action.routes.pattern import target_of

if TYPE_CHECKING:
    from chitty_action.model.route import Claim, Conflict, Unclaimed
    from chitty_action.routes.inventory import Inventory

_DUPLICATES = frozenset({ConflictKind.IDENTICAL, ConflictKind.SHADOWED})


def move_for(conflict: Conflict, inventory: Inventory) -> Move | None:
    """Return the change that would resolve a conflict; None where a person has to decide first."""
    if conflict.kind is ConflictKind.DANGLING:
        return _remove_dangling(conflict, inventory)
    if conflict.owner is None or not isinstance(conflict.answer, Won):
        return None
    winner, owner = conflict.answer.claim, conflict.owner
    if winner.worker and are_twins(winner.worker, owner):
        may_go = conflict.kind in _DUPLICATES and not are_twins(conflict.claim.worker or "", owner)
        return _remove(conflict, inventory) if may_go else None
    worker = worker_of(owner, inventory)
    if worker is None or winner.worker not in inventory.scripts or not takes_everything(winner):
        return None
    if winner.pattern.any_host:
        return _carve_out(conflict, winner, worker, inventory)
    return _repoint(conflict, winner, worker, inventory)


def move_for_unclaimed(unclaimed: Unclaimed, inventory: Inventory) -> Move | None:
    """Return the claim that a registered host lacks; None where its Worker is not in the account."""
    worker = worker_of(unclaimed.owner.worker, inventory)
    host = _host(unclaimed.owner.url)
    if worker is None:
        return None
    return Move(
        f"{host} (unclaimed)",
        f"give {worker} the custom domain {host}; Cloudflare refuses where another DNS record stands in its way",
        "PUT",
        _domains(inventory),
        _domain_body(host, worker, unclaimed.zone.id),
        f"To undo it, remove the custom domain again: DELETE {_domains(inventory)}/<id>, with the id that it answers",
    )


def worker_of(owner: str, inventory: Inventory) -> str | None:
    """Return the Worker that registry and account agree on: of this very name, else the production one of its kin."""
    if owner in inventory.scripts:
        return owner
    base = family_of(owner)
    return next((name for name in (f"{base}-production", f"{base}-prod", base) if name in inventory.scripts), None)


def _remove_dangling(conflict: Conflict, inventory: Inventory) -> Move:
    claim = conflict.claim
    undo = (
        f"This cannot be undone: Cloudflare refuses a claim of a Worker that is not there (error 10019), "
        f"so deploy {claim.worker} first if it shall come back"
    )
    record = ", and the DNS record of its host with it" if claim.kind is ClaimKind.DOMAIN else ""
    words = f"remove {claim.told}, which is not there{record}"
    return Move(conflict.name, words, "DELETE", _place(claim, inventory), "", undo)


def _remove(conflict: Conflict, inventory: Inventory) -> Move | None:
    claim, worker = conflict.claim, worker_of(conflict.owner or "", inventory)
    if claim.kind is ClaimKind.DOMAIN:  # the host's DNS record goes with it, so it is not removed
        return _repoint(conflict, claim, worker, inventory) if worker else None
    words = f"remove {claim.told}: the registry has {conflict.owner} there, which answers already"
    return Move(
        conflict.name,
        words,
        "DELETE",
        _place(claim, inventory),
        "",
        f"To undo it, claim it again: {_claimed(claim, inventory)}",
    )


def _repoint(conflict: Conflict, winner: Claim, worker: str, inventory: Inventory) -> Move:
    words = f"give {winner.told} to {worker}, which the registry has there"
    if winner.kind is ClaimKind.DOMAIN:
        body, place = _domain_body(winner.text, worker, winner.zone_id), _domains(inventory)
        undo = f"To undo it, send the same with the service {winner.worker}"
    else:
        body, place = _route_body(winner.text, worker), _place(winner, inventory)
        undo = f"To undo it, send the same with the script {winner.worker}"
    return Move(conflict.name, words, "PUT", place, body, undo)


def _carve_out(conflict: Conflict, winner: Claim, worker: str, inventory: Inventory) -> Move:
    """Claim the one host by a route of its own: a wildcard's route belongs to many."""
    host = _host(conflict.witness)
    pattern = f"{host}/*"
    words = f"give {worker} the route {pattern}, which goes before {winner.told}"
    place = _routes(winner.zone_id, inventory)
    undo = f"To undo it, remove the route again: DELETE {place}/<id>, with the id that it answers"
    return Move(conflict.name, words, "POST", place, _route_body(pattern, worker), undo)


def _claimed(claim: Claim, inventory: Inventory) -> str:
    if claim.kind is ClaimKind.DOMAIN:
        return f"PUT {_domains(inventory)} {_domain_body(claim.text, claim.worker or '', claim.zone_id)}"
    return f"POST {_routes(claim.zone_id, inventory)} {_route_body(claim.text, claim.worker or '')}"


def _place(claim: Claim, inventory: Inventory) -> str:
    if claim.kind is ClaimKind.DOMAIN:
        return f"{_domains(inventory)}/{quote(claim.id, safe='')}"
    return f"{_routes(claim.zone_id, inventory)}/{quote(claim.id, safe='')}"


def _routes(zone_id: str, inventory: Inventory) -> str:
    return f"{inventory.api}/zones/{quote(zone_id, safe='')}/workers/routes"


def _domains(inventory: Inventory) -> str:
    return f"{inventory.api}/accounts/{quote(inventory.account, safe='')}/workers/domains"


def _route_body(pattern: str, worker: str) -> str:
    return json.dumps({"pattern": pattern, "script": worker})


def _domain_body(host: str, worker: str, zone_id: str) -> str:
    return json.dumps({"hostname": host, "service": worker, "zone_id": zone_id, "environment": "production"})


def takes_everything(claim: Claim) -> bool:
    """Whether it is to all URLs of its hosts; a part of them is somebody's on purpose, and a scheme no order at all."""
    return claim.pattern.scheme is None and claim.pattern.any_path and claim.pattern.path == "/"


def _host(url: str) -> str:
    return target_of(url).host
