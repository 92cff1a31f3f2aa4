from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.chittyconnect import Connect, read_chittyconnect
from chitty_action.model.repository import Declared

if TYPE_CHECKING:
    from pathlib import Path

NESTED = """\
# finance, registry, mcp, monitor, router and connect write it like this
service:
  name: chittyledgerlike
  tier: 3
  organization: EXAMPLE
  chitty_id: ${SERVICE_ID}
  domains:
    production: ledger.chitty.cc
    staging: https://ledger-staging.example.workers.dev:8443/v2
    preview: [ first.chitty.cc, second.chitty.cc ]
onboarding:
  provisions: [chitty_id, service_token]
monitoring:
  health:
    endpoint: /api/v1/health
    interval: 60s
"""

FLAT = """\
---
service: chittytracklike
tier: 3
domain: track.chitty.cc
onboarding:
  provisions:
    - chitty_id
sync: {enabled: true, interval: 6h}
"""

ONBOARDING_ONLY = """\
onboarding:
  endpoint: https://get.chitty.cc/api/onboard
  provisions: [chitty_id]
"""


def connect(tmp_path: Path, content: str | bytes, environment: str = "production") -> Connect:
    """What a file of that content declares."""
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / ".chittyconnect.yml").write_bytes(raw)
    return read_chittyconnect(tmp_path, ".", environment)


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ("production", "ledger.chitty.cc"),
        ("staging", "https://ledger-staging.example.workers.dev:8443/v2"),
        ("preview", "first.chitty.cc"),
    ],
)
def test_nested_shape_has_a_domain_an_environment(tmp_path: Path, environment: str, address: str) -> None:
    """The environment's own value is taken as written; of a list, the first."""
    expected = Declared(address, f".chittyconnect.yml (service.domains.{environment})")

    assert connect(tmp_path, NESTED, environment) == Connect(expected, "/api/v1/health")


def test_nested_shape_without_the_environment(tmp_path: Path) -> None:
    """An environment that is not listed has no address here, and that is not odd."""
    assert connect(tmp_path, NESTED, "qa") == Connect(None, "/api/v1/health")


def test_flat_shape_describes_production(tmp_path: Path) -> None:
    """`domain:` is production's address."""
    assert connect(tmp_path, FLAT) == Connect(Declared("track.chitty.cc", ".chittyconnect.yml (domain)"))


def test_flat_shape_says_nothing_of_other_environments(tmp_path: Path) -> None:
    """`domain:` is never staging's address."""
    assert connect(tmp_path, FLAT, "staging") == Connect()


def test_nested_domain_comes_before_the_flat_one(tmp_path: Path) -> None:
    """With both, the environment's own wins; without it, `domain:` stands in for production."""
    both = "service: {domains: {production: a.chitty.cc}}\ndomain: b.chitty.cc"
    flat_only = "service: {name: x, domains: {staging: a.chitty.cc}}\ndomain: b.chitty.cc"

    assert connect(tmp_path, both).domain == Declared("a.chitty.cc", ".chittyconnect.yml (service.domains.production)")
    assert connect(tmp_path, flat_only).domain == Declared("b.chitty.cc", ".chittyconnect.yml (domain)")


@pytest.mark.parametrize(
    "content", [ONBOARDING_ONLY, "", "# only a comment", "service:\nmonitoring:\n", "null", "domain: []", "domain: ''"]
)
def test_declaring_nothing_is_not_odd(tmp_path: Path, content: str) -> None:
    """Onboarding only, an empty file and empty values declare nothing."""
    assert connect(tmp_path, content) == Connect()


def test_no_file_is_not_odd(tmp_path: Path) -> None:
    """Many services have none."""
    assert read_chittyconnect(tmp_path, ".", "production") == Connect()


def test_a_monorepo_source_names_the_folder(tmp_path: Path) -> None:
    """The report can tell which of several files it was."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / ".chittyconnect.yml").write_text("domain: a.chitty.cc")

    found = read_chittyconnect(tmp_path, "api", "production")

    assert found.domain == Declared("a.chitty.cc", "api/.chittyconnect.yml (domain)")


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    """YAML allows one, so does this."""
    assert connect(tmp_path, b"\xef\xbb\xbfdomain: a.chitty.cc").domain is not None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("- a", ".chittyconnect.yml is not a mapping"),
        ("a", ".chittyconnect.yml is not a mapping"),
        ("domain: 5", "domain is not a text"),
        ("domain: true", "domain is not a text"),
        ("domain: {a: b}", "domain is not a text"),
        ("domain: [[a]]", "domain is not a text"),
        ("domain: !python/object:os.system x", "domain is not a text"),
        ("service: {domains: a.chitty.cc}", "service.domains is not a mapping"),
        ("service: [a]", "service is not a mapping"),
        ("monitoring: {health: {endpoint: 3}}", "monitoring.health.endpoint is not a text"),
        ("a: b\n---\nc: d", "not valid YAML"),
        ("a:\n\tb: c", "not valid YAML"),
        ("a: *nowhere", "not valid YAML"),
        ("a: \x00", "not valid YAML"),
        (b"a: \xff", "not UTF-8"),
        ("[" * 1_000_000, "nested too deeply"),
        ("- " * 500_000, "nested too deeply"),
        ("? " * 500_000, "nested too deeply"),
        ("%TAG !a! x\n" * 60_000 + "--- a", "%TAG"),
        ("a" * 1_048_577, "larger than 1 MiB"),
    ],
    ids=range(20),
)
def test_an_unusable_file_is_one_oddity(tmp_path: Path, content: str | bytes, why: str) -> None:
    """Wrong types, several documents, tabs, bombs of depth and broken bytes are one sentence each."""
    found = connect(tmp_path, content)

    assert (found.domain, found.health_endpoint) == (None, None)
    assert len(found.oddities) == 1
    assert why in found.oddities[0].message
    assert "\n" not in found.oddities[0].message
    assert found.oddities[0].subject == ".chittyconnect.yml"


def test_a_wrong_domain_does_not_hide_the_health_endpoint(tmp_path: Path) -> None:
    """One odd value is told; the other is used."""
    found = connect(tmp_path, "domain: 5\nmonitoring: {health: {endpoint: /up}}")

    assert (found.domain, found.health_endpoint, len(found.oddities)) == (None, "/up", 1)


def test_an_alias_bomb_does_not_go_off(tmp_path: Path) -> None:
    """Aliases and merges that would expand to 10^30 entries are never expanded."""
    lists = "".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]\n" for i in range(1, 31))
    merges = "".join(f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 10)}]}}\n" for i in range(1, 31))
    started = time.monotonic()

    found = connect(tmp_path, f"l0: &l0 [x]\nm0: &m0 {{x: y}}\n{lists}{merges}domain: a.chitty.cc")

    assert found.domain is not None
    assert time.monotonic() - started < 5


def test_an_anchor_that_contains_itself_is_harmless(tmp_path: Path) -> None:
    """A mapping below itself is walked no further than the path asks for."""
    found = connect(tmp_path, "service: &a {domains: *a, production: a.chitty.cc}")

    assert found.domain == Declared("a.chitty.cc", ".chittyconnect.yml (service.domains.production)")


YAML_LIKE = st.text(alphabet="abc service:domain-[]{},&*!|>'\"%@`#?\n\t \\0x<~") | st.sampled_from([NESTED, FLAT])


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | YAML_LIKE.map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Arbitrary bytes end in texts and oddities."""
    found = connect(tmp_path_factory.mktemp("workspace"), raw)

    assert isinstance(found.health_endpoint, str | None)
    assert isinstance(found.domain, Declared | None)
