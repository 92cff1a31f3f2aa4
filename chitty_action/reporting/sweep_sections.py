"""The sections of the step summary that tell a sweep: each a heading with a table or a sentence, or nothing at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chitty_action.reporting.markdown import prose, table
from chitty_action.reporting.sweep import ICONS, WORST_FIRST, broken, took, troubles, unjudged, worth_telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chitty_action.model.incident import Told
    from chitty_action.model.report import Report
    from chitty_action.model.sweep import Swept

_MOST_NAMES = 20
_NAME_LIMIT = 63


def incidents(told: Sequence[Told], server: str, room: int) -> list[str]:
    """Return what became of each incident."""
    rows = [[prose(one.kind), f"**{prose(one.action)}**", _link(one.url, server)] for one in worth_telling(told)]
    return ["### Incidents", table(["Incident", "What became of it", "Issue"], rows, room)] if rows else []


def _link(url: str, server: str) -> str:
    """Link an issue on GitHub's own server; any other text stays text."""
    issue = re.fullmatch(rf"{re.escape(server)}/[\w.-]{{1,100}}/[\w.-]{{1,100}}/issues/(\d{{1,12}})", url, re.ASCII)
    return f"[#{issue[1]}]({url})" if issue and server.startswith("https://") else prose(url)


def what_is_broken(report: Report, room: int) -> list[str]:
    """Return the services that are down, missing or degraded, and the proxies that fail before a healthy service."""
    rows = [[ICONS[one.evidence], _name(one.name), one.what, one.since, prose(one.seen)] for one in troubles(report)]
    return ["### What is broken", table(["", "Service", "Class", "Since", "What was seen"], rows, room)] if rows else []


def new(report: Report, room: int) -> list[str]:
    """Return which of the broken services no earlier run saw broken."""
    rows = broken(report.sweep)
    fresh = [row for row in rows if row.is_new(report.started)]
    if not rows:
        return []
    if len(fresh) in {0, len(rows)}:
        return ["All of these services are newly broken." if fresh else "None of these services is newly broken."]
    names = {evidence: [row.name for row in fresh if row.evidence is evidence] for evidence in WORST_FIRST}
    cells = [
        [ICONS[evidence], evidence, f"{len(named):,}", _names(named)] for evidence, named in names.items() if named
    ]
    return ["### New since last time", table(["", "Class", "How many", "Services"], cells, room)]


def not_judged(sweep: Sequence[Swept], room: int) -> list[str]:
    """Return what was skipped, blocked, redirected or unprobeable, a row for each reason."""
    rows = [
        [group.icon, group.what, f"{len(group.names):,}", prose(group.reason), _names(group.names)]
        for group in unjudged(sweep)
    ]
    return ["### Not judged, and why", table(["", "Class", "How many", "Why", "Services"], rows, room)] if rows else []


def everybody(sweep: Sequence[Swept], room: int) -> list[str]:
    """Return every row of the list of services by its name."""
    rows = [
        [ICONS[row.evidence], _name(row.name), row.evidence, took(row), row.proxy or "not judged"]
        for row in sorted(sweep, key=lambda row: (row.name, row.position))
    ]
    return ["### All services", table(["", "Service", "Class", "Latency", "Proxy"], rows, room)]


def _name(name: str) -> str:
    return prose(name, _NAME_LIMIT)


def _names(names: Sequence[str]) -> str:
    left = len(names) - _MOST_NAMES
    return ", ".join(map(_name, names[:_MOST_NAMES])) + (f" and {left:,} more" if left > 0 else "")
