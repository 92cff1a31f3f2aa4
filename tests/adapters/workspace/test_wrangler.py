from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.wrangler import read_wrangler
from chitty_action.model.repository import Declared

if TYPE_CHECKING:
    from pathlib import Path

JSONC = """\
// chittymcp says: never toml
{
  "name": "ledger-worker",
  "compatibility_date": "2026-05-01",
  "vars": {"DOCS": "https://docs.example/*"}, /* a // inside a string is no comment */
  "routes": ["old.chitty.cc/*"],
  "env": {
    "production": {
      "routes": [
        {"pattern": "*.chitty.cc/ledger/*", "zone_name": "chitty.cc"},
        {"pattern": "api.chitty.cc/ledger/*", "zone_name": "chitty.cc"},
        {"pattern": "ledger.chitty.cc", "custom_domain": true},
      ],
    },
    "staging": {"route": "https://ledger-staging.chitty.cc/*"},
    "preview": {"workers_dev": true},
  },
}
"""


def address(tmp_path: Path, config: object, environment: str = "production") -> Declared | None:
    """The address that a wrangler.json of that content declares, which must not be odd."""
    (tmp_path / "wrangler.json").write_text(json.dumps(config))
    declared, oddities = read_wrangler(tmp_path, ".", environment)
    assert oddities == ()
    return declared


def oddity(tmp_path: Path, name: str, content: str | bytes) -> str:
    """The only oddity of such a file, which then declares nothing."""
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    declared, oddities = read_wrangler(tmp_path, ".", "production")
    assert declared is None
    assert [found.subject for found in oddities] == [name]
    return oddities[0].message


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("production", Declared("ledger.chitty.cc", "wrangler.jsonc (env.production.routes)")),
        ("staging", Declared("https://ledger-staging.chitty.cc", "wrangler.jsonc (env.staging.route)")),
        ("preview", None),
        ("qa", None),
    ],
)
def test_each_environment_has_its_own_address(tmp_path: Path, environment: str, expected: Declared | None) -> None:
    """Comments and trailing commas are read; the custom domain wins; the top level is never another environment's."""
    (tmp_path / "wrangler.jsonc").write_text(JSONC)

    assert read_wrangler(tmp_path, ".", environment) == (expected, ())


@pytest.mark.parametrize("env", [{}, {"env": {}}, {"env": {"production": {}}}, {"env": {"production": {"routes": []}}}])
def test_production_falls_back_to_the_top_level(tmp_path: Path, env: dict[str, object]) -> None:
    """A bare `wrangler deploy` is production where env.production is missing or names no route."""
    declared = address(tmp_path, {"route": "a.chitty.cc/*", **env})

    assert declared == Declared("a.chitty.cc", "wrangler.json (route)")


def test_production_with_unusable_routes_does_not_fall_back(tmp_path: Path) -> None:
    """env.production names a route, if only a wildcard: the top level describes another Worker."""
    config = {"route": "a.chitty.cc/*", "env": {"production": {"routes": ["*.chitty.cc/*"]}}}

    assert address(tmp_path, config) is None


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (["a.chitty.cc/*", "b.chitty.cc/*"], "a.chitty.cc"),
        (["*.chitty.cc/*", "*chitty.cc/*", "b.chitty.cc/x"], "b.chitty.cc/x"),
        (["a.chitty.cc/*", {"pattern": "c.chitty.cc", "custom_domain": True}], "c.chitty.cc"),
        ([{"pattern": "c.chitty.cc/*", "custom_domain": False}, "d.chitty.cc"], "c.chitty.cc"),
        ([{"pattern": "*.chitty.cc", "custom_domain": True}, "d.chitty.cc"], "d.chitty.cc"),
        (["https://api.chitty.cc/finance/*"], "https://api.chitty.cc/finance"),
        (["api.chitty.cc/finance*"], "api.chitty.cc/finance"),
        (["api.chitty.cc/v1/finance/"], "api.chitty.cc/v1/finance"),
        ([" a.chitty.cc "], "a.chitty.cc"),
        (["*.chitty.cc/*"], None),
        (["/*", "", "://"], None),
        ([1, None, {}, {"pattern": 5}, [], {"custom_domain": True}, "a.chitty.cc"], "a.chitty.cc"),
    ],
    ids=range(12),
)
def test_chooses_an_address_from_the_routes(tmp_path: Path, routes: list[object], expected: str | None) -> None:
    """The first custom domain, else the first route without a wildcard host; host and path prefix of it."""
    declared = address(tmp_path, {"routes": routes})

    assert (declared.address if declared else None) == expected


def test_a_single_route_may_be_a_table(tmp_path: Path) -> None:
    """`route` takes the same forms as an entry of `routes`."""
    declared = address(tmp_path, {"route": {"pattern": "a.chitty.cc/*", "zone_name": "chitty.cc"}})

    assert declared == Declared("a.chitty.cc", "wrangler.json (route)")


@pytest.mark.parametrize(
    ("toml", "environment", "expected"),
    [
        ('route = "a.chitty.cc/*"', "production", "a.chitty.cc"),
        ('route = {pattern = "a.chitty.cc/x/*", zone_id = "1"}', "production", "a.chitty.cc/x"),
        ('[[routes]]\npattern = "a.chitty.cc"\ncustom_domain = true', "production", "a.chitty.cc"),
        ('[env.staging]\nroutes = ["s.chitty.cc/*"]', "staging", "s.chitty.cc"),
        ('[[env."two words".routes]]\npattern = "s.chitty.cc"', "two words", "s.chitty.cc"),
    ],
)
def test_reads_toml(tmp_path: Path, toml: str, environment: str, expected: str) -> None:
    """The same rules hold for wrangler.toml."""
    (tmp_path / "wrangler.toml").write_text(toml)

    declared, oddities = read_wrangler(tmp_path, ".", environment)

    assert declared is not None
    assert (declared.address, oddities) == (expected, ())


def test_the_first_file_in_wranglers_order_counts(tmp_path: Path) -> None:
    """json, then jsonc, then toml; a stale sibling is not odd."""
    (tmp_path / "wrangler.toml").write_text('route = "toml.chitty.cc/*"')
    (tmp_path / "wrangler.jsonc").write_text('{"route": "jsonc.chitty.cc/*"}')

    assert read_wrangler(tmp_path, ".", "production") == (Declared("jsonc.chitty.cc", "wrangler.jsonc (route)"), ())
    declared = address(tmp_path, {"route": "json.chitty.cc"})
    assert declared == Declared("json.chitty.cc", "wrangler.json (route)")


def test_a_file_without_routes_does_not_ask_its_siblings(tmp_path: Path) -> None:
    """Routes kept in the dashboard stay unknown; the stale toml is not believed."""
    (tmp_path / "wrangler.toml").write_text('route = "toml.chitty.cc/*"')

    assert address(tmp_path, {"name": "x"}) is None


def test_a_broken_file_does_not_ask_its_siblings(tmp_path: Path) -> None:
    """A broken wrangler.jsonc is told, and the stale toml is not believed."""
    (tmp_path / "wrangler.toml").write_text('route = "toml.chitty.cc/*"')

    assert "wrangler.jsonc is not valid JSON with comments" in oddity(tmp_path, "wrangler.jsonc", '{"route": ')


def test_no_file_is_not_odd(tmp_path: Path) -> None:
    """Not every service is a Worker."""
    assert read_wrangler(tmp_path, ".", "production") == (None, ())


def test_braces_in_names_are_only_braces(tmp_path: Path) -> None:
    """Nothing in a folder's or environment's name is a place holder."""
    (tmp_path / "{0}").mkdir()
    (tmp_path / "{0}" / "wrangler.json").write_text('{"env": {"{x}": {"route": "a.chitty.cc"}}}')

    declared, _ = read_wrangler(tmp_path, "{0}", "{x}")

    assert declared == Declared("a.chitty.cc", "{0}/wrangler.json (env.{x}.route)")


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    """Wrangler itself reads over one, so does this."""
    (tmp_path / "wrangler.toml").write_bytes(b'\xef\xbb\xbfroute = "a.chitty.cc"')

    assert read_wrangler(tmp_path, ".", "production")[0] is not None


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("wrangler.json", "[]", "not a JSON object"),
        ("wrangler.json", "", "not valid JSON with comments"),
        ("wrangler.jsonc", "{} {}", "not valid JSON with comments"),
        ("wrangler.jsonc", "/* never closed", "not valid JSON with comments"),
        ("wrangler.jsonc", "[" * 1_000_000, "not valid JSON with comments"),
        ("wrangler.jsonc", b"\xff", "not UTF-8"),
        ("wrangler.jsonc", '{"routes": "a.chitty.cc"}', "routes is not a list"),
        ("wrangler.jsonc", '{"env": {"production": {"routes": {}}}}', "env.production.routes is not a list"),
        ("wrangler.jsonc", '{"env": []}', "env is not a table"),
        ("wrangler.jsonc", '{"env": {"production": "x"}}', "env.production is not a table"),
        ("wrangler.toml", "route =", "not valid TOML"),
        ("wrangler.toml", "a = " + "[" * 100_000, "nested too deeply"),
        ("wrangler.toml", "a" * 1_048_577, "larger than 1 MiB"),
    ],
    ids=range(13),
)
def test_an_unusable_file_is_one_oddity(tmp_path: Path, name: str, content: str | bytes, why: str) -> None:
    """Broken files and wrong types are one sentence each, which never quotes the document."""
    message = oddity(tmp_path, name, content)

    assert why in message
    assert len(message) < 200


KEYS = st.sampled_from(["env", "production", "route", "routes", "pattern", "custom_domain"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=10,
)


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | st.text().map(str.encode) | JSON.map(json.dumps).map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Arbitrary bytes, and JSON of any shape, end in an address or an oddity or neither."""
    root = tmp_path_factory.mktemp("workspace")
    for name in ("wrangler.toml", "wrangler.jsonc"):
        (root / name).write_bytes(raw)

        declared, oddities = read_wrangler(root, ".", "production")

        assert isinstance(declared, Declared | None)
        assert len(oddities) <= 1
        (root / name).unlink()
