from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.claims import read_claims
from chitty_action.adapters.workspace.event import read_event
from chitty_action.adapters.workspace.registration import read_registration
from chitty_action.adapters.workspace.repository import read_repository
from chitty_action.errors import Problem
from tests.attack.material import bounded, bytes_like, fill, one_sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.repository import Claims, Repository

ENVIRONMENTS = st.sampled_from(["production", "staging", "", "a.b", "ü", "__proto__"])
SAMPLES = {
    "package.json": [
        b'{"name": "@chittyos/alpha", "version": "1.2.3", "description": "The first", "scripts": {"x": "y"}}',
        b'{"version": "1.0.0-rc.1+b", "description": "\\u00e4\\ud83d\\ude00", "private": true, "n": 1.5e3}',
    ],
    "pyproject.toml": [
        b'[project]\nname = "alpha"\nversion = "1.2.3"\ndescription = "The first"\n[tool.poetry]\nversion = "0"\n',
        b'[tool.poetry]\nversion = "1.0"\ndescription = """\nlong\\\n  text"""\ndate = 2026-01-02T03:04:05Z\nn = [1]\n',
    ],
    "wrangler.toml": [
        (
            b'name = "alpha"\nroutes = [\n  { pattern = "alpha.example/*", zone_name = "example" },\n]\n'
            b'[env.staging]\nroute = "staging.alpha.example/*"\n[[kv_namespaces]]\nbinding = "KV"\n'
        ),
    ],
    "wrangler.jsonc": [
        (
            b'{\n  // the worker\n  "name": "alpha", "routes": [{"pattern": "a.example", "custom_domain": true},],\n'
            b'  /* others */ "env": {"staging": {"route": "s.alpha.example/*"}}, "limits": {"cpu_ms": +50}\n}\n'
        ),
    ],
    "wrangler.json": [b'{"route": {"pattern": "https://alpha.example/x/*", "custom_domain": false}, "env": {}}'],
    ".chittyconnect.yml": [
        (
            b"service:\n  name: alpha\n  domains:\n    production: alpha.example\n    staging: [s.alpha.example]\n"
            b"monitoring: {health: {endpoint: /api/health}}\n"
        ),
        b'service: alpha\ndomain: "https://a.example:8443"\nbase: &base {tier: 5}\nmore:\n  <<: *base\n  n: |\n    x\n',
        b"routes:\n  takeover:\n    - a.example: old\n    - {host: b, from: c}\n    - {pattern: c, worker: d}\n",
    ],
}
EVENTS = [
    (
        b'{"repository": {"name": "Alpha.One", "full_name": "o/a", "topics": ["context-aware"]},'
        b' "check_run": {"head_sha": "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"},'
        b' "pull_request": {"head": {"repo": null}, "base": {"repo": {"full_name": "o/a"}}}}'
    ),
]
REGISTRATIONS = [
    b'{"name": "alpha", "version": "1.0.0", "endpoints": {"health": "https://alpha.example/up"}, "tags": ["x", 1.5]}',
]


@contextmanager
def workspace(**files: bytes) -> Iterator[Path]:
    """Check a repository out; hypothesis wants a fresh one for each example."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        yield Path(folder)


def readable(repository: Repository) -> None:
    """Insist on values that can be sent, and one sentence for each file that could not be used."""
    for oddity in repository.oddities:
        one_sentence(oddity.subject, oddity.message, oddity.hint)
    declared = [one.address for one in (repository.connect_domain, repository.wrangler_route) if one]
    for value in (repository.version, repository.description, repository.health_endpoint, *declared):
        assert value is None or value.strip()
        (value or "").encode("utf-8")


def claimable(claims: Claims) -> None:
    """Insist on texts that can be sent, and on nothing that is said of a configuration that could not be used."""
    for oddity in claims.oddities:
        one_sentence(oddity.subject, oddity.message, oddity.hint)
    if claims.source in {oddity.subject for oddity in claims.oddities}:
        assert (claims.worker, claims.claims) == (None, ())
    texts = [text for claim in claims.claims for text in (claim.pattern, claim.zone, claim.zone_id)]
    texts += [text for takeover in claims.takeovers for text in (takeover.pattern, takeover.worker)]
    for text in (claims.worker, *texts):
        assert text is None or text.strip()
        (text or "").encode("utf-8")


@pytest.mark.parametrize("name", SAMPLES)
@settings(deadline=None)
@given(data=st.data(), environment=ENVIRONMENTS)
def test_a_damaged_file_is_a_value_or_an_oddity(name: str, data: st.DataObject, environment: str) -> None:
    """Whatever is in it, and whatever environment is asked for."""
    raw = data.draw(bytes_like(*SAMPLES[name]))
    with workspace(**{name: raw}) as root, bounded():
        readable(read_repository(root, ".", environment, None, "ledger"))
        claimable(read_claims(root, ".", environment))


@settings(deadline=None)
@given(raws=st.fixed_dictionaries({name: bytes_like(*samples) for name, samples in SAMPLES.items()}))
def test_a_repository_of_damaged_files_is_read(raws: dict[str, bytes]) -> None:
    """One broken file does not hide what another one says, and all are told."""
    with workspace(**raws) as root, bounded():
        readable(read_repository(root, ".", "production", None, "ledger"))


@settings(deadline=None)
@given(raw=bytes_like(*EVENTS))
def test_a_damaged_event_is_an_event_or_an_oddity(raw: bytes) -> None:
    """The name, where there is one, has the shape of a repository's name."""
    with workspace(event=raw) as root, bounded():
        event, oddity = read_event(str(root / "event"))
    if oddity is not None:
        one_sentence(oddity.subject, oddity.message, oddity.hint)
        assert event.repository_name is None
    assert set(event.repository_name or "") <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@settings(deadline=None)
@given(raw=bytes_like(*REGISTRATIONS))
def test_a_damaged_registration_is_sendable_or_a_bad_input(raw: bytes) -> None:
    """What is accepted can be written as JSON again, and belongs to this service."""
    with workspace(**{"register.json": raw}) as root, bounded():
        try:
            document = read_registration(root, ".", "register.json", "alpha")
        except Problem as problem:
            one_sentence(problem.message, problem.hint)
            return
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document.get("name", "alpha") == "alpha"


# File, how it begins, and what then fills a mebibyte.
HEAVY = [
    *((".chittyconnect.yml", "", piece) for piece in ("- ", "? ", "[", "{a: ", "\t", "a", "<<: *a\n", "%TAG ! a\n")),
    *((".chittyconnect.yml", "", piece) for piece in ("- - - a\n", "k%d: &k%d [x]\n", "? [a, %d]\n: x\n", "!<tag:x> ")),
    *((".chittyconnect.yml", "x: ", piece) for piece in ("'", '"\\x41', "---\n", "&a ", "|\n")),
    *((".chittyconnect.yml", "routes:\n takeover:\n", piece) for piece in (" - a: b\n", " k%d: b\n")),
    (".chittyconnect.yml", "routes:\n takeover:\n - &a {a: b}\n", " - *a\n"),
    *((".chittyconnect.yml", "- &a x\n", piece) for piece in ("- *a\n", "- &a *a\n")),
    *(("wrangler.toml", "", piece) for piece in ("[[routes]]\npattern='a'\n", "[[env.production.routes]]\n")),
    *(("wrangler.toml", "", piece) for piece in ("[a%d]\n", "[[a]]\n[[a.b]]\n", "a%d={b.c=1}\n", "a.", "[t.", "#\n")),
    *(("wrangler.toml", f"[{'a.' * 60}z]\n", piece) for piece in ("a%d=1\n", "a.b%d=1\n")),
    *(("wrangler.toml", "x = ", piece) for piece in ("[", "{x=", "1_", "'''")),
    *(("wrangler.toml", 'x = "', piece) for piece in ("\\u0041", ".", "a")),
    *(("wrangler.jsonc", '{"x":', piece) for piece in ("[", "{a:", "/*", "//\n", "1", "0xf", "Infinity,")),
    *(("wrangler.jsonc", '{"x":"', piece) for piece in ("\\u0041", "a", '","a%d":"')),
    *(("package.json", '{"x":', piece) for piece in ("[", '{"a":', "1", " ", "-", "null,")),
    *(("package.json", '{"x":"', piece) for piece in ("\\u0041", "\\ud800", "a", '","a%d":"')),
    *(("pyproject.toml", "", piece) for piece in ("[project]\n", "[tool.poetry.a%d]\n")),
]


@pytest.mark.parametrize(("name", "beginning", "piece"), HEAVY)
def test_a_mebibyte_of_one_thing_is_read_in_seconds(name: str, beginning: str, piece: str) -> None:
    """Lines, keys, nesting, anchors, escapes: no parser takes more than linear time, or it refuses the file."""
    with workspace(**{name: (beginning.encode() + fill(piece))[:1_048_576]}) as root:
        with bounded():
            readable(read_repository(root, ".", "production", None, "ledger"))
        with bounded():
            claimable(read_claims(root, ".", "production"))


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    """Ten to the power of thirty lines, in thirty of them."""
    lines = ["a0: &a0 [lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]
    for root_key in ("service: *a29", "domain: *a29", "service: {domains: {production: *a29}}", "<<: *a29"):
        with workspace(**{".chittyconnect.yml": "\n".join([*lines, root_key]).encode()}) as root, bounded():
            readable(read_repository(root, ".", "production", None, "ledger"))
    for root_key in ("routes: *a29", "routes: {takeover: *a29}", "routes: {takeover: {a.example: *a29}}"):
        with workspace(**{".chittyconnect.yml": "\n".join([*lines, root_key]).encode()}) as root, bounded():
            claimable(read_claims(root, ".", "production"))


def test_an_alias_to_itself_is_no_loop() -> None:
    """YAML can say that a list is its own first entry."""
    for text in (b"domain: &a [*a]", b"service: &a {domains: *a}", b"&a domain: *a", b"monitoring: &a\n  health: *a\n"):
        with workspace(**{".chittyconnect.yml": text}) as root, bounded():
            readable(read_repository(root, ".", "production", None, "ledger"))
    for text in (b"routes: &a {takeover: *a}", b"routes: {takeover: &a [*a]}", b"routes: {takeover: [&a {host: *a}]}"):
        with workspace(**{".chittyconnect.yml": text}) as root, bounded():
            claimable(read_claims(root, ".", "production"))


@pytest.mark.parametrize(("beginning", "piece"), [("", "["), ("", '{"a":'), ("{", '"a%d":1,'), ('{"x":', "1")])
def test_a_huge_event_is_read_in_seconds(beginning: str, piece: str) -> None:
    """GitHub's own bound for a payload is 25 MiB."""
    with workspace(event=beginning.encode() + fill(piece, 24_000_000)) as root, bounded():
        _, oddity = read_event(str(root / "event"))
    assert oddity is not None
    one_sentence(oddity.message)
