from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action.checks import all_checks
from chitty_action.documents.health import HealthDocument
from chitty_action.documents.routes import Conflicts
from chitty_action.documents.tools import Tools
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Redirected,
    Rejected,
    Seen,
    Snapshot,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from tests.world import ACCOUNT, CLAIMS, NOT_NAMED, NOTICE, UNUSABLE, about, discovered

if TYPE_CHECKING:
    from chitty_action.model.check import Check
    from chitty_action.model.finding import Finding
    from chitty_action.model.observation import Observation
    from chitty_action.model.subject import Subject

SUBJECTS = {
    "usual": about(account=ACCOUNT, claims=CLAIMS),
    "with-key": about(has_api_key=True, account=ACCOUNT, claims=CLAIMS),
    "not-named": about({"address": NOT_NAMED}, account=ACCOUNT, claims=CLAIMS),
    "unusable": about({"address": UNUSABLE}, account=ACCOUNT, claims=CLAIMS),
}
WHOM = {
    "connect-reachable": "chittyconnect",
    "discovery-readable": "chittyconnect",
    "account-routes-unconflicted": "cloudflare",
}
TROUBLES: list[Observation[Any]] = [
    Absent(NotFound.CAPABILITY, status=404),
    Absent(NotFound.SUBJECT, status=404),
    Blocked("answered 401: it asks for a valid token", status=401),
    Redirected("answered 302, a redirect to /x, which is not followed", status=302),
    Rejected("answered 400", status=400),
    Unreachable("timed out after 10 s"),
    Unprobeable("it has no address"),
    Unfinished("the deadline of 300 s was reached"),
]
ILL = Seen(HealthDocument(given=True, status="down"), status=200)
SEEN: dict[str, Observation[Any]] = {  # what can be read, and is not well all the same
    "addresses-agree": Seen(discovered({"services": [{"name": "alpha", "url": "https://else.example"}]}), status=200),
    "connect-reachable": ILL,
    "listed-in-discovery": Seen(discovered({"services": []}), status=200),
    "mcp-tools-listed": Seen(Tools(count=0), status=200),
    "proxy-reachable": ILL,
    "routes-unconflicted": Seen(Conflicts(conflicts=({"route": "a", "workers": ["alpha", "beta"]},)), status=200),
    "service-healthy": ILL,
}
CHECKS = pytest.mark.parametrize("check", all_checks(), ids=lambda check: str(check.id))


def _found(check: Check, subject: Subject) -> list[Finding]:
    """Return what the check finds in every trouble that there is."""
    troubles = [*TROUBLES, *([SEEN[check.id]] if check.id in SEEN else [])]
    return [
        finding
        for trouble in troubles
        for finding in check.judge(subject, Snapshot((reading, trouble) for reading in check.readings(subject)))
    ]


@CHECKS
@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_finding_names_whom_it_is_about(check: Check, subject: Subject) -> None:
    """The hub where a gate is shut, the account where its routes are, otherwise the service."""
    whom = WHOM.get(check.id, "alpha")
    found = _found(check, subject)
    assert {finding.subject for finding in found} == {whom}


@CHECKS
@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_finding_that_is_more_than_a_notice_has_a_cure(check: Check, subject: Subject) -> None:
    """A hint is a clause: it begins in lower case and has no full stop."""
    for finding in _found(check, subject):
        assert finding.hint or finding.level is NOTICE
        assert finding.hint == finding.hint[:1].lower() + finding.hint[1:]
        assert not finding.hint.endswith(".")
