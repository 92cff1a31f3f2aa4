from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from chitty_action.engine.recording import Way, deployed_of
from chitty_action.model.subject import Run
from tests.engine.deployed import DEPLOYED, OWN, PATIENCE, REGISTRATION, STATUS, claimed, way
from tests.memory import LASTING, ME, OTHER, MemoryBranch, holding, pending
from tests.world import RUN, STARTED, SUBJECT, FakeClock


def test_outside_of_github_a_deployment_is_known_by_its_time() -> None:
    """There is no run to name it by."""
    assert deployed_of(replace(SUBJECT, run=Run()), STARTED).run == "local-2026-11-22T21:40:30Z"
    assert (DEPLOYED.run, DEPLOYED.attempt) == (RUN.run_id, RUN.run_attempt)


async def test_where_nothing_waits_nothing_is_written() -> None:
    """The usual deployment costs one look."""
    branch = MemoryBranch()
    assert await way(branch) == Way()
    assert branch.messages == []


async def test_what_a_newer_deployment_left_stays() -> None:
    """This one is late, and will be delivered over."""
    branch = holding(pending(deployed_at=STARTED + timedelta(seconds=30), run="43"))
    assert await way(branch) == Way()
    assert branch.messages == []


async def test_its_own_registration_takes_the_place_of_the_older_one() -> None:
    """Claimed by this run, as is an older status of the same environment: it is superseded when this run records."""
    branch = holding(pending(), pending("status"))
    made = await way(branch)
    assert made.own is not None
    assert (made.own.run, made.own.idempotency_key, made.others, made.busy) == ("42", OWN.idempotency_key, (), "")
    entry, status = branch.waiting()[REGISTRATION], branch.waiting()["outbox/alpha.status.json"]
    assert (entry["run"], entry["claimed_by"], entry["payload"]) == ("42", ME, json.loads(OWN.body))
    assert status["claimed_by"] == ME


async def test_a_registration_that_is_not_known_yet_claims_the_older_one() -> None:
    """Nobody else delivers it meanwhile."""
    branch = holding(pending())
    made = await way(branch, undone=None)
    assert (made.own, made.busy) == (None, "")
    assert branch.waiting()[REGISTRATION]["claimed_by"] == ME


async def test_a_status_of_another_environment_is_handed_back() -> None:
    """It can be delivered once the service is registered."""
    branch = holding(pending("status", environment="staging"))
    made = await way(branch)
    assert [one.environment for one in made.others] == ["staging"]
    assert STATUS in branch.waiting()


async def test_an_entry_that_cannot_be_read_is_nobodys() -> None:
    """It stays for a person to mend."""
    branch = MemoryBranch({REGISTRATION: "{"})
    assert await way(branch) == Way()
    assert branch.files == {REGISTRATION: "{"}


async def test_it_waits_until_the_other_run_is_done() -> None:
    """Then it goes on as if nothing had been there."""

    class Watched(MemoryBranch):
        looks = 0

        async def head(self) -> Any:  # noqa: ANN401 - as above
            self.looks += 1
            if self.looks == 3:
                self.put({REGISTRATION: None})
            return await super().head()

    clock = FakeClock()
    branch = Watched(holding(claimed(pending())).files)
    assert await way(branch, clock=clock) == Way()
    assert clock.pauses == [3.0, 3.0]


async def test_a_claim_that_lasts_too_long_leaves_the_write_to_a_later_run() -> None:
    """The warning says who has it."""
    clock = FakeClock()
    branch = holding(claimed(pending()))
    made = await way(branch, clock=clock)
    assert made.busy == f"run {OTHER} is still delivering the registration of an older deployment"
    ((finding,),) = [outcome.findings for outcome in made.outcomes]
    assert made.busy in finding.message
    assert clock.passed == PATIENCE
    assert branch.messages == []


async def test_a_submission_goes_on_after_such_a_claim() -> None:
    """The deployed ChittyRegister updates nothing, so nothing can be overtaken."""
    assert await way(holding(claimed(pending())), undone=None) == Way()


async def test_a_claim_on_something_else_holds_nobody_up() -> None:
    """A status of another environment is not superseded by this deployment."""
    branch = holding(pending(), claimed(pending("status", environment="staging")))
    made = await way(branch)
    assert (made.busy, made.own is not None) == ("", True)


async def test_a_race_for_the_entry_is_looked_at_again() -> None:
    """Somebody claims between the look and the write: the branch says so, and this run waits."""

    class Raced(MemoryBranch):
        is_raced = False

        async def commit(self, head: Any, files: Any, message: str) -> bool:  # noqa: ANN401 - as above
            if not self.is_raced:
                self.is_raced = True
                self.put(holding(claimed(pending())).files)
            return await super().commit(head, files, message)

    branch = Raced(holding(pending()).files)
    assert (await way(branch)).busy.startswith(f"run {OTHER}")


async def test_a_branch_that_cannot_be_read_is_told() -> None:
    """And the deployment goes on."""
    branch = MemoryBranch()
    branch.errors["head"] = [LASTING]
    ((finding,),) = [outcome.findings for outcome in (await way(branch)).outcomes]
    assert (finding.message, finding.hint) == (
        "what waits for alpha is unknown: the token may not",
        "give contents: write",
    )
