from __future__ import annotations

from chitty_action.model.route import Claim, Conflict, ConflictKind, Zone
from chitty_action.routes.conflicts import find
from chitty_action.routes.inventory import Inventory, custom_domain, route
from chitty_action.routes.silence import Silenced

ZONE = Zone("z.cc", "1f")
MINE = [route(f"d.z.cc/p{number}*", "mine", ZONE) for number in range(5)]
THEIRS = [route(f"*.z.cc/p{number}*", "theirs", ZONE) for number in range(6)]
DOMAIN = custom_domain("d.z.cc", "mine", ZONE)


def conflicts(*claims: Claim, silenced: dict[str, str] | None = None) -> tuple[Conflict, ...]:
    """Find the conflicts of an account in which every Worker is there."""
    workers = frozenset(claim.worker for claim in claims if claim.worker)
    return find(Inventory("a", "", (ZONE,), claims, workers), Silenced(silenced or {})).conflicts


def test_a_rival_behind_many_others_is_found() -> None:
    """Five of six are taken back by routes of the same Worker; the sixth is not."""
    (conflict,) = conflicts(DOMAIN, *THEIRS, *MINE)
    assert (conflict.claim, conflict.witness) == (DOMAIN, "https://d.z.cc/p5")


def test_what_is_silenced_hides_nothing_else() -> None:
    """Five are declared deliberate; the sixth is told."""
    (conflict,) = conflicts(DOMAIN, *THEIRS, silenced={f"*.z.cc/p{number}*": "so be it" for number in range(5)})
    assert [rival.text for rival in conflict.rivals] == ["*.z.cc/p5*"]


def test_a_witness_is_won_by_a_rival() -> None:
    """Where a deliberate claim answers, nothing is proved against the other one."""
    logging, wildcard = route("d.z.cc/*", "logging", ZONE), route("*.z.cc/*", "theirs", ZONE)
    assert conflicts(DOMAIN, logging, wildcard, silenced={"d.z.cc/*": "it logs"}) == ()


def test_a_bare_host_silences_all_of_it_and_its_first_page_only_that() -> None:
    """`d.z.cc` and `d.z.cc/` are not the same."""
    wide = route("d.z.cc/*", "theirs", ZONE)
    assert conflicts(DOMAIN, wide, silenced={"d.z.cc": "so be it"}) == ()
    assert [one.kind for one in conflicts(DOMAIN, wide, silenced={"d.z.cc/": "?"})] == [ConflictKind.IDENTICAL]
