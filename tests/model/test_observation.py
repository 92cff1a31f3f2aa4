from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action.documents.tools import Tools
from chitty_action.ecosystem import discovery, mcp_tools
from chitty_action.model.observation import Absent, Blocked, Seen, Snapshot, Unreachable, trouble
from chitty_action.model.reading import NotFound
from tests.world import HUB

if TYPE_CHECKING:
    from chitty_action.model.reading import Reading

READING: Reading[Any] = mcp_tools(HUB, "alpha")
OTHER: Reading[Any] = discovery(HUB)


def test_an_equal_reading_finds_its_observation() -> None:
    """A reading is a value, so whoever makes it again gets the same."""
    snapshot = Snapshot([(READING, Seen(Tools(count=2), status=200))])
    assert snapshot[mcp_tools(HUB, "alpha")] == Seen(Tools(count=2), status=200)


def test_a_reading_that_nobody_declared_is_a_mistake_of_ours() -> None:
    """Nothing is fetched behind a check's back."""
    with pytest.raises(KeyError):
        Snapshot()[READING]


def test_the_newer_of_two_snapshots_counts() -> None:
    """Joining keeps what only one of them has."""
    old = Snapshot([(READING, Unreachable("timed out")), (OTHER, Blocked("answered 403"))])
    both = old.joined(Snapshot([(READING, Seen(Tools(count=1)))]))
    assert both[READING] == Seen(Tools(count=1))
    assert both[OTHER] == Blocked("answered 403")
    assert old[READING] == Unreachable("timed out")


def test_trouble_is_told_in_the_middle_of_a_sentence() -> None:
    """The reason where there is one, else the status."""
    assert trouble(Absent(NotFound.CAPABILITY, status=404)) == "answered 404"
    assert trouble(Absent(NotFound.SUBJECT, status=404)) == "not known there, answered 404"
    assert trouble(Seen(Tools(count=1), status=200)) == "answered 200"
    assert trouble(Unreachable("timed out after 10 s")) == "timed out after 10 s"
