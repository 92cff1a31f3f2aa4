"""The program with a data branch on the sandbox's GitHub, and what it leaves there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox import Down
from sandbox.git_state import Author
from tests.phases.program import SERVICE, variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox import Fault, Sandbox
    from sandbox.world import Recorded
    from tests.phases.program import Ended, Program

BRANCH = "chitty-state"
OPERATIONS = "chittyos/operations"
OWN = f"chittyos/{SERVICE}"
WAITING = f"outbox/{SERVICE}.registration.json"
WAITING_STATUS = f"outbox/{SERVICE}.status.json"


def remembering(sandbox: Sandbox, run: str = "", **inputs: str) -> dict[str, str | None]:
    """Give the variables of a step that remembers in the repository of operations; `run` is the workflow run's id."""
    given = {"state-branch": BRANCH, "state-repository": OPERATIONS}
    given |= {name.replace("_", "-"): text for name, text in inputs.items()}
    own = {"GITHUB_REPOSITORY": OWN, "GITHUB_ACTOR": "octocat", **({"GITHUB_RUN_ID": run} if run else {})}
    return {**sandbox.github_environment(), **own, **variables(given)}


def post(program: Program, run: str = "", **inputs: str) -> Ended:
    """Run `post` of a deployment that is remembered."""
    assert program.sandbox is not None
    return program.run("post", environ=remembering(program.sandbox, run, **inputs))


def reconcile(program: Program, run: str = "", **inputs: str) -> Ended:
    """Run `reconcile` as the scheduled workflow of the operations does, patiently: a hub in doubt is sent nothing."""
    assert program.sandbox is not None
    given = {"timeout": "10", "deadline": "60", **inputs}
    environ = {**remembering(program.sandbox, run, **given), "GITHUB_REPOSITORY": OPERATIONS}
    return program.run("reconcile", environ=environ)


def files(sandbox: Sandbox, repository: str = OPERATIONS) -> dict[str, str]:
    """Give what is on the data branch."""
    return sandbox.github.files(BRANCH, repository)


def lines(sandbox: Sandbox, folder: str, repository: str = OPERATIONS) -> list[dict[str, Any]]:
    """Give the facts of all months of a folder."""
    found = files(sandbox, repository)
    return [json.loads(line) for path in sorted(found) if path.startswith(folder) for line in found[path].splitlines()]


def deployments(sandbox: Sandbox, repository: str = OPERATIONS) -> list[dict[str, Any]]:
    """Give the deployments that are recorded."""
    return lines(sandbox, "deployments/", repository)


def sweeps(sandbox: Sandbox) -> list[dict[str, Any]]:
    """Give the sweeps that are recorded."""
    return lines(sandbox, "sweeps/")


def outbox(sandbox: Sandbox, repository: str = OPERATIONS) -> dict[str, dict[str, Any]]:
    """Give what waits, by path."""
    found = files(sandbox, repository)
    return {path: json.loads(text) for path, text in found.items() if path.startswith("outbox/")}


def put(sandbox: Sandbox, changed: Mapping[str, str], repository: str = OPERATIONS) -> None:
    """Do as somebody who pushes to the data branch."""
    author = Author("octocat", sandbox.github.now())
    sandbox.github.repositories[repository.lower()].commit_files(BRANCH, changed, author)


def aged(sandbox: Sandbox, by: timedelta = timedelta(hours=1), repository: str = OPERATIONS) -> None:
    """Let what is on the branch be older than it is: two deployments are never of the same second."""
    changed = {}
    for path, text in files(sandbox, repository).items():
        if path.startswith("outbox/"):
            changed[path] = json.dumps(_older(json.loads(text), "deployed_at", by))
        elif path.startswith("deployments/"):
            older = [_older(json.loads(line), "at", by) for line in text.splitlines()]
            changed[path] = "".join(f"{json.dumps(one)}\n" for one in older if one["at"][:7] in path)
    put(sandbox, changed, repository)


def claimed(sandbox: Sandbox, path: str, by: str, lasting: timedelta = timedelta(minutes=5)) -> None:
    """Let a run be delivering an entry."""
    until = (datetime.now(UTC) + lasting).strftime("%Y-%m-%dT%H:%M:%SZ")
    put(sandbox, {path: json.dumps({**outbox(sandbox)[path], "claimed_by": by, "claimed_until": until})})


def sent(sandbox: Sandbox, target: str) -> list[Recorded]:
    """Give the writes that reached a part of ChittyRegister, in order."""
    return [one for one in sandbox.requests if one.target == target and one.method in {"POST", "PATCH"}]


def asked_github(sandbox: Sandbox) -> list[Recorded]:
    """Give what was asked of GitHub."""
    return [one for one in sandbox.requests if one.target == "github"]


def memory(ended: Ended) -> dict[str, str]:
    """Give the only finding about memory, which has a cause and a cure."""
    (found,) = [one for one in ended.findings if one["check"] == "memory"]
    assert found["hint"]
    return found


def fail(program: Program, sandbox: Sandbox, fault: Fault | None = None, **inputs: str) -> Ended:
    """Deploy while ChittyRegister is in trouble, an hour ago, and let it recover."""
    sandbox.faults.set("register", fault or Down())
    sandbox.faults.set("register.status", fault or Down())
    ended = post(program, "4700", **inputs)
    sandbox.faults.clear("register")
    sandbox.faults.clear("register.status")
    aged(sandbox)
    return ended


def outbox_told(ended: Ended) -> list[dict[str, Any]]:
    """Give the outcomes of the outbox."""
    return [one for one in ended.report["outcomes"] if one["id"] == "outbox"]


def _older(document: dict[str, Any], name: str, by: timedelta) -> dict[str, Any]:
    moment = datetime.fromisoformat(document[name]) - by
    return {**document, name: moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
