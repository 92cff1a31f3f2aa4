from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from integration.github import GitHub
from tests.workflows.steps import EVENTS, TEMPLATES, workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


ANCESTORS = {"pre": (), "deploy": ("pre",), "post": ("pre", "deploy"), "report": ("pre", "deploy", "post")}


@pytest.fixture(scope="module")
def github() -> Iterator[GitHub]:
    """Give GitHub's own expression engine."""
    with GitHub() as github:
        yield github


def condition(github: GitHub, name: str, job: str) -> str:
    """Read a job's condition as GitHub completes it: with success(), unless it names a status itself."""
    return github.read(name, (TEMPLATES / name).read_text("utf-8"), {}, {})[1][job]


def context(name: str, **changes: object) -> dict[str, Any]:
    """Read a recorded event as the contexts `github` and `inputs`; `a__b` changes what stands under a, b."""
    event = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    for path, value in changes.items():
        *way, last = path.split("__")
        place = event
        for key in way:
            place = place[key]
        assert last in place, "a change is of something that was recorded"
        place[last] = value
    return {
        "github": {"event_name": name, "event": event, "ref": event.get("ref", "")},
        "inputs": event.get("inputs", {}),
    }


@pytest.mark.parametrize(
    ("event", "changes", "runs"),
    [
        ("check_run", {}, True),
        ("check_run", {"check_run__app__slug": "github-actions"}, False),
        ("check_run", {"check_run__app__slug": "cloudflare-workers-and-pages-2"}, False),
        ("check_run", {"check_run__app": None}, False),
        ("check_run", {"check_run__conclusion": "failure"}, False),
        ("check_run", {"check_run__conclusion": "skipped"}, False),
        ("check_run", {"check_run__conclusion": None}, False),
        ("check_run", {"check_run__check_suite__head_branch": "feature"}, False),
        ("check_run", {"check_run__check_suite__head_branch": None}, False),
        ("check_run", {"repository__default_branch": "trunk"}, False),
        ("deployment_status", {}, True),
        ("deployment_status", {"deployment__environment": "staging"}, True),
        ("deployment_status", {"deployment__environment": "Production"}, True),
        ("deployment_status", {"deployment__environment": "preview"}, False),
        ("deployment_status", {"deployment__environment": "production-eu"}, False),
        ("deployment_status", {"deployment_status__state": "failure"}, False),
        ("deployment_status", {"deployment_status__state": "in_progress"}, False),
        ("deployment_status", {"deployment_status__state": "inactive"}, False),
        ("workflow_dispatch", {}, True),
        ("push", {}, False),
    ],
)
def test_post_deploy_runs_after_good_deployments_only(
    github: GitHub, event: str, changes: Mapping[str, object], *, runs: bool
) -> None:
    """Every other check run and deployment of the repository starts the workflow too, and must end in nothing."""
    assert github.holds(condition(github, "post-deploy.yml", "post"), context(event, **changes)) is runs


def test_post_deploy_does_not_mix_its_events(github: GitHub) -> None:
    """What one kind of event needs is not lent to it by the payload of another."""
    mixed = context("check_run", check_run__conclusion="failure")
    mixed["github"]["event"] |= context("deployment_status")["github"]["event"]
    assert not github.holds(condition(github, "post-deploy.yml", "post"), mixed)


@pytest.mark.parametrize(
    ("event", "changes", "environment"),
    [
        ("check_run", {}, "production"),
        ("deployment_status", {}, "production"),
        ("deployment_status", {"deployment__environment": "Production"}, "production"),
        ("deployment_status", {"deployment__environment": "STAGING"}, "staging"),
        ("workflow_dispatch", {}, "production"),
        ("workflow_dispatch", {"inputs__environment": "staging"}, "staging"),
    ],
)
def test_post_deploy_spells_the_environment_as_the_action_does(
    github: GitHub, event: str, changes: Mapping[str, object], environment: str
) -> None:
    """GitHub compares names without regard to case, the action with."""
    step = workflow("post-deploy.yml")["jobs"]["post"]["steps"][-1]
    assert _text(github, step["with"]["environment"], context(event, **changes)) == environment


@pytest.mark.parametrize("event", ["check_run", "deployment_status", "workflow_dispatch"])
def test_post_deploy_checks_out_the_default_branch(github: GitHub, event: str) -> None:
    """Whatever the event is about, also where it names another branch."""
    checkout = workflow("post-deploy.yml")["jobs"]["post"]["steps"][0]
    elsewhere = context(event)
    elsewhere["github"]["ref"] = "refs/heads/feature"
    assert _text(github, checkout["with"]["ref"], elsewhere) == "main"


def _text(github: GitHub, template: str, contexts: Mapping[str, object]) -> str:
    """Evaluate a value that is one expression."""
    assert (template[:3], template[-2:]) == ("${{", "}}")
    return github.evaluate(template[3:-2].strip(), contexts)


def _results(
    github: GitHub, skip_pre: str, wants: Mapping[str, str], *, cancelled_after: str = "", state_branch: str = ""
) -> dict[str, str]:
    """Play the jobs of shared-deploy.yml; `wants` says how a job that runs ends, by default well."""
    results: dict[str, str] = {}
    cancelled = False
    for job, ancestors in ANCESTORS.items():
        before = [results[name] for name in ancestors]
        status = {
            "success": not cancelled and all(result == "success" for result in before),
            "failure": "failure" in before,
            "cancelled": cancelled,
        }
        contexts = {
            "inputs": {"skip_pre": skip_pre},
            "vars": {"CHITTY_STATE_BRANCH": state_branch},
            "needs": {name: {"result": result, "outputs": {}} for name, result in results.items()},
        }
        runs = github.holds(condition(github, "shared-deploy.yml", job), contexts, **status)
        results[job] = wants.get(job, "success") if runs else "skipped"
        cancelled = cancelled or job == cancelled_after
    return results


@pytest.mark.parametrize(
    ("skip_pre", "wants", "ends"),
    [
        ("", {}, "success success success success"),
        ("", {"pre": "failure"}, "failure skipped skipped success"),
        ("", {"deploy": "failure"}, "success failure skipped success"),
        ("", {"deploy": "cancelled"}, "success cancelled skipped success"),
        ("", {"post": "failure"}, "success success failure success"),
        ("mends the hub", {}, "skipped success success success"),
        ("mends the hub", {"deploy": "failure"}, "skipped failure skipped success"),
        ("false", {}, "skipped success success success"),
    ],
)
def test_jobs_run_as_the_page_says(github: GitHub, skip_pre: str, wants: Mapping[str, str], ends: str) -> None:
    """A pre that failed stops the deployment, one that was skipped with a reason does not; report always runs."""
    assert " ".join(_results(github, skip_pre, wants).values()) == ends


def test_a_failed_deployment_leaves_a_trace_where_traces_are_kept(github: GitHub) -> None:
    """Then post runs after it, and is red by its result; after one that did not begin there is nothing to tell."""
    failed = {"deploy": "failure", "post": "failure"}
    ends = _results(github, "", failed, state_branch="chitty-state")
    assert " ".join(ends.values()) == "success failure failure success"
    ends = _results(github, "", {"pre": "failure"}, state_branch="chitty-state")
    assert ends["post"] == "skipped"


@pytest.mark.parametrize(
    ("after", "ends"),
    [("pre", "success skipped skipped success"), ("deploy", "success success skipped success")],
)
def test_a_cancelled_run_starts_nothing_more(github: GitHub, after: str, ends: str) -> None:
    """Only report still runs, to say what is live."""
    assert " ".join(_results(github, "", {}, cancelled_after=after).values()) == ends


def test_the_needs_of_the_jobs_are_those_that_were_played() -> None:
    """The table of ancestors in this file is the template's."""
    jobs = workflow("shared-deploy.yml")["jobs"]
    assert {name: jobs[name].get("needs", []) for name in jobs} == {
        "pre": [],
        "deploy": "pre",
        "post": ["pre", "deploy"],
        "report": ["pre", "deploy", "post"],
    }


@pytest.mark.parametrize(
    ("ref", "environment"),
    [
        ("refs/heads/main", "production"),
        ("refs/heads/staging", "staging"),
        ("refs/heads/feature", None),
        ("refs/heads/main/x", None),
        ("refs/tags/main", None),
    ],
)
def test_only_two_branches_are_deployed(github: GitHub, ref: str, environment: str | None) -> None:
    """By hand, the workflow can be started on any branch or tag."""
    contexts = {"github": context("push", ref=ref)["github"]}
    assert github.holds(condition(github, "chittyos-deploy.yml", "deploy"), contexts) is (environment is not None)
    if environment:
        job = workflow("chittyos-deploy.yml")["jobs"]["deploy"]
        assert _text(github, job["with"]["environment"], contexts) == environment


@pytest.mark.parametrize(
    ("secrets", "key", "has"),
    [
        ({"CHITTY_API_KEY": "a", "CHITTYCONNECT_API_KEY": "b"}, "a", "true"),
        ({"CHITTYCONNECT_API_KEY": "b"}, "b", "true"),
        ({"CHITTY_API_KEY": "", "CHITTYCONNECT_API_KEY": "b"}, "b", "true"),
        ({}, "", "false"),
    ],
)
def test_either_name_of_the_api_key_is_taken(github: GitHub, secrets: Mapping[str, str], key: str, has: str) -> None:
    """And report is told that there is one, never which."""
    post = workflow("shared-deploy.yml")["jobs"]["post"]
    assert _text(github, post["steps"][-1]["with"]["api-key"], {"secrets": secrets}) == key
    assert _text(github, post["outputs"]["has-chitty-api-key"], {"secrets": secrets}) == has


@pytest.mark.parametrize(("inputs", "dry"), [({}, "false"), ({"dry-run": False}, "false"), ({"dry-run": True}, "true")])
def test_only_a_run_by_hand_is_dry(github: GitHub, inputs: Mapping[str, object], dry: str) -> None:
    """The schedule has no inputs, and must write."""
    step = workflow("reconcile.yml")["jobs"]["reconcile"]["steps"][0]
    assert _text(github, step["with"]["dry-run"], {"inputs": inputs}) == dry


@pytest.mark.parametrize(
    ("pages", "inputs", "path"),
    [("true", {}, "site"), ("true", {"dry-run": True}, ""), ("", {}, ""), ("false", {"dry-run": False}, "")],
)
def test_a_page_is_made_where_it_is_wanted(github: GitHub, pages: str, inputs: Mapping[str, object], path: str) -> None:
    """By the variable, and never by a dry run: publishing is a write."""
    step = workflow("reconcile.yml")["jobs"]["reconcile"]["steps"][0]
    assert _text(github, step["with"]["site-path"], {"inputs": inputs, "vars": {"CHITTY_PAGES": pages}}) == path


@pytest.mark.parametrize(("token", "branch"), [("a-token", "chitty-state"), ("", "")])
def test_a_deployment_is_recorded_where_there_is_a_token(github: GitHub, token: str, branch: str) -> None:
    """Without one the job's own could not write, and each deployment would warn of that."""
    step = workflow("shared-deploy.yml")["jobs"]["post"]["steps"][-1]
    contexts = {"secrets": {"CHITTY_STATE_TOKEN": token}, "vars": {"CHITTY_STATE_BRANCH": "chitty-state"}}
    assert _text(github, step["with"]["state-branch"], contexts) == branch
