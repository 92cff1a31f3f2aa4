from __future__ import annotations

import json

import pytest

from chitty_action.model.answers import (
    absence,
    blocked_because,
    denied_because,
    garbled_because,
    quoted,
    says_path_is_unknown,
)
from chitty_action.model.exchange import Answer
from chitty_action.model.reading import NotFound

# Recorded from the deployed systems, shortened.
UNKNOWN_PATHS = [
    b"404 Not Found",
    json.dumps({"error": "Endpoint not found", "availableEndpoints": ["GET /health", "GET /api/v1/tools"]}).encode(),
]
UNKNOWN_PATHS_OF_OTHERS = [
    b" 404 Not Found\n",
    b'{"message":"Route not found"}',
    b'{"error":"unknown endpoint"}',
    b'{"error":"no such route"}',
    b"Cannot GET /api/services/alpha",
    b"The path /x does not exist",
    b"The requested URL /x doesn't exist",
]
UNKNOWN_SUBJECTS = [
    b'{"error":"Tool not found"}',
    b'{"error":"task_not_found"}',
    b'{"error":"Service not found"}',
    b'{"detail":"Not Found"}',
    b'{"error":"alpha is not registered"}',
    b"",
    b"\xff\xfe",
]


@pytest.mark.parametrize("body", [*UNKNOWN_PATHS, *UNKNOWN_PATHS_OF_OTHERS])
def test_a_body_can_say_that_the_path_is_unknown(body: bytes) -> None:
    """Then a 404 is about the API and not about what the path names."""
    assert says_path_is_unknown(body)
    assert absence(Answer(404, {}, body), NotFound.SUBJECT) is NotFound.CAPABILITY


@pytest.mark.parametrize("body", UNKNOWN_SUBJECTS)
def test_any_other_body_of_a_404_is_about_the_subject(body: bytes) -> None:
    """Where the source says that the path names it."""
    assert not says_path_is_unknown(body)
    assert absence(Answer(404, {}, body), NotFound.SUBJECT) is NotFound.SUBJECT


def test_only_the_beginning_of_a_body_is_searched() -> None:
    """A megabyte of text is not worth a regular expression."""
    unknown = b"availableEndpoints"
    assert says_path_is_unknown(b" " * (4096 - len(unknown)) + unknown)
    assert not says_path_is_unknown(b" " * (4096 - len(unknown) + 1) + unknown)


@pytest.mark.parametrize(
    ("status", "not_found", "what"),
    [
        (404, NotFound.CAPABILITY, NotFound.CAPABILITY),
        (405, NotFound.CAPABILITY, NotFound.CAPABILITY),
        (501, NotFound.CAPABILITY, NotFound.CAPABILITY),
        (410, NotFound.CAPABILITY, None),
        (404, NotFound.SUBJECT, NotFound.SUBJECT),
        (410, NotFound.SUBJECT, NotFound.SUBJECT),
        (405, NotFound.SUBJECT, NotFound.CAPABILITY),
        (501, NotFound.SUBJECT, NotFound.CAPABILITY),
        (404, NotFound.ADDRESS, NotFound.ADDRESS),
        (410, NotFound.ADDRESS, NotFound.ADDRESS),
        (405, NotFound.ADDRESS, None),
        (501, NotFound.ADDRESS, None),
        *((status, not_found, None) for status in (200, 301, 400, 401, 403, 500, 503) for not_found in NotFound),
    ],
)
def test_what_is_not_there_depends_on_the_source(status: int, not_found: NotFound, what: NotFound | None) -> None:
    """A path that names nothing, one that names the subject, and an address that was looked at."""
    assert absence(Answer(status), not_found) is what


@pytest.mark.parametrize("status", [200, 302, 403, 404, 503])
def test_a_bot_challenge_blocks_with_any_status(status: int) -> None:
    """The `cf-mitigated` header says that what answered is not the service."""
    assert "bot challenge" in (blocked_because(Answer(status, {"cf-mitigated": "challenge"})) or "")


@pytest.mark.parametrize(
    ("status", "why"),
    [(401, "it asks for a valid token"), (403, "forbidden"), (429, "too many requests")],
)
def test_refusals_block(status: int, why: str) -> None:
    """The runner was not allowed to look, and the reason names the status."""
    assert blocked_because(Answer(status)) == f"answered {status}: {why}"


@pytest.mark.parametrize(
    "location",
    [
        "https://team.cloudflareaccess.com/cdn-cgi/access/login/alpha.example?kid=1",
        "https://team.cloudflareaccess.com",
        "https://TEAM.CloudflareAccess.com/x",
        "/cdn-cgi/access/login",
    ],
)
def test_an_access_login_blocks(location: str) -> None:
    """It is a refusal that looks like a redirect."""
    assert "Cloudflare Access" in (blocked_because(Answer(302, {"location": location})) or "")


@pytest.mark.parametrize(
    "answer",
    [
        *map(Answer, (200, 204, 301, 302, 304, 400, 404, 408, 410, 418, 500, 503)),
        Answer(302, {"location": "https://www.alpha.example/"}),
        Answer(302, {"location": "https://cloudflareaccess.com.evil.example/"}),
        Answer(302, {"location": "https://["}),
        Answer(200, {"location": "https://team.cloudflareaccess.com"}),
    ],
)
def test_everything_else_was_a_look(answer: Answer) -> None:
    """Good or bad, it is what the service says."""
    assert blocked_because(answer) is None


def test_an_error_is_quoted_on_one_short_line() -> None:
    """As much as fits into a sentence, and it cannot end the quotation."""
    text = quoted(b'{"error": "a\nb \xe2\x80\x9d c"}' + b"x" * 500)
    assert text.startswith(" “{")
    assert text.endswith("…”")
    assert text.count("”") == 1
    assert text.isprintable()


@pytest.mark.parametrize("body", [b"", b"  \n", b"<!doctype html><title>502</title>", b"  <html>"])
def test_a_web_page_and_nothing_are_not_quoted(body: bytes) -> None:
    """Mark-up says nothing to a person."""
    assert quoted(body) == ""


def test_a_quotation_is_cut_at_160_characters() -> None:
    """A sentence has to be read to its end."""
    assert quoted(b"x" * 160) == f" “{'x' * 160}”"
    assert quoted(b"x" * 161) == f" “{'x' * 159}…”"


JSON = {"content-type": "application/json; charset=utf-8"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200),
        Answer(204, JSON),
        Answer(200, JSON, b" \n"),
        Answer(200, {}, b"OK"),
        Answer(200, {"content-type": "text/plain"}, b"{broken"),
        Answer(200, JSON, b"[false]"),
        Answer(200, JSON, b'"no"'),
        Answer(200, JSON, b'{"id": 1}'),
        Answer(200, JSON, b'{"success": true, "ok": true, "done": false}'),
        Answer(200, JSON, b'{"success": null, "ok": "false"}'),
    ],
)
def test_a_write_that_was_not_denied_succeeded(answer: Answer) -> None:
    """A 2xx counts, unless something says otherwise."""
    assert denied_because(answer) is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(200, JSON, b'{"success":false}'), 'answered 200, but says that it failed “{"success":false}”'),
        (Answer(202, {}, b'{"ok":false}'), 'answered 202, but says that it failed “{"ok":false}”'),
    ],
)
def test_a_success_that_is_none_is_denied(answer: Answer, reason: str) -> None:
    """A body that says so itself."""
    assert denied_because(answer) == reason


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(200, {}, b" \n<html>Sign in</html>"), "answered 200 with a web page instead of a result"),
        (Answer(201, JSON, b"{broken"), "answered 201 with broken JSON"),
        (Answer(201, JSON, b'{"success":false}'), None),
        (Answer(200, {"content-type": "text/plain"}, b"done {"), None),
    ],
)
def test_a_success_that_cannot_be_read_says_nothing(answer: Answer, reason: str | None) -> None:
    """A page of somebody in between, or half an answer: it may have been done."""
    assert garbled_because(answer) == reason


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("120", ", and wants to be left alone for 120 s"),
        ("1234567890", ", and wants to be left alone for 123456789 s"),
        ("", ""),
        ("-1", ""),
        ("Wed, 21 Oct 2026 07:28:00 GMT", ""),
        ("\u0663", ""),
    ],
)
def test_a_refusal_for_a_time_says_how_long(header: str, told: str) -> None:
    """Where the other side gave it in seconds; whatever else it sent is not repeated."""
    answer = Answer(429, {"retry-after": header})
    assert blocked_because(answer) == f"answered 429: too many requests{told}"
