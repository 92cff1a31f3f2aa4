from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.health import HealthDocument
from chitty_action.documents.services import Services
from chitty_action.ecosystem import health_at
from chitty_action.engine.roster import Listed, class_of, look_of, roster
from chitty_action.engine.sweep import Everybody
from chitty_action.inputs.values import is_service_name
from chitty_action.model.evidence import Evidence
from chitty_action.model.observation import Blocked, Observation, Seen, Unreachable
from chitty_action.model.reading import Generation
from chitty_action.model.subject import Phase
from chitty_action.model.text import one_line
from tests.attack.material import bounded
from tests.engine.listing import at, one, roster_of
from tests.world import about, discovered, inputs

HEALTHY: Seen[HealthDocument] = Seen(HealthDocument(), status=200)
UNREACHABLE = Unreachable("gave no answer: timed out after 10 s")

TEXT = st.text(st.characters(exclude_categories=[]), max_size=8)
ODD = st.sampled_from(
    [
        *("alpha", "beta", "T", "P", "service", "health", "/health", "/api/health", "a.example", "/", "\ud800", "//"),
        *("https://a.example/health", "https://u:p@a.example/health", "ftp://a.example/health", "https://[::1]/health"),
        *("http://2130706433/", "https://a.example./health", "https://[", "file:///health", "https://a.example/#/x"),
        *("did:chitty:x", "https://10.0.0.1/health", "http://0x7f.1/health", "https:///health", "\\\\a\\b", "?", "#"),
    ]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | ODD, inner, max_size=4),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["name", "chitty_id", "id", "did", "entity_type", "subtype", "endpoints", "health", "url", "hostname", "metadata"]
)
ROWS = st.lists(
    JSON
    | st.dictionaries(MEMBERS, JSON | ODD)
    | st.builds(lambda name, row: {**row, "name": name}, ODD, st.dictionaries(MEMBERS, JSON | ODD | st.lists(ODD))),
    max_size=8,
)


@pytest.mark.parametrize("subtype", ["service", "mcp-server", None])
@pytest.mark.parametrize("entity_type", ["T", None])
def test_services_are_looked_at(entity_type: str | None, subtype: str | None) -> None:
    """Things of the two kinds that answer, and rows that do not say what they are."""
    listed = one({"entity_type": entity_type, "subtype": subtype, "url": "https://a.example"})
    assert at(listed)[1] == "https://a.example/health"
    assert listed.skipped is None
    assert listed.oddities == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"entity_type": "P"}, "entity_type P is not a service"),
        ({"entity_type": "P", "subtype": "service"}, "entity_type P is not a service"),
        ({"entity_type": "T", "subtype": "library"}, "subtype library is not a service"),
        ({"subtype": ["service"]}, 'subtype ["service"] is not a service'),
    ],
)
def test_what_is_no_service_is_skipped_with_the_reason(row: dict[str, Any], reason: str) -> None:
    """That is nothing odd: the registry knows more than services."""
    listed = one({**row, "url": "https://a.example"})
    assert listed == Listed(1, "alpha", None, reason)
    assert class_of(listed, {}) == (Evidence.SKIPPED, reason)
    assert look_of(listed) is None


def test_an_entity_type_that_there_is_not_is_odd() -> None:
    """The registry promises one of five."""
    listed = one({"entity_type": "X"})
    assert listed.skipped == "entity_type X is not a service"
    assert listed.oddities == ("row 1 has the entity_type “X”, which is none of P, L, T, E and A",)


def test_a_person_may_have_any_name() -> None:
    """The rule for names is about services."""
    (listed,) = roster_of({"entity_type": "P", "name": "Nina Ćosić"})
    assert listed == Listed(1, "row 1", None, "entity_type P is not a service")


@pytest.mark.parametrize("row", [None, 3, "alpha", ["alpha"], {}, {"name": None}, {"name": 3}])
def test_a_row_without_a_name_is_skipped_under_its_position(row: object) -> None:
    """And is a finding about the registry."""
    listed = roster_of({"name": "alpha"}, row)[1]
    assert listed == Listed(2, "row 2", None, "row 2 has no name", ("row 2 has no name",))


@pytest.mark.parametrize("name", ["Alpha", "a_b", "-a", "a b", "a" * 64, "../x", "", " alpha"])
def test_a_row_whose_name_is_none_for_a_service_is_skipped(name: str) -> None:
    """It could not be a part of a URL or of an output."""
    (listed,) = roster_of({"name": name, "url": "https://a.example"})
    assert listed.name == "row 1"
    assert listed.where is None
    assert listed.skipped is not None
    assert listed.skipped.startswith("row 1 has the name “")
    assert listed.skipped.endswith("”, which is no service name")
    assert listed.oddities == (listed.skipped,)


def test_a_huge_name_is_cut_and_made_harmless() -> None:
    """It is part of a sentence."""
    (oddity,) = roster_of({"name": "x\n\x1b[31m" + "A" * 100_000})[0].oddities
    assert len(oddity) < 120
    assert oddity.isprintable()


def test_the_second_row_of_a_name_is_a_duplicate() -> None:
    """The first one counts, whatever comes between them."""
    rows = [{"name": "npm", "url": "https://one.example"}, {"name": "b"}, {"name": "npm", "url": "https://two.example"}]
    first, _, second = roster_of(*rows)
    reason = "row 3 is a duplicate: row 1 has the name npm already"
    assert at(first)[0] == "https://one.example"
    assert second == Listed(3, "npm", None, reason, (reason,))


def test_a_service_is_no_duplicate_of_an_agent_of_its_name() -> None:
    """Else nobody would look at the service."""
    person, service = roster_of({"name": "npm", "entity_type": "P"}, {"name": "npm", "hostname": "npm.example"})
    assert person.skipped == "entity_type P is not a service"
    assert at(service)[0] == "https://npm.example"


def test_tens_of_thousands_of_rows_take_one_pass() -> None:
    """Duplicates and discovery entries are looked up, not searched for: that would take minutes."""
    rows = [{"name": f"s{number}"} for number in range(50_000)]
    entries = [{"name": f"x{number}", "url": "https://a.example"} for number in range(50_000)]
    with bounded():
        everybody = roster_of(*rows, *rows[:100], entries=entries)
    assert sum(listed.skipped is not None for listed in everybody) == 100


@pytest.mark.parametrize("condition", [None, ".ok"])
@pytest.mark.parametrize(
    ("observation", "evidence", "reason"),
    [
        (HEALTHY, Evidence.HEALTHY, "answered 200, no status field"),
        (UNREACHABLE, Evidence.DOWN, "gave no answer: timed out after 10 s"),
        (Blocked("answered 403: forbidden", status=403), Evidence.BLOCKED, "answered 403: forbidden"),
    ],
)
def test_a_look_decides_the_class(
    observation: Observation[HealthDocument], evidence: Evidence, reason: str, condition: str | None
) -> None:
    """By the same rule as everywhere, with the user's own condition where there is one."""
    listed = one({"hostname": "a.example"})
    everybody = Everybody((listed,), about(phase=Phase.RECONCILE, health_condition=condition), {})
    look = "https://a.example/health"
    assert look_of(listed) == look
    assert everybody.reading(look) == health_at(look, condition)
    assert class_of(listed, {look: observation}) == (evidence, reason)


@given(ROWS, st.sampled_from([*Generation, None]), ROWS | st.none(), st.booleans())
def test_every_row_is_accounted_for(
    rows: list[Any],
    generation: Generation | None,
    entries: list[Any] | None,
    allow: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    """Whatever it is: one of the list and one class each, one look at most for a name, and no strange sentence."""
    services = Services.read(json.dumps({"tools": rows}))
    discovery = None if entries is None else discovered({"services": entries})
    everybody = roster(services, generation, discovery, inputs(allow_private_hosts=str(allow).lower()))
    assert [listed.position for listed in everybody] == [*range(1, len(rows) + 1)]
    looks = [(listed.name, look) for listed in everybody if (look := look_of(listed))]
    assert all(count == 1 for count in Counter(name for name, _ in looks).values())
    assert all(is_service_name(name) for name, _ in looks)
    for observation, evidence in ((HEALTHY, Evidence.HEALTHY), (UNREACHABLE, Evidence.DOWN)):
        seen_at: dict[str, Observation[Any]] = {look: observation for _, look in looks}
        classes = [class_of(listed, seen_at) for listed in everybody]
        counts = Counter(seen for seen, _ in classes)
        assert set(counts) <= {evidence, Evidence.UNPROBEABLE, Evidence.SKIPPED}
        assert counts[evidence] == len(looks)
        assert counts.total() == len(rows)
        sentences = [*(reason for _, reason in classes), *(text for listed in everybody for text in listed.oddities)]
        assert all(text and text == one_line(text, 300) for text in sentences)
