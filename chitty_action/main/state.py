"""The data branch of a run: which one, with whose token, or why there is none although one was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.engine.conclude import remarked
from chitty_action.model.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from chitty_action.adapters.clock import Deadline
    from chitty_action.adapters.logs import EventLog
    from chitty_action.inputs import Inputs
    from chitty_action.main.surroundings import Surroundings
    from chitty_action.model.ports import Branch
    from chitty_action.model.report import Outcome


def state_repository(inputs: Inputs, around: Surroundings) -> str:
    """Return whose data branch it is; empty where nothing says it."""
    return inputs.state_repository or (around.run.repository if "/" in around.run.repository else "")


def state_branch(
    inputs: Inputs, around: Surroundings, clock: Deadline, log: EventLog, redacted: Callable[[str], str]
) -> tuple[Branch | None, tuple[Outcome, ...]]:
    """Return the data branch; a warning where one was asked for and there is none."""
    if inputs.state_branch is None:
        return None, ()
    token = inputs.state_token or inputs.github_token
    if token is None:
        return None, _without(around, "there is no state-token", "give one that may write contents, or a github-token")
    repository = state_repository(inputs, around)
    if not repository:
        lack = "neither state-repository nor GITHUB_REPOSITORY says in which repository"
        return None, _without(around, lack, "give the input state-repository, such as chittyos/operations")
    from chitty_action.adapters.github_branch import GitHubBranch
    from chitty_action.adapters.github_redaction import BranchWithoutSecrets
    from chitty_action.adapters.github_remote import Access

    access = Access(around.github_api, repository, token.value)
    branch = GitHubBranch(access, inputs.state_branch, clock, inputs.timeout, inputs.retries, log)
    return BranchWithoutSecrets(branch, redacted), ()


def _without(around: Surroundings, lack: str, cure: str) -> tuple[Outcome, ...]:
    finding = Finding("memory", around.name, Level.WARNING, f"this run is not remembered: {lack}", cure)
    return remarked("memory", around.name, [finding])
