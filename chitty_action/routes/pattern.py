"""Route patterns as Cloudflare documents them, and which URLs they match.

Source: Cloudflare's documentation, "Routes", sections "Matching behavior" and "Validity".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.address import origin_of
from chitty_action.model.route import Pattern
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.model.route import Zone

LONGEST = 1_024
"""Characters of a pattern; an honest one has a tenth of that."""
SCHEMES = ("https", "http")

_SCHEME = re.compile(r"(https?)://", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_.-]{0,253}")
_PATH = re.compile(r"[!-~]*")


def parse(text: str) -> Pattern:
    """Read a route pattern; without a path it has an implied `/`, and the case of its host does not matter.

    Raises:
        ValueError: with the rule that it breaks, to stand after the pattern.
    """
    if len(text) > LONGEST:
        raise ValueError(f"has {len(text):,} characters, and more than {LONGEST:,} are not read")
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    host, slash, path = rest.partition("/")
    pattern = Pattern(
        scheme[1].lower() if scheme else None,
        host.removeprefix("*").lower(),
        host.startswith("*"),
        (slash + path).removesuffix("*") or "/",
        path.endswith("*"),
    )
    if flaw := _flaw(rest, pattern):
        raise ValueError(flaw)
    return pattern


def _flaw(text: str, pattern: Pattern) -> str | None:
    if not text:
        return "is empty"
    if "?" in text:
        return "has a query, which no pattern may have"
    if "*" in pattern.host + pattern.path:
        return "has a wildcard elsewhere than at the start of its host and the end of its path"
    if not _is_host(pattern):
        return "has a host that is none: letters, digits, dots and hyphens, without a port"
    if not _PATH.fullmatch(pattern.path) or "#" in pattern.path:
        return "has a path with characters that no URL carries as they are"
    return None


def _is_host(pattern: Pattern) -> bool:
    """Whether a name can be the host, or the end of one."""
    host = pattern.host
    if pattern.any_host and not host:
        return True  # `*/*` is accepted
    begins = host.removeprefix(".") if pattern.any_host else host
    return bool(_HOST.fullmatch(host)) and begins[:1] not in {"", "."} and not host.endswith(".")


def spelled(text: str) -> str:
    """Spell a pattern or host name in one way, so that two of them can be compared; any other text as it is."""
    try:
        return str(parse(text))
    except ValueError:
        return text


def quoted(text: str) -> str:
    """Show a pattern that was not accepted."""
    return in_quotes(one_line(text, 80))


def domain(hostname: str) -> Pattern:
    """Return what a custom domain matches. Raises ValueError where it is no host name."""
    pattern = parse(hostname)
    if pattern.scheme or pattern.any_host or "/" in hostname:
        raise ValueError("is not the name of a host")
    return Pattern(None, pattern.host, any_host=False, path="/", any_path=True)


class Target(Struct, frozen=True):
    """What of a URL a pattern is held against; the query belongs to the path."""

    scheme: str
    host: str
    path: str


def target_of(url: str) -> Target:
    """Take a URL apart; its port does not matter. Raises ValueError where it is none."""
    scheme, host, _ = origin_of(url)
    _, _, rest = url.partition("://")
    path = re.sub(r"^[^/?#]*", "", rest).partition("#")[0]
    return Target(scheme, host, path if path.startswith("/") else f"/{path}")


def matches(pattern: Pattern, target: Target) -> bool:
    """Whether the pattern matches: a wildcard stands for any characters, or none."""
    return (
        pattern.scheme in {None, target.scheme}
        and (target.host.endswith(pattern.host) if pattern.any_host else target.host == pattern.host)
        and (target.path.startswith(pattern.path) if pattern.any_path else target.path == pattern.path)
    )


def covers(wide: Pattern, narrow: Pattern) -> bool:
    """Whether every URL that `narrow` matches is matched by `wide` too."""
    return wide.scheme in {None, narrow.scheme} and covers_but_for_scheme(wide, narrow)


def covers_but_for_scheme(wide: Pattern, narrow: Pattern) -> bool:
    """Whether that holds if only hosts and paths count."""
    is_same_host = not narrow.any_host and narrow.host == wide.host
    has_host = narrow.host.endswith(wide.host) if wide.any_host else is_same_host
    if wide.any_path:
        return has_host and narrow.path.startswith(wide.path)
    return has_host and not narrow.any_path and narrow.path == wide.path


def meet(one: Pattern, other: Pattern) -> bool:
    """Whether there is a URL that both match."""
    return (
        (one.scheme is None or other.scheme is None or one.scheme == other.scheme)
        and _meet(one.host[::-1], other.host[::-1], one.any_host, other.any_host)
        and _meet(one.path, other.path, one.any_path, other.any_path)
    )


def _meet(one: str, other: str, one_goes_on: bool, other_goes_on: bool) -> bool:  # noqa: FBT001  # one pair each
    return (one == other) or (one_goes_on and other.startswith(one)) or (other_goes_on and one.startswith(other))


def zone_of(host: str, zones: Iterable[Zone]) -> Zone | None:
    """Return the zone that serves a host: of those whose name it ends in the longest."""
    fitting = (zone for zone in zones if host == zone.name or host.endswith(f".{zone.name}"))
    return max(fitting, key=lambda zone: len(zone.name), default=None)
