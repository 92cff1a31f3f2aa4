from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from chitty_action.engine.deliver import deliver, postman_of
from chitty_action.model.exchange import Answer, Mishap
from chitty_action.model.finding import Level
from chitty_action.model.report import Outcome, Status
from chitty_action.state.pending import Pending
from tests.memory import LASTING, LATER, ME, OTHER, MemoryBranch, holding, pending, postman
from tests.world import HUB, STARTED, SUBJECT, FakeClock, FakeRemote, json_answer, no_answer, ports

if TYPE_CHECKING:
    from chitty_action.model.exchange import Failure

REGISTER = ("POST", "https://register.example/api/register")
SUBMIT = ("POST", "https://register.example/api/v1/register")
RECORD = ("GET", "https://register.example/api/v1/compliance/alpha")
STATUS = ("PATCH", "https://register.example/api/services/alpha/status")
GOOD, DOWN, NOT_OFFERED = json_answer({"success": True}, 201), json_answer({}, 503), Answer(404)
KNOWN = json_answer({"name": "alpha", "status": "active", "registered": True})
UNKNOWN = json_answer({"error": "Service not found"}, 404)
DOCUMENT = {
    "name": "alpha",
    "version": "1.2.3",
    "description": "The first.",
    "endpoints": {"health": "https://alpha.example/health", "api": "https://alpha.example/api"},
    "capabilities": ["api"],
}


def row_of(service: str) -> tuple[str, str]:
    """Return where the registry's row is asked for, which may tell of a newer deployment."""
    return ("GET", f"https://registry.example/api/services/{service}")


async def delivered(
    branch: MemoryBranch, script: dict[tuple[str, str], Any], clock: FakeClock | None = None
) -> tuple[tuple[Outcome, ...], FakeRemote]:
    """Deliver what waits on a branch; the remote side says what it was asked."""
    remote = FakeRemote({**dict.fromkeys(map(row_of, ("alpha", "beta")), UNKNOWN), **script})
    entries = [Pending.read(text) for path, text in branch.files.items() if path.startswith("outbox/")]
    outcomes, left = await deliver(entries, postman(branch), ports(remote, clock))
    assert {(one.service, one.change) for one in left} <= {(one.service, one.change) for one in entries}
    return outcomes, remote


def test_a_postman_is_named_by_run_and_deployment() -> None:
    """One run may deploy several; it has ended a minute after its deadline."""
    made = postman_of(MemoryBranch(), SUBJECT, STARTED, 300.0)
    assert (made.by, made.until, made.hub) == (f"{ME} of alpha (production)", STARTED + timedelta(minutes=6), HUB)


async def test_where_nothing_waits_nobody_is_asked() -> None:
    """Neither GitHub nor ChittyRegister."""
    assert await deliver((), postman(MemoryBranch()), ports(FakeRemote({}))) == ((), ())


async def test_a_registration_is_delivered_and_let_go() -> None:
    """As it was sent first, with its key; claimed before, so two commits."""
    branch = holding(pending())
    ((outcome,), remote) = await delivered(branch, {REGISTER: GOOD})
    assert remote.asked == [row_of("alpha"), REGISTER]
    request = remote.requests[-1]
    assert request.body == json.dumps({"name": "alpha", "version": "1.2.2"}).encode()
    assert request.headers == (("Idempotency-Key", "alpha-production-40-1"),)
    assert (outcome.status, branch.waiting()) == (Status.PASSED, {})
    assert branch.messages == ["Claim what waits in the outbox", "Let go what was delivered"]


async def test_registrations_go_before_the_status_that_needs_them() -> None:
    """Whatever the order in which they are listed."""
    branch = holding(pending("status", service="alpha"), pending(service="alpha"))
    _, remote = await delivered(branch, {REGISTER: GOOD, STATUS: GOOD})
    assert remote.asked == [row_of("alpha"), REGISTER, STATUS]


@pytest.mark.parametrize("answer", [DOWN, json_answer({}, 401), json_answer({}, 429), no_answer()], ids=str)
async def test_what_fails_again_goes_on_waiting(answer: Answer | Failure) -> None:
    """With one try more, and without a claim."""
    branch = holding(pending())
    ((outcome,), _) = await delivered(branch, {REGISTER: answer})
    (entry,) = branch.waiting().values()
    assert (entry["tries"], entry.get("claimed_by", ""), outcome.status) == (2, "", Status.WARNED)
    assert outcome.seen.startswith("still waits: ")
    assert outcome.findings[0].hint


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_what_is_refused_for_good_is_given_up(status: int) -> None:
    """Once, with a warning."""
    branch = holding(pending())
    ((outcome,), _) = await delivered(branch, {REGISTER: json_answer({"errors": ["no"]}, status)})
    assert (branch.waiting(), outcome.status) == ({}, Status.WARNED)
    assert "is given up: answered" in outcome.findings[0].message


@pytest.mark.parametrize("form", ["design", "deployed"])
async def test_what_is_registered_already_is_not_sent(form: str) -> None:
    """Its record says so."""
    branch = holding(pending(form=form))
    ((outcome,), remote) = await delivered(branch, {REGISTER: NOT_OFFERED, RECORD: KNOWN})
    assert SUBMIT not in remote.asked
    assert (outcome.status, branch.waiting()) == (Status.PASSED, {})
    assert "registered already, so nothing was sent" in outcome.seen


async def test_a_design_document_is_converted() -> None:
    """The register speaks the deployed form."""
    branch = holding(pending(payload=DOCUMENT))
    ((outcome,), remote) = await delivered(branch, {REGISTER: NOT_OFFERED, RECORD: UNKNOWN, SUBMIT: GOOD})
    sent = json.loads(remote.requests[-1].body or b"")
    assert (sent["name"], sent["version"], sent["metadata"]["maintainer"]) == ("alpha", "1.2.3", "chittyos")
    assert outcome.status is Status.PASSED


async def test_a_submission_is_sent_as_it_is() -> None:
    """It was drafted by the run that failed."""
    payload = {"name": "alpha", "version": "1.2.3", "endpoints": ["/health"]}
    _, remote = await delivered(holding(pending(form="deployed", payload=payload)), {RECORD: UNKNOWN, SUBMIT: GOOD})
    assert remote.requests[-1].body == json.dumps(payload, sort_keys=True).encode()


@pytest.mark.parametrize(
    "payload", [{"name": "alpha"}, {**DOCUMENT, "version": "newest", "endpoints": [], "capabilities": "api"}]
)
async def test_what_cannot_be_converted_is_given_up(payload: dict[str, object]) -> None:
    """Nothing is sent that is known to be refused; the sentence says what is wrong."""
    branch = holding(pending(payload=payload))
    ((outcome,), remote) = await delivered(branch, {REGISTER: NOT_OFFERED, RECORD: UNKNOWN})
    assert SUBMIT not in remote.asked
    assert branch.waiting() == {}
    assert "nothing was sent: " in outcome.findings[0].message


@pytest.mark.parametrize(
    ("deployed_at", "is_sent"), [("2027-01-01T00:00:00Z", False), ("2020-01-01", True), ("", True)]
)
async def test_nothing_goes_over_what_the_registry_has_of_a_newer_deployment(
    deployed_at: str,
    is_sent: bool,  # noqa: FBT001 - a row
) -> None:
    """Its run records it at its end only; until then nobody but the registry knows of it."""
    row = json_answer({"name": "alpha", "deployment": {"deployed_at": deployed_at}})
    branch = holding(pending())
    ((outcome,), remote) = await delivered(branch, {row_of("alpha"): row, REGISTER: GOOD})
    assert (REGISTER in remote.asked, branch.waiting()) == (is_sent, {})
    assert ("newer deployment" in outcome.seen) is not is_sent


async def test_after_three_that_failed_the_others_wait() -> None:
    """What failed least goes first, and what was not tried is told once."""
    names = [f"alpha-{number}" for number in range(6)]
    branch = holding(*(pending("status", service=name) for name in names))
    script = {("PATCH", f"https://register.example/api/services/{name}/status"): DOWN for name in names}
    script |= {("GET", f"https://register.example/api/v1/compliance/{name}"): DOWN for name in names}
    outcomes, remote = await delivered(branch, script)
    assert len([one for one in remote.asked if one[0] == "PATCH"]) == 3
    assert "3 more writes wait in the outbox: ChittyRegister took none of the last ones" in str(outcomes[-1].findings)
    assert {entry.get("claimed_by", "") for entry in branch.waiting().values()} == {""}


async def test_what_failed_least_goes_first() -> None:
    """So that one that is refused for ever holds nobody up."""
    branch = holding(pending(tries=7), pending(service="beta", payload={"name": "beta"}))
    _, remote = await delivered(branch, {REGISTER: GOOD})
    bodies = [json.loads(request.body or b"{}").get("name") for request in remote.requests if request.method == "POST"]
    assert bodies == ["beta", "alpha"]


async def test_a_run_without_time_delivers_nothing() -> None:
    """What it saw has still to be recorded."""
    branch = holding(pending())
    outcomes, remote = await delivered(branch, {}, FakeClock(deadline=2_000.0, passed=1_001.0))
    assert (remote.asked, len(branch.waiting())) == ([], 1)
    assert "1 more write waits in the outbox: there was no time left for them" in str(outcomes[0].findings)


async def test_a_document_about_another_service_is_not_sent() -> None:
    """Whoever may write to the branch may have put it there."""
    branch = holding(pending(payload={**DOCUMENT, "name": "beta"}))
    ((outcome,), remote) = await delivered(branch, {})
    assert (remote.asked, branch.waiting()) == ([], {})
    assert "about another service" in outcome.seen


async def test_staging_is_given_up_where_environments_are_unknown() -> None:
    """With a notice."""
    branch = holding(pending(environment="staging", payload=DOCUMENT))
    ((outcome,), _) = await delivered(branch, {REGISTER: NOT_OFFERED, RECORD: UNKNOWN})
    assert (outcome.status, branch.waiting()) == (Status.NOTED, {})


async def test_a_record_that_cannot_be_read_stops_a_submission() -> None:
    """It could be the second one."""
    branch = holding(pending(payload=DOCUMENT))
    ((outcome,), remote) = await delivered(branch, {REGISTER: NOT_OFFERED, RECORD: DOWN})
    assert SUBMIT not in remote.asked
    assert (outcome.status, len(branch.waiting())) == (Status.WARNED, 1)
    assert outcome.findings[0].hint == "the next run of reconcile tries again"


@pytest.mark.parametrize(("after", "waits"), [(KNOWN, 0), (UNKNOWN, 1)])
async def test_a_submission_in_doubt_is_looked_up(after: Answer, waits: int) -> None:
    """Once, and never sent again by this run."""
    branch = holding(pending(payload=DOCUMENT))
    script = {REGISTER: NOT_OFFERED, RECORD: [UNKNOWN, after], SUBMIT: no_answer(Mishap.UNANSWERED)}
    _, remote = await delivered(branch, script)
    assert (remote.asked.count(SUBMIT), len(branch.waiting())) == (1, waits)


async def test_what_nobody_offers_goes_on_waiting() -> None:
    """A host that is being deployed offers nothing for a moment."""
    branch = holding(pending(payload=DOCUMENT))
    script = {REGISTER: NOT_OFFERED, RECORD: UNKNOWN, SUBMIT: NOT_OFFERED}
    ((outcome,), _) = await delivered(branch, script)
    assert (outcome.status, len(branch.waiting())) == (Status.WARNED, 1)


@pytest.mark.parametrize("answer", [DOWN, json_answer({}, 401), json_answer({}, 404), NOT_OFFERED], ids=str)
@pytest.mark.parametrize("is_deployed", [True, False])
async def test_a_status_is_given_up_where_there_is_none_to_set(answer: Answer, *, is_deployed: bool) -> None:
    """The deployed ChittyRegister gives itself away by its record; for any other the status goes on waiting."""
    branch = holding(pending("status"))
    ((outcome,), _) = await delivered(branch, {STATUS: answer, RECORD: KNOWN if is_deployed else NOT_OFFERED})
    assert (outcome.status is Status.NOTED, branch.waiting() == {}) == (is_deployed, is_deployed)


async def test_a_status_that_is_refused_for_good_is_given_up() -> None:
    """It would be refused again."""
    branch = holding(pending("status"))
    ((outcome,), _) = await delivered(branch, {STATUS: json_answer({}, 422), RECORD: NOT_OFFERED})
    assert (outcome.findings[0].level, branch.waiting()) == (Level.WARNING, {})


async def test_what_another_run_has_is_left_to_it() -> None:
    """The others are delivered."""
    theirs = replace(pending(), claimed_by=OTHER, claimed_until=LATER)
    branch = holding(theirs, pending(service="beta", payload={"name": "beta"}))
    outcomes, remote = await delivered(branch, {REGISTER: GOOD})
    assert [one.status for one in outcomes] == [Status.SKIPPED, Status.PASSED]
    assert outcomes[0].seen == f"not delivered: run {OTHER} is delivering it"
    assert remote.asked == [row_of("beta"), REGISTER]
    assert [one["claimed_by"] for one in branch.waiting().values()] == [OTHER]


async def test_without_a_claim_nothing_is_sent() -> None:
    """Each service is named in the one warning."""
    branch = holding(pending(), pending("status"), pending(service="beta"))
    branch.errors["commit"] = [LASTING]
    ((outcome,), remote) = await delivered(branch, {})
    assert remote.requests == []
    assert outcome.findings[0].message.startswith("what waits in the outbox for alpha, beta was not delivered: ")
    assert len(branch.waiting()) == 3


async def test_what_became_of_it_may_be_lost() -> None:
    """Then it may be delivered twice, which its key makes harmless."""
    branch = holding(pending())
    branch.errors["commit"] = [None, LASTING]
    outcomes, _ = await delivered(branch, {REGISTER: GOOD})
    assert [one.status for one in outcomes] == [Status.PASSED, Status.WARNED]
    assert "may be delivered once more: " in outcomes[-1].findings[0].message
