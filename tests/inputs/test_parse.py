from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.errors import InputError, Problem
from chitty_action.inputs import SECRETS, Given, input_names, parse

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
URLS = ("connect-url", "registry-url", "register-url", "api-url", "mcp-url", "cloudflare-api-url", "service-url")
TEXTS = ("working-directory", "registration-file", "report-path", "environment")
TOKENS = ("register-token", "api-key", "admin-token")


def _problem(name: str, text: str, **others: str) -> Problem:
    """Return what is wrong with one input when nothing else is."""
    with pytest.raises(InputError) as caught:
        parse(Given({"phase": "post", **others, name: text}))
    assert caught.value.exit_code == 2
    (problem,) = caught.value.problems
    assert problem.subject == name
    return problem


def test_defaults_are_those_of_the_interface() -> None:
    """What a workflow gets that gives only the phase; names and texts are tied to action.yml by a contract test."""
    inputs = parse(Given({"phase": "reconcile"}))
    assert (inputs.service_name, inputs.service_url, inputs.health_condition, inputs.report_path) == (None,) * 4
    assert (inputs.timeout, inputs.retries, inputs.deadline, inputs.concurrency) == (10, 3, 300, 64)
    assert (inputs.wait_for_health, inputs.wait_for_discovery, inputs.open_after, inputs.close_after) == (60, 0, 1, 1)
    assert (inputs.on_blocked, inputs.fail_on, inputs.context_sync, inputs.log_level) == (
        "warning",
        "error",
        "auto",
        "info",
    )
    assert (inputs.dry_run, inputs.allow_private_hosts, inputs.issue_assignees) == (False, False, ())
    assert (inputs.ignore.services, inputs.ignore.routes) == ((), ())
    assert inputs.capabilities == ("api", "mcp")
    assert inputs.issue_labels == ("automated", "ecosystem-health", "priority:high")


def test_the_phase_is_required() -> None:
    """And the sentence says what there is to choose from."""
    with pytest.raises(InputError) as caught:
        parse(Given({}))
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == ("input phase is not given", "give one of pre, post, reconcile")


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("phase", "Post", "one of pre, post, reconcile"),
        ("deployment-result", "succeeded", "one of success, failure, cancelled, skipped"),
        ("context-sync", "yes", "one of auto, always, never"),
        ("on-blocked", "notice", "one of warning, error"),
        ("fail-on", "notice", "one of error, warning, never"),
        ("log-level", "trace", "one of debug, info, warning, error"),
        ("dry-run", "yes", "true or false"),
        ("allow-private-hosts", "1", "true or false"),
        ("timeout", "10s", "a number of seconds from 0.01 to 3600"),
        ("retries", "1.5", "a whole number from 0 to 20"),
        ("deadline", "0", "a number of seconds from 0.1 to 86400"),
        ("wait-for-health", "-1", "a number of seconds from 0 to 3600"),
        ("wait-for-discovery", "1e3", "a number of seconds from 0 to 3600"),
        ("concurrency", "0", "a whole number from 1 to 1024"),
        ("open-after", "0", "a whole number from 1 to 100"),
        ("close-after", "101", "a whole number from 1 to 100"),
        ("capabilities", "api; mcp", "comma-separated words"),
        ("capabilities", ",", "comma-separated words"),
        ("issue-labels", "x" * 51, "comma-separated names of at most 50 characters"),
        ("issue-assignees", "a\x07b", "comma-separated names of at most 50 characters"),
        ("service-url-template", "https://alpha.chitty.cc", "a URL that contains {name} and no other braces"),
        ("service-url-template", "https://{name}.{zone}", "a URL that contains {name} and no other braces"),
        ("service-url-template", "ftp://{name}", "a URL that begins with https://"),
        ("health-condition", 'import "x" as x; .', "a jq program without the words import, include and modulemeta"),
        ("health-condition", 'include "x"; .', "a jq program without the words import, include and modulemeta"),
        ("health-condition", '"x" | modulemeta', "a jq program without the words import, include and modulemeta"),
        ("environment", "x" * 256, "one printable line of at most 255 characters"),
        *(
            ("cloudflare-account-id", text, "1 to 64 letters, digits, underscores and hyphens, because it is a part of")
            for text in ("a/b", "..", "a?b", "a b", "a%2fb", "ä", "\u0663", "a\nb", "x" * 65)
        ),
        *((name, "a\x00b", "printable") for name in TEXTS),
        *((name, "a\nb", "printable") for name in TEXTS),
        *((name, "connect.example", "a URL that begins with https://") for name in URLS),
        *((name, "https://u:p@a.example", "a URL without user name and password") for name in URLS),
        *((name, "https://127.0.0.1", "a public address") for name in URLS),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(name: str, text: str, allowed: str) -> None:
    """One sentence: the input, the value, the rule."""
    problem = _problem(name, text)
    assert problem.message.startswith(f"input {name} is ")
    assert f": it must be {allowed}" in problem.message or ("printable" in problem.message and allowed == "printable")
    assert problem.message.splitlines() == [problem.message]


def test_all_problems_are_reported_at_once() -> None:
    """Those of the values, and those that the caller has found."""
    more = Problem("working-directory", "input working-directory is 'x': it is not a folder")
    with pytest.raises(InputError) as caught:
        parse(Given({"phase": "later", "timeout": "x", "dry-run": "maybe"}), [more])
    assert {problem.subject for problem in caught.value.problems} == {
        "phase",
        "timeout",
        "dry-run",
        "working-directory",
    }
    assert caught.value.problems[-1] is more


def test_a_problem_of_the_caller_is_enough() -> None:
    """Good values do not hide it."""
    with pytest.raises(InputError) as caught:
        parse(Given({"phase": "pre"}), [Problem("service-name", "none is known")])
    assert [problem.subject for problem in caught.value.problems] == ["service-name"]


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(name: str) -> None:
    """The input is named, its value is not."""
    for text in ("tok\nen-12345", "tökèn-12345"):
        problem = _problem(name, text)
        assert problem.message.startswith(f"input {name} cannot be used: it must be one line of printable ASCII")
        assert "en-12345" not in problem.message


@pytest.mark.parametrize("name", TOKENS)
def test_pre_does_not_judge_tokens_that_it_does_not_send(name: str) -> None:
    """A workflow may hand all of them to every phase."""
    parse(Given({"phase": "pre", name: "tok\nen"}))


@pytest.mark.parametrize("phase", ["pre", "reconcile"])
def test_cloudflares_token_is_judged_where_it_is_sent(phase: str) -> None:
    """Before a deployment and in the sweep, never shown; in `post` any text will do."""
    problem = _problem("cloudflare-api-token", "tok\nen-12345", phase=phase)
    assert "it must be one line of printable ASCII" in problem.message
    assert "en-12345" not in problem.message
    parse(Given({"phase": "post", "cloudflare-api-token": "tok\nen"}))


@pytest.mark.parametrize("text", ["0123456789abcdef0123456789abcdef", "my_Account-1", "x" * 64])
def test_an_account_is_named_by_its_identifier(text: str) -> None:
    """Cloudflare's are 32 hexadecimal digits; a stand-in may call them otherwise."""
    assert parse(Given({"phase": "pre", "cloudflare-account-id": text})).cloudflare_account_id == text


def test_secrets_do_not_print_themselves() -> None:
    """Neither in a trace nor in a log."""
    values = {name: f"secret-of-{name}" for name in SECRETS}
    inputs = parse(Given({"phase": "post", **values}))
    assert "secret-of" not in repr(inputs) + str(inputs)
    assert inputs.api_key is not None
    assert inputs.api_key.value == "secret-of-api-key"


def test_a_secret_in_the_wrong_input_is_not_shown() -> None:
    """However short it is, and whatever stands around it."""
    problem = _problem("timeout", "Bearer abc", **{"api-key": "abc"})
    assert problem.message == (
        "input timeout is not shown, because it may hold a secret: it must be a number of seconds from 0.01 to 3600"
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter22@a.example",
        "http://hunter22@a.example/x",
        "https://user:p@hunter22@a.example",
        "https://user:p/hunter22@a.example",
        "https:user:hunter22@a.example",
    ],
)
def test_user_info_of_a_refused_url_is_not_shown(url: str) -> None:
    """It is a secret that nobody declared."""
    assert "hunter22" not in _problem("connect-url", url).message


@pytest.mark.parametrize("url", ["https:h.example", "https:\\\\h.example", "https://h.ex\tample"])
def test_a_url_that_a_parser_would_mend_is_refused(url: str) -> None:
    """A reader would not know what it means."""
    assert "a URL that begins with https://" in _problem("connect-url", url).message


def test_a_long_value_is_cut_and_stays_on_one_line() -> None:
    """A sentence must stay one."""
    message = _problem("service-name", "x\n::error::" + "y" * 1000).message
    assert len(message) < 300
    assert message.isprintable()


def _problems(values: dict[str, str]) -> tuple[Problem, ...]:
    """Return what is wrong with the values; nothing when they can be read."""
    try:
        inputs = parse(Given(values))
    except InputError as error:
        return error.problems
    return () if math.isfinite(inputs.timeout + inputs.deadline) else (Problem("timeout", "not finite"),)


@given(st.sampled_from(input_names()), ANY_TEXT)
def test_any_text_in_any_input_is_read_or_is_a_bad_input(name: str, text: str) -> None:
    """Nothing else may happen, and what is said about it is one line that names the input."""
    problems = _problems({"phase": "post", name: text})
    assert {problem.subject for problem in problems} <= {name}
    assert all(problem.message.splitlines() == [problem.message] for problem in problems)


@given(st.dictionaries(st.sampled_from(input_names()), ANY_TEXT))
def test_any_texts_together_are_read_or_are_bad_inputs(values: dict[str, str]) -> None:
    """All at once, each named once."""
    subjects = [problem.subject for problem in _problems(values)]
    assert len(subjects) == len(set(subjects))
    assert set(subjects) <= {"phase", *values}


MADE_UP = st.text(string.ascii_letters, min_size=6).map("s3cr3t".__add__)
"""No secret is one of our own words: "registration" stands in the name of an input."""


@given(MADE_UP, st.sampled_from(sorted({*input_names()} - {*SECRETS})))
def test_no_secret_is_ever_in_what_is_said(secret: str, name: str) -> None:
    """Wherever it was pasted."""
    for problem in _problems({"phase": "post", "api-key": secret, name: f"x://{secret}@ {secret}\n"}):
        assert secret not in problem.message + problem.hint
