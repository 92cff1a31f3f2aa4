"""Deployments and a sweep at once, as processes, on an emulator of GitHub by others: nothing is lost."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.github_branch import GitHubBranch
from chitty_action.adapters.github_remote import Access
from chitty_action.adapters.logs import EventLog
from integration.emulator import description, emulating
from integration.openapi import Description
from integration.relay import relaying
from tests.branch_contract import texts
from tests.phases.program import Program, variables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from integration.emulator import Emulator
    from integration.relay import Relay
    from sandbox import Sandbox


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run the emulator for all tests here."""
    with emulating(tmp_path_factory.mktemp("emulate")) as emulator:
        yield emulator


@pytest.fixture
def relay(github: Emulator) -> Iterator[Relay]:
    """Put a relay in front of it; every request that passed is one that GitHub describes."""
    with relaying(github.url) as relay:
        yield relay
    described = Description(description())
    assert relay.sent
    assert {sent: wrong for sent in relay.sent if (wrong := described.problems(sent))} == {}


def facts(github: Emulator, repository: str, branch: str, folder: str) -> list[dict[str, Any]]:
    """Read the lines of a folder, as the adapter gives them."""
    log = EventLog("error", lambda _: None, colours=False)
    data = GitHubBranch(Access(github.url, repository, github.token), branch, Deadline(60.0), 20.0, 3, log)
    found = asyncio.run(texts(data))
    lines = [line for path in sorted(found) if path.startswith(folder) for line in found[path].splitlines()]
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("shared", [True, False], ids=["one-branch", "a-branch-each"])
def test_runs_at_once_lose_nothing(
    github: Emulator, relay: Relay, sandbox: Sandbox, tmp_path: Path, *, shared: bool
) -> None:
    """Two repositories deploy while a sweep is recorded: every line is there, and every file can be read."""
    branch = f"chitty-state/{'shared' if shared else 'own'}"
    started = []
    for run, phase, repository, environment in (
        ("4711", "post", github.repository if shared else github.other, "production"),
        ("4712", "post", github.repository, "staging"),
        ("4713", "reconcile", github.repository, "production"),
    ):
        folder = tmp_path / run
        folder.mkdir()
        inputs = {"state-branch": branch, "state-repository": repository, "environment": environment}
        environ = {
            "GITHUB_API_URL": relay.url,
            "GITHUB_REPOSITORY": repository,
            "GITHUB_RUN_ID": run,
            **variables({**inputs, "github-token": github.token, "service-name": "chittydemo"}),
        }
        program = Program(folder, sandbox)
        started.append((program, program.start(phase, environ=environ, retries="3", timeout="30", deadline="120")))
    ended = [program.finish(process, within=120) for program, process in started]
    assert [one.code for one in ended] == [0, 0, 0]
    assert ["memory" in one.levels() for one in ended] == [False, False, False]
    recorded = facts(github, github.repository, branch, "deployments/")
    elsewhere = facts(github, github.other, branch, "deployments/")
    assert sorted(one["run"] for one in (*recorded, *elsewhere)) == ["4711", "4712"]
    assert len(elsewhere) == (0 if shared else 1)
    assert [one["run"] for one in facts(github, github.repository, branch, "sweeps/")] == ["4713"]
