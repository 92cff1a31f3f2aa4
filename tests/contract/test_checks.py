"""What every check promises by being a file in chitty_action/checks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import chitty_action.checks
from chitty_action.checks import all_checks, checks_of
from chitty_action.model.finding import Level
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Redirected,
    Rejected,
    Snapshot,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from chitty_action.model.subject import Phase
from tests.world import ACCOUNT, CLAIMS, NO_HTTP, NOT_NAMED, SUBJECT, UNUSABLE, about

if TYPE_CHECKING:
    from chitty_action.model.check import Check
    from chitty_action.model.observation import Observation
    from chitty_action.model.reading import Reading
    from chitty_action.model.subject import Subject

FOLDER = Path(chitty_action.checks.__file__).parent
FILES = sorted(path for path in FOLDER.glob("*.py") if path.stem != "__init__")

SUBJECTS = {
    "usual": SUBJECT,
    "no-http": about({"address": NO_HTTP}),
    "not-named": about({"address": NOT_NAMED}),
    "unusable": about({"address": UNUSABLE}),
    "with-tools": about({"has_mcp_manifest": True}, has_api_key=True),
    "with-account": about(account=ACCOUNT, claims=CLAIMS),
    "own-condition": about(health_condition=".ready", newly_registered=True, on_blocked=Level.ERROR),
}

TROUBLES: dict[str, Observation[Any]] = {
    "no-capability": Absent(NotFound.CAPABILITY, status=404),
    "no-subject": Absent(NotFound.SUBJECT, status=404),
    "no-address": Absent(NotFound.ADDRESS, status=410),
    "blocked": Blocked("answered 401: it asks for a valid token", status=401),
    "redirected": Redirected("answered 302, a redirect to /x, which is not followed", status=302),
    "rejected": Rejected("answered 400", status=400),
    "unreachable": Unreachable("timed out after 10 s"),
    "unprobeable": Unprobeable("it has no address"),
    "unfinished": Unfinished("the deadline of 300 s was reached"),
}


class Watched(Snapshot):
    """A snapshot in which every reading shows the same, and which keeps what was looked at."""

    __slots__ = ("looked_at", "shown")

    def __init__(self, shown: Observation[Any]) -> None:
        """Show this for whatever is asked."""
        super().__init__()
        self.shown = shown
        self.looked_at: set[Reading[Any]] = set()

    def __getitem__(self, reading: Reading[Any]) -> Observation[Any]:
        """Show it, and remember who asked."""
        self.looked_at.add(reading)
        return self.shown


def _id(check: Check) -> str:
    return check.id


def test_every_file_is_a_check_that_runs() -> None:
    """Presence is the whole registration."""
    assert sorted(check.id for check in all_checks()) == [path.stem.replace("_", "-") for path in FILES]


@pytest.mark.parametrize("check", all_checks(), ids=_id)
def test_id_is_the_name_of_the_file(check: Check) -> None:
    """So that a finding leads to its rule without a search."""
    module = check.judge.__module__
    assert module == f"chitty_action.checks.{check.id.replace('-', '_')}"


@pytest.mark.parametrize("check", all_checks(), ids=_id)
def test_docstring_says_what_why_and_how_to_mend(check: Check) -> None:
    """It becomes the check's part of docs/checks.md."""
    first, _, rest = (sys.modules[check.judge.__module__].__doc__ or "").partition("\n\n")
    assert first.endswith(".")
    words = [line.partition(":")[0] for line in rest.splitlines()]
    assert [word for word in words if word in {"Why", "Otherwise", "Remedy"}] == ["Why", "Otherwise", "Remedy"]
    assert check.about


@pytest.mark.parametrize("phase", [Phase.PRE, Phase.POST])
def test_a_phase_reports_its_checks_in_one_order(phase: Phase) -> None:
    """No two checks of a phase claim the same place."""
    places = [check.place for check in checks_of(phase)]
    assert places == sorted(set(places))
    assert places


@pytest.mark.parametrize("check", all_checks(), ids=_id)
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_judging_survives_any_trouble_and_looks_only_at_what_was_declared(
    check: Check, trouble: Observation[Any], subject: Subject
) -> None:
    """Whatever was seen, a check answers with its own findings, from its own readings."""
    snapshot = Watched(trouble)
    found = list(check.judge(subject, snapshot))
    assert snapshot.looked_at <= set(check.readings(subject))
    assert {finding.check for finding in found} <= {check.id}


@pytest.mark.parametrize("check", all_checks(), ids=_id)
def test_readings_are_the_same_when_asked_again(check: Check) -> None:
    """A reading is a key of the snapshot, so an equal one must come back."""
    assert check.readings(SUBJECT) == check.readings(about())
