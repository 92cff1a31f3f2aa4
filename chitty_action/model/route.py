"""Who claims which URLs: patterns, claims, and what is wrong between them. Plain values; the law is in `routes`."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from chitty_action.model.text import one_line


class Pattern(Struct, frozen=True):
    """A route pattern that Cloudflare's documentation explains, taken apart.

    Attributes:
        scheme: `http` or `https`; None matches both.
        host: lower-case, without its wildcard.
        any_host: whether a wildcard stands before `host`; then it is the end of a host name.
        path: without its wildcard, at least `/`.
        any_path: whether a wildcard stands behind `path`; then it is the beginning of path and query.
    """

    scheme: str | None
    host: str
    any_host: bool
    path: str
    any_path: bool

    def __str__(self) -> str:
        """Spell it as it would be written: the path never implied, the host in lower case."""
        scheme = f"{self.scheme}://" if self.scheme else ""
        return f"{scheme}{'*' * self.any_host}{self.host}{self.path}{'*' * self.any_path}"


class ClaimKind(StrEnum):
    """How a claim is made. A null route has no Worker: it switches less specific routes off."""

    ROUTE = "route"
    NULL_ROUTE = "null route"
    DOMAIN = "custom domain"


class Origin(StrEnum):
    """Who says that there is the claim."""

    ACCOUNT = "account"
    CONFIGURATION = "configuration"


class Zone(Struct, frozen=True):
    """A zone of the account; the name in lower case."""

    name: str
    id: str = ""


class Unread(Struct, frozen=True):
    """The inventory is not known whole.

    Attributes:
        why: a clause.
        cure: what to do about it.
        is_blocked: whether this runner, or its token, was not allowed to look.
        is_unfinished: whether there was no time to look.
    """

    why: str
    cure: str
    is_blocked: bool = False
    is_unfinished: bool = False


class Claim(Struct, frozen=True):
    """One claim of a Worker to URLs.

    Attributes:
        kind: how it is made.
        pattern: what it matches; a custom domain matches every path of its host.
        worker: whose it is; None for a null route.
        zone: name of the zone that it belongs to.
        text: the pattern or host name as it is written there.
        id: Cloudflare's, of the route or the custom domain; empty for a claim that is not in the account.
        zone_id: Cloudflare's.
        origin: who says so.
    """

    kind: ClaimKind
    pattern: Pattern
    worker: str | None
    zone: str
    text: str
    id: str = ""
    zone_id: str = ""
    origin: Origin = Origin.ACCOUNT

    @property
    def told(self) -> str:
        """Name it, for the middle of a sentence."""
        whose = f" of {one_line(self.worker, 80)}" if self.worker else ""
        return f"the {self.kind} {one_line(self.text, 120)}{whose}"


class Won(Struct, frozen=True):
    """The claim that answers a URL."""

    claim: Claim


class Nobody(Struct, frozen=True):
    """No Worker answers: nothing matches, or `by` is the null route that switches off what does."""

    by: Claim | None = None


class Undetermined(Struct, frozen=True):
    """Cloudflare's documentation does not say which of these claims answers; `why` is a clause."""

    claims: tuple[Claim, ...]
    why: str


Answer = Won | Nobody | Undetermined


class ConflictKind(StrEnum):
    """What is wrong; all of these count."""

    IDENTICAL = "identical"
    SHADOWED = "shadowed"
    OVERLAP = "overlap"
    DANGLING = "dangling"
    MISMATCH = "mismatch"


class Conflict(Struct, frozen=True):
    """Two Workers where one is meant, or one where another is.

    Attributes:
        kind: what is wrong.
        claim: the claim that it is about: the one that loses, or the one whose Worker is gone.
        rivals: the claims on the other side, the first few of them.
        more: how many more there are.
        witness: a URL at which it shows.
        answer: who answers there.
        owner: the Worker that should answer, where the registry says it.
        service: whose host it is, for a mismatch.
        distinction: what tells it from another one of the same claim text and kind.
    """

    kind: ConflictKind
    claim: Claim
    rivals: tuple[Claim, ...]
    witness: str
    answer: Answer
    more: int = 0
    owner: str | None = None
    service: str = ""
    distinction: str = ""

    @property
    def name(self) -> str:
        """Identify it from run to run."""
        more = [self.kind, *filter(None, (self.service, self.distinction))]
        return f"{self.claim.text} ({', '.join(more)})"


class Deliberate(StrEnum):
    """Why two Workers that claim one URL are no conflict."""

    SAME_WORKER = "a route and a custom domain of the same Worker"
    TWINS = "two environments of one Worker"
    CARVED = "a more specific path carved out of a gateway"
    EXACT_HOST = "an exact host under another Worker's wildcard"
    SWITCHED_OFF = "a null route that switches something off"
    IGNORED = "left alone by the input ignore"


class Notice(Struct, frozen=True):
    """A meeting of claims that is no conflict; `rival` is the first of them on the other side."""

    reason: Deliberate
    claim: Claim
    rival: Claim
    detail: str = ""


class Owner(Struct, frozen=True):
    """A service of the registry: the Worker that should answer at one of its URLs."""

    service: str
    worker: str
    url: str


class Unclaimed(Struct, frozen=True):
    """A registered host at which no Worker answers."""

    owner: Owner
    zone: Zone


class Move(Struct, frozen=True):
    """The change that would resolve one conflict, as a person can run it.

    Attributes:
        conflict: which one, by its name.
        words: what it does.
        method: of the request to Cloudflare's API.
        url: of that request.
        body: JSON text; empty where there is none.
        undo: a sentence: what would undo it, or why nothing can.
    """

    conflict: str
    words: str
    method: str
    url: str
    body: str
    undo: str


class RoutePlan(Struct, frozen=True):
    """What would resolve the conflicts; `digest` identifies the inventory that it was made from."""

    digest: str
    moves: tuple[Move, ...] = ()


class RouteVerdict(Struct, frozen=True):
    """What is known of an account's routes.

    Attributes:
        conflicts: all of them.
        notices: what meets without conflict.
        unclaimed: registered hosts without a claim.
        plan: what would resolve the conflicts.
        odd: claims that Cloudflare's documentation does not explain, each a clause.
        idle: patterns that a person declared deliberate, and nobody claims.
    """

    conflicts: tuple[Conflict, ...] = ()
    notices: tuple[Notice, ...] = ()
    unclaimed: tuple[Unclaimed, ...] = ()
    plan: RoutePlan = RoutePlan("")
    odd: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
