from __future__ import annotations

import pytest

from chitty_action.changes import cure, deliver
from chitty_action.model.change import Fate
from chitty_action.model.exchange import Answer, Mishap, Request
from chitty_action.model.reading import NotFound
from tests.world import FakeRemote, json_answer, no_answer

OLD, NEW = "https://register.example/api/register", "https://register.example/api/v1/register"
REQUESTS = [Request("POST", NEW, b"{}"), Request("POST", OLD, b"{}")]


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_a_path_that_is_not_offered_lets_the_next_source_speak(status: int) -> None:
    """Two generations of an API are one change."""
    remote = FakeRemote({("POST", NEW): Answer(status), ("POST", OLD): json_answer({}, 201)})
    delivery = await deliver(remote, REQUESTS)
    assert (delivery.fate, delivery.url, delivery.status) == (Fate.APPLIED, OLD, 201)


@pytest.mark.parametrize("status", [302, 400, 401, 403, 409, 410, 422, 429, 500, 502, 503, 504])
async def test_any_other_answer_ends_the_delivery(status: int) -> None:
    """The write may have happened, so it is never sent to a second place."""
    remote = FakeRemote({("POST", NEW): Answer(status)})
    delivery = await deliver(remote, REQUESTS)
    assert (delivery.fate, delivery.status) == (Fate.FAILED, status)
    assert remote.asked == [("POST", NEW)]


@pytest.mark.parametrize("mishap", list(Mishap))
async def test_no_answer_ends_the_delivery(mishap: Mishap) -> None:
    """A time-out says nothing about what happened at the other end."""
    remote = FakeRemote({("POST", NEW): no_answer(mishap, "timed out after 10 s")})
    delivery = await deliver(remote, REQUESTS)
    assert (delivery.fate, delivery.certain) == (Fate.FAILED, mishap in {Mishap.UNPROBEABLE, Mishap.UNCONNECTED})
    assert delivery.detail.endswith("timed out after 10 s")
    assert (delivery.status, delivery.answer) == (None, None)
    assert remote.asked == [("POST", NEW)]


async def test_nobody_offers_it() -> None:
    """The last answer is the one that is reported."""
    remote = FakeRemote({("POST", NEW): Answer(404), ("POST", OLD): Answer(405)})
    delivery = await deliver(remote, REQUESTS)
    assert (delivery.fate, delivery.url, delivery.absent) == (Fate.NOT_OFFERED, OLD, NotFound.CAPABILITY)


async def test_a_subject_that_is_not_there_is_a_failure() -> None:
    """The path is offered; what it names is unknown, and a second source would not know it either."""
    remote = FakeRemote({("POST", NEW): json_answer({"error": "Service not found"}, 404)})
    delivery = await deliver(remote, REQUESTS, NotFound.SUBJECT)
    assert (delivery.fate, delivery.absent) == (Fate.FAILED, NotFound.SUBJECT)
    assert remote.asked == [("POST", NEW)]


async def test_a_404_that_does_not_know_the_path_is_not_offered() -> None:
    """Even where a 404 means the subject."""
    unknown = Answer(404, {"content-type": "text/plain; charset=UTF-8"}, b"404 Not Found")
    delivery = await deliver(FakeRemote({("POST", OLD): unknown}), REQUESTS[1:], NotFound.SUBJECT)
    assert delivery.fate is Fate.NOT_OFFERED


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, {"content-type": "text/html"}, b"<!doctype html><title>Sign in</title>"),
        Answer(200, {"content-type": "application/json"}, b'{"ok": tr'),
        json_answer({"success": False, "error": "no"}),
        json_answer({"ok": False}),
    ],
)
async def test_a_success_that_is_none_is_a_failure(answer: Answer) -> None:
    """A page of somebody in between, or a body that says so itself; it is not sent to a second place either."""
    remote = FakeRemote({("POST", NEW): answer})
    delivery = await deliver(remote, REQUESTS)
    assert (delivery.fate, delivery.status) == (Fate.FAILED, 200)
    assert delivery.detail.startswith("answered 200")
    assert delivery.detail != "answered 200"
    assert remote.asked == [("POST", NEW)]


@pytest.mark.parametrize(
    "answer",
    [Answer(204), Answer(200, {}, b"OK"), json_answer({"ok": True}), json_answer([]), json_answer({"ok": None})],
)
async def test_any_other_success_is_one(answer: Answer) -> None:
    """A host need not say anything."""
    assert (await deliver(FakeRemote({("POST", NEW): answer}), REQUESTS)).fate is Fate.APPLIED


async def test_the_body_of_a_refusal_is_quoted() -> None:
    """The other side mostly says what is wrong."""
    remote = FakeRemote({("POST", NEW): json_answer({"error": "name is taken"}, 409)})
    assert (await deliver(remote, REQUESTS)).detail == 'answered 409 “{"error": "name is taken"}”'


async def test_a_web_page_is_not_quoted() -> None:
    """Mark-up says nothing to a person."""
    remote = FakeRemote({("POST", NEW): Answer(500, {}, b"<html><body>oops")})
    assert (await deliver(remote, REQUESTS)).detail == "answered 500"


async def test_nothing_to_deliver_is_a_mistake_of_ours() -> None:
    """A change without a request cannot have a fate."""
    with pytest.raises(ValueError, match="nothing to deliver"):
        await deliver(FakeRemote({}), [])


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (401, "give a valid register-token"),
        (403, "register-token"),
        (429, "rate limit"),
        (400, "correct what the answer names"),
        (422, "correct what the answer names"),
        (500, "once the host is well"),
        (302, "the address that answers by itself"),
    ],
)
async def test_the_cure_fits_the_answer(status: int, word: str) -> None:
    """A person who reads the hint knows what to do next."""
    delivery = await deliver(FakeRemote({("POST", NEW): Answer(status)}), REQUESTS)
    assert word in cure(delivery, "register-token")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(503, {"cf-mitigated": "challenge"}),
        Answer(403, {"cf-mitigated": "challenge"}),
        Answer(302, {"location": "https://team.cloudflareaccess.com/cdn-cgi/access/login"}),
    ],
)
async def test_what_cloudflare_keeps_out_was_not_done(answer: Answer) -> None:
    """The host never saw it, whatever the status is; no token cures that."""
    delivery = await deliver(FakeRemote({("POST", NEW): answer}), REQUESTS)
    assert (delivery.fate, delivery.certain) == (Fate.FAILED, True)
    assert "WAF skip rule" in cure(delivery, "register-token")


async def test_the_cure_for_silence_is_to_see_whether_the_host_is_up() -> None:
    """Without an answer there is nothing else to go by."""
    delivery = await deliver(FakeRemote({("POST", NEW): no_answer()}), REQUESTS)
    assert "see whether the host is up" in cure(delivery, "register-token")


async def test_a_doubted_write_goes_to_no_other_source() -> None:
    """A host whose earlier answer was lost did offer the path: the next one would do it again."""
    remote = FakeRemote({("POST", NEW): Answer(404, doubted=True), ("POST", OLD): Answer(200)})
    delivery = await deliver(remote, REQUESTS)
    assert (delivery.fate, delivery.certain) == (Fate.FAILED, False)
    assert remote.asked == [("POST", NEW)]
