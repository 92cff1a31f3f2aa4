from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.base import ROOT
from tools.image import BUDGET, added

if TYPE_CHECKING:
    from e2e.build import Image

CONTENTS = Path(__file__).with_name("contents.py")
INTERPRETER = "/opt/venv/bin/python"


@pytest.fixture(scope="module")
def configuration(image: Image) -> dict[str, Any]:
    """Give what the image says of itself."""
    said: dict[str, Any] = json.loads(
        image.engine.docker("image", "inspect", "--format", "{{json .Config}}", image.tag)
    )
    return said


@pytest.fixture(scope="module")
def contents(image: Image) -> dict[str, Any]:
    """Give what contents.py finds inside."""
    mount = ("--volume", f"{CONTENTS}:/contents.py:ro")
    options = ("--rm", "--network", "none", "--read-only", *mount, "--entrypoint", INTERPRETER)
    found: dict[str, Any] = json.loads(image.engine.docker("run", *options, image.tag, "-I", "/contents.py"))
    return found


def test_the_entry_point(configuration: dict[str, Any]) -> None:
    """An absolute interpreter in isolated mode, as a list: neither PATH nor a shell has a say."""
    assert configuration["Entrypoint"] == [INTERPRETER, "-I", "/app/entrypoint.py"]
    assert not configuration.get("Cmd"), "the runner gives no arguments, and neither does the image"


def test_it_runs_as_root(configuration: dict[str, Any]) -> None:
    """The runner's files are root's, and the runner sets the working directory."""
    assert configuration.get("User", "") in {"", "root", "0"}
    assert configuration.get("WorkingDir", "") in {"", "/"}


def test_it_says_what_it_is(configuration: dict[str, Any]) -> None:
    """The labels that registries show."""
    labels = {name.removeprefix("org.opencontainers.image."): text for name, text in configuration["Labels"].items()}
    assert labels["title"] == "chitty-action"
    assert labels["licenses"] == "Apache-2.0"
    assert {"description", "source", "vendor"} <= set(labels)


def test_the_interpreter_is_isolated(contents: dict[str, Any]) -> None:
    """Nothing but the standard library and the environment is importable, and assertions are not compiled away."""
    assert contents["flags"] == {"isolated": 1, "optimize": 0}
    assert [path for path in contents["path"] if not re.search(r"/lib/python3[.\d]+(/|$)|\.zip$", path)] == []


def test_exactly_what_is_locked_is_installed(contents: dict[str, Any]) -> None:
    """Every version is the lock's, and nothing came along: no pip, no build tool, no test tool."""
    lock = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE))
    installed = {name.lower().replace("_", "-"): version for name, version in contents["distributions"].items()}
    ours = installed.pop("chitty-action")
    assert f'version = "{ours}"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert {name: locked.get(name) for name in installed} == installed


def test_nothing_that_only_developers_need(contents: dict[str, Any]) -> None:
    """No tests, stubs, headers, pip, commands of libraries, sandbox; and no compiler anywhere on the PATH."""
    unwanted = re.compile(r"(^|/)(tests?|pip|setuptools|sandbox|e2e)(/|$)|\.(pyi|h|c|pyx)$|^bin/(?!python)")
    assert [path for path in contents["environment"] if unwanted.search(path)] == []
    assert contents["compilers"] == []


def test_all_bytecode_is_there(contents: dict[str, Any]) -> None:
    """Every module of the environment, and all of the standard library that it loads, was compiled from this source."""
    states: dict[str, str] = contents["bytecode"]
    assert {path: state for path, state in states.items() if state != "fresh"} == {}
    assert len([path for path in states if not path.startswith("/opt/venv")]) > 100, (
        "the standard library was looked at"
    )


def test_it_stays_within_its_budget(image: Image) -> None:
    """What every job downloads over the base is bounded."""
    layers = added(image)
    assert 10 < sum(layer.megabytes for layer in layers) <= BUDGET, layers
