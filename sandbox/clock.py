"""The one way in which every system writes the time."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp() -> str:
    """Now, as JavaScript writes it: UTC, milliseconds, `Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
