from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from e2e.act import UNKNOWN_TO_ACT, WORKFLOWS, Watch
from e2e.base import ROOT
from sandbox import Down
from tests.phases.program import written

if TYPE_CHECKING:
    from e2e.act import Act
    from e2e.parts import Parts
    from sandbox import Sandbox

SHIPPED = WORKFLOWS / "reconcile.yml"
BROKEN = ("chittyrouter", "chittytrack")
UNHEALTHY = "unhealthy-services"
GREEN = {"reconcile": "success"}


@pytest.fixture
def watch(act: Act) -> Watch:
    """Give a repository that watches the ecosystem, while two services are broken."""
    for name in BROKEN:
        act.sandbox.faults.set(f"service:{name}", Down())
    return Watch(act)


def the_issue(sandbox: Sandbox) -> dict[str, Any]:
    """Give the only issue."""
    (issue,) = sandbox.issues.values()
    return issue


def told(outputs: dict[str, str]) -> list[tuple[str, str]]:
    """Give what became of each incident."""
    return [(incident["kind"], incident["action"]) for incident in json.loads(outputs["incidents"])]


def test_an_incident_opens_and_closes(watch: Watch, sandbox: Sandbox) -> None:
    """Two runs of the schedule, both green: the first opens an issue with the job's token, the second closes it."""
    first = watch.tick()
    outputs = first.outputs("reconcile")
    assert (first.code, first.jobs) == (0, GREEN)
    assert (outputs["verdict"], json.loads(outputs["unhealthy"])) == ("warned", [*BROKEN])
    assert [outputs[f"{name}_unhealthy"] for name in BROKEN] == ["true", "true"]
    assert outputs["discovery-refreshed"] == "true"
    assert told(outputs) == [(UNHEALTHY, "opened")]
    issue = the_issue(sandbox)
    assert (issue["state"], issue["user"]["login"]) == ("open", "github-actions[bot]")
    assert all(f"| {name} | down |" in issue["body"] for name in BROKEN)
    assert [label["name"] for label in issue["labels"]] == ["automated", "ecosystem-health", "priority:high"]
    assert issue["html_url"] in first.summary("reconcile")

    sandbox.faults.clear()
    second = watch.tick()
    assert (second.code, second.jobs) == (0, GREEN)
    assert told(second.outputs("reconcile")) == [(UNHEALTHY, "closed")]
    issue = the_issue(sandbox)
    assert (issue["state"], issue["state_reason"], issue["comments"]) == ("closed", "completed", 1)


def test_by_hand_it_is_dry(watch: Watch, sandbox: Sandbox) -> None:
    """The form's default is a dry run: it says what would become of the incident, and writes nothing."""
    ended = watch.dispatch(**{"dry-run": "true"})
    assert (ended.code, ended.jobs) == (0, GREEN)
    assert told(ended.outputs("reconcile")) == [(UNHEALTHY, "would-opened")]
    assert (written(sandbox), sandbox.issues) == ([], {})


def test_without_the_permission_the_run_is_red(watch: Watch, sandbox: Sandbox) -> None:
    """What is broken and cannot be told is the one thing that fails the job, with the permission to grant."""
    sandbox.github.forbid_writing()
    ended = watch.tick()
    assert (ended.code, ended.jobs) == (1, {"reconcile": "failure"})
    assert any("issues: write" in error for error in ended.errors("reconcile"))


def test_it_remembers_and_shows(watch: Watch, sandbox: Sandbox) -> None:
    """With the two variables a sweep leaves a commit on the data branch, and a page that the second job publishes."""
    ended = watch.tick(CHITTY_STATE_BRANCH="chitty-state", CHITTY_PAGES="true")
    assert (ended.code, ended.jobs) == (0, {"reconcile": "success", "publish": "success"})
    assert any(path.startswith("sweeps/") for path in sandbox.github.files("chitty-state"))
    status = json.loads((watch.published / "status.json").read_text("utf-8"))
    assert {row["name"] for row in status["services"] if row["evidence"] == "down"} == {*BROKEN}
    assert "chittyrouter" in (watch.published / "index.html").read_text("utf-8")


def test_what_ran_is_what_ships(watch: Watch) -> None:
    """The workflow that act took is that of this repository but for the one line, and the action is ours."""
    ended = watch.dispatch(**{"dry-run": "true"})
    upload = ROOT / "e2e" / "stand-ins" / "upload-pages-artifact" / "action.yml"
    assert ended.resolved == {
        ROOT / "action.yml",
        upload,
    }  # what the job `publish` uses is not read where it is skipped
    before, after = SHIPPED.read_text("utf-8").split(UNKNOWN_TO_ACT)
    assert watch.workflow.read_text("utf-8") == before + after


def test_act_cannot_read_one_line(parts: Parts) -> None:
    """When act knows `environment.deployment`, the workflow runs here as it is, and UNKNOWN_TO_ACT can go."""
    command = (str(parts.act), "--validate", "--workflows", str(SHIPPED))
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    assert ended.returncode == 1
    assert "Unknown Property deployment" in ended.stderr
