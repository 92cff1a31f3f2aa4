"""ChittyConnect knows of no route that another Worker claims too.

Why: two Workers on one route mean that users are answered by the wrong one.
Otherwise: a warning for each conflict, with its claimants. Where ChittyConnect does not offer the list, or protects
it, a notice: the number of conflicts is then `unknown`, never 0.
Remedy: remove the route from one of the Workers; for a protected list give the input `api-key`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.documents.routes import claimants_of, route_of
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Absent, Blocked, Seen, Snapshot, Unfinished, trouble
from chitty_action.model.reading import Credential
from chitty_action.model.subject import Account, Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.documents.routes import Conflicts
    from chitty_action.model.reading import Reading

ID = "routes-unconflicted"


def reading_of(subject: Subject) -> Reading[Conflicts]:
    """Return the look at the conflicts of one service, or in `reconcile` at all of them."""
    everything = subject.phase is Phase.RECONCILE
    only_admin = subject.has_admin_token and not subject.has_api_key
    credential = Credential.ADMIN_TOKEN if only_admin else Credential.API_KEY
    return ecosystem.route_conflicts(subject.hub, "" if everything else subject.service.name, credential)


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    return (reading_of(subject),)


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    name = subject.service.name
    observation = snapshot[reading_of(subject)]
    host = origin_of(subject.hub.connect)[1]
    whose = "" if subject.phase is Phase.RECONCILE else f" of {name}"
    match observation:
        case Unfinished():
            return
        case Seen(value=document):
            for conflict in document.conflicts:
                claimants = " and ".join(claimants_of(conflict))
                yield Finding(
                    ID,
                    name,
                    Level.WARNING,
                    f"{route_of(conflict)} is claimed by {claimants}",
                    "remove the route from the Worker that should not answer it",
                )
        case Absent():
            yield Finding(
                ID, name, Level.NOTICE, f"not offered by {host}: a list of routes, so conflicts{whose} are unknown"
            )
        case Blocked():
            cure = "see whether the api-key may read it" if subject.has_api_key else "give the input api-key"
            yield Finding(
                ID,
                name,
                Level.NOTICE,
                f"{host} protects its list of routes, so conflicts{whose} are unknown: {trouble(observation)}",
                cure,
            )
        case _:
            yield Finding(
                ID,
                name,
                Level.WARNING,
                f"conflicts{whose} are unknown: {observation.url} {trouble(observation)}",
                "see what ChittyConnect answers at that address",
            )


def _applies(subject: Subject) -> str | None:
    with_account = subject.phase is Phase.RECONCILE and isinstance(subject.account, Account)
    return "the Cloudflare account's own routes are read instead" if with_account else None


CHECK = Check(
    ID,
    "no two Workers claim one route",
    frozenset({Phase.POST, Phase.RECONCILE}),
    4,
    _readings,
    _judge,
    _applies,
    of_hub=True,
)
