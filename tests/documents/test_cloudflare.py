from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.cloudflare import DomainRow, Domains, RouteRow, Routes, ScriptRow, Scripts, ZoneRow, Zones

LISTS = [Zones, Routes, Domains, Scripts]
every_list = pytest.mark.parametrize("document", LISTS, ids=lambda one: one.__name__)


def envelope(result: object, **more: object) -> str:
    """Wrap a result as Cloudflare does."""
    return json.dumps({"success": True, "errors": [], "messages": [], "result": result, **more})


def test_every_list_is_read() -> None:
    """What matters of each row, and nothing else."""
    zone = {"id": "1", "name": "a.example", "status": "active", "plan": {}}
    info = {"page": 1, "per_page": 20, "count": 1, "total_count": 1, "total_pages": 1}
    assert Zones.read(envelope([zone], result_info=info)) == Zones((ZoneRow("1", "a.example"),), 1, 1)
    routes = [
        {"id": "1", "pattern": "a/*", "script": "w"},
        {"id": "2", "pattern": "b/*"},
        {"id": "3", "pattern": "", "script": None},
    ]
    assert Routes.read(envelope(routes)).rows == (RouteRow("1", "a/*", "w"), RouteRow("2", "b/*"), RouteRow("3", ""))
    domain = {"id": "1", "hostname": "a", "service": "w", "zone_id": "z", "zone_name": "n", "environment": "production"}
    assert Domains.read(envelope([domain])).rows == (DomainRow("1", "a", "w", "z", "n"),)
    assert Scripts.read(envelope([{"id": "w", "etag": "x"}])).rows == (ScriptRow("w"),)


@every_list
def test_an_empty_list_is_a_list(document: type[Zones | Routes | Domains | Scripts]) -> None:
    """Whoever asked decides what that means."""
    assert document.read(envelope([])).told().startswith("lists no ")


@every_list
@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        envelope(None),
        envelope({}),
        envelope("x"),
        envelope([{}]),
        envelope([{"id": 5}]),
        envelope([None]),
        json.dumps({"success": False, "errors": [], "result": []}),
        json.dumps({"success": "true", "errors": [], "result": []}),
        json.dumps({"result": []}),
    ],
)
def test_anything_else_cannot_be_read(document: type[Zones | Routes | Domains | Scripts], body: str) -> None:
    """Half a list is none, and a failure is no empty list."""
    with pytest.raises(ValueError, match=r".+"):
        document.read(body)


@every_list
def test_a_refusal_says_what_cloudflare_says(document: type[Zones | Routes | Domains | Scripts]) -> None:
    """The messages of its errors, without the JSON around them."""
    errors = [{"code": 6003, "message": "Invalid request\nheaders", "error_chain": []}, {"code": 1, "message": "Why"}]
    body = json.dumps({"success": False, "errors": errors, "messages": [], "result": None})
    assert document.complaint(body.encode()) == "Invalid request headers; Why"


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"errors":"x"}', '{"errors":[{"code":1}]}', "{}"])
def test_what_is_no_envelope_complains_of_nothing(body: str) -> None:
    """Its beginning is quoted then, as that of any other body."""
    assert Zones.complaint(body.encode()) == ""


def test_a_failure_says_what_cloudflare_says() -> None:
    """Code and message, on one line."""
    body = json.dumps({"success": False, "errors": [{"code": 10000, "message": "Authentication\nerror"}]})
    with pytest.raises(ValueError, match=r"^Cloudflare says that it failed: 10000 Authentication error$"):
        Routes.read(body)


@every_list
@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(envelope))
def test_no_answer_is_a_bug(document: type[Zones | Routes | Domains | Scripts], body: str) -> None:
    """It is read, or it is a ValueError; anything else fails this test."""
    with suppress(ValueError):
        assert document.read(body).told()
