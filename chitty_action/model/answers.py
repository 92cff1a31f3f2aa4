"""What an HTTP answer means by itself, whoever asked: blocked, not there, not offered (interface, section 4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chitty_action.model.address import origin_of
from chitty_action.model.document import decoded
from chitty_action.model.exchange import CHALLENGE, Mishap
from chitty_action.model.reading import NotFound
from chitty_action.model.text import excerpt, in_quotes, one_line

if TYPE_CHECKING:
    from chitty_action.model.exchange import Answer, Failure

_NOT_FOUND = {
    NotFound.CAPABILITY: frozenset({404, 405, 501}),
    NotFound.SUBJECT: frozenset({404, 405, 410, 501}),
    NotFound.ADDRESS: frozenset({404, 410}),
}
_NAMES_THE_SUBJECT = frozenset({404, 410})
_UNKNOWN_PATH = re.compile(
    r"availableEndpoints"  # the deployed registry
    r"|^\s*404 Not Found\s*$"  # Hono's answer to a path without a handler, as ChittyConnect gives it
    r"|(?<![-\w])(?:endpoint|route|path|url)(?![-\w])[^.]{0,40}\b(?:not found|unknown|does(?: not|n't) exist)\b"
    r"|\b(?:unknown|no such) (?:endpoint|route|path|url)(?![-\w])"
    r"|\bcannot (?:get|post|put|patch)\b",
    re.IGNORECASE,
)
REDIRECTION = range(300, 400)
TOO_MANY = "rate_limit_exceeded"
"""What ChittyRegister says in a body, whatever the status, when an address has used up its budget."""
_ACCESS_HOST, _ACCESS_PATH = ".cloudflareaccess.com", "/cdn-cgi/access/"


def says_path_is_unknown(body: bytes) -> bool:
    """Whether the body of a 404 says that the path, not the thing that it names, is unknown."""
    return _UNKNOWN_PATH.search(body[:4096].decode("utf-8", "replace")) is not None


def blocked_because(answer: Answer) -> str | None:
    """Say why this runner was not allowed to look; None when it was."""
    if CHALLENGE in answer.headers:
        return f"answered {answer.status} with a bot challenge ({CHALLENGE})"
    if answer.status in {401, 403, 429}:
        words = {401: "it asks for a valid token", 403: "forbidden", 429: f"too many requests{_patience(answer)}"}
        return f"answered {answer.status}: {words[answer.status]}"
    if _leads_to_login(answer):
        return f"answered {answer.status}, a redirect to a Cloudflare Access login"
    return None


def is_barred(answer: Answer) -> bool:
    """Whether Cloudflare stands before the host and keeps this runner out: by a challenge, or by an Access login."""
    return CHALLENGE in answer.headers or _leads_to_login(answer)


def _leads_to_login(answer: Answer) -> bool:
    location = answer.headers.get("location", "")
    return answer.status in REDIRECTION and (_ACCESS_PATH in location or _host(location).endswith(_ACCESS_HOST))


def _patience(answer: Answer) -> str:
    seconds = retry_after(answer)
    return "" if seconds is None else f", and wants to be left alone for {seconds} s"


def retry_after(answer: Answer) -> int | None:
    """Return the seconds of a `Retry-After` header; None where there is none, or it is a date."""
    seconds = answer.headers.get("retry-after", "").strip()
    return int(seconds[:9]) if seconds.isascii() and seconds.isdigit() else None


def redirect_told(answer: Answer) -> str:
    """Say where a redirect would have led."""
    target = in_quotes(one_line(answer.headers.get("location", "nowhere"), 120))
    return f"answered {answer.status}, a redirect to {target}, which is not followed"


def _host(url: str) -> str:
    try:
        return origin_of(url)[1]
    except ValueError:
        return ""


def absence(answer: Answer, not_found: NotFound) -> NotFound | None:
    """Say what is not there: the subject, the capability, or nothing at the address; None when something is."""
    if answer.status not in _NOT_FOUND[not_found]:
        return None
    if not_found is NotFound.SUBJECT and (answer.status not in _NAMES_THE_SUBJECT or says_path_is_unknown(answer.body)):
        return NotFound.CAPABILITY
    return not_found


def garbled_because(answer: Answer) -> str | None:
    """Say why a 2xx to a write tells nothing: a web page, or JSON that cannot be read; None when it can be."""
    if answer.body.lstrip()[:1] == b"<":
        return f"answered {answer.status} with a web page instead of a result"
    try:
        if answer.body.strip() and "json" in answer.headers.get("content-type", ""):
            decoded(answer.body, object)
    except ValueError:
        return f"answered {answer.status} with broken JSON"
    return None


def denied_because(answer: Answer) -> str | None:
    """Say why a 2xx to a write is no success: JSON that says so itself; None when it is one."""
    try:
        document = decoded(answer.body, object) if answer.body.strip() else None
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    refused = False in (document.get("success"), document.get("ok")) or document.get("error") == TOO_MANY
    return f"answered {answer.status}, but says that it failed{quoted(answer.body)}" if refused else None


_MISHAPS = {
    Mishap.UNPROBEABLE: "was not connected to: ",
    Mishap.UNCONNECTED: "gave no answer: ",
    Mishap.UNANSWERED: "gave no answer: ",
    Mishap.BROKEN: "broke off its answer: ",
    Mishap.OVERSIZE: "",
    Mishap.REFUSED: "",
    Mishap.UNFINISHED: "was not asked to the end: ",
}


def told(failure: Failure) -> str:
    """Say what happened instead of an answer, to stand after a URL."""
    return _MISHAPS[failure.mishap] + failure.reason


def quoted(body: bytes) -> str:
    """Quote the beginning of an error's body; nothing for an empty one or a web page."""
    text = excerpt(body, 160)
    return f" {in_quotes(text)}" if text and not text.startswith("<") else ""
