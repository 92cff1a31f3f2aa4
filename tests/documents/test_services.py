from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from chitty_action.documents.services import Row, Services
from chitty_action.model.address import is_whole

RECORDINGS = Path(__file__).parents[1] / "recordings"
TEXT = st.text(st.characters(exclude_categories=[]), max_size=8)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from([*Row.__struct_fields__, "chitty_id", "id", "did", "url", "hostname", "metadata"])
WRONG: list[Any] = [None, 3, 1.5, True, [], {}, [3, None], {"health": 3}]


def _row(**members: object) -> Row:
    (row,) = Services.read(json.dumps({"tools": [members]})).rows
    return row


def _recorded(name: str) -> Services:
    return Services.read(json.dumps(json.loads((RECORDINGS / name).read_text(encoding="utf-8"))["body"]))


def test_the_recorded_registry_is_read() -> None:
    """A list of whole URLs, one of them loopback, and an object of paths, side by side."""
    services = _recorded("registry_tools.json")
    kind: dict[str, Any] = {"entity_type": "T", "subtype": "service", "is_deployed": True}
    finance = ("https://finance.chitty.cc/health", "https://finance.chitty.cc/api/v1/status")
    assert services.rows == (
        Row(1, "chittyfinance", endpoints=finance, site="finance.chitty.cc", **kind),
        Row(2, "openclaw", endpoints=("http://127.0.0.1:18789/health",), **kind),
        Row(3, "chittyregistry", endpoints=("https://registry.chitty.cc/health",), **kind),
        Row(4, "chittyid", health="/health", endpoints=("/api/v1/status",), **kind),
    )
    assert services.told() == "lists 4 services"


def test_the_recorded_empty_registry_is_read() -> None:
    """An empty list is a list, and says so."""
    services = _recorded("registry_tools_empty.json")
    assert services.rows == ()
    assert services.told() == "lists no services"


def test_the_recorded_discovery_document_is_read() -> None:
    """Its `health` is an address, and `services` under its capabilities is none of its list."""
    services = _recorded("connect_discovery_chitty_json.json")
    assert len(services.rows) == 22
    url = "https://finance.chitty.cc"
    assert services.rows[0] == Row(1, "chittyfinance", health=f"{url}/health", site=url)


def test_a_row_of_the_bulk_seed_is_read() -> None:
    """It has an identity, a host and paths, and null where others have words."""
    assert _row(
        id="did:chitty:foundation:chittyid",
        name="chittyid",
        hostname="id.chitty.cc",
        endpoints={"status": "/api/v1/status", "health": "/healthz"},
        status=None,
        health=None,
    ) == Row(1, "chittyid", is_deployed=True, health="/healthz", endpoints=("/api/v1/status",), site="id.chitty.cc")


def test_urls_of_other_schemes_are_no_places_to_look_at() -> None:
    """Services list their sockets and their canonical names beside what answers HTTP."""
    web = ["HTTPS://a.example/health", "http://b.example/", "/status"]
    odd = ["wss://a.example/socket", "chittycanon://core/services/a", "ftp://a.example/health", "x://"]
    assert _row(endpoints=[*odd, *web]).endpoints == tuple(web)
    named = _row(endpoints={"health": "wss://a.example/health", "canon": odd[1], "api": "https://a.example/api"})
    assert (named.health, named.endpoints) == (None, ("https://a.example/api",))
    assert _row(endpoints="wss://a.example").endpoints == ()
    assert _row(health="wss://a.example/health").health is None


def test_a_row_of_the_design_is_read() -> None:
    """Often it is a name only; nothing marks it as deployed."""
    assert _row(name="alpha") == Row(1, "alpha")
    assert _row(name="alpha", id=7, status="active") == Row(1, "alpha")
    endpoints = {"health": "https://a.example/health", "api": "https://a.example/api"}
    assert _row(name="alpha", endpoints=endpoints) == Row(
        1, "alpha", health="https://a.example/health", endpoints=("https://a.example/api",)
    )


@pytest.mark.parametrize(
    "mark", [{"chitty_id": "03-1"}, {"did": "did:chitty:x"}, {"id": "did:chitty:x"}, {"entity_type": "T"}]
)
def test_what_only_the_deployed_registry_gives_marks_a_row(mark: dict[str, str]) -> None:
    """Its identity, under any of its names, or the kind of entity."""
    assert _row(name="alpha", **mark).is_deployed


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        ("unknown", None),
        ("healthy", None),
        ("", None),
        (None, None),
        ({"status": "ok"}, None),
        ("/healthz", "/healthz"),
        (" https://a.example/health ", "https://a.example/health"),
    ],
)
def test_a_health_word_is_no_address(health: object, expected: str | None) -> None:
    """The registry says there how a service is, and the discovery document where to ask."""
    assert _row(name="alpha", health=health).health == expected


def test_the_endpoint_called_health_stands_before_the_row_s_own() -> None:
    """An address among endpoints is surely one."""
    assert _row(name="alpha", health="/one", endpoints={"health": "/two"}).health == "/two"


def test_the_first_site_that_is_named_counts() -> None:
    """`url`, `hostname`, then the domain among the metadata."""
    metadata = {"domain": "three.example"}
    assert _row(url="https://one.example", hostname="two.example", metadata=metadata).site == "https://one.example"
    assert _row(url=" ", hostname="two.example", metadata=metadata).site == "two.example"
    assert _row(url=None, metadata=metadata).site == "three.example"


@pytest.mark.parametrize(
    ("members", "worker"),
    [
        ({"worker": " alpha-worker "}, "alpha-worker"),
        ({"worker": "one", "metadata": {"worker": "two"}}, "one"),
        ({"worker": "", "metadata": {"worker": "two"}}, "two"),
        ({"metadata": {"worker": "two"}}, "two"),
        ({"metadata": {"workerName": "two"}}, None),
        ({"worker": "w" * 255}, "w" * 255),
        ({"worker": "w" * 256}, None),
        ({"metadata": {"worker": "w" * 256}}, None),
    ],
)
def test_a_row_may_name_its_worker(members: dict[str, object], worker: str | None) -> None:
    """Itself, or among its metadata; what is longer than any name is none."""
    assert _row(name="alpha", **members) == Row(1, "alpha", worker=worker)


@pytest.mark.parametrize("wrong", WRONG)
def test_members_of_another_type_are_not_known(wrong: object) -> None:
    """Whatever they are, the rest of the row is read."""
    metadata = {"domain": wrong, "worker": wrong}
    row = _row(name="alpha", endpoints=wrong, health=wrong, url=wrong, hostname=wrong, worker=wrong, metadata=metadata)
    assert row == Row(1, "alpha")
    assert _row(name=wrong, metadata=wrong, chitty_id=wrong, did=wrong, id=wrong) == Row(1)


def test_a_kind_of_another_type_is_not_the_same_as_none() -> None:
    """It is shown as it stands there, so that the row is not taken for a service."""
    assert _row(entity_type=5, subtype=["service"]).entity_type == "5"
    assert _row(subtype=["service"]).subtype == '["service"]'
    assert _row(entity_type=None, subtype=" ") == Row(1)


def test_one_endpoint_outside_of_any_list_is_one() -> None:
    """Registrants write it so."""
    assert _row(endpoints="https://a.example/health").endpoints == ("https://a.example/health",)


@pytest.mark.parametrize("stranger", ["null", "3", '"alpha"', "[]", '{"name": 1e999}', '["name"]'])
def test_a_row_that_cannot_be_read_keeps_its_place(stranger: str) -> None:
    """One broken row neither hides nor moves the others."""
    rows = Services.read(f'{{"tools": [{stranger}, {{"name": "alpha"}}]}}').rows
    assert rows == (Row(1), Row(2, "alpha"))


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (r"\ud83d", "\ufffd"),
        (r"a\udc00\ud83d\u0062", "a\ufffd\ufffdb"),
        (r"\\ud800", r"\ud800"),
        (r"\uD83D\uDE00", "\N{GRINNING FACE}"),
    ],
)
def test_half_a_character_in_one_row_does_not_hide_the_list(written: str, name: str) -> None:
    """JavaScript writes a lone surrogate as it is, so that any registrant could else blind everybody."""
    rows = Services.read(rf'{{"tools": [{{"description": "cut \ud83d"}}, {{"name": "{written}"}}]}}').rows
    assert rows == (Row(1), Row(2, name))


def test_a_list_of_services_stands_before_one_of_tools() -> None:
    """And what is no list does not count."""
    services, tools = [{"name": "alpha"}], [{"name": "beta"}]
    assert Services.read(json.dumps({"tools": tools, "services": services})).rows == (Row(1, "alpha"),)
    assert Services.read(json.dumps({"tools": tools, "services": {"discovery": "x"}})).rows == (Row(1, "beta"),)


@pytest.mark.parametrize("text", ["{}", '{"services": {}}', '{"tools": null}', '{"services": 3, "tools": "[]"}'])
def test_a_document_without_a_list_is_unreadable(text: str) -> None:
    """Better no list than an empty one."""
    with pytest.raises(ValueError, match="there is no list of services or tools"):
        Services.read(text)


@pytest.mark.parametrize("member", ["success", "ok"])
def test_a_document_that_says_that_it_failed_is_unreadable(member: str) -> None:
    """Even with a list beside it."""
    with pytest.raises(ValueError, match="it says that the look-up failed"):
        Services.read(json.dumps({member: False, "tools": []}))


@pytest.mark.parametrize("text", ["[]", "null", "3", "", '{"tools": [', '{"tools": [1,]}'])
def test_a_document_that_is_no_object_is_unreadable(text: str) -> None:
    """As any other document of another shape."""
    with pytest.raises(ValueError, match=r"Expected `object`|JSON is malformed|truncated"):
        Services.read(text)


def test_one_service_is_told_in_the_singular() -> None:
    """The summary is read by people."""
    assert Services.read('{"services": [{}]}').told() == "lists 1 service"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("https://a.example", True), ("ftp://a", True), ("/go?to=https://a.example", False), ("a.example", False)],
)
def test_a_whole_url_begins_with_its_scheme(text: str, expected: bool) -> None:  # noqa: FBT001 - an expected value
    """A path may have one in its query."""
    assert is_whole(text) is expected


@given(st.lists(JSON | st.dictionaries(MEMBERS | TEXT, JSON)), st.sampled_from(["services", "tools"]))
def test_any_list_is_read_row_by_row(listed: list[Any], member: str) -> None:
    """Nothing in it raises, every row has its position, and every text is fit to be written again."""
    rows = Services.read(json.dumps({member: listed})).rows
    assert [row.position for row in rows] == [*range(1, len(listed) + 1)]
    for row in rows:
        json.dumps(asdict(row), ensure_ascii=False).encode()
