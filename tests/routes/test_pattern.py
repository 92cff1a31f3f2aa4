from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.route import Pattern, Zone
from chitty_action.routes.pattern import covers, domain, matches, meet, parse, spelled, target_of, zone_of
from tests.routes.model import URLS, patterns


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a.example", Pattern(None, "a.example", any_host=False, path="/", any_path=False)),
        ("A.Example/X*", Pattern(None, "a.example", any_host=False, path="/X", any_path=True)),
        ("*a.example/*", Pattern(None, "a.example", any_host=True, path="/", any_path=True)),
        ("*.a.example", Pattern(None, ".a.example", any_host=True, path="/", any_path=False)),
        ("HTTPS://a.example/x", Pattern("https", "a.example", any_host=False, path="/x", any_path=False)),
        ("http://*/*", Pattern("http", "", any_host=True, path="/", any_path=True)),
    ],
)
def test_a_pattern_is_taken_apart(text: str, pattern: Pattern) -> None:
    """Scheme, host and path, each with or without its wildcard."""
    assert parse(text) == pattern


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", "is empty"),
        ("https://", "is empty"),
        ("a.example/?x=*", "has a query"),
        ("a.example?x", "has a query"),
        ("a*.example/*", "has a wildcard elsewhere"),
        ("a.example/*.jpg", "has a wildcard elsewhere"),
        ("a.example/**", "has a wildcard elsewhere"),
        ("**a.example/*", "has a wildcard elsewhere"),
        ("a.example*", "has a wildcard elsewhere"),
        ("a.example:8080/*", "has a host that is none"),
        ("ftp://a.example/*", "has a host that is none"),
        ("/path", "has a host that is none"),
        (".a.example/*", "has a host that is none"),
        ("a.example./*", "has a host that is none"),
        ("*./*", "has a host that is none"),
        ("b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example/*", "has a host that is none"),
        ("user@a.example/*", "has a host that is none"),
        ("a.example/\N{SNOWMAN}", "has a path with characters"),
        ("a.example/a b", "has a path with characters"),
        ("a.example/#x", "has a path with characters"),
        ("a.example/" + "a" * 10_000, "has 10,010 characters"),
    ],
)
def test_what_is_no_pattern_says_why(text: str, flaw: str) -> None:
    """One clause, to stand behind the pattern."""
    with pytest.raises(ValueError, match=flaw):
        parse(text)


@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_has_a_flaw(text: str) -> None:
    """And a pattern is spelled so that it can be read again."""
    try:
        pattern = parse(text)
    except ValueError:
        assert spelled(text) == text
    else:
        assert parse(str(pattern)) == pattern


@pytest.mark.parametrize("name", ["a.example/x", "*.a.example", "https://a.example", "", "a.example/"])
def test_a_custom_domain_is_a_host_and_nothing_else(name: str) -> None:
    """No wildcard, no path, no scheme."""
    with pytest.raises(ValueError, match=r".+"):
        domain(name)


@given(one=patterns, other=patterns)
def test_covering_and_meeting_are_about_urls(one: str, other: str) -> None:
    """What covers matches everything that is covered; what matches one URL together meets."""
    wide, narrow = parse(one), parse(other)
    targets = [target_of(url) for url in URLS]
    if covers(wide, narrow):
        assert all(matches(wide, target) for target in targets if matches(narrow, target))
    if any(matches(wide, target) and matches(narrow, target) for target in targets):
        assert meet(wide, narrow)
        assert meet(narrow, wide)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example", "/"),
        ("https://a.example?x", "/?x"),
        ("https://A.Example:8443/x?y#z", "/x?y"),
    ],
)
def test_the_query_belongs_to_the_path(url: str, path: str) -> None:
    """And neither port nor fragment matters."""
    target = target_of(url)
    assert (target.host, target.path) == ("a.example", path)


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("example.com", "example.com"),
        ("a.example.com", "example.com"),
        ("x.sub.example.com", "sub.example.com"),
        ("myexample.com", None),
    ],
)
def test_the_longest_zone_serves_a_host(host: str, zone: str | None) -> None:
    """And a name that only ends alike is another zone's."""
    found = zone_of(host, (Zone("example.com"), Zone("sub.example.com")))
    assert (found.name if found else None) == zone
