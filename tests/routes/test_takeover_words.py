from __future__ import annotations

import pytest

from chitty_action.model.route import Won, Zone
from chitty_action.routes.inventory import route
from chitty_action.routes.takeover import Change, Effect
from chitty_action.routes.takeover_words import effect_cured, effect_told

ZONE = Zone("example", "1f")
OURS, THEIRS = route("alpha.example/*", "alpha", ZONE), route("*.example/*", "beta", ZONE)
NOW = "https://alpha.example/ is answered by beta (*.example/*) now"


def effect(change: Change, more: int = 0) -> Effect:
    """Make an effect of a claim of alpha's on one of beta's."""
    return Effect(change, OURS, THEIRS, "https://alpha.example/", Won(THEIRS), more)


@pytest.mark.parametrize(
    ("change", "is_allowed", "verb"),
    [
        (Change.TAKEOVER, True, "will take"),
        (Change.TAKEOVER, False, "would take"),
        (Change.UNCLEAR, False, "may take URLs of"),
        (Change.NEVER, False, "would never be matched, because"),
        (Change.CARVED, False, "takes a more specific part of"),
        (Change.RENAMED, False, "takes"),
        (Change.REVIVED, False, "takes"),
    ],
)
def test_every_effect_is_told_with_how_many_more_it_has(change: Change, verb: str, *, is_allowed: bool) -> None:
    """The number stands behind the claim that it adds to, and who answers now at the end."""
    told = effect_told(effect(change, 1_234), is_allowed=is_allowed)
    both = f"the route alpha.example/* of alpha {verb} the route *.example/* of beta (and 1,234 more)"
    assert told.startswith(both)
    assert told.endswith(f": {NOW}")


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        (Change.TAKEOVER, 'below routes.takeover: “"alpha.example/*": beta”'),
        (Change.UNCLEAR, "make one of the patterns more specific, or write both with the same scheme"),
        (Change.NEVER, "remove it from wrangler.toml, or the other one from beta"),
        (Change.CARVED, ""),
        (Change.RENAMED, ""),
        (Change.REVIVED, ""),
    ],
)
def test_what_is_done_on_purpose_needs_no_cure(change: Change, cure: str) -> None:
    """And of the others each has its own."""
    assert effect_cured(effect(change), "wrangler.toml").endswith(cure)
    assert bool(effect_cured(effect(change), "wrangler.toml")) is bool(cure)
