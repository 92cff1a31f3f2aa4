from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.workflows.steps import run, step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.workflows.steps import Ended

CHOICE = step("deploy", "Choose the package manager")


def choose(checkout: Path, files: Iterable[str], *, folder: str = ".", manager: str = "") -> Ended:
    """Run the step over files of these names; one like `package.json@pnpm` declares that package manager."""
    for entry in files:
        name, _, declared = entry.partition("@")
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(json.dumps({"packageManager": f"{declared}@9.1.0"} if declared else {}), "utf-8")
    return run(CHOICE, checkout, {"FOLDER": folder, "PACKAGE_MANAGER": manager})


@pytest.mark.parametrize(
    ("files", "manager", "locked", "where"),
    [
        ([], "none", "false", "worker"),
        (["wrangler.toml"], "none", "false", "worker"),
        (["worker/package.json"], "npm", "false", "worker"),
        (["package.json"], "npm", "false", "."),
        (["worker/package.json", "worker/package-lock.json"], "npm", "true", "worker"),
        (["worker/package.json", "worker/npm-shrinkwrap.json"], "npm", "true", "worker"),
        (["worker/package.json", "worker/pnpm-lock.yaml"], "pnpm", "true", "worker"),
        (["worker/package.json", "package.json", "package-lock.json"], "npm", "true", "."),
        (["worker/package.json", "package.json", "pnpm-lock.yaml"], "pnpm", "true", "."),
        (["worker/package.json@pnpm"], "pnpm", "false", "worker"),
        (["worker/package.json", "package.json@pnpm"], "pnpm", "false", "worker"),
        (["worker/package.json@pnpm", "worker/pnpm-lock.yaml", "worker/package-lock.json"], "pnpm", "true", "worker"),
        (["worker/package.json", "worker/package-lock.json", "package.json@pnpm"], "npm", "true", "worker"),
    ],
)
def test_the_nearest_sign_decides(checkout: Path, files: list[str], manager: str, locked: str, where: str) -> None:
    """From the service's folder up to the repository's: what is declared, else the lock file, else npm."""
    (checkout / "worker").mkdir()
    ended = choose(checkout, files, folder="worker")
    expected = {"manager": manager, "locked": locked, "folder": str((checkout / where).resolve())}
    assert (ended.code, ended.outputs) == (0, expected)


@pytest.mark.parametrize(
    ("manager", "locked"), [("npm", "true"), ("pnpm", "true"), ("none", "false"), (" npm ", "true")]
)
def test_the_input_decides_before_any_sign(checkout: Path, manager: str, locked: str) -> None:
    """Two lock files are no question then."""
    ended = choose(checkout, ["package.json@yarn", "package-lock.json", "pnpm-lock.yaml"], manager=manager)
    assert (ended.outputs["manager"], ended.outputs["locked"]) == (manager.strip(), locked)


@pytest.mark.parametrize(
    ("files", "manager", "says"),
    [
        (["package.json@yarn"], "", "package_manager is npm or pnpm here"),
        (["package.json", "yarn.lock"], "", "package_manager is npm or pnpm here"),
        (["package.json", "bun.lock"], "", "package_manager is npm or pnpm here"),
        (["package.json"], "npm7", "package_manager is npm or pnpm here"),
        (["package.json", "yarn.lock", "package-lock.json"], "", "The lock files of npm and yarn lie side by side"),
        (["package-lock.json"], "", "there is no package.json"),
        ([], "pnpm", "package_manager is pnpm, but there is no package.json"),
    ],
)
def test_what_is_not_certain_stops(checkout: Path, files: list[str], manager: str, says: str) -> None:
    """The wrong package manager would install other versions, or none, without a word."""
    ended = choose(checkout, files, manager=manager)
    assert (ended.code, ended.outputs) == (1, {})
    assert says in ended.error


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"packageManager": 5}'])
def test_a_broken_manifest_stops_unless_nothing_needs_it(checkout: Path, text: str) -> None:
    """Also npm would stop, but with more than a sentence."""
    (checkout / "package.json").write_text(text, "utf-8")
    assert choose(checkout, []).error.startswith("A package.json cannot be read")
    assert choose(checkout, [], manager="none").outputs["manager"] == "none"


def test_folders_above_the_repository_do_not_count(checkout: Path) -> None:
    """On a runner of one's own, something else may lie there."""
    (checkout.parent / "package-lock.json").write_text("{}", "utf-8")
    (checkout.parent / "package.json").write_text("{}", "utf-8")
    assert choose(checkout, []).outputs["manager"] == "none"
