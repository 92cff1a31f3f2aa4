"""Cloudflare's law once more, for a small world: slow, by regular expressions and by trying every URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from chitty_action.model.route import Claim, ClaimKind, Zone
from chitty_action.routes.inventory import Inventory, custom_domain, route
from chitty_action.routes.ownership import family_of

ZONE = Zone("z.cc", "1f")
WORKERS = ("blue", "blue-staging", "green", "red")
HOSTS = ("z.cc", "*z.cc", "*.z.cc", "a.z.cc", "*.a.z.cc", "*a.z.cc", "*")
PATHS = ("", "/", "/*", "/x", "/x*", "/x/*", "/x/y*", "/x/y")
SCHEMES = ("", "", "", "https://", "http://")
NAMES = ("z.cc", "a.z.cc", "b.z.cc", "ba.z.cc", "b.a.z.cc", "chitty-witness.z.cc", "chitty-witness.a.z.cc")
PLACES = ("/", "/x", "/x/", "/x/y", "/xz", "/x/z", "/x/yz", "/x?q", "/?q", "/chitty-witness")
URLS = tuple(
    f"{scheme}://{host}{path}"
    for scheme, host, path in product(("https", "http"), (*NAMES, "chitty-witness.ba.z.cc"), PLACES)
)

patterns = st.builds(
    lambda *parts: "".join(parts), st.sampled_from(SCHEMES), st.sampled_from(HOSTS), st.sampled_from(PATHS)
)
routes = st.builds(lambda text, worker: route(text, worker, ZONE), patterns, st.sampled_from((*WORKERS, None)))
domains = st.builds(
    lambda host, worker: custom_domain(host, worker, ZONE), st.sampled_from(NAMES[:4]), st.sampled_from(WORKERS)
)


def _one_domain_a_host(claims: list[Claim]) -> list[Claim]:
    """Leave out what Cloudflare cannot have: a second custom domain of one host."""
    hosts: set[str] = set()
    kept = []
    for claim in claims:
        if claim.kind is not ClaimKind.DOMAIN or claim.text not in hosts:
            kept.append(claim)
            hosts |= {claim.text} if claim.kind is ClaimKind.DOMAIN else set()
    return kept


some_claims = st.lists(st.one_of(routes, routes, domains), max_size=9).map(_one_domain_a_host)


@dataclass(frozen=True)
class Said:
    """Who answers, in the model: a family of Workers, nobody, or any of those that nobody can tell apart."""

    who: frozenset[str | None]


def fits(claim: Claim, url: str) -> bool:
    """Match by a regular expression made from the text itself."""
    if claim.kind is ClaimKind.DOMAIN:
        return re.fullmatch(rf"https?://{re.escape(claim.text.lower())}/.*", url) is not None
    scheme, host, path = _parts(claim.text)
    of_host = re.escape(host.lower()).replace(r"\*", "[^/]*")
    of_path = re.escape(path).replace(r"\*", ".*")
    return re.fullmatch(f"{scheme or 'https?://'}{of_host}{of_path}", url) is not None


def _parts(text: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"(https?://)?([^/]*)(/.*)?", text)
    assert found
    return found[1] or "", found[2], found[3] or "/"


def prefers(one: Claim, other: Claim) -> str:
    """Say `one`, `other`, `same` or `open`, for two routes that match one URL."""
    (scheme, host, path), (scheme2, host2, path2) = _parts(one.text), _parts(other.text)
    if "*" in host and "*" in host2 and host.lower() != host2.lower():
        return "open"
    if ("*" in host) != ("*" in host2):
        by_rest = "other" if "*" in host else "one"
    elif path == path2:
        by_rest = "same"
    elif ("*" in path) != ("*" in path2):
        by_rest = "other" if "*" in path else "one"
    elif path.replace("/*", "*") == path2:  # P/* and P*: the known bug
        by_rest = "other"
    elif path2.replace("/*", "*") == path:
        by_rest = "one"
    else:
        by_rest = "one" if len(path) > len(path2) else "other"
    if scheme == scheme2:
        return by_rest
    return by_rest if by_rest == ("one" if scheme else "other") else "open"


def contenders(url: str, claims: list[Claim]) -> list[Claim]:
    """Give those of which one answers, by comparing all that match with each other."""
    routes_here = [claim for claim in claims if claim.kind is not ClaimKind.DOMAIN and fits(claim, url)]
    domains_here = [claim for claim in claims if claim.kind is ClaimKind.DOMAIN and fits(claim, url)]
    if not routes_here:
        return domains_here
    for claim in routes_here:
        if all(other is claim or prefers(claim, other) == "one" for other in routes_here):
            foremost = [claim]
            break
    else:
        beaten = [one for one in routes_here if any(prefers(other, one) == "one" for other in routes_here)]
        foremost = [one for one in routes_here if one not in beaten] or routes_here
    may_be_off = any(claim.worker is None for claim in foremost)
    return [*foremost, *(domains_here if may_be_off else [])]


def says(url: str, claims: list[Claim]) -> Said:
    """Say who answers."""
    return Said(frozenset(claim.worker for claim in contenders(url, claims)) or frozenset({None}))


def families(said: Said) -> set[str]:
    """Name those who may answer, environments of one Worker as one; empty for nobody."""
    return {family_of(worker) if worker else "" for worker in said.who}


def inventory_of(claims: list[Claim]) -> Inventory:
    """Put claims into an account in which every Worker is there."""
    return Inventory("account", "https://api.cloudflare.com/client/v4", (ZONE,), tuple(claims), frozenset(WORKERS))
