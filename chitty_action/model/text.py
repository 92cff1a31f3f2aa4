"""Remote text, made fit to stand inside one of our own sentences."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_ELLIPSIS = "…"


def one_line(text: str, limit: int = 200) -> str:
    """Return `text` on one line of at most `limit` characters.

    White space is folded, and whatever a terminal, a log or an encoder could act on (control, format, surrogate,
    private-use and line-separator characters) becomes a replacement character.
    """
    folded = " ".join(text[: limit * 8].split())
    harmless = "".join("\N{REPLACEMENT CHARACTER}" if _acts(character) else character for character in folded)
    return harmless if len(harmless) <= limit else harmless[: limit - 1].rstrip() + _ELLIPSIS


def _acts(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}


def in_quotes(text: str) -> str:
    """Put remote text between curly quotes, which renderers know as a quotation; it cannot end that by itself."""
    return "“" + text.replace("“", "'").replace("”", "'") + "”"


def excerpt(body: bytes, limit: int) -> str:
    """Quote the beginning of a response body on one line."""
    return one_line(body[: limit * 8].decode("utf-8", "replace"), limit)


def and_more(count: int) -> str:
    """Say behind the first of several how many there are besides; nothing where it is the only one."""
    return f" (and {count:,} more)" if count > 0 else ""


_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""As html.escape does; importing that takes every run as long as a small phase module."""
_PERCENT = re.compile(r"%[0-9A-F]{2}")
SHORTEST_SECRET = 6
"""Characters below which a secret is neither masked nor redacted: it would blank out ordinary text."""


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Replace every occurrence of a secret by `***`.

    Whole or one of its lines; as it is, with white space folded, or as JSON, a URL or HTML may spell it; and what is
    left of it where an excerpt was cut in its middle.
    """
    forms = _forms(tuple(secrets))
    for form in forms:
        text = text.replace(form, "***")
    *cut, rest = text.split(_ELLIPSIS)
    return _ELLIPSIS.join((*(_without_beginning(piece, forms) for piece in cut), rest))


@cache
def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Return every spelling of the secrets, the longest first."""
    lines = {line for secret in secrets for line in (secret, *secret.splitlines())}
    lines |= {" ".join(line.split()) for line in lines}
    spelled = {json.dumps(line)[1:-1] for line in lines}
    spelled |= {line.replace("/", "\\/") for line in spelled}
    quoted = {way(line) for line in lines for way in (_in_query, _in_path, _in_form, _in_html)}
    quoted |= {_PERCENT.sub(lambda found: found[0].lower(), line) for line in quoted}
    forms = {line for line in (*lines, *spelled, *quoted) if len(line) >= SHORTEST_SECRET}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _in_html(text: str) -> str:
    return text.translate(_ENTITIES)


def _in_query(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _in_path(text: str) -> str:
    return quote(text, errors="replace")


def _in_form(text: str) -> str:
    return quote_plus(text, errors="replace")


def _without_beginning(text: str, forms: Iterable[str]) -> str:
    """Blank out the beginning of a secret at the end of a text that was cut there."""
    for form in forms:
        for length in range(len(form) - 1, SHORTEST_SECRET - 1, -1):
            beginning = form[:length].rstrip()
            if len(beginning) >= SHORTEST_SECRET and text.endswith(beginning):
                return text.removesuffix(beginning) + "***"
    return text


def timestamp(moment: datetime) -> str:
    """Write a UTC time in seconds with a Z (interface, section 5)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
