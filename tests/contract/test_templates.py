"""What no linter says about the templates in `workflows/`: who gets which secret, and the same words as elsewhere."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.workflows.steps import TEMPLATES, workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chittyos-deploy.yml", "post-deploy.yml", "reconcile.yml", "shared-deploy.yml")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
PIN = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
OURS = ("uses: chittyos/chitty-action@v1", "uses: chittyos/chittyconnect/.github/workflows/shared-deploy.yml@v1")
SECRET = re.compile(r"secrets\.(\w+)\b(?! != '')")  # one that is compared with nothing is no secret any more
CLOUDFLARE = {"CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID"}
CHITTY = {"CHITTY_REGISTER_TOKEN", "CHITTY_API_KEY", "CHITTYCONNECT_API_KEY", "CHITTY_STATE_TOKEN"}

Job = dict[str, Any]

each_template = pytest.mark.parametrize("name", NAMES)
each_job = pytest.mark.parametrize(
    ("name", "job"),
    [pytest.param(name, job, id=f"{name}-{key}") for name in NAMES for key, job in workflow(name)["jobs"].items()],
)


def _steps(name: str) -> Iterator[dict[str, Any]]:
    return chain.from_iterable(job.get("steps", []) for job in workflow(name)["jobs"].values())


def _secrets(value: object) -> set[str]:
    """Find the secrets that are read anywhere in a value."""
    if isinstance(value, dict):
        return set().union(*map(_secrets, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(_secrets, value)) if value else set()
    return set(SECRET.findall(str(value)))


def test_these_are_all() -> None:
    """A new template is a line here, and in the documentation."""
    assert tuple(sorted(path.name for path in TEMPLATES.iterdir())) == NAMES


@each_template
def test_three_lines_say_where_it_goes(name: str) -> None:
    """Whoever opens the copy in another repository learns where it belongs and what it does."""
    lines = (TEMPLATES / name).read_text("utf-8").splitlines()
    assert [line.startswith("# ") for line in lines[:4]] == [True, True, True, False]
    assert lines[0].startswith("# Goes into ")
    assert f".github/workflows/{name}" in " ".join(lines[:2])


@each_template
def test_every_action_is_pinned(name: str) -> None:
    """Others' by commit, with the release beside it; ours by the tag v1, which moves with fixes."""
    lines = (TEMPLATES / name).read_text("utf-8").splitlines()
    used = [line.strip().removeprefix("- ") for line in lines if re.match(r"\s+(- )?uses:", line)]
    assert used
    assert [line for line in used if not PIN.match(line) and line not in OURS] == []


@each_template
def test_pins_are_those_of_our_own_workflows(name: str) -> None:
    """Dependabot updates only .github/workflows; a template must not stay behind."""
    own = "".join(path.read_text("utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    pins = dict(re.findall(r"uses: ([\w/-]+)@([0-9a-f]{40} # \S+)", own))
    used = re.findall(r"uses: ([\w/-]+)@([0-9a-f]{40} # \S+)", (TEMPLATES / name).read_text("utf-8"))
    assert [(action, pin) for action, pin in used if pins.get(action, pin) != pin] == []


@each_template
def test_nothing_is_permitted_by_default(name: str) -> None:
    """Each job says what it needs."""
    assert workflow(name)["permissions"] == {}


@each_job
def test_every_job_has_limits(name: str, job: Job) -> None:
    """A hanging job ends within the hour, and none may write, but for incidents, the data branch and the page."""
    writers = [{"contents": "write", "issues": "write"}, {"pages": "write", "id-token": "write"}]
    assert job["permissions"] in ({}, {"contents": "read"}, *(writers if name == "reconcile.yml" else []))
    assert "uses" in job or 0 < int(job["timeout-minutes"]) <= 60


def test_the_caller_may_what_the_called_asks_for() -> None:
    """With less, GitHub ends the run before its first job, and says little."""
    asked = {scope for job in workflow("shared-deploy.yml")["jobs"].values() for scope in job["permissions"].items()}
    assert set(workflow("chittyos-deploy.yml")["jobs"]["deploy"]["permissions"].items()) == asked


@each_template
def test_no_script_is_written_by_an_expression(name: str) -> None:
    """What an expression gives reaches a script through `env:`, where it is data."""
    assert [step["run"] for step in _steps(name) if "${{" in step.get("run", "")] == []


@each_template
def test_scripts_stop_at_the_first_failure(name: str) -> None:
    """GitHub adds pipefail only where the shell is named."""
    scripts = [step for step in _steps(name) if "run" in step]
    assert not scripts or workflow(name)["defaults"] == {"run": {"shell": "bash"}}


@each_template
def test_no_checkout_leaves_the_token_behind(name: str) -> None:
    """Install scripts and deploy commands find none in .git/config."""
    checkouts = [step for step in _steps(name) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step for step in checkouts if step["with"].get("persist-credentials") != "false"] == []


@each_template
def test_our_action_knows_every_word(name: str) -> None:
    """Each input that is given and each output that is used exists."""
    for step in _steps(name):
        if step.get("uses", "").startswith("chittyos/chitty-action@"):
            assert set(step["with"]) <= set(ACTION["inputs"])
    used = re.findall(r"steps\.action\.outputs\.([\w-]+)", (TEMPLATES / name).read_text("utf-8"))
    assert set(used) <= set(ACTION["outputs"])


def test_only_two_steps_of_a_deployment_get_secrets() -> None:
    """Which ones: what deploys, and what registers; nothing before or after them, and no job as a whole."""
    jobs = workflow("shared-deploy.yml")["jobs"]
    given = {
        (key, step.get("name", step.get("uses"))): found
        for key, job in jobs.items()
        for step in job["steps"]
        if (found := _secrets(step))
    }
    assert given == {("deploy", "Deploy"): CLOUDFLARE, ("post", "Register and prove the service"): CHITTY}
    rest = {key: {name: value for name, value in job.items() if name != "steps"} for key, job in jobs.items()}
    assert _secrets(rest) == set()


def test_whether_a_secret_is_there_is_all_that_leaves_a_job() -> None:
    """The form of these outputs cannot hold a secret."""
    outputs = chain.from_iterable(job["outputs"].values() for job in workflow("shared-deploy.yml")["jobs"].values())
    told = [value for value in outputs if "secrets." in value]
    whole = re.compile(r"\$\{\{ secrets\.\w+ != ''(?: \|\| secrets\.\w+ != '')* \}\}")
    assert len(told) == 4
    assert [value for value in told if not whole.fullmatch(value)] == []


def test_every_secret_is_optional_and_passed_by_name() -> None:
    """The caller hands over what the called workflow takes, one by one."""
    declared: Mapping[str, Mapping[str, str]] = workflow("shared-deploy.yml")["on"]["workflow_call"]["secrets"]
    assert set(declared) == CLOUDFLARE | CHITTY
    assert {secret["required"] for secret in declared.values()} == {"false"}
    passed = workflow("chittyos-deploy.yml")["jobs"]["deploy"]["secrets"]
    assert passed == {name: f"${{{{ secrets.{name} }}}}" for name in passed}
    assert set(declared) - set(passed) == {"CHITTYCONNECT_API_KEY"}


def test_the_shared_workflow_promises_these_names() -> None:
    """Callers depend on them: add, never rename."""
    call = workflow("shared-deploy.yml")["on"]["workflow_call"]
    assert list(call["inputs"]) == [
        "service_name",
        "service_url",
        "environment",
        "working_directory",
        "node_version",
        "package_manager",
        "deploy_command",
        "wait_for_health",
        "skip_pre",
    ]
    assert {(given["type"], "default" in given) for given in call["inputs"].values()} == {("string", True)}
    assert list(call["outputs"]) == ["verdict", "service-url"]
    assert set(workflow("chittyos-deploy.yml")["jobs"]["deploy"]["with"]) <= set(call["inputs"])


def test_a_deployment_is_never_stopped_half_way() -> None:
    """One at a time for a service and an environment; the caller's own group, if it has one, is another."""
    concurrency = workflow("shared-deploy.yml")["concurrency"]
    assert concurrency["cancel-in-progress"] == "false"
    assert re.findall(r"inputs\.\w+", concurrency["group"]) == ["inputs.service_name", "inputs.environment"]
    assert "concurrency" not in workflow("chittyos-deploy.yml")


def test_the_deployment_is_the_last_step_of_its_job() -> None:
    """A later step could fail, or be late, and the job's result would no longer say whether something is live."""
    assert workflow("shared-deploy.yml")["jobs"]["deploy"]["steps"][-1]["id"] == "deploy"


@pytest.mark.parametrize(("name", "job"), [("post-deploy.yml", "post"), ("reconcile.yml", "reconcile")])
def test_runs_do_not_overlap(name: str, job: str) -> None:
    """Two that write at once could write twice."""
    found = workflow(name)
    assert found.get("concurrency", found["jobs"][job].get("concurrency"))["cancel-in-progress"] == "false"


def test_nothing_of_an_event_is_checked_out() -> None:
    """The default branch is the only one whose files are read with secrets at hand."""
    (checkout,) = [step for step in _steps("post-deploy.yml") if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"
    steps = "".join(map(str, _steps("post-deploy.yml")))
    assert re.search(r"head_|\.sha|\.ref\b|github\.ref", steps) is None


def test_the_schedule_avoids_the_busy_minutes() -> None:
    """Every six hours, at a minute that nobody else thinks of."""
    ((cron,),) = (entry.values() for entry in workflow("reconcile.yml")["on"]["schedule"])
    minute, rest = cron.split(" ", 1)
    assert rest == "*/6 * * *"
    assert int(minute) % 2 == 1
    assert int(minute) % 5


def test_reconciling_is_told_all_that_it_can_use() -> None:
    """The phase comes later than this workflow, its inputs do not."""
    given = workflow("reconcile.yml")["jobs"]["reconcile"]["steps"][0]["with"]
    needed = {"admin-token", "api-key", "register-token", "cloudflare-api-token", "cloudflare-account-id", "dry-run"}
    needed |= {"state-branch", "site-path"}
    assert needed <= set(given)
    assert given["phase"] == "reconcile"
