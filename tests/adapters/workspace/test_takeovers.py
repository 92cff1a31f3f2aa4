from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.takeovers import read_takeovers
from chitty_action.model.repository import Oddity, Takeover

if TYPE_CHECKING:
    from pathlib import Path

EXPECTED = (Takeover("score.chitty.cc", "chittyscore-worker"), Takeover("https://api.chitty.cc/score/*", "gateway"))

MAPPING = """\
service: chittyscore
routes:
  takeover:
    score.chitty.cc: chittyscore-worker
    https://api.chitty.cc/score/*: gateway
"""

PAIRS = """\
routes:
  takeover:
    - score.chitty.cc: chittyscore-worker
    - "https://api.chitty.cc/score/*": "gateway"
"""

WORDS = """\
routes:
  takeover:
    - host: score.chitty.cc
      worker: chittyscore-worker
    - {from: gateway, pattern: https://api.chitty.cc/score/*}
"""


def takeovers(tmp_path: Path, content: str | bytes) -> tuple[tuple[Takeover, ...], tuple[Oddity, ...]]:
    """What a file of that content permits."""
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / ".chittyconnect.yml").write_bytes(raw)
    return read_takeovers(tmp_path, ".")


@pytest.mark.parametrize("content", [MAPPING, PAIRS, WORDS])
def test_a_takeover_may_be_written_in_three_ways(tmp_path: Path, content: str) -> None:
    """A mapping, a list of one-entry mappings, or a list that names pattern and Worker."""
    assert takeovers(tmp_path, content) == (EXPECTED, ())


def test_the_forms_of_a_list_may_be_mixed(tmp_path: Path) -> None:
    """Each item is read by itself; an alias is what it stands for, and a pattern may be taken from two Workers."""
    content = "routes: {takeover: [&a {a.example: one}, *a, {pattern: a.example, from: two}]}"

    found = takeovers(tmp_path, content)

    assert found == ((Takeover("a.example", "one"),) * 2 + (Takeover("a.example", "two"),), ())


@pytest.mark.parametrize("content", ["", "# nothing", "domain: a.example", "routes:", "routes: {takeover: }"])
def test_permitting_nothing_is_not_odd(tmp_path: Path, content: str) -> None:
    """Nor are an empty list and an empty mapping, and no file."""
    assert takeovers(tmp_path, content) == ((), ())


@pytest.mark.parametrize("empty", ["[]", "{}", "null"])
def test_an_empty_value_permits_nothing(tmp_path: Path, empty: str) -> None:
    """In any of its spellings."""
    assert takeovers(tmp_path, f"routes: {{takeover: {empty}}}") == ((), ())


def test_no_file_is_not_odd(tmp_path: Path) -> None:
    """Most deployments take nothing."""
    assert read_takeovers(tmp_path, ".") == ((), ())


SECOND = "entry 2 of routes.takeover does not name one pattern and one Worker"


@pytest.mark.parametrize(
    ("takeover", "why"),
    [
        ("a.example", "routes.takeover is neither a mapping nor a list"),
        ("5", "routes.takeover is neither a mapping nor a list"),
        ("{a.example: b, b.example: 5}", SECOND),
        ("{a.example: b, b.example: }", SECOND),
        ("{a.example: b, b.example: ''}", SECOND),
        ("{a.example: b, b.example: [b]}", SECOND),
        ("{a.example: b, 5: b}", SECOND),
        ("{a.example: b, ? [b.example] : b}", SECOND),
        ("{a.example: b, <<: b}", SECOND),
        ("{a.example: b, host: b.example}", SECOND),
        ("[{a.example: b}, b.example]", SECOND),
        ("[{a.example: b}, [b.example, b]]", SECOND),
        ("[{a.example: b}, {}]", SECOND),
        ("[{a.example: b}, {b.example: 5}]", SECOND),
        ("[{a.example: b}, {host: b.example}]", SECOND),
        ("[{a.example: b}, {worker: b}]", SECOND),
        ("[{a.example: b}, {host: b.example, pattern: b.example}]", SECOND),
        ("[{a.example: b}, {worker: b, from: b}]", SECOND),
        ("[{a.example: b}, {b.example: b, c.example: c}]", SECOND),
        ("[{a.example: b}, {host: b.example, worker: 5}]", SECOND),
        ("[{a.example: b}, {host: [b.example], worker: b}]", SECOND),
        ("[{a.example: b}, {host: b.example, worker: b, reason: moved}]", SECOND),
        ("[{a.example: b}, {host: b.example, pattern: b.example, worker: b}]", SECOND),
    ],
    ids=range(23),
)
def test_any_other_form_voids_the_list(tmp_path: Path, takeover: str, why: str) -> None:
    """One sentence says file, place, cause and consequence, and the hint shows how to write it."""
    found, (oddity,) = takeovers(tmp_path, f"routes: {{takeover: {takeover}}}")

    assert found == ()
    assert oddity.message == f".chittyconnect.yml: {why}, so nothing may be taken over"
    assert "score.chitty.cc: chittyscore-worker" in oddity.hint


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("- a", ".chittyconnect.yml is not a mapping"),
        ("routes: [a]", "routes is not a mapping"),
        ("routes:\n  takeover:\n    *.chitty.cc/x: a", "is not valid YAML"),
        (b"routes: \xff", "is not UTF-8"),
        ("- " * 500_000, "nested too deeply"),
        ("a" * 1_048_577, "larger than 1 MiB"),
    ],
    ids=range(6),
)
def test_an_unusable_file_permits_nothing(tmp_path: Path, content: str | bytes, why: str) -> None:
    """It is one oddity with the consequence."""
    found, (oddity,) = takeovers(tmp_path, content)

    assert (found, oddity.subject) == ((), ".chittyconnect.yml")
    assert why in oddity.message
    assert oddity.message.endswith(", so nothing may be taken over")
    assert oddity.hint


def test_a_folder_is_named(tmp_path: Path) -> None:
    """A repository may hold several services."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / ".chittyconnect.yml").write_text("routes: 5")

    _, (oddity,) = read_takeovers(tmp_path, "api")

    assert oddity.subject == "api/.chittyconnect.yml"


def test_aliases_of_a_huge_entry_end(tmp_path: Path) -> None:
    """An entry is measured before it is looked through: looking through all of them would take hours."""
    entry = ", ".join(f"h{n}: w" for n in range(50_000))

    found, oddities = takeovers(tmp_path, f"a: &a {{{entry}}}\nroutes: {{takeover: [{'*a, ' * 50_000}]}}")

    assert (found, len(oddities)) == ((), 1)


YAML_LIKE = st.text(alphabet="ab routes:takeover-[]{},&*!|>'\"%#?\n\t~").map("routes: {takeover: [{a: b},".__add__)


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | YAML_LIKE.map(str.encode) | st.sampled_from([MAPPING, PAIRS, WORDS]).map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Arbitrary bytes end in texts or one oddity, never in both."""
    found, oddities = takeovers(tmp_path_factory.mktemp("workspace"), raw)

    assert len(oddities) <= (not found)
    assert all(takeover.pattern.strip() and takeover.worker.strip() for takeover in found)
