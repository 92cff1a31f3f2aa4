"""What of a sweep people ask for: how many of each class, who is broken, since when, and who was not judged and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.evidence import BROKEN, PROBED, Evidence
from chitty_action.model.incident import Action
from chitty_action.routes.words import conflict_told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chitty_action.model.finding import Finding
    from chitty_action.model.incident import Told
    from chitty_action.model.report import Outcome, Report
    from chitty_action.model.sweep import Swept

WORST_FIRST = (Evidence.DOWN, Evidence.MISSING, Evidence.DEGRADED)
"""The order in which a person wants to read of what is broken."""

UNREACHED = frozenset({Evidence.DEGRADED, Evidence.DOWN, Evidence.REDIRECTED})
"""What a look through the gateway shows where the service is not reached; as output `proxied` of phase post has it."""

_JUDGED_PROXY = frozenset({Evidence.HEALTHY, *UNREACHED})
_INFORMATION = "\N{INFORMATION SOURCE}\N{VARIATION SELECTOR-16}"
ICONS = {
    Evidence.HEALTHY: "✅",
    Evidence.DEGRADED: "⚠️",
    Evidence.DOWN: "❌",
    Evidence.MISSING: "❌",
    Evidence.BLOCKED: _INFORMATION,
    Evidence.REDIRECTED: _INFORMATION,
    Evidence.UNPROBEABLE: _INFORMATION,
    Evidence.SKIPPED: "⏭️",
}

_IN_THE_TABLE = frozenset({"service-healthy", "proxy-reachable"})


class Trouble(Struct, frozen=True):
    """One line of what is broken: a service, or a proxy of a service that is well itself.

    Attributes:
        name: the service's.
        evidence: what was seen.
        what: `evidence` in words, such as `down` or `proxy down`.
        since: `new`, or the time in UTC; empty for a proxy, which nobody remembers.
        seen: the URL and the reason.
    """

    name: str
    evidence: Evidence
    what: str
    since: str
    seen: str


class Unjudged(Struct, frozen=True):
    """Rows of which nothing is known, and the one reason why."""

    icon: str
    what: str
    reason: str
    names: tuple[str, ...]


def tally(sweep: Iterable[Swept]) -> dict[Evidence, int]:
    """Count the rows of every class, those without any included."""
    counts = dict.fromkeys(Evidence, 0)
    for row in sweep:
        counts[row.evidence] += 1
    return counts


def counted(sweep: Sequence[Swept]) -> str:
    """Say the counts in one line."""
    counts = ", ".join(f"{count:,} {evidence}" for evidence, count in tally(sweep).items() if count)
    return f"{len(sweep):,} service{'s' if len(sweep) != 1 else ''}: {counts}"


def broken(sweep: Iterable[Swept]) -> list[Swept]:
    """Return the services that are down, missing or degraded, in this order and by name."""
    rows = [row for row in sweep if row.evidence in BROKEN]
    return sorted(rows, key=lambda row: (WORST_FIRST.index(row.evidence), row.name, row.position))


def troubles(report: Report) -> list[Trouble]:
    """Return what is broken: services, then proxies of services that are not broken themselves."""
    services = [
        Trouble(row.name, row.evidence, row.evidence, _since(row, report.started), f"{row.url} {row.reason}".strip())
        for row in broken(report.sweep)
    ]
    proxies = [
        Trouble(row.name, row.proxy, f"proxy {row.proxy}", "", row.proxy_reason)
        for row in sorted(report.sweep, key=lambda row: (row.name, row.position))
        if row.proxy in UNREACHED and row.evidence not in BROKEN
    ]
    return [*services, *proxies]


def unjudged(sweep: Sequence[Swept]) -> list[Unjudged]:
    """Group the services that were not judged by class and reason, and then such proxies; the largest group first."""
    services = ((row.name, row.evidence, row.reason) for row in sweep if row.evidence not in PROBED)
    proxies = (
        (row.name, f"proxy {row.proxy or 'not judged'}", row.proxy_reason)
        for row in sweep
        if row.evidence is not Evidence.SKIPPED and row.proxy not in _JUDGED_PROXY and (row.proxy or row.proxy_reason)
    )
    return [*_grouped(services), *_grouped(proxies)]


def _grouped(rows: Iterable[tuple[str, str, str]]) -> list[Unjudged]:
    groups: dict[tuple[str, str], list[str]] = {}
    for name, what, reason in rows:
        groups.setdefault((what, reason), []).append(name)
    made = [
        Unjudged(ICONS[Evidence.SKIPPED] if what == Evidence.SKIPPED else _INFORMATION, what, reason, tuple(names))
        for (what, reason), names in groups.items()
    ]
    return sorted(made, key=lambda group: -len(group.names))


def worth_telling(told: Iterable[Told]) -> list[Told]:
    """Leave out the incidents that neither are nor were there."""
    return [one for one in told if one.url or one.action != Action.UNCHANGED]


def about_the_run(report: Report) -> tuple[Outcome, ...]:
    """Return the outcomes that the sweep does not tell already."""
    if not report.sweep:
        return report.outcomes
    told = {row.name for row in report.sweep}
    return tuple(
        outcome for outcome in report.outcomes if outcome.id not in _IN_THE_TABLE or outcome.subject not in told
    )


def findings_about_the_run(report: Report) -> tuple[Finding, ...]:
    """Return the findings of those outcomes, the worst first; conflicts of routes have a section of their own."""
    told = {conflict_told(conflict) for conflict in report.routes.conflicts} if report.routes else set[str]()
    outcomes = about_the_run(report)
    found = (finding for outcome in outcomes for finding in outcome.findings if finding.message not in told)
    return tuple(sorted(found, key=lambda finding: -finding.level.rank))


def took(row: Swept) -> str:
    """Say how long the answer took; empty where nothing came."""
    if row.elapsed is None:
        return ""
    return f"{row.elapsed:.1f} s" if row.elapsed >= 1 else f"{row.elapsed * 1_000:.0f} ms"


def _since(row: Swept, started: datetime | None) -> str:
    return "new" if row.since is None or row.is_new(started) else f"{row.since:%Y-%m-%d %H:%M} UTC"
