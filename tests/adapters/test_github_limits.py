"""What is a rate limit, and how long it lasts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chitty_action.adapters.github_limits import limited_for, pause_before_another
from chitty_action.model.exchange import Answer, Failure, Mishap, Request, Retry

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
RESET = str(int(NOW.timestamp()) + 90)
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET}
PRIMARY = b'{"message":"API rate limit exceeded for installation ID 1."}'
READ, CREATE = Request("GET", "/x"), Request("POST", "/x", retry=Retry.UNSENT)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(403, {"retry-after": "7"}), 7),
        (Answer(403, {"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}), 30),
        (Answer(429, {"retry-after": "7", **SPENT}), 7),
        (Answer(403, SPENT), 90),
        (Answer(429, SPENT), 90),
        (Answer(403, {**SPENT, "x-ratelimit-reset": "5"}), 1),
        (Answer(403, body=PRIMARY), 60),
        (Answer(403, body=b'{"message":"You have exceeded a Secondary Rate Limit."}'), 60),
        (Answer(429), 60),
        (Answer(403, {"x-ratelimit-remaining": "12", "x-ratelimit-reset": RESET}), None),
        (Answer(403, body=b'{"message":"Resource not accessible by integration"}'), None),
        (Answer(200, SPENT), None),
        (Answer(503, {"retry-after": "7"}), None),
        (Failure(Mishap.UNANSWERED, "lost"), None),
    ],
    ids=str,
)
def test_limits_say_how_long(answer: Answer | Failure, seconds: float | None) -> None:
    """By Retry-After, else by the time of reset, else a minute; a plain 403 is no limit."""
    assert limited_for(answer, NOW) == seconds


@pytest.mark.parametrize(
    ("request_", "seen", "seconds"),
    [
        (CREATE, Answer(403, {"retry-after": "7"}), 7),
        (CREATE, Failure(Mishap.UNCONNECTED, "refused"), 0.5),
        (CREATE, Failure(Mishap.UNANSWERED, "lost"), None),
        (CREATE, Failure(Mishap.UNFINISHED, "late"), None),
        (CREATE, Answer(503, {"retry-after": "7"}), None),
        (CREATE, Answer(408), None),
        (READ, Answer(503, {"retry-after": "7"}), 7),
        (READ, Answer(502), 0.5),
        (READ, Failure(Mishap.UNANSWERED, "lost"), 0.5),
        (READ, Failure(Mishap.UNPROBEABLE, "no URL"), None),
        (READ, Answer(404), None),
        (READ, Answer(200), None),
    ],
    ids=str,
)
def test_what_may_be_done_twice_is_tried_more_often(
    request_: Request, seen: Answer | Failure, seconds: float | None
) -> None:
    """A new issue is tried again only where nothing can have been done."""
    assert pause_before_another(request_, seen, NOW, 0.5) == seconds
