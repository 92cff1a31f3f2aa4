"""Which claim answers a URL, by Cloudflare's documentation; where that is silent the answer is undetermined.

Sources, all pages of Cloudflare's documentation: "Routes" (the most specific pattern wins; a route without a Worker
negates less specific ones), "Custom domains" and "Routes" (any matching route goes before a custom domain), "Known
issues", section "Route specificity" (`P*` goes before `P/*`; the host decides before the path).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chitty_action.model.route import Claim, ClaimKind, Nobody, Undetermined, Won
from chitty_action.routes.pattern import matches, target_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chitty_action.model.route import Answer, Pattern

TWO_DOMAINS = "it does not say which of two custom domains of one host answers"
TWO_PATTERNS = "it does not say which of two equal patterns answers"
NULL_OVER_DOMAIN = "it does not say whether a null route switches a custom domain off"
WILDCARD_HOSTS = "it does not say which of two wildcard hosts is more specific"
SCHEMES = "it does not say what a scheme counts for"
NO_ORDER = "each of them goes before another one"


class SilenceError(Exception):
    """The documentation does not say which of two patterns goes first; the argument says what it leaves open."""


def winner(url: str, claims: Iterable[Claim]) -> Answer:
    """Say who answers a URL, of claims in the zone that serves its host.

    Raises:
        ValueError: where the URL is none.
    """
    target = target_of(url)
    return decided([claim for claim in claims if matches(claim.pattern, target)])


def decided(matching: Iterable[Claim]) -> Answer:
    """Say who answers a URL that all of these claims match, whatever their order."""
    claims = sorted(matching, key=lambda claim: (claim.text, claim.worker or "", claim.id))
    routes = [claim for claim in claims if claim.kind is not ClaimKind.DOMAIN]
    domains = [claim for claim in claims if claim.kind is ClaimKind.DOMAIN]
    if not routes:
        return _one_of(domains, TWO_DOMAINS) if domains else Nobody()
    answer = _most_specific(routes)
    match answer:
        case Nobody(by=Claim() as null) if domains:
            return Undetermined((null, *domains), NULL_OVER_DOMAIN)
        case Undetermined(claims=foremost, why=why) if any(one.worker is None for one in foremost):
            return Undetermined((*foremost, *domains), why)
        case _:
            return answer


def _most_specific(routes: Sequence[Claim]) -> Answer:
    """Find the route that goes before all others; equal patterns stand for each other, however many there are."""
    alike: dict[Pattern, list[Claim]] = {}
    for claim in routes:
        alike.setdefault(claim.pattern, []).append(claim)
    best = routes[0].pattern
    for pattern in alike:
        if _beats(pattern, best):
            best = pattern
    if all(pattern is best or _beats(best, pattern) for pattern in alike):
        return _one_of(alike[best], TWO_PATTERNS)
    foremost = _foremost(list(alike)) or list(alike)
    return _one_of([claim for pattern in foremost for claim in alike[pattern]], why_open(foremost))


def _foremost(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Return those before which no other one goes: only one of the same host can, or one of an exact host."""
    by_host: dict[tuple[bool, str], list[Pattern]] = {}
    for pattern in patterns:
        by_host.setdefault((pattern.any_host, pattern.host), []).append(pattern)
    exact = [pattern for pattern in patterns if not pattern.any_host]
    return [
        one
        for one in patterns
        if not any(_beats(other, one) for other in by_host[one.any_host, one.host])
        and not (one.any_host and any(_beats(other, one) for other in exact))
    ]


def _one_of(claims: Sequence[Claim], why: str) -> Answer:
    """Where all of them lead to the same Worker, it does not matter which of them answers."""
    if len({claim.worker for claim in claims}) == 1:
        return _answer(claims[0])
    return Undetermined(tuple(claims), why)


def _answer(claim: Claim) -> Answer:
    return Nobody(claim) if claim.kind is ClaimKind.NULL_ROUTE else Won(claim)


def _beats(one: Pattern, other: Pattern) -> bool:
    try:
        return goes_before(one, other)
    except SilenceError:
        return False


def why_open(patterns: Sequence[Pattern]) -> str:
    """Say what the documentation leaves open between some of these patterns."""
    for place, one in enumerate(patterns):
        for other in patterns[place + 1 :]:
            try:
                goes_before(one, other)
            except SilenceError as silence:
                return str(silence)
    return NO_ORDER


def goes_before(one: Pattern, other: Pattern) -> bool:
    """Whether `one` goes before `other` at the URLs that both match; of equal patterns neither does.

    Raises:
        SilenceError: where the documentation does not say.
    """
    order = _by_host(one, other) or _by_path(one, other)
    if one.scheme == other.scheme:
        return order > 0
    more_in_scheme = 1 if one.scheme else -1
    if order != more_in_scheme:  # the scheme alone decides, or against host and path
        raise SilenceError(SCHEMES)
    return order > 0


def _by_host(one: Pattern, other: Pattern) -> int:
    if one.any_host and other.any_host and one.host != other.host:
        raise SilenceError(WILDCARD_HOSTS)
    return other.any_host - one.any_host


def _by_path(one: Pattern, other: Pattern) -> int:
    """Compare the paths: an exact one goes first, then the longer one, but for the known bug."""
    if one.any_path != other.any_path:
        return other.any_path - one.any_path
    longer = len(one.path) - len(other.path)
    if is_known_bug(one, other):
        return -1 if longer > 0 else 1
    return (longer > 0) - (longer < 0)


def is_known_bug(one: Pattern, other: Pattern) -> bool:
    """Whether the paths are `P*` and `P/*`, of which Cloudflare takes the first ("Known issues")."""
    are_open = one.any_path and other.any_path
    return are_open and (one.path + "/" == other.path or other.path + "/" == one.path)
