"""What no linter says about the workflows: pins, limits, gates, and the same words as elsewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PIN = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

Job = dict[str, Any]


def _workflow(path: Path) -> dict[str, Any]:
    # BaseLoader: to YAML 1.1 the key `on` is a boolean.
    workflow: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes text only
    return workflow


def _scripts(path: Path) -> Iterator[str]:
    for job in _workflow(path)["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


each_workflow = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
each_job = pytest.mark.parametrize(
    "job",
    [pytest.param(job, id=f"{path.stem}-{name}") for path in FILES for name, job in _workflow(path)["jobs"].items()],
)


@each_workflow
def test_every_action_is_pinned(path: Path) -> None:
    """A tag can be moved, a commit cannot; the comment tells people and dependabot which release it is."""
    used = [line.strip().removeprefix("- ") for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not (PIN.match(line) or re.match(r"uses: \./( #|$)", line))] == []


@each_workflow
def test_nothing_is_permitted_by_default(path: Path) -> None:
    """Each job says what it needs; a new one starts with nothing."""
    assert _workflow(path)["permissions"] == {}


@each_job
def test_every_job_has_limits(job: Job) -> None:
    """A hanging job ends within the hour, and no job may write."""
    assert 0 < int(job["timeout-minutes"]) <= 60
    assert job["permissions"] in ({}, {"contents": "read"})


@each_job
def test_no_checkout_leaves_the_token_behind(job: Job) -> None:
    """Later steps run what the pull request says, so they find no token in .git/config."""
    checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step.get("with", {}).get("persist-credentials") != "false"] == []


@each_workflow
def test_no_script_is_written_by_an_expression(path: Path) -> None:
    """What an expression gives reaches a script through `env:`, where it is data."""
    assert [script for script in _scripts(path) if "${{" in script] == []


@each_workflow
def test_scripts_stop_at_the_first_failure(path: Path) -> None:
    """GitHub adds pipefail only where the shell is named."""
    assert _workflow(path)["defaults"] == {"run": {"shell": "bash"}}


@each_workflow
def test_one_gate_needs_every_other_job(path: Path) -> None:
    """Branch protection requires one job, of the workflow's name; it runs, and fails, also when others were skipped."""
    jobs = _workflow(path)["jobs"]
    gate = jobs.pop(path.stem)
    assert sorted(gate["needs"]) == sorted(jobs)
    assert gate["if"] == "always()"
    assert 'all(.result == "success")' in gate["steps"][-1]["run"]


@each_workflow
def test_only_a_pull_request_is_superseded(path: Path) -> None:
    """Every commit of main has a run of its own that nobody cancels."""
    assert _workflow(path)["concurrency"] == {
        "group": f"{path.stem}-${{{{ github.event.pull_request.number || github.run_id }}}}",
        "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
    }


@each_workflow
def test_every_target_exists(path: Path) -> None:
    """A workflow calls what the Makefile has."""
    targets = set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    called = {target for script in _scripts(path) for target in re.findall(r"\bmake ([\w-]+)", script)}
    assert called
    assert called <= targets


def test_ci_runs_every_target_that_can_fail() -> None:
    """What is not run here is what makes something, and what takes hours."""
    targets = set(re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    called = {target for script in _scripts(FILES[0]) for target in re.findall(r"\bmake ([\w-]+)", script)}
    assert targets - called <= {"help", "setup", "everything", "image", "mutation", "docs", "format", "lock"}


def test_ci_tests_every_python_that_is_promised() -> None:
    """The matrix is the list of classifiers, and make is told which one to take."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = [found[1] for name in project["classifiers"] if (found := re.search(r":: (3\.\d+)$", name))]
    job = _workflow(FILES[0])["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == promised
    assert job["env"] == {"PYTHON": "python${{ matrix.python }}"}
