"""The sandbox on the last day of a simulated quarter."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from chitty_action.incidents.memory import read
from sandbox.initial import known_services
from sandbox.quarter import Quarter, quarter
from sandbox.today import BRANCH, arrange

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

END = datetime(2026, 11, 27, 21, 3, 12, tzinfo=UTC)


@pytest.fixture
def made(sandbox: Sandbox) -> Quarter:
    """Give the quarter whose last day it is in the sandbox."""
    made = quarter(END)
    arrange(sandbox, made)
    return made


def test_its_issues_are_those_of_the_quarter(sandbox: Sandbox, made: Quarter) -> None:
    """Each incident has the issue whose number the sweeps tell, as old and as open as they say."""
    shown = [(number, issue["created_at"], issue["state"]) for number, issue in sandbox.issues.items()]
    assert shown == [
        (one.number, f"{one.since:%Y-%m-%dT%H:%M:%SZ}", "closed" if one.closed else "open") for one in made.incidents
    ]


def test_its_issues_remember_who_is_concerned(sandbox: Sandbox, made: Quarter) -> None:
    """The action reads in the body who was broken, and since when, as if it had written it itself."""
    for one in made.incidents:
        memory = read(sandbox.issues[one.number]["body"], one.kind)
        assert memory is not None
        assert memory.opened == one.since
        assert {known.name: (known.state, known.since) for known in memory.known or ()} == one.affected


def test_its_data_branch_is_the_quarter(sandbox: Sandbox, made: Quarter) -> None:
    """The branch holds the files of the quarter, and nothing else."""
    assert sandbox.github.files(BRANCH) == made.files()


@pytest.mark.usefixtures("made")
def test_what_is_no_service_is_registered_but_not_in_discovery(sandbox: Sandbox, client: httpx2.Client) -> None:
    """The registry lists packages and tools too; discovery lists what answers somewhere."""
    assert {service["name"] for service in known_services()} == sandbox.registry.keys()
    discovered = {row["name"] for row in client.get("/connect/.well-known/chitty.json").json()["services"]}
    assert {"chittycore", "chittycli", "chittyops"}.isdisjoint(discovered)
    assert "chittyverify" in discovered
