"""The page's map of routes, and the coverage, by the account that was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox import Down
from tests.phases.remembering import OPERATIONS, remembering, sweeps

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program


def page(program: Program, sandbox: Sandbox) -> Any:  # noqa: ANN401 - JSON
    """Sweep with an account to read, and read what the page says to machines."""
    environ = {**remembering(sandbox), **sandbox.cloudflare_environment(), "GITHUB_REPOSITORY": OPERATIONS}
    program.run("reconcile", environ=environ, site_path="public", timeout="10")
    return json.loads((program.workspace / "public" / "status.json").read_text("utf-8"))


def test_the_claims_of_the_account_are_drawn(program: Program, sandbox: Sandbox) -> None:
    """As many as the account has; and nobody who claims is left out of the coverage."""
    routes = page(program, sandbox)["routes"]
    assert routes["known"] is True
    assert {one["pattern"] for one in routes["claims"]}
    (line,) = sweeps(sandbox)
    assert 0 < line["coverage"]["registered"] <= line["coverage"]["public"]


def test_an_account_that_cannot_be_read_is_said(program: Program, sandbox: Sandbox) -> None:
    """Why the map is empty, and nothing guessed."""
    sandbox.faults.set("cloudflare", Down())
    told = page(program, sandbox)
    assert (told["routes"]["known"], told["routes"].get("claims", [])) == (False, [])
    assert any(one.startswith("The routes of the account are unknown: ") for one in told["missing"])
