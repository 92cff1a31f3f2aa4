from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.steps import run, step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.workflows.steps import Ended

CHOICE = step("deploy", "Choose the deployment")
# What wrangler accepts and a JSON parser does not, and what looks like it inside of strings.
RICH = """\ufeff{
  // the name says "nothing"
  "name": "a // b, ] /* c */ \\" // d", /* "env": {"wrong": {}}, */
  "routes": [
    "https://chitty.cc/*", // last one,
  ],
  "env": {
    "staging": { "vars": { "A": ",}" }, },
    "production": {} /* , */ , // "preview": {},
  },
}
"""
TOML = """\
name = "a # b"  # [env.wrong]
routes = [
  "x/*", # last
]
[env.staging]
vars = { A = "]" }
[env.production.vars]
B = '''
[env.preview]
'''
"""


def choose(checkout: Path, files: Mapping[str, str], **given: str) -> Ended:
    """Run the step over these files; `environment` and others are its variables, in lower case."""
    for name, text in files.items():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(text, "utf-8", newline="")
    variables = {"DEPLOY_COMMAND": "", "ENVIRONMENT": "production", "FOLDER": ".", "HAS_TOKEN": "true", "SKIP_PRE": ""}
    return run(CHOICE, checkout, {**variables, **{name.upper(): value for name, value in given.items()}})


@pytest.mark.parametrize(
    ("name", "text"),
    [("wrangler.jsonc", RICH), ("wrangler.json", RICH), ("wrangler.toml", TOML)],
    ids=["jsonc", "json", "toml"],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("environment", ["production", "staging"])
def test_a_defined_environment_is_deployed(
    checkout: Path, name: str, text: str, line_end: str, environment: str
) -> None:
    """The configuration defines it, so wrangler is told both by name and looks for nothing itself."""
    ended = choose(checkout, {name: text.replace("\n", line_end)}, environment=environment)
    how = f"wrangler deploy --config {name} --env {environment}"
    assert (ended.code, ended.outputs) == (0, {"how": how, "config": name, "environment": environment})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrangler.jsonc", "{}"),
        ("wrangler.json", '{"name": "x", "env": {}}'),
        ("wrangler.jsonc", '{"env": null}'),
        ("wrangler.toml", 'name = "x"\n'),
        ("wrangler.toml", "# [env.staging]\n"),
    ],
)
def test_production_needs_no_environments(checkout: Path, name: str, text: str) -> None:
    """A configuration without environments is production's."""
    ended = choose(checkout, {name: text})
    expected = {"how": f"wrangler deploy --config {name}", "config": name, "environment": ""}
    assert (ended.code, ended.outputs) == (0, expected)


@pytest.mark.parametrize(
    ("files", "environment", "says"),
    [
        ({"wrangler.jsonc": RICH}, "preview", "defines no environment 'preview', only production, staging:"),
        ({"wrangler.toml": TOML}, "preview", "defines no environment 'preview', only production, staging:"),
        ({"wrangler.toml": "[env.staging]"}, "production", "defines no environment 'production', only staging:"),
        ({"wrangler.toml": "[env.Staging]"}, "staging", "defines no environment 'staging', only Staging:"),
        ({"wrangler.json": "{}"}, "staging", "defines no environment at all"),
        ({}, "production", "There is no wrangler.jsonc, wrangler.json or wrangler.toml in '.':"),
        ({"wrangler.jsonc": "{}", "wrangler.toml": ""}, "production", "Both wrangler.jsonc and wrangler.toml are"),
        ({"wrangler.json": "{}", "wrangler.jsonc": "{}"}, "production", "Both wrangler.json and wrangler.jsonc are"),
        ({"wrangler.jsonc": '{"env": {}'}, "production", "wrangler.jsonc in '.' cannot be read (Expecting"),
        ({"wrangler.jsonc": "[]"}, "production", "wrangler.jsonc in '.' cannot be read ("),
        ({"wrangler.jsonc": '{"env": 5}'}, "production", "wrangler.jsonc in '.' cannot be read ("),
        ({"wrangler.jsonc": '{"a": 1,, "b": 2}'}, "production", "wrangler.jsonc in '.' cannot be read ("),
        ({"wrangler.toml": "env = \n"}, "production", "wrangler.toml in '.' cannot be read (Invalid value"),
        ({"wrangler.toml/x": ""}, "production", "wrangler.toml in '.' cannot be read ("),
    ],
)
def test_what_is_not_certain_stops_with_one_sentence(
    checkout: Path, files: Mapping[str, str], environment: str, says: str
) -> None:
    """Nothing is deployed by a guess; the sentence names what exists, and the cure."""
    ended = choose(checkout, files, environment=environment)
    assert (ended.code, ended.outputs) == (1, {})
    assert says in ended.error
    assert "deploy_command" in ended.error


def test_bytes_that_are_no_text_stop(checkout: Path) -> None:
    """A configuration in another encoding than UTF-8 is not guessed at."""
    (checkout / "wrangler.toml").write_bytes(b"name = '\xff'")
    assert "cannot be read ('utf-8' codec" in choose(checkout, {}).error


@pytest.mark.parametrize("folder", ["none", "wrangler.toml", "..", "../..", "/"])
def test_a_folder_lies_in_the_repository(checkout: Path, folder: str) -> None:
    """Any other is a mistake of the caller, and the sentence says of which input."""
    ended = choose(checkout, {"wrangler.toml": ""}, folder=folder)
    assert ended.error.startswith(f"working_directory: '{folder}' is no folder of the repository; correct it in")


def test_only_the_services_own_folder_counts(checkout: Path) -> None:
    """In a monorepo, wrangler itself would go up to another service's configuration."""
    files = {"wrangler.json": "{}", "one/wrangler.toml": "[env.production]", "two/x": ""}
    assert choose(checkout, files, folder="one").outputs["config"] == "wrangler.toml"
    assert "in 'two'" in choose(checkout, files, folder="two").error


@pytest.mark.parametrize("has_token", ["true", "false"])
def test_a_deploy_command_needs_neither_configuration_nor_token(checkout: Path, has_token: str) -> None:
    """It may deploy to anywhere."""
    ended = choose(checkout, {}, deploy_command="make deploy", has_token=has_token)
    assert (ended.code, ended.outputs) == (0, {"how": "deploy_command"})


def test_a_blank_deploy_command_is_none(checkout: Path) -> None:
    """It would deploy nothing and end well."""
    assert choose(checkout, {"wrangler.toml": ""}, deploy_command=" \n").outputs["config"] == "wrangler.toml"


def test_without_a_token_nothing_is_tried(checkout: Path) -> None:
    """Here wrangler would ask for a login; the sentence says where the secret goes."""
    ended = choose(checkout, {"wrangler.toml": ""}, has_token="false")
    assert (ended.code, ended.outputs) == (1, {})
    assert ended.error.startswith("The secret CLOUDFLARE_API_TOKEN is not given")


def test_a_name_cannot_speak_to_the_runner(checkout: Path) -> None:
    """An environment's name is text of the repository; its line ends are escaped."""
    text = json.dumps({"env": {"a\n::warning::b%": {}}})
    assert "only a%0A::warning::b%25:" in choose(checkout, {"wrangler.json": text}).error


def _parsed() -> Any:  # noqa: ANN401 - a function out of a script
    """Take the script's own function out of it, because a process for each example takes too long."""
    tree = ast.parse(CHOICE["run"])
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "parsed"]
    names: dict[str, Any] = {}
    exec(compile(ast.Module([*imports, *functions], []), "choose", "exec"), names)  # noqa: S102 - the template's own script
    return names["parsed"]


class _File:
    """What the function reads."""

    suffix = ".jsonc"

    def __init__(self, text: str) -> None:
        self.read_text = lambda _encoding: text


ODD = st.text('a"\\/*,]}{[\n é', max_size=12)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD, inner, max_size=4),
    max_leaves=12,
)
NOISE = st.sampled_from(["", " ", "\n", "/**/", '/* ",] */', '// "}\n', "//,\r\n", "/***/", "/*\n//*/"])


def _written(value: object, draw: st.DrawFn) -> str:
    """Write a value as JSONC with noise around every token, and a comma too many where one is allowed."""

    def noise() -> str:
        return draw(NOISE)

    if isinstance(value, dict):
        parts = [f"{noise()}{json.dumps(key)}{noise()}:{_written(inner, draw)}" for key, inner in value.items()]
    elif isinstance(value, list):
        parts = [_written(inner, draw) for inner in value]
    else:
        return f"{noise()}{json.dumps(value)}{noise()}"
    trailing = draw(st.sampled_from(["", ","])) + noise() + noise() if parts else noise()
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{noise()}{opening}{','.join(parts)}{trailing}{closing}{noise()}"


@given(st.composite(lambda draw: (value := draw(DOCUMENTS), _written(value, draw)))())
def test_whatever_is_written_is_read_back(written: tuple[object, str]) -> None:
    """Comments and trailing commas change nothing, wherever they stand, and strings are never touched."""
    value, text = written
    assert _parsed()(_File(text)) == value


@pytest.mark.parametrize("environment", ["", "  "])
@pytest.mark.parametrize("command", ["", "npm run ship"])
def test_an_empty_environment_stops(checkout: Path, environment: str, command: str) -> None:
    """It would pass every reviewer by, and be taken for production afterwards."""
    ended = choose(checkout, {"wrangler.toml": TOML}, environment=environment, deploy_command=command)
    assert (ended.code, ended.outputs) == (1, {})
    assert "environment is empty" in ended.error


@pytest.mark.parametrize("reason", [" ", "false", "True", "no"])
def test_what_is_no_reason_does_not_skip_pre(checkout: Path, reason: str) -> None:
    """A switch is not a reason: pre was skipped for it, so the deployment stops."""
    ended = choose(checkout, {"wrangler.toml": TOML}, skip_pre=reason)
    assert (ended.code, ended.outputs) == (1, {})
    assert f"'{reason}' is none" in ended.error


@pytest.mark.parametrize("text", ['{"env":' + "[" * 100_000, '{"env": ["ab", "cd"]}'], ids=["bottomless", "list"])
def test_environments_that_are_no_table_stop(checkout: Path, text: str) -> None:
    """With a sentence, and never with an environment that nobody defined."""
    ended = choose(checkout, {"wrangler.jsonc": text})
    assert (ended.code, ended.outputs) == (1, {})
    assert "wrangler.jsonc in '.' cannot be read (" in ended.error
