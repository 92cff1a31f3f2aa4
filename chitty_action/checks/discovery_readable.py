"""ChittyConnect's discovery document can be read.

Why: services find each other through it; `pre` hands it on as the output `discovery`.
Otherwise: in `pre` an error, also when it answers 404; when this runner was not allowed to look, level `on-blocked`. In
`reconcile` a warning, and a notice when this runner was not allowed to look.
Remedy: see what ChittyConnect answers at `/.well-known/chitty.json`; a blocked runner needs a WAF skip rule for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chitty_action import ecosystem
from chitty_action.model.address import origin_of
from chitty_action.model.check import Check
from chitty_action.model.finding import Finding, Level
from chitty_action.model.observation import Absent, Blocked, Seen, Snapshot, Unfinished, trouble
from chitty_action.model.subject import Phase, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chitty_action.documents.discovery import Discovery
    from chitty_action.model.reading import Reading

ID = "discovery-readable"


def _readings(subject: Subject) -> tuple[Reading[Any], ...]:
    everybody = (ecosystem.services(subject.hub),) if subject.phase is Phase.RECONCILE else ()
    return (ecosystem.discovery(subject.hub), *everybody)


def _emptiness(discovery: Discovery, subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    services = snapshot[ecosystem.services(subject.hub)]
    if isinstance(services, Seen) and services.value.rows and not discovery.known:
        message = f"the discovery document lists nobody, while there are {len(services.value.rows)} services"
        yield Finding(ID, "chittyconnect", Level.WARNING, message, "see why ChittyConnect does not list them")


def _judge(subject: Subject, snapshot: Snapshot) -> Iterator[Finding]:
    observation = snapshot[ecosystem.discovery(subject.hub)]
    url = f"{subject.hub.connect}/.well-known/chitty.json"
    sweeps = subject.phase is Phase.RECONCILE
    match observation:
        case Seen(value=discovery):
            if sweeps:
                yield from _emptiness(discovery, subject, snapshot)
            return
        case Unfinished() if sweeps:
            return
        case Absent() if sweeps:
            host = origin_of(subject.hub.connect)[1]
            message = f"not offered by {host}: a discovery document ({trouble(observation)})"
            yield Finding(ID, "chittyconnect", Level.NOTICE, message)
        case Blocked():
            yield Finding(
                ID,
                "chittyconnect",
                Level.NOTICE if sweeps else subject.on_blocked,
                f"ChittyConnect did not let this runner read the discovery document: {url} {trouble(observation)}",
                "let the runner's addresses through to /.well-known/ (a WAF skip rule), or use a runner that may look",
            )
        case _:
            yield Finding(
                ID,
                "chittyconnect",
                Level.WARNING if sweeps else Level.ERROR,
                f"the discovery document cannot be read: {url} {trouble(observation)}",
                "run the job again once ChittyConnect serves it; if the address is wrong, correct connect-url",
            )


CHECK = Check(
    ID,
    "the discovery document can be read",
    frozenset({Phase.PRE, Phase.RECONCILE}),
    2,
    _readings,
    _judge,
    of_hub=True,
)
