from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.event import MAX_BYTES, read_event
from chitty_action.model.event import Event
from chitty_action.model.repository import Oddity

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER_SHA = "f" * 64


def event(tmp_path: Path, payload: object) -> Event:
    """What a payload says, which must not be odd."""
    (tmp_path / "event.json").write_text(json.dumps(payload))
    found, oddity = read_event(str(tmp_path / "event.json"))
    assert oddity is None
    return found


def test_a_push_names_the_repository(tmp_path: Path) -> None:
    """Name and topics come from `repository`; a push names no commit of its own and is no fork's."""
    found = event(tmp_path, {"repository": {"name": "Chitty.Ledger", "topics": ["context-aware", "worker"]}})

    assert found == Event("Chitty.Ledger", frozenset({"context-aware", "worker"}), None, None)


def test_no_topics_differ_from_unknown_topics(tmp_path: Path) -> None:
    """An empty list is known to be empty; a payload without one does not say."""
    assert event(tmp_path, {"repository": {"topics": []}}).topics == frozenset()
    assert event(tmp_path, {"repository": {}}).topics is None


@pytest.mark.parametrize(
    ("payload", "commit"),
    [
        ({"check_run": {"head_sha": SHA}, "deployment": {"sha": OTHER_SHA}}, SHA),
        ({"deployment": {"sha": OTHER_SHA}}, OTHER_SHA),
        ({"check_run": {"head_sha": "main"}, "deployment": {"sha": OTHER_SHA}}, OTHER_SHA),
        ({"check_run": {"head_sha": SHA + "\n"}}, None),
        ({"check_run": {"head_sha": SHA[:-1]}}, None),
        ({"check_run": {"head_sha": 5}}, None),
        ({"check_run": [SHA]}, None),
        ({"after": SHA}, None),
    ],
)
def test_the_commit_that_was_deployed(tmp_path: Path, payload: object, commit: str | None) -> None:
    """`check_run.head_sha` before `deployment.sha`, and only what looks like a commit."""
    assert event(tmp_path, payload).commit == commit


def pull_request(head: object, base: object = None) -> dict[str, object]:
    """A pull request's payload with those repositories."""
    pull = {"head": {"repo": head}, "base": {"repo": base or {"full_name": "us/ledger"}}}
    return {"pull_request": pull, "repository": {"name": "ledger", "full_name": "us/ledger"}}


@pytest.mark.parametrize(
    ("payload", "from_fork"),
    [
        (pull_request({"full_name": "us/ledger"}), False),
        (pull_request({"full_name": "us/ledger"}, base={"id": 1}), False),
        (pull_request({"full_name": "them/ledger"}), True),
        (pull_request(None), True),
        (pull_request({}), True),
        (pull_request({"full_name": 5}, base={"full_name": 5}), True),
        ({"pull_request": {}}, True),
        ({"pull_request": "?"}, True),
        ({"pull_request": {"head": {"repo": {"full_name": "us/ledger"}}}}, True),
        ({"pull_request": None}, None),
        ({}, None),
    ],
    ids=range(11),
)
def test_whether_a_fork_asks(tmp_path: Path, payload: object, from_fork: bool | None) -> None:  # noqa: FBT001 -- expected value
    """Only a head that is known to be this repository's own is not a fork's; a deleted fork is one."""
    assert event(tmp_path, payload).from_fork is from_fork


@pytest.mark.parametrize(
    "repository", [{"name": "../admin"}, {"name": "a b"}, {"name": "x" * 101}, {"name": 5}, {"name": "a\n"}, "ledger"]
)
def test_only_a_sane_repository_name_is_taken(tmp_path: Path, repository: object) -> None:
    """What GitHub would never send is not believed."""
    assert event(tmp_path, {"repository": repository}).repository_name is None


def test_only_sane_topics_are_taken(tmp_path: Path) -> None:
    """Entries that are no topics are dropped; something that is no list is unknown."""
    assert event(tmp_path, {"repository": {"topics": ["ok", 5, None, "::error::", "UP"]}}).topics == frozenset({"ok"})
    assert event(tmp_path, {"repository": {"topics": "context-aware"}}).topics is None


def test_a_scheduled_run_names_its_schedule(tmp_path: Path) -> None:
    """GitHub puts the cron expression that fired at the top of the payload."""
    assert event(tmp_path, {"schedule": "43 */6 * * *", "repository": {}}).schedule == "43 */6 * * *"
    assert event(tmp_path, {"schedule": "0 8-20/4 1,15 JAN MON-FRI"}).schedule == "0 8-20/4 1,15 JAN MON-FRI"


def test_a_schedule_has_a_bound(tmp_path: Path) -> None:
    """100 characters are taken, one more is not."""
    assert event(tmp_path, {"schedule": "*" * 100}).schedule == "*" * 100
    assert event(tmp_path, {"schedule": "*" * 101}).schedule is None


@pytest.mark.parametrize("schedule", ["", "* * * *\n*", "0 0 * * ٣", "$(id)", "::error::", 5, None, ["0 0 * * *"], {}])
def test_only_what_looks_like_a_schedule_is_taken(tmp_path: Path, schedule: object) -> None:
    """What GitHub would never send is not believed."""
    assert event(tmp_path, {"schedule": schedule}).schedule is None


@pytest.mark.parametrize("path", [None, ""])
def test_a_laptop_has_no_payload(path: str | None) -> None:
    """Outside GitHub there is none, and that is not odd."""
    assert read_event(path) == (Event(), None)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"a":' * 100_000, '{"a": NaN}', "\x00"], ids=range(7))
def test_a_malformed_payload_is_one_oddity(tmp_path: Path, content: str) -> None:
    """It tells nothing, and one sentence says so."""
    (tmp_path / "event.json").write_text(content)

    found, oddity = read_event(str(tmp_path / "event.json"))

    assert found == Event()
    assert oddity is not None
    assert "the event payload" in oddity.message
    assert "\n" not in oddity.message


@pytest.mark.parametrize("name", ["none.json", ".", "fifo", "nul\0byte", "\ud800"])
def test_an_unreadable_payload_is_one_oddity(tmp_path: Path, name: str) -> None:
    """A missing file, a folder, a FIFO nobody writes to, and no path at all."""
    os.mkfifo(tmp_path / "fifo")

    found, oddity = read_event(f"{tmp_path}/{name}")

    assert found == Event()
    assert isinstance(oddity, Oddity)


def test_an_endless_payload_is_refused() -> None:
    """A device is not a payload."""
    assert read_event("/dev/zero")[1] is not None


def test_a_payload_has_a_bound(tmp_path: Path) -> None:
    """25 MiB are read, one byte more is not."""
    path = tmp_path / "event.json"
    path.write_bytes(b"{}" + b" " * (MAX_BYTES - 2))
    fits = read_event(str(path))
    with path.open("ab") as stream:
        stream.write(b" ")

    assert fits == (Event(), None)
    too_big = read_event(str(path))[1]
    assert too_big is not None
    assert "larger than 25 MiB" in too_big.message


KEYS = st.sampled_from(["repository", "pull_request", "check_run", "deployment", "head", "repo", "topics"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=10,
)


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | ANYTHING.map(json.dumps).map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Arbitrary bytes, and JSON of any shape, end in an event."""
    path = tmp_path_factory.mktemp("runner") / "event.json"
    path.write_bytes(raw)

    assert isinstance(read_event(str(path))[0], Event)
