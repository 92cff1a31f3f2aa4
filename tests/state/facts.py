"""Facts that somebody made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from chitty_action.state.deployment import Deployment, Durations
from chitty_action.state.pending import Pending
from chitty_action.state.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.state.facts import Facts

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLASSES = ["healthy", "degraded", "down", "missing", "blocked", "redirected", "unprobeable", "skipped"]


def deployment(at: datetime = NOON, service: str = "alpha", run: str = "100", **others: Any) -> Deployment:  # noqa: ANN401 - any field
    """Make one that succeeded."""
    given: dict[str, Any] = {"environment": "production", "verdict": "passed", "durations": Durations(post=1.5)}
    return Deployment(at=at, service=service, run=run, **(given | others))


def sweep(at: datetime = NOON, run: str = "200", **others: Any) -> Sweep:  # noqa: ANN401 - any field
    """Make one; its counts are those of its classes."""
    classes: Mapping[str, str] = others.pop("classes", {"alpha": "healthy"})
    counts = {seen: list(classes.values()).count(seen) for seen in sorted({*classes.values()})}
    return Sweep(at=at, run=run, **{"classes": classes, "counts": counts, **others})


def pending(at: datetime = NOON, service: str = "alpha", change: str = "registration", **others: Any) -> Pending:  # noqa: ANN401 - any field
    """Make a write that failed."""
    given = {"environment": "production", "run": "100", "payload": {"name": service}, "reason": "answered 503"} | others
    return Pending(service=service, change=change, deployed_at=at, **given)


def put(branch: dict[str, str], facts: Facts, now: datetime = NOON) -> dict[str, str]:
    """Return the branch with these facts."""
    read = {path: branch[path] for path in facts.paths(branch, now)}
    after = {**branch, **facts.merged(read, now).files}
    return {path: text for path, text in after.items() if text is not None}


words = st.sampled_from(["alpha", "beta", "gamma-2", "δ"])
moments = st.datetimes(datetime(2026, 11, 1), datetime(2026, 11, 30, 23), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
deployments = st.builds(
    deployment,
    moments,
    words,
    st.integers(1, 9).map(str),
    environment=st.sampled_from(["production", "staging"]),
    repository=st.sampled_from(["", "chittyos/alpha"]),
    url=st.sampled_from(["", "https://github.com/chittyos/alpha/actions/runs/3", "https://ghe.example/runs/3"]),
    failed=st.lists(words, max_size=2).map(tuple),
    mcp_tools=st.none() | st.integers(0, 9),
)
classes = st.dictionaries(words, st.sampled_from(CLASSES))
sweeps = st.builds(
    sweep,
    moments,
    st.integers(1, 99).map(str),
    classes=classes,
    latency=st.dictionaries(words, st.integers(0, 999), max_size=2),
    conflicts=st.none() | st.integers(0, 3),
    blame=st.sampled_from(["them", "us"]),
    every=st.sampled_from([None, 3_600, 21_600]),
)
