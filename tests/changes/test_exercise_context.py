from __future__ import annotations

import json

import pytest

from chitty_action.changes.exercise_context import ExerciseContext, unasked, without_key
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Mishap, Retry
from chitty_action.model.reading import Credential, Generation
from chitty_action.model.subject import Run
from tests.world import NOTICE, SUBJECT, WARNING, FakeRemote, about, json_answer, no_answer

TASKS = "https://api.example/api/context/tasks"
TASK_ID = "f2b0851a-89cd-457e-b60e-e896060e248c"
ON_HUB = "https://connect.example/api/context/tasks"
CREATE, COMPLETE = ("POST", TASKS), ("PATCH", f"{TASKS}/{TASK_ID}")
CREATED = json_answer({"ok": True, "task_id": TASK_ID, "created_at": "2026-11-22T21:40:33.000Z"})
CHANGE = ExerciseContext.of(SUBJECT)


@pytest.mark.parametrize("topics", [None, frozenset[str](), frozenset({"context-aware"})])
def test_always_and_never_do_not_ask_for_the_topic(topics: frozenset[str] | None) -> None:
    """The user has decided."""
    run = Run(topics=topics)
    assert unasked(about(run=run, context_sync="always")) is None
    assert unasked(about(run=run, context_sync="never")) == "context-sync is never"


def test_auto_goes_by_the_topic() -> None:
    """A repository with the topic `context-aware` wants it."""
    assert unasked(about(run=Run(topics=frozenset({"x", "context-aware"})))) is None
    assert "does not have the topic context-aware" in (unasked(about(run=Run(topics=frozenset({"x"})))) or "")
    assert "does not say" in (unasked(about(run=Run(topics=None))) or "")


def test_without_a_key_there_is_a_notice() -> None:
    """It was asked for and not done, and the cure is to give the key or not to ask."""
    finding = without_key(SUBJECT)
    assert (finding.check, finding.subject, finding.level) == ("context-sync", "alpha", NOTICE)
    assert "api-key" in finding.hint


async def test_a_task_is_created_and_completed() -> None:
    """Two requests, as the interface spells them, and the id is a fact for the output."""
    remote = FakeRemote({CREATE: CREATED, COMPLETE: json_answer({"ok": True})})
    receipt = await CHANGE.apply(remote)
    creation, completion = remote.requests
    task = json.loads(creation.body or b"")
    assert task["title"] == "Deployment test: alpha"
    assert task["task_type"] == "background_job"
    assert task["metadata"] == {"service": "alpha", "commit": "c0ffee0", "workflow_run": "42"}
    assert json.loads(completion.body or b"") == {"status": "completed", "result": {"integration_test": "passed"}}
    assert [request.credential for request in remote.requests] == [Credential.API_KEY] * 2
    assert (receipt.change, receipt.fate, receipt.findings) == ("context-sync", Fate.APPLIED, ())
    assert receipt.facts == {"task_id": TASK_ID}


async def test_only_a_creation_that_nobody_answered_may_be_repeated() -> None:
    """A creation is not keyed: a 503 may have created the task. Completing twice is completing once."""
    remote = FakeRemote({CREATE: CREATED, COMPLETE: json_answer({"ok": True})})
    await CHANGE.apply(remote)
    assert [request.retry for request in remote.requests] == [Retry.UNANSWERED, Retry.TRANSIENT]


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
async def test_a_task_that_cannot_be_created_is_a_warning(status: int) -> None:
    """Any failure is, and none of these is tried elsewhere: it would be done twice."""
    remote = FakeRemote({CREATE: json_answer({"error": "title required"}, status)})
    receipt = await CHANGE.apply(remote)
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    assert finding.message.startswith(f"no context task could be created: {TASKS} answered {status}")
    assert receipt.facts == {}
    assert len(remote.requests) == 1


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_where_the_gateway_has_no_tasks_the_hub_is_asked(status: int) -> None:
    """The deployed API; the task is completed where it was created."""
    places = {("POST", ON_HUB): CREATED, ("PATCH", f"{ON_HUB}/{TASK_ID}"): json_answer({"ok": True})}
    remote = FakeRemote({CREATE: Answer(status), **places})
    receipt = await CHANGE.apply(remote)
    assert (receipt.fate, receipt.generation) == (Fate.APPLIED, Generation.DEPLOYED)
    assert remote.asked == [CREATE, *places]


async def test_where_nobody_has_tasks_both_places_are_named() -> None:
    """Any failure is a warning, also this one."""
    remote = FakeRemote({CREATE: Answer(404), ("POST", ON_HUB): Answer(405)})
    (finding,) = (await CHANGE.apply(remote)).findings
    assert finding.level is WARNING
    assert finding.message == f"no context task could be created: {TASKS} and {ON_HUB} answered 405"


@pytest.mark.parametrize("mishap", [Mishap.UNANSWERED, Mishap.BROKEN, Mishap.OVERSIZE, Mishap.UNFINISHED])
async def test_a_creation_without_an_answer_may_have_happened(mishap: Mishap) -> None:
    """The finding says so, and by what the task would be found."""
    (finding,) = (await CHANGE.apply(FakeRemote({CREATE: no_answer(mishap)}))).findings
    assert "it may exist all the same" in finding.message


async def test_a_creation_that_was_never_sent_did_not_happen() -> None:
    """Nothing was connected to."""
    nowhere = no_answer(Mishap.UNPROBEABLE, "api.example has no address")
    (finding,) = (await CHANGE.apply(FakeRemote({CREATE: nowhere}))).findings
    assert "it may exist" not in finding.message


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"error": "update_failed"}, 500),
        json_answer({"error": "task_not_found"}, 404),
        json_answer({}, 401),
        no_answer(),
    ],
)
async def test_a_task_that_was_not_completed_is_named(answer: Answer) -> None:
    """A person can then complete it by hand, and the output has the id."""
    receipt = await CHANGE.apply(FakeRemote({CREATE: CREATED, COMPLETE: answer}))
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    assert f"context task {TASK_ID} was created but not completed" in finding.message
    assert TASK_ID in finding.hint
    assert receipt.facts == {"task_id": TASK_ID}


@pytest.mark.parametrize(
    "task_id",
    [
        "",
        ".",
        "..",
        "../x",
        "../../admin/routes",
        "a/b",
        "a?b",
        "a#b",
        "a b",
        "a\n",
        "ä",
        "x" * 201,
        None,
        True,
        [],
    ],
)
async def test_an_id_that_could_change_the_path_is_refused(task_id: object) -> None:
    """The id becomes a part of a URL to which a credential is sent."""
    remote = FakeRemote({CREATE: json_answer({"ok": True, "task_id": task_id})})
    receipt = await CHANGE.apply(remote)
    (finding,) = receipt.findings
    assert (receipt.fate, finding.level) == (Fate.FAILED, WARNING)
    assert "without a usable task_id" in finding.message
    assert remote.asked == [CREATE]


@pytest.mark.parametrize("body", [b"", b"created", b"[]", b'{"id": "t1"}'])
async def test_an_answer_without_an_id_is_a_warning(body: bytes) -> None:
    """What cannot be named cannot be completed."""
    (finding,) = (await CHANGE.apply(FakeRemote({CREATE: Answer(201, {}, body)}))).findings
    assert "without a usable task_id" in finding.message


def test_it_says_what_it_would_do() -> None:
    """For a dry run; and there is one probe a service."""
    assert CHANGE.describe() == "create and complete a context task for alpha"
    assert CHANGE.key == "context-sync:alpha"


async def test_an_unusable_id_is_no_reason_to_create_another_task() -> None:
    """The hint says what to do with the one that exists."""
    remote = FakeRemote({("POST", "https://api.example/api/context/tasks"): json_answer({"task_id": "../x"})})
    receipt = await ExerciseContext.of(SUBJECT).apply(remote)

    assert receipt.findings[0].hint == "complete or cancel it by its title"


@pytest.mark.parametrize("task_id", [42, "task:42", "task.42", "f2b0851a-89cd"])
async def test_ordinary_ids_of_other_kinds_are_used(task_id: object) -> None:
    """A number, or a text with a colon or a dot, cannot change the path."""
    tasks = "https://api.example/api/context/tasks"
    remote = FakeRemote(
        {("POST", tasks): json_answer({"task_id": task_id}), ("PATCH", f"{tasks}/{task_id}"): json_answer({"ok": True})}
    )
    receipt = await ExerciseContext.of(SUBJECT).apply(remote)

    assert (receipt.fate, receipt.facts) == (Fate.APPLIED, {"task_id": str(task_id)})
