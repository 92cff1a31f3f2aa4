"""Every URL of the Cloudflare account is answered by the Worker that is meant to, and by no other.

Why: of two Workers that claim a URL one answers, and it is not always the one that people think; a claim of a Worker
that is gone answers nobody.
Otherwise: a warning for each conflict, with a URL that proves it; a notice for what meets on purpose, and for
registered hosts that no Worker claims. An inventory that cannot be read whole is a warning, and the number of
conflicts is then `unknown`, never 0. Skipped without `cloudflare-api-token` and `cloudflare-account-id`.
Remedy: the summary has the change that would resolve each conflict, where registry and account leave no doubt; what is
meant to be so belongs into the input `ignore`, as `route <pattern>: reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.account import inventory_of, owners_of, readings_of, unseen_zone
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Seen, Snapshot
from chitty_action.model.route import RouteVerdict, Unread
from chitty_action.model.subject import Account, Phase, Subject
from chitty_action.routes.verdict import verdict_on
from chitty_action.routes.words import conflict_told, notices_told, unclaimed_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.model.reading import Reading

ID = "account-routes-unconflicted"
_WHOSE = "cloudflare"
_DECIDE = "decide which Worker answers there, and remove the other claim"


def verdict_of(subject: Subject, snapshot: Snapshot) -> RouteVerdict | Unread:
    """Judge the account's routes by what was read of them, and of the registry."""
    account = subject.account
    if isinstance(account, str):
        return Unread(account, "")
    if isinstance(account.zones, Unread):
        return account.zones
    inventory = inventory_of(account, account.zones, snapshot)
    if isinstance(inventory, Unread):
        return inventory
    if unseen := unseen_zone(account, account.zones, snapshot):
        return unseen
    services = snapshot[ecosystem.services(subject.hub)]
    gateways = (subject.hub.api, subject.hub.mcp)
    owners = owners_of(services.value, gateways) if isinstance(services, Seen) else ()
    return verdict_on(inventory, owners, account.silenced)


def _applies(subject: Subject) -> str | None:
    return subject.account if isinstance(subject.account, str) else None


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    account = subject.account
    if not isinstance(account, Account) or isinstance(account.zones, Unread):
        return ()
    return (*readings_of(account, account.zones), ecosystem.services(subject.hub))


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    verdict = verdict_of(subject, snapshot)
    if isinstance(verdict, Unread):
        account = subject.account
        if isinstance(account, Account) and (not verdict.is_unfinished or isinstance(account.zones, Unread)):
            yield Finding(ID, _WHOSE, Level.WARNING, f"conflicts of routes are unknown: {verdict.why}", verdict.cure)
        return
    moves = {move.conflict: move.words for move in verdict.plan.moves}
    for conflict in verdict.conflicts:
        words = moves.get(conflict.name)
        hint = f"{words}; the summary has the call" if words else _DECIDE
        yield Finding(ID, _WHOSE, Level.WARNING, conflict_told(conflict), hint)
    for clause in verdict.odd:
        message = f"{clause}; what it does to other claims is unknown"
        yield Finding(ID, _WHOSE, Level.WARNING, message, "write it as Cloudflare documents patterns, or remove it")
    for told in notices_told(verdict.notices):
        yield Finding(ID, _WHOSE, Level.NOTICE, told)
    for pattern in verdict.idle:
        message = f"input ignore names the route {pattern}, which nobody claims"
        yield Finding(ID, _WHOSE, Level.NOTICE, message, "remove the line")
    if verdict.unclaimed:
        hint = "give the Worker that host, or correct the registry's row"
        yield Finding(ID, _WHOSE, Level.NOTICE, unclaimed_told(verdict.unclaimed), hint)


CHECK = Check(
    ID,
    "no Worker answers another one's URLs",
    frozenset({Phase.RECONCILE}),
    5,
    _readings,
    _judge,
    _applies,
    of_hub=True,
)
