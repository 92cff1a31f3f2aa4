"""The event payload at `GITHUB_EVENT_PATH`: what started this run (interface, sections 3 and 5)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from chitty_action.adapters.workspace.files import UnusableFileError, read_outside
from chitty_action.adapters.workspace.syntax import json_object, table
from chitty_action.model.event import Event
from chitty_action.model.repository import Oddity

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 25 * 1_048_576  # GitHub's own bound for a payload

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
_TOPIC = re.compile(r"[a-z0-9-]{1,50}")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_SCHEDULE = re.compile(r"[0-9A-Za-z*,/ -]{1,100}")


def read_event(path: str | None) -> tuple[Event, Oddity | None]:
    """Read the payload; no path (a laptop) is no oddity, an unusable file is one and tells nothing."""
    if not path:
        return Event(), None
    try:
        payload = json_object(read_outside(Path(path), MAX_BYTES), "the event payload")
    except UnusableFileError as error:
        hint = "GITHUB_EVENT_PATH must name the JSON file that the runner wrote; give service-name to do without"
        return Event(), Oddity("GITHUB_EVENT_PATH", error.message, hint)
    repository = table(payload.get("repository"))
    return (
        Event(
            repository_name=_shaped(_REPOSITORY, repository.get("name")),
            topics=_topics(repository.get("topics")),
            commit=_shaped(_COMMIT, table(payload.get("check_run")).get("head_sha"))
            or _shaped(_COMMIT, table(payload.get("deployment")).get("sha")),
            from_fork=_from_fork(payload),
            schedule=_shaped(_SCHEDULE, payload.get("schedule")),
        ),
        None,
    )


def _topics(listed: object) -> frozenset[str] | None:
    if not isinstance(listed, list):
        return None
    return frozenset(topic for topic in (_shaped(_TOPIC, entry) for entry in listed) if topic)


def _from_fork(payload: Mapping[str, object]) -> bool | None:
    """Only a head that is known to be this repository's own is not a fork's; a deleted fork leaves null."""
    if payload.get("pull_request") is None:
        return None
    pull = table(payload["pull_request"])
    head = table(table(pull.get("head")).get("repo")).get("full_name")
    base = table(table(pull.get("base")).get("repo")).get("full_name")
    ours = base or table(payload.get("repository")).get("full_name")
    return not (isinstance(head, str) and head == ours)


def _shaped(shape: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and shape.fullmatch(value) else None
