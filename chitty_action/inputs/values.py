"""How one input's text becomes its value.

Each function raises ValueError with what is allowed, to stand after "must be".
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.address import web_address
from chitty_action.model.subject import Phase

if TYPE_CHECKING:
    from collections.abc import Callable


SERVICE_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 63
_NAME_RULE = f"lower-case letters, digits and single hyphens between them, at most {LONGEST_NAME} characters"
_UNTIL = re.compile(r"(?:^|\s)until\s+(?P<date>\S*\d\S*)$")
_EPOCH = re.compile(r"\d{9,11}(?:\.\d{1,9})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_IGNORED_ROUTE = re.compile(r"route\s+(?P<pattern>[^\s:]\S*?)\s*:\s+(?P<reason>.+)")
"""The colon that ends the pattern has white space behind it: that of `https://` has not, nor has one of a port."""
_READS_FILES = re.compile(r"""(?<![\w."$])(?:import|include|modulemeta)\b""")
"""The words by which a jq program reads files, wherever they can be words; `.import` and `."import"` are fields."""


def is_service_name(text: str) -> bool:
    """Whether the text can be a service's name, and so a part of a URL's path."""
    return len(text) <= LONGEST_NAME and SERVICE_NAME.fullmatch(text) is not None


def service_name(text: str) -> str:
    """Read a service's name."""
    if not is_service_name(text):
        raise ValueError(_NAME_RULE)
    return text


def choice(*allowed: str) -> Callable[[str], str]:
    """Read one of a few words."""

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return text

    return read


def phase(text: str) -> Phase:
    """Read which phase to run."""
    return Phase(choice(*Phase)(text))


def boolean(text: str) -> bool:
    """Read a boolean as YAML 1.2 and the Actions toolkit spell it."""
    if text in {"true", "True", "TRUE"}:
        return True
    if text in {"false", "False", "FALSE"}:
        return False
    raise ValueError("true or false")


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Read a number of seconds within bounds."""

    def read(text: str) -> float:
        if not re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text, re.ASCII) or not least <= float(text) <= most:
            raise ValueError(f"a number of seconds from {least:g} to {most:g}")
        return float(text)

    return read


def moment(text: str) -> datetime:
    """Read a time with its zone by ISO 8601, or seconds since 1970; in UTC."""
    try:
        at = datetime.fromtimestamp(float(text), UTC) if _EPOCH.fullmatch(text) else datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("a time with its zone, such as 2026-11-27T23:52:30Z, or seconds since 1970")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Read a whole number within bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return read


def web_url(*, allow_private: bool) -> Callable[[str], str]:
    """Read a base URL."""
    return lambda text: web_address(text, allow_private=allow_private).url


def service_address(*, allow_private: bool) -> Callable[[str], str]:
    """Read a service's URL, or `none`."""
    return lambda text: text if text == "none" else web_address(text, allow_private=allow_private).url


def url_template(*, allow_private: bool) -> Callable[[str], str]:
    """Read a URL in which `{name}` stands for the service's name."""

    def read(text: str) -> str:
        if "{name}" not in text or re.search(r"[{}]", text.replace("{name}", "")):
            raise ValueError("a URL that contains {name} and no other braces")
        web_address(text.replace("{name}", "name"), allow_private=allow_private)
        return text

    return read


def one_line_text(text: str) -> str:
    """Read any text without control characters."""
    if not text.isprintable():
        raise ValueError("one line of printable text")
    return text


def environment_name(text: str) -> str:
    """Read the name of a GitHub or wrangler environment (GitHub's own bound is 255 characters)."""
    if not text.isprintable() or len(text) > 255:  # noqa: PLR2004 - the bound is in the docstring
        raise ValueError("one printable line of at most 255 characters")
    return text


def secret(text: str) -> Secret:
    """Read a secret of any form."""
    return Secret(text)


def header_secret(text: str) -> Secret:
    """Read a secret that a request header can carry."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("one line of printable ASCII, because it is sent in an HTTP header")
    return Secret(text)


def account_id(text: str) -> str:
    """Read an account's identifier, which must not change the path of a URL that it stands in."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise ValueError("1 to 64 letters, digits, underscores and hyphens, because it is a part of a URL's path")
    return text


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,\n]", text) if part.strip()))


def capability_list(text: str) -> tuple[str, ...]:
    """Read comma-separated capabilities."""
    parts = _parts(text)
    if not parts or not all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}", part, re.ASCII) for part in parts):
        raise ValueError("comma-separated words of letters, digits and . _ / : -")
    return parts


def label_list(text: str) -> tuple[str, ...]:
    """Read comma-separated labels or logins (GitHub's own bound is 50 characters)."""
    parts = _parts(text)
    if not all(part.isprintable() and len(part) <= 50 for part in parts):  # noqa: PLR2004 - the bound is in the docstring
        raise ValueError("comma-separated names of at most 50 characters")
    return parts


def jq_program(text: str) -> str:
    """Read a jq program that reads no files."""
    if _READS_FILES.search(text):
        raise ValueError("a jq program without the words import, include and modulemeta")
    return text


class Secret(Struct, frozen=True):
    """A value that never prints itself."""

    value: str

    def __repr__(self) -> str:
        """Show that there is one, and nothing of it."""
        return "Secret(***)"


class Ignored(Struct, frozen=True):
    """A service that a person has taken out of the sweep, why, and until when."""

    name: str
    reason: str
    until: date | None = None


class IgnoredRoute(Struct, frozen=True):
    """A route whose conflict a person made deliberately, why, and until when; the pattern is as it was written."""

    pattern: str
    reason: str
    until: date | None = None


class Ignore(Struct, frozen=True):
    """Everything that a person wants left alone, in the order of the lines."""

    services: tuple[Ignored, ...] = ()
    routes: tuple[IgnoredRoute, ...] = ()


def is_over(line: Ignored | IgnoredRoute, today: date) -> bool:
    """Whether the line's last day has passed, so that it no longer counts."""
    return line.until is not None and line.until < today


def ignored(text: str) -> Ignore:
    """Read `name: reason [until YYYY-MM-DD]` or `route pattern: reason [until YYYY-MM-DD]`, one a line."""
    lines = [_ignored(line.strip()) for line in text.splitlines() if line.strip()]
    return Ignore(
        tuple(line for line in lines if isinstance(line, Ignored)),
        tuple(line for line in lines if isinstance(line, IgnoredRoute)),
    )


def _ignored(line: str) -> Ignored | IgnoredRoute:
    route = _IGNORED_ROUTE.fullmatch(line)
    name, _, reason = (route["pattern"], ":", route["reason"]) if route else map(str.strip, line.partition(":"))
    dated = _UNTIL.search(reason)
    why = reason[: dated.start()].strip() if dated else reason
    if not why or not (route or is_service_name(name)):
        raise ValueError(
            'lines of the form "name: reason" or "route pattern: reason", with a space after the colon,'
            ' each perhaps with "until YYYY-MM-DD" at its end'
        )
    return (IgnoredRoute if route else Ignored)(name, why, _day(dated["date"]) if dated else None)


def _day(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"dated with a day that exists, as YYYY-MM-DD, and {text} is none")
