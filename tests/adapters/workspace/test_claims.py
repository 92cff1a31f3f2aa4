from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.claims import read_claims
from chitty_action.model.repository import Claims, RouteClaim, Takeover

if TYPE_CHECKING:
    from pathlib import Path

JSONC = """\
{
  "name": "ledger",
  // inherited by preview, and by what is not defined
  "routes": ["api.chitty.cc/ledger/*"],
  "env": {
    "production": {
      "name": "chittyledger",
      "routes": [
        {"pattern": "ledger.chitty.cc", "custom_domain": true},
        {"pattern": "*.chitty.cc/ledger/*", "zone_name": "chitty.cc"},
        {"pattern": "chitty.example/*", "zone_id": "0123456789abcdef0123456789abcdef", "custom_domain": false},
        "https://chitty.example/only",
      ],
    },
    "staging": {"routes": []},
    "preview": {"vars": {}},
  },
}
"""


def claims(tmp_path: Path, config: object, environment: str = "production") -> Claims:
    """What a wrangler.json of that content claims, which must not be odd."""
    (tmp_path / "wrangler.json").write_text(json.dumps(config))
    found = read_claims(tmp_path, ".", environment)
    assert (found.source, found.oddities) == ("wrangler.json", ())
    return found


def patterns(tmp_path: Path, config: object, environment: str = "production") -> list[str]:
    """The patterns that such a file claims."""
    return [claim.pattern for claim in claims(tmp_path, config, environment).claims]


def test_an_environment_claims_its_own_routes(tmp_path: Path) -> None:
    """As they are written, in their order, custom domains and zones with them, under the name of its own."""
    (tmp_path / "wrangler.jsonc").write_text(JSONC)
    source = "wrangler.jsonc (env.production.routes)"

    assert read_claims(tmp_path, ".", "production") == Claims(
        "chittyledger",
        (
            RouteClaim("ledger.chitty.cc", source, is_custom_domain=True),
            RouteClaim("*.chitty.cc/ledger/*", source, zone="chitty.cc"),
            RouteClaim("chitty.example/*", source, zone_id="0123456789abcdef0123456789abcdef"),
            RouteClaim("https://chitty.example/only", source),
        ),
        (),
        "wrangler.jsonc",
        (),
    )


@pytest.mark.parametrize(
    ("environment", "worker", "claimed"),
    [("staging", "ledger-staging", 0), ("preview", "ledger-preview", 1), ("qa", "ledger", 1)],
)
def test_what_an_environment_does_not_define_is_inherited(
    tmp_path: Path, environment: str, worker: str, claimed: int
) -> None:
    """An empty list replaces the top level's; an environment that is not defined is the top level."""
    (tmp_path / "wrangler.jsonc").write_text(JSONC)
    inherited = (RouteClaim("api.chitty.cc/ledger/*", "wrangler.jsonc (routes)"),)

    found = read_claims(tmp_path, ".", environment)

    assert (found.worker, found.claims) == (worker, inherited[:claimed])


@pytest.mark.parametrize(
    ("top", "own", "expected"),
    [
        ({"route": "top.example"}, {}, ["top.example"]),
        ({"route": "top.example"}, {"route": "own.example"}, ["own.example"]),
        ({"route": "top.example"}, {"route": ""}, ["top.example"]),
        ({"route": "top.example"}, {"routes": ["own.example"]}, ["own.example"]),
        ({"route": "top.example"}, {"routes": []}, []),
        ({"routes": ["top.example"]}, {"route": "own.example"}, ["top.example"]),
        ({"routes": ["top.example"], "route": ""}, {}, ["top.example"]),
        ({"route": ""}, {"route": ""}, []),
        ({}, {}, []),
    ],
    ids=range(9),
)
def test_route_and_routes_are_inherited_apart(
    tmp_path: Path, top: dict[str, object], own: dict[str, object], expected: list[str]
) -> None:
    """And `routes`, wherever it comes from, goes before `route`; an empty `route` is none."""
    assert patterns(tmp_path, {**top, "env": {"production": own}}) == expected


def test_a_single_route_says_where_it_stands(tmp_path: Path) -> None:
    """It takes the same forms as an entry of the list."""
    config = {"env": {"qa": {"route": {"pattern": " a.example/* ", "zone_name": "a.example"}}}}

    (claim,) = claims(tmp_path, config, "qa").claims

    assert claim == RouteClaim(" a.example/* ", "wrangler.json (env.qa.route)", zone="a.example")


@pytest.mark.parametrize(
    ("config", "worker"),
    [
        ({}, None),
        ({"name": "a"}, "a"),
        ({"name": "a", "env": {}}, "a"),
        ({"name": "a", "env": {"production": {}}}, "a-production"),
        ({"name": "a", "env": {"production": {"name": "b"}}}, "b"),
        ({"env": {"production": {"name": "b"}}}, "b"),
        ({"env": {"production": {}}}, None),
    ],
)
def test_the_worker_has_wranglers_name(tmp_path: Path, config: object, worker: str | None) -> None:
    """The environment stands in it where the file defines the environment without a name; there may be none at all."""
    assert claims(tmp_path, config).worker == worker


def test_toml_is_read_by_the_same_rules(tmp_path: Path) -> None:
    """In a folder too, which the source names."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "wrangler.toml").write_text(
        'name = "a"\n[[env.staging.routes]]\npattern = "a.example"\ncustom_domain = true\n'
    )

    found = read_claims(tmp_path, "api", "staging")

    claim = RouteClaim("a.example", "api/wrangler.toml (env.staging.routes)", is_custom_domain=True)
    assert (found.worker, found.claims, found.source) == ("a-staging", (claim,), "api/wrangler.toml")


def test_without_a_configuration_nothing_is_claimed(tmp_path: Path) -> None:
    """Not every service is a Worker."""
    assert read_claims(tmp_path, ".", "production") == Claims(None, (), (), None, ())


ENTRY = "entry 2 of env.production.routes"


def production(*routes: object) -> str:
    """A configuration whose first entry is fine."""
    return json.dumps({"name": "a", "env": {"production": {"routes": ["a.example/*", *routes]}}})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "wrangler.json is not valid JSON with comments"),
        ("[]", "wrangler.json is not a JSON object"),
        ("x" * 1_048_577, "wrangler.json is larger than 1 MiB"),
        ('{"env": []}', "env is not a table"),
        ('{"env": {"production": null}}', "env.production is not a table"),
        ('{"routes": "a.example"}', "routes is not a list"),
        ('{"routes": null}', "routes is not a list"),
        ('{"routes": [], "route": "a.example"}', "route and routes are both given"),
        (
            '{"env": {"production": {"routes": [], "route": "a.example"}}}',
            "env.production.route and env.production.routes are both given",
        ),
        ('{"route": null}', "route has no pattern"),
        ('{"route": 5}', "route has no pattern"),
        ('{"name": 5}', "name is no text"),
        ('{"name": ""}', "name is no text"),
        ('{"env": {"production": {"name": null}}}', "env.production.name is no text"),
        (production(""), f"{ENTRY} has no pattern"),
        (production(None), f"{ENTRY} has no pattern"),
        (production(["b.example"]), f"{ENTRY} has no pattern"),
        (production({"zone_name": "a.example"}), f"{ENTRY} has no pattern"),
        (production({"pattern": 5}), f"{ENTRY} has no pattern"),
        (production({"pattern": "b", "custom_domain": "true"}), f"custom_domain of {ENTRY} is neither true nor false"),
        (production({"pattern": "b", "zone_name": 5}), f"zone_name of {ENTRY} is no text"),
        (production({"pattern": "b", "zone_id": None}), f"zone_id of {ENTRY} is no text"),
    ],
    ids=range(22),
)
def test_an_unusable_configuration_claims_nothing_that_is_known(tmp_path: Path, content: str, why: str) -> None:
    """One sentence says file, place, cause and consequence; a sibling is not believed, and takeovers stay readable."""
    (tmp_path / "wrangler.json").write_text(content)
    (tmp_path / "wrangler.toml").write_text('name = "stale"\nroute = "stale.example"')
    (tmp_path / ".chittyconnect.yml").write_text("routes: {takeover: {a.example: b}}")

    found = read_claims(tmp_path, ".", "production")

    (oddity,) = found.oddities
    assert (found.worker, found.claims, found.source) == (None, (), "wrangler.json")
    assert found.takeovers == (Takeover("a.example", "b"),)
    assert (oddity.subject, bool(oddity.hint)) == ("wrangler.json", True)
    assert oddity.message.startswith("wrangler.json")
    assert why in oddity.message
    assert oddity.message.endswith(", so what a deployment would claim is not known")


def test_unusable_takeovers_do_not_hide_the_claims(tmp_path: Path) -> None:
    """And both oddities are told."""
    (tmp_path / ".chittyconnect.yml").write_text("routes: {takeover: 5}")

    (tmp_path / "wrangler.json").write_text('{"name": "a", "route": "a.example"}')
    found = read_claims(tmp_path, ".", "production")
    assert (found.worker, len(found.claims)) == ("a", 1)
    assert [oddity.subject for oddity in found.oddities] == [".chittyconnect.yml"]

    (tmp_path / "wrangler.json").write_text("{")
    found = read_claims(tmp_path, ".", "production")
    assert [oddity.subject for oddity in found.oddities] == ["wrangler.json", ".chittyconnect.yml"]


KEYS = st.sampled_from(["env", "production", "route", "routes", "pattern", "custom_domain", "zone_name", "name"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | st.text().map(str.encode) | JSON.map(json.dumps).map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Arbitrary bytes, and JSON of any shape, end in claims that can be sent or in one oddity a file."""
    root = tmp_path_factory.mktemp("workspace")
    for name in ("wrangler.toml", "wrangler.jsonc", ".chittyconnect.yml"):
        (root / name).write_bytes(raw)

        found = read_claims(root, ".", "production")

        assert len(found.oddities) <= 1
        assert not (found.claims and found.oddities)
        assert all(claim.pattern.strip() and claim.pattern.encode() for claim in found.claims)
        (root / name).unlink()
