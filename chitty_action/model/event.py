"""What GitHub says of the event that started the run; every field may be unknown."""

from __future__ import annotations

from msgspec import Struct


class Event(Struct, frozen=True):
    """The few facts that are taken from the event payload (interface, sections 3 and 5).

    Attributes:
        repository_name: `repository.name`, as GitHub spells it.
        topics: `repository.topics`; None when the payload does not say, which is not the same as no topics.
        commit: `check_run.head_sha`, else `deployment.sha`: 40 or 64 hexadecimal characters.
        from_fork: whether a pull request comes from another repository; None when this is no pull request.
        schedule: `schedule`, the cron expression that fired; None when no schedule started this run.
    """

    repository_name: str | None = None
    topics: frozenset[str] | None = None
    commit: str | None = None
    from_fork: bool | None = None
    schedule: str | None = None
