"""Whether services are integrated: the rows of that view, its counts, and who is left out of both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chitty_action.model.evidence import Evidence
from chitty_action.site import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.site.status import Integration, ServiceStatus, Status

COLUMNS = ("registered", "discovered", "proxied", "mcp")
_REASONS = 3
"""Reasons that are told; more are counted."""


def rows(status: Status) -> list[ServiceStatus]:
    """Return the services by name; what is skipped is none, and need not be integrated."""
    looked_at = (row for row in status.services if row.evidence != Evidence.SKIPPED)
    return sorted(looked_at, key=lambda row: (row.name, row.position))


def worst(integration: Integration) -> str:
    """Return the worst of a service's four words, for the filter."""
    said = {words.one_of(getattr(integration, name), "yes", "no") for name in COLUMNS}
    return next(word for word in ("no", words.UNKNOWN, "yes") if word in said)


def counts(status: Status) -> Mapping[str, Counter[str]]:
    """Count the words of each column, and `all` the worst of each row."""
    each = [row.integration for row in rows(status)]
    columns = {name: Counter(words.one_of(getattr(row, name), "yes", "no") for row in each) for name in COLUMNS}
    return {**columns, "all": Counter(map(worst, each))}


def left_out(status: Status) -> str:
    """Say how many rows are skipped, and why; empty where none is."""
    skipped = [row for row in status.services if row.evidence == Evidence.SKIPPED]
    if not skipped:
        return ""
    reasons = Counter(words.shown(row.reason, 100) or "no reason is told" for row in skipped).most_common()
    told = [f"{reason} ({count:,})" for reason, count in reasons[:_REASONS]]
    more = sum(count for _, count in reasons[_REASONS:])
    others = [f"other reasons ({more:,})"] if more else []
    lead = words.plural(len(skipped), "row is", "rows are")
    return f"{lead} left out, because nobody looks at them: {words.listed([*told, *others])}."
