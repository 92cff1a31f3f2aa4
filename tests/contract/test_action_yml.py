"""action.yml, the inputs model, the README and the interface page say the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pytest
import yaml

from chitty_action.inputs import Inputs
from chitty_action.inputs.values import Ignore

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
INTERFACE = ROOT.parent / "shared" / "spec" / "interface.md"
ADDED = {
    "state-repository",
    "state-branch",
    "state-token",
    "started-at",
    "site-path",
    "page",
}  # by issues, as the page says
FROM_THE_RUNNER = {"github-token"}  # action.yml fills it in from the workflow; the model knows no default


class Spec(TypedDict, total=False):
    """One input or output of action.yml."""

    description: str
    default: str
    required: bool


class Action(TypedDict):
    """What the tests read of action.yml."""

    inputs: dict[str, Spec]
    outputs: dict[str, Spec]
    runs: dict[str, str]


def _action() -> Action:
    action: Action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    return action


def _as_text(default: object) -> str:
    """Write a default of the model as a user would write it in a workflow."""
    match default:
        case None | Ignore(services=(), routes=()):
            return ""
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(map(str, default))
        case float():
            return f"{default:g}"
        case _:
            return str(default)


def _fields() -> dict[str, tuple[bool, str]]:
    """Map each input of the model to whether it is required, and its default as text."""
    names, defaults = Inputs.__struct_encode_fields__, Inputs.__struct_defaults__
    required = dict.fromkeys(names[: len(names) - len(defaults)], (True, ""))
    return required | {name: (False, _as_text(one)) for name, one in zip(names[len(required) :], defaults, strict=True)}


def _rows(page: str) -> Iterator[list[str]]:
    """Yield the cells of every table row."""
    for line in page.splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_model_and_action_have_the_same_inputs_in_the_same_order() -> None:
    """A name in one place only is an input that nobody can give, or that nobody reads."""
    assert list(_action()["inputs"]) == list(_fields())


@pytest.mark.parametrize("name", list(_fields()))
def test_defaults_agree(name: str) -> None:
    """A workflow gets the documented default, and so does a laptop without action.yml."""
    spec = _action()["inputs"][name]
    required, default = _fields()[name]
    assert spec.get("required", False) == required
    if name in FROM_THE_RUNNER:
        assert spec["default"] == "${{ github.token }}"
        assert default == ""
    else:
        assert spec.get("default", "") == default


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_everything_is_described(kind: str) -> None:
    """A description is one sentence that begins with the phases, so that the tables read well."""
    action = _action()
    for name, spec in (action["inputs"] if kind == "inputs" else action["outputs"]).items():
        assert re.fullmatch(
            r"(All phases|What to do|(pre|post|reconcile)(, (post|reconcile))*): .*\.", spec["description"]
        ), name


def test_image_starts_the_program_in_isolated_mode() -> None:
    """The entry point is spelled exactly: absolute, and `-I` so that PYTHONPATH means nothing."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert dockerfile.rstrip().splitlines()[-1] == 'ENTRYPOINT ["/opt/venv/bin/python", "-I", "/app/entrypoint.py"]'
    assert _action()["runs"] == {"using": "docker", "image": "Dockerfile"}


def _interface() -> str:
    if not INTERFACE.exists():
        pytest.skip("the interface page is not beside this checkout")
    return INTERFACE.read_text("utf-8")


def test_inputs_are_those_of_the_interface() -> None:
    """The interface page's table binds: names, order and defaults."""
    section = _interface().partition("## 2. Inputs")[2].partition("\n## ")[0]
    _, _, *rows = _rows(section)
    promised: dict[str, str] = {}
    for names, default, *_ in rows:
        literal = re.fullmatch(r"`(.*)`", default)
        for name in re.findall(r"`([^`]+)`", names):
            promised[name] = literal[1] if literal else ""
    declared = {name: spec.get("default", "") for name, spec in _action()["inputs"].items()}
    assert promised == {name: default for name, default in declared.items() if name not in ADDED}
    assert [name for name in declared if name in promised] == list(promised)


def test_outputs_are_those_of_the_interface() -> None:
    """Every output of the interface page is declared, but the one whose name has a service's name in it."""
    section = _interface().partition("## 7. Outputs")[2].partition("\n## ")[0]
    all_phases = section.partition("All phases:")[2].partition("\n")[0]
    # In each, an output is a name in code style that an explanation in brackets, a comma or an end follows.
    texts = [all_phases, *(cells[1] for cells in list(_rows(section))[2:])]
    names = {name for text in texts for name in re.findall(r"`([a-z-]+)`", _without_brackets(text))}
    assert names == set(_action()["outputs"]) - ADDED


def _without_brackets(text: str) -> str:
    """Drop explanations: what stands in brackets, and `= true` with the name before it."""
    return re.sub(r"`<name>_unhealthy` = `true`", "", re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)*\)", "", text))
