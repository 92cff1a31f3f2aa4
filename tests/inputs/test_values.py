from __future__ import annotations

from datetime import date

import pytest

from chitty_action.errors import InputError, Problem
from chitty_action.inputs import Given, parse
from chitty_action.inputs.values import Ignore, Ignored, IgnoredRoute, is_over
from tests.world import inputs as _parse


def _problem(name: str, text: str, **others: str) -> Problem:
    """Return what is wrong with one input when nothing else is."""
    with pytest.raises(InputError) as caught:
        parse(Given({"phase": "post", **others, name: text}))
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    assert problem.subject == name
    return problem


@pytest.mark.parametrize("name", ["-a", "a-", "a--b", "A", "a_b", "a.b", "a b", "ä", "a/b", "a" * 64, "a\nb", ".."])
def test_a_service_name_is_lower_case_kebab(name: str) -> None:
    """It becomes a part of paths and of an output's name."""
    assert "lower-case letters, digits and single hyphens" in _problem("service-name", name).message


@pytest.mark.parametrize("name", ["a", "0", "alpha", "chitty-id-2", "1-a", "a" * 63])
def test_any_other_service_name_is_taken(name: str) -> None:
    """A digit may come first."""
    assert _parse(service_name=name).service_name == name


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("TRUE", True), ("false", False), ("False", False), ("FALSE", False)],
)
def test_booleans_are_spelled_as_the_toolkit_reads_them(*, text: str, value: bool) -> None:
    """Exactly six spellings."""
    assert _parse(dry_run=text).dry_run is value


@pytest.mark.parametrize("text", ["tRUE", "on", "no", "0", "y"])
def test_any_other_boolean_is_refused(text: str) -> None:
    """Guessing would turn a dry run into a wet one."""
    _problem("dry-run", text)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("7", 7), ("007", 7), ("20", 20)])
def test_counts_are_whole_numbers(text: str, value: int) -> None:
    """Both bounds belong to them."""
    assert _parse(retries=text).retries == value


@pytest.mark.parametrize(("text", "value"), [("0.1", 0.1), ("2.5", 2.5), ("010", 10), ("600", 600)])
def test_seconds_may_have_a_fraction(text: str, value: float) -> None:
    """Within their bounds."""
    assert _parse(timeout=text).timeout == value


@pytest.mark.parametrize("text", ["inf", "nan", "-1", "+1", "1_0", "1e2", "0x10", "1.", ".5", "٣", "1,5", "9" * 400])
def test_no_other_notation_is_a_number(text: str) -> None:
    """What Python would read and a workflow author did not mean."""
    _problem("timeout", text)
    _problem("retries", text)


@pytest.mark.parametrize(
    ("text", "url"), [("https://c.example/", "https://c.example"), ("https://c.example/a/", "https://c.example/a")]
)
def test_a_trailing_slash_does_not_matter_and_a_path_is_kept(text: str, url: str) -> None:
    """For every base URL."""
    assert _parse(connect_url=text).connect_url == url


def test_private_hosts_are_taken_with_permission() -> None:
    """And plain http only for loopback."""
    inputs = _parse(allow_private_hosts="TRUE", connect_url="http://localhost:8080/c", api_url="https://10.0.0.1")
    assert (inputs.connect_url, inputs.api_url) == ("http://localhost:8080/c", "https://10.0.0.1")
    problem = _problem("api-url", "http://10.0.0.1", **{"allow-private-hosts": "true"})
    assert "it must be https (plain http is accepted only for loopback hosts" in problem.message


def test_a_service_may_have_no_http() -> None:
    """The word `none`, spelled so."""
    assert _parse(service_url="none").service_url == "none"
    _problem("service-url", "None")


def test_lists_are_split_trimmed_and_free_of_duplicates() -> None:
    """By commas or lines."""
    assert _parse(capabilities=" api ,mcp,\napi, a2a:v1 ").capabilities == ("api", "mcp", "a2a:v1")
    assert _parse(issue_labels="automated, priority: high").issue_labels == ("automated", "priority: high")
    assert _parse(issue_assignees="octocat\nhubot").issue_assignees == ("octocat", "hubot")


@pytest.mark.parametrize(
    "program", [".status", '"import" | .', ".import.status", '."include"', ".importance", '.a == "modulemeta"']
)
def test_fields_of_a_condition_may_be_called_like_the_refused_words(program: str) -> None:
    """Only a word that can read a file is refused."""
    assert _parse(health_condition=program).health_condition == program


@pytest.mark.parametrize("program", ['# \\\n"\nimport "x" as $y; # "\n.', '.;include "x"; .', '"x"|modulemeta'])
def test_no_comment_or_string_hides_an_import(program: str) -> None:
    """In jq a backslash continues a comment on the next line, so comments are not told apart at all."""
    assert "without the words import" in _problem("health-condition", program).message


def test_ignored_services_are_named_with_a_reason_and_perhaps_an_end() -> None:
    """One a line; empty lines do not matter, and a reason may hold anything but a second meaning."""
    text = "alpha: being rebuilt until 2026-12-31\n\n  beta-2 : legacy: never well  \ngamma: until further notice\n"
    assert _parse(ignore=text).ignore == Ignore(
        (
            Ignored("alpha", "being rebuilt", date(2026, 12, 31)),
            Ignored("beta-2", "legacy: never well"),
            Ignored("gamma", "until further notice"),
        )
    )


def test_ignored_routes_stand_between_the_services() -> None:
    """A pattern is anything without white space; a reason may hold what a service's may."""
    text = """
        route score.chitty.cc/*: the gateway takes it until 2026-12-31
        alpha: retired
        route https://api.chitty.cc/score/*: legacy: never apart
        route  *.chitty.cc:8443/x  :  until further notice
        route score.chitty.cc: again
    """
    assert _parse(ignore=text).ignore == Ignore(
        (Ignored("alpha", "retired"),),
        (
            IgnoredRoute("score.chitty.cc/*", "the gateway takes it", date(2026, 12, 31)),
            IgnoredRoute("https://api.chitty.cc/score/*", "legacy: never apart"),
            IgnoredRoute("*.chitty.cc:8443/x", "until further notice"),
            IgnoredRoute("score.chitty.cc", "again"),
        ),
    )


@pytest.mark.parametrize("line", ["route: reason", "route : reason", "route:reason"])
def test_a_service_may_be_called_route(line: str) -> None:
    """Without a pattern the line is about it."""
    assert _parse(ignore=line).ignore == Ignore((Ignored("route", "reason"),))


@pytest.mark.parametrize(
    "line",
    [
        *("alpha", "alpha:", ": reason", "Alpha: x", "a b: x", "alpha - reason", "ok: fine\nalpha"),
        *("route", "route:", "route a.example/*", "route a.example/*:", "route a.example/*: until 2026-12-31"),
        *("route a.example b.example: x", "Route a.example: x", "routea.example: x", "route a.example/*:x"),
        *("route https://a.example/*", "route https://a.example/*:x", "route a.example/x y"),
    ],
)
def test_a_line_of_another_form_is_refused(line: str) -> None:
    """A service must not be watched, or not be watched, by accident; the sentence shows both forms."""
    message = _problem("ignore", line).message
    assert 'lines of the form "name: reason" or "route pattern: reason"' in message
    assert '"until YYYY-MM-DD"' in message


@pytest.mark.parametrize(("day", "over"), [(20, False), (21, False), (22, True)])
def test_a_line_counts_through_its_last_day(*, day: int, over: bool) -> None:
    """Whatever it is about; without a day it counts for ever."""
    today, until = date(2026, 11, day), date(2026, 11, 21)
    assert is_over(Ignored("alpha", "x", until), today) is over
    assert is_over(IgnoredRoute("a.example/*", "x", until), today) is over
    assert not is_over(Ignored("alpha", "x"), today)


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "2026-1-5", "2026-01-01."])
def test_a_day_that_does_not_exist_is_refused(day: str) -> None:
    """The sentence names it."""
    for what in ("alpha", "route a.example/*"):
        assert f"{day} is none" in _problem("ignore", f"{what}: x until {day}").message
