from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from chitty_action.inputs import SECRETS, Given, given, input_names, remarks, variable
from chitty_action.model.finding import Level

HYPHENATED = [name for name in input_names() if "-" in name]


def test_a_variable_is_spelled_as_the_runner_does() -> None:
    """Upper-case, and hyphens stay."""
    assert variable("service-name") == "INPUT_SERVICE-NAME"
    assert variable("phase") == "INPUT_PHASE"


def test_secrets_are_known_by_name() -> None:
    """Their values are never printed."""
    assert set(SECRETS) == {
        "register-token",
        "api-key",
        "admin-token",
        "cloudflare-api-token",
        "github-token",
        "state-token",
    }


@pytest.mark.parametrize("name", input_names())
def test_every_input_is_found_trimmed(name: str) -> None:
    """White space around a value is nobody's intention."""
    assert given({variable(name): " \t value \n"}) == Given({name: "value"})


@pytest.mark.parametrize("name", HYPHENATED)
def test_the_alias_counts_where_the_hyphenated_variable_is_absent(name: str) -> None:
    """A shell cannot export a hyphen."""
    assert given({variable(name).replace("-", "_"): "value"}) == Given({name: "value"})


@pytest.mark.parametrize("own", ["mine", "", "  "])
def test_the_alias_does_not_count_where_the_step_hands_the_input_over(own: str) -> None:
    """Not even when it is empty: an earlier step could have planted the alias."""
    gathered = given({"INPUT_SERVICE-NAME": own, "INPUT_SERVICE_NAME": "planted"})
    assert gathered.values == ({"service-name": "mine"} if own == "mine" else {})
    assert gathered.overruled == ("INPUT_SERVICE_NAME",)
    (finding,) = remarks(gathered)
    assert (finding.level, finding.subject) == (Level.NOTICE, "service-name")
    assert "INPUT_SERVICE_NAME was not used" in finding.message


@pytest.mark.parametrize("empty", ["", " ", "\n"])
def test_an_empty_value_is_not_given(empty: str) -> None:
    """An expression that gave nothing is not a value."""
    assert given({"INPUT_TIMEOUT": empty}) == Given({})


@pytest.mark.parametrize(
    ("key", "spelled", "hint"),
    [
        ("INPUT_SERVICE-NAM", "service-nam", "did you mean service-name?"),
        ("INPUT_SERVICE_NAM", "service-nam", "did you mean service-name?"),
        ("INPUT_TIMEOUTS", "timeouts", "did you mean timeout?"),
        ("INPUT_XYZZY", "xyzzy", "see the list of inputs in the README"),
    ],
)
def test_an_unknown_input_is_a_warning_with_a_suggestion(key: str, spelled: str, hint: str) -> None:
    """A misspelt input would silently do nothing."""
    gathered = given({key: "x"})
    assert gathered == Given({}, unknown=(key,))
    (finding,) = remarks(gathered)
    assert (finding.level, finding.hint) == (Level.WARNING, hint)
    assert finding.message == f"input {spelled} is unknown and was not used"


def test_what_the_runner_sets_itself_and_what_is_not_ours_is_passed_over() -> None:
    """`args` and `entrypoint` are keys of a container action; other variables are no inputs."""
    assert given({"INPUT_ARGS": "x", "INPUT_ENTRYPOINT": "y", "PATH": "/bin", "MY_INPUT_X": "z"}) == Given({})


def test_good_inputs_need_no_remark() -> None:
    """Nothing is said where nothing is odd."""
    assert remarks(given({"INPUT_PHASE": "pre", "INPUT_SERVICE_NAME": "alpha"})) == ()


def test_secrets_that_were_given_are_known() -> None:
    """They are masked before anything is printed."""
    assert given({"INPUT_API-KEY": "k-1", "INPUT_ADMIN_TOKEN": "t-2", "INPUT_PHASE": "pre"}).secrets == ("k-1", "t-2")


@for_all(st.dictionaries(st.text().map(lambda text: f"INPUT_{text}"), st.text()))
def test_any_environment_can_be_read(environ: dict[str, str]) -> None:
    """And every remark is one line."""
    for finding in remarks(given(environ)):
        assert finding.message.splitlines() == [finding.message]
