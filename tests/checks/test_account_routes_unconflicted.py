from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action import ecosystem
from chitty_action.account import readings_of
from chitty_action.checks.account_routes_unconflicted import CHECK, verdict_of
from chitty_action.documents.cloudflare import DomainRow, Domains, RouteRow, Routes, ScriptRow, Scripts
from chitty_action.documents.services import Row, Services
from chitty_action.model.observation import Absent, Blocked, Rejected, Seen, Snapshot, Unfinished, Unreachable
from chitty_action.model.reading import NotFound
from chitty_action.model.route import RouteVerdict, Unread
from tests.world import ACCOUNT, HUB, NOTICE, WARNING, ZONE, about, findings

if TYPE_CHECKING:
    from chitty_action.model.observation import Observation

SUBJECT = about(account=ACCOUNT)


def account(
    routes: tuple[RouteRow, ...] = (), domains: tuple[DomainRow, ...] = (), rows: tuple[Row, ...] = ()
) -> Snapshot:
    """Show an account with these claims, and a registry with these rows."""
    scripts, of_account, of_zone = readings_of(ACCOUNT, (ZONE,))
    shown: list[tuple[Any, Any]] = [
        (scripts, Seen(Scripts(tuple(map(ScriptRow, ("alpha", "beta")))))),
        (of_account, Seen(Domains(domains))),
        (of_zone, Seen(Routes(routes))),
        (ecosystem.services(HUB), Seen(Services(rows))),
    ]
    return Snapshot(shown)


def judged(snapshot: Snapshot) -> RouteVerdict:
    """Judge an account that was read whole."""
    verdict = verdict_of(SUBJECT, snapshot)
    assert isinstance(verdict, RouteVerdict)
    return verdict


def test_no_finding_means_fine() -> None:
    """One claim, one Worker."""
    assert findings(CHECK, SUBJECT, account((RouteRow("1", "alpha.example/*", "alpha"),))) == []


def test_a_conflict_is_a_warning_with_both_claimants_and_a_witness() -> None:
    """And a hint, even where no change is known that would resolve it."""
    snapshot = account((RouteRow("1", "*.example/*", "beta"),), (DomainRow("2", "a.example", "alpha", "1f"),))
    (finding,) = findings(CHECK, SUBJECT, snapshot)
    assert finding.level is WARNING
    assert finding.message == (
        "the custom domain a.example of alpha is never matched, because the route *.example/* of beta goes before it: "
        "https://a.example/ is answered by beta (*.example/*)"
    )
    assert finding.hint == "decide which Worker answers there, and remove the other claim"


def test_what_meets_on_purpose_is_one_notice_for_each_reason() -> None:
    """Not one for each pair."""
    paths = tuple(RouteRow(str(number), f"gate.example/{number}/*", "beta") for number in range(20))
    (finding,) = findings(CHECK, SUBJECT, account((RouteRow("x", "gate.example/*", "alpha"), *paths)))
    assert finding.level is NOTICE
    assert "carved out of a gateway" in finding.message
    assert finding.message.endswith("and 15 more")


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        (Row(1, "alpha", site="a.example"), []),
        (Row(1, "alpha", site="https://a.example"), []),
        (Row(1, "beta", site="a.example"), ["mismatch"]),
        (Row(1, "gamma", site="a.example", worker="alpha"), []),
        (Row(1, "alpha", site="a.example", worker="beta"), ["mismatch"]),
        (Row(1, "alpha-staging", site="a.example"), []),
        (Row(1, "beta", health="https://a.example/health"), ["mismatch"]),
        (Row(1, "beta", endpoints=("https://a.example/api", "https://a.example/health")), ["mismatch"]),
        (Row(1, "beta", endpoints=("https://a.example/api", "https://b.example/mcp")), []),  # which of them is its own?
        (Row(1, "beta", site="elsewhere.test"), []),  # not of this account
        (Row(1, "beta", site="a.example", entity_type="P"), []),
        (Row(1, "Not A Name", site="a.example"), []),
    ],
    ids=str,
)
def test_the_registrys_owner_should_answer(row: Row, kinds: list[str]) -> None:
    """By the row's `worker`, else by the service's name, the environment aside."""
    verdict = judged(account((RouteRow("1", "a.example/*", "alpha"),), rows=(row,)))
    assert [conflict.kind for conflict in verdict.conflicts] == kinds


def test_a_gateway_is_nobodys_own_host() -> None:
    """A health URL that goes through the API gateway says nothing of who owns the gateway."""
    snapshot = account(
        (RouteRow("1", "api.example/*", "alpha"),), rows=(Row(1, "beta", health="https://api.example/beta/health"),)
    )
    assert judged(snapshot).conflicts == ()


def test_one_trouble_is_one_conflict() -> None:
    """A conflict between the registry's Worker and the one that answers is no mismatch besides."""
    snapshot = account(
        (RouteRow("1", "a.example/*", "beta"),),
        (DomainRow("2", "a.example", "alpha", "1f"),),
        (Row(1, "alpha", site="a.example"),),
    )
    (conflict,) = judged(snapshot).conflicts
    assert (conflict.kind, conflict.owner) == ("identical", "alpha")


@pytest.mark.parametrize(
    ("trouble", "cure"),
    [
        (Blocked("answered 403: forbidden", status=403), "Workers Scripts > Read"),
        (Rejected("answered 400", status=400), "Workers Scripts > Read"),
        (Unreachable("answered 200 with JSON of another shape (it failed: 10000)", status=200), "Workers Scripts"),
        (Absent(NotFound.CAPABILITY, status=404), "cloudflare-account-id"),
        (Unreachable("timed out"), "see whether Cloudflare's API is up"),
        (Unreachable("answered 502", status=502), "see whether Cloudflare's API is up"),
    ],
    ids=str,
)
def test_an_unread_list_names_its_cure(trouble: Observation[Any], cure: str) -> None:
    """The permission, where that may be what is missing."""
    snapshot = account().joined(Snapshot([(readings_of(ACCOUNT, (ZONE,))[0], trouble)]))
    (finding,) = findings(CHECK, SUBJECT, snapshot)
    assert finding.level is WARNING
    assert "conflicts of routes are unknown" in finding.message
    assert cure in finding.hint


def test_what_was_cut_short_is_no_finding() -> None:
    """The phase says that it did not finish."""
    snapshot = Snapshot((reading, Unfinished("the deadline was reached")) for reading in CHECK.readings(SUBJECT))
    assert findings(CHECK, SUBJECT, snapshot) == []


def test_zones_that_were_not_listed_are_unknown() -> None:
    """Nothing else is asked then."""
    subject = about(account=ACCOUNT.__class__("acc", ACCOUNT.api, Unread("why", "cure")))
    assert CHECK.readings(subject) == ()
    (finding,) = findings(CHECK, subject, Snapshot())
    assert (finding.message, finding.hint) == ("conflicts of routes are unknown: why", "cure")


def test_it_is_skipped_without_an_account() -> None:
    """ChittyConnect's own list is read then, by another check."""
    assert CHECK.applies(about()) == "there is no cloudflare-api-token"
