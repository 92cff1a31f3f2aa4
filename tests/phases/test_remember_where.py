"""Which branch of which repository, with whose token: what is refused, and with which sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.phases.program import SERVICE, variables
from tests.phases.remembering import (
    BRANCH,
    OPERATIONS,
    OWN,
    asked_github,
    deployments,
    files,
    memory,
    post,
    reconcile,
    remembering,
)

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Ended, Program

PAGES = "a-token-for-the-branch"


def lacking(program: Program, sandbox: Sandbox, *lacks: str, **inputs: str) -> Ended:
    """Run `post` without some of the variables."""
    environ = {name: text for name, text in remembering(sandbox, **inputs).items() if name not in lacks}
    return program.run("post", environ={**environ, **dict.fromkeys(lacks)})


def test_the_default_branch_is_refused(program: Program, sandbox: Sandbox) -> None:
    """People work on it; the deployment stays good."""
    ended = post(program, state_branch="main")
    told = memory(ended)
    assert (ended.code, told["level"]) == (0, "warning")
    assert "it is the repository's default branch" in told["message"]
    assert "another state-branch" in told["hint"]
    assert list(sandbox.github.files("main")) == ["README.md"]


def test_an_unknown_repository_is_named(program: Program) -> None:
    """With the right that may be missing."""
    told = memory(post(program, state_repository="nobody/nothing"))
    assert "nobody/nothing" in told["message"]
    assert "contents: write" in told["hint"]


def test_without_the_right_to_write_the_cure_names_it(program: Program, sandbox: Sandbox) -> None:
    """403 for the workflow's token."""
    sandbox.github.forbid_writing()
    ended = post(program)
    told = memory(ended)
    assert (ended.code, files(sandbox)) == (0, {})
    assert "contents: write" in told["hint"]
    assert f"this deployment of {SERVICE} is not recorded" in told["message"]


@pytest.mark.parametrize("phase", ["post", "reconcile"])
def test_without_a_token_nothing_is_remembered(program: Program, sandbox: Sandbox, phase: str) -> None:
    """A branch was asked for, so that is a warning."""
    ended = program.run(phase, environ={**remembering(sandbox), "INPUT_GITHUB-TOKEN": None})
    told = memory(ended)
    assert told["level"] == "warning"
    assert "this run is not remembered: there is no state-token" in told["message"]
    assert asked_github(sandbox) == []


def test_without_a_repository_nothing_is_remembered(program: Program, sandbox: Sandbox) -> None:
    """Outside of GitHub nothing says whose branch it is."""
    ended = lacking(program, sandbox, "INPUT_STATE-REPOSITORY", "GITHUB_REPOSITORY", service_name=SERVICE)
    assert "neither state-repository nor GITHUB_REPOSITORY" in memory(ended)["message"]
    assert asked_github(sandbox) == []


def test_a_run_remembers_in_its_own_repository_if_none_is_named(program: Program, sandbox: Sandbox) -> None:
    """Each repository has its own branch then."""
    sandbox.github.create_repository(OWN)
    lacking(program, sandbox, "INPUT_STATE-REPOSITORY")
    assert (len(deployments(sandbox, OWN)), files(sandbox)) == (1, {})


def test_the_state_token_goes_before_the_other_one(program: Program, sandbox: Sandbox) -> None:
    """It alone is sent to GitHub, it is masked, and nobody else ever sees it."""
    token = sandbox.github.join("pages")
    ended = post(program, state_token=token)
    github = {one.headers["authorization"] for one in asked_github(sandbox)}
    assert [one.rpartition(" ")[2] for one in github] == [token]
    assert f"::add-mask::{token}" in ended.stdout
    others = [one for one in sandbox.requests if one.target != "github"]
    assert others
    assert all(token not in f"{one.path}{one.query}{dict(one.headers)}{one.body!r}" for one in others)
    assert len(deployments(sandbox)) == 1


def test_incidents_keep_the_other_token(program: Program, sandbox: Sandbox) -> None:
    """The branch may belong to another repository than the issues."""
    token = sandbox.github.join("pages")
    reconcile(program, state_token=token)
    by = {one.headers["authorization"].rpartition(" ")[2]: one.path for one in asked_github(sandbox)}
    assert by.keys() == {token, sandbox.github.token}
    assert "/git/" not in by[sandbox.github.token]


def test_a_token_that_github_does_not_know(program: Program, sandbox: Sandbox) -> None:
    """The sentence names the input that was used."""
    told = memory(post(program, state_token=PAGES))
    assert "state-token" in told["message"] + told["hint"]
    assert files(sandbox) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("state-branch", "refs/heads/chitty-state"),
        ("state-branch", "a..b"),
        ("state-branch", "a b"),
        ("state-branch", "-f"),
        ("state-repository", "chittyos"),
        ("state-repository", "chittyos/operations/issues"),
        ("state-repository", "../operations"),
        ("started-at", "yesterday"),
        ("started-at", "2026-11-27T23:52:30"),
        ("site-path", "../site"),
        ("site-path", "/srv/site"),
        ("site-path", "package.json"),
    ],
)
@pytest.mark.parametrize("phase", ["post", "reconcile"])
def test_a_bad_input_ends_the_run_before_the_first_request(
    program: Program, sandbox: Sandbox, phase: str, name: str, text: str
) -> None:
    """Exit code 2, and a sentence about this very input."""
    ended = program.run(phase, environ={**remembering(sandbox), **variables({name: text})})
    assert (ended.code, sandbox.requests) == (2, [])
    (finding,) = ended.findings
    assert (finding["subject"], finding["level"]) == (name, "error")
    assert f"input {name} " in finding["message"]


def test_a_branch_with_a_slash(program: Program, sandbox: Sandbox) -> None:
    """Its name is a path of GitHub's API."""
    assert post(program, state_branch="state/chitty").outputs["verdict"] == "passed"
    assert (len(sandbox.github.files("state/chitty", OPERATIONS)), files(sandbox)) == (1, {})
    assert BRANCH not in sandbox.github.repositories[OPERATIONS].refs
