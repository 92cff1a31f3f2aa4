"""The adapter for GitHub in front of an emulator of others, each request held against GitHub's own description."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from integration.emulator import description, emulating
from integration.openapi import Description, Sent
from tests.branch_contract import BranchContract, Store
from tests.github_contract import Contract, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.emulator import Emulator

REPOSITORY = "/repos/marie/operations"


class Recorder(logging.Handler):
    """PyGithub logs every answered request: verb, scheme, host, path, headers, body, and then the answer."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__(logging.DEBUG)
        self.sent: list[Sent] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the request."""
        assert isinstance(record.args, tuple)
        method, _, _, path, _, body, *_ = record.args
        assert isinstance(path, str)
        assert body is None or isinstance(body, str)
        self.sent.append(Sent(str(method), path, body))


@pytest.fixture(scope="module")
def github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run the emulator for all tests here."""
    with emulating(tmp_path_factory.mktemp("emulate")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def described() -> Description:
    """Read GitHub's description once."""
    return Description(description())


@pytest.fixture
def as_described(described: Description) -> Iterator[None]:
    """Every request of a test is one that GitHub describes."""
    log = logging.getLogger("github.Requester")
    recorder = Recorder()
    before = log.level
    log.addHandler(recorder)
    log.setLevel(logging.DEBUG)
    yield
    log.removeHandler(recorder)
    log.setLevel(before)
    assert recorder.sent
    assert {sent: wrong for sent in recorder.sent if (wrong := described.problems(sent))} == {}


@pytest.mark.usefixtures("as_described")
class TestEmulatedGitHub(Contract):
    """With the token of the repository's owner."""

    @pytest.fixture
    def place(self, github: Emulator) -> Place:
        """Give the emulator."""
        return Place(github.url, github.repository, github.token, github.login, github.propose)


@pytest.mark.usefixtures("as_described")
class TestEmulatedBranch(BranchContract):
    """With the token of the owner of both repositories."""

    @pytest.fixture
    def store(self, github: Emulator) -> Store:
        """Give the emulator, with a branch that no test before has used.

        It (0.12.2) finds the ref, waits for the request's body, and compares with what it found before: of two moves
        at the same moment both are carried out, and one is lost. GitHub locks the ref.
        """
        repositories = (github.repository, github.other)
        return Store(github.url, repositories, github.token, github.stranger, commits_at_once=1).anew()


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (Sent("POST", f"{REPOSITORY}/issues", '{"body": "x"}'), "title"),
        (Sent("POST", f"{REPOSITORY}/issues", '{"title": "x", "labels": 5}'), "labels"),
        (Sent("POST", f"{REPOSITORY}/issues", '{"title": "x", "asignees": []}'), "asignees is not described"),
        (Sent("POST", f"{REPOSITORY}/issues"), "the body is missing"),
        (Sent("PATCH", f"{REPOSITORY}/issues/1", '{"state": "weird"}'), "weird"),
        (Sent("PATCH", f"{REPOSITORY}/issues/one", "{}"), "issue_number"),
        (Sent("GET", f"{REPOSITORY}/issues?state=ajar"), "ajar"),
        (Sent("GET", f"{REPOSITORY}/issues?since=yesterday"), "yesterday"),
        (Sent("GET", f"{REPOSITORY}/issues?per_page=many"), "many"),
        (Sent("GET", f"{REPOSITORY}/issues?pages=2"), "pages is not described"),
        (Sent("GET", f"{REPOSITORY}/issue"), "is not described"),
        (Sent("GET", f"{REPOSITORY}/git/refs/heads/a/b"), "is not described"),
        (Sent("PATCH", f"{REPOSITORY}/git/refs/heads/a/b", '{"force": false}'), "sha"),
        (Sent("PATCH", f"{REPOSITORY}/git/refs/heads/a/b", '{"sha": "x", "force": "no"}'), "force"),
        (Sent("POST", f"{REPOSITORY}/git/trees", '{"tree": [{"path": "x", "mode": "0644"}]}'), "0644"),
        (Sent("POST", f"{REPOSITORY}/git/trees", '{"base_tree": null, "tree": []}'), "base_tree"),
        (Sent("POST", f"{REPOSITORY}/git/trees", '{"tree": [{"path": "x", "content": null}]}'), "content"),
    ],
    ids=str,
)
def test_what_github_does_not_describe_is_noticed(described: Description, sent: Sent, problem: str) -> None:
    """A check of requests that lets everything pass would prove nothing."""
    assert any(problem in complaint for complaint in described.problems(sent))
