from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chitty_action.account import readings_of
from chitty_action.checks.routes_claimable import CHECK
from chitty_action.documents.cloudflare import DomainRow, Domains, RouteRow, Routes, ScriptRow, Scripts
from chitty_action.model.observation import Blocked, Seen, Snapshot, Unfinished, Unreachable
from chitty_action.model.repository import Claims, Oddity, RouteClaim, Takeover
from chitty_action.model.route import Unread, Zone
from tests.world import ACCOUNT, CLAIMS, ERROR, NOTICE, WARNING, ZONE, about, findings

if TYPE_CHECKING:
    from chitty_action.model.finding import Level
    from chitty_action.model.observation import Observation
    from chitty_action.model.subject import Subject

BROKEN = Claims(source="wrangler.toml", oddities=(Oddity("wrangler.toml", "it is broken"),))
WORKERS = Scripts(tuple(map(ScriptRow, ("alpha", "beta", "gamma"))))


def account(routes: tuple[RouteRow, ...] = (), domains: tuple[DomainRow, ...] = ()) -> Snapshot:
    """Show an account with these claims."""
    scripts, of_account, *of_zones = readings_of(ACCOUNT, (ZONE,))
    shown: list[tuple[Any, Any]] = [(scripts, Seen(WORKERS)), (of_account, Seen(Domains(domains)))]
    shown += [(zone, Seen(Routes(routes))) for zone in of_zones]
    return Snapshot(shown)


def claiming(*patterns: str, takeovers: tuple[Takeover, ...] = (), worker: str | None = "alpha") -> Subject:
    """Return a subject whose wrangler.toml claims these routes."""
    claims = tuple(RouteClaim(pattern, "wrangler.toml (routes)") for pattern in patterns)
    return about(account=ACCOUNT, claims=Claims(worker, claims, takeovers, "wrangler.toml"))


def levels(subject: Subject, snapshot: Snapshot) -> list[Level]:
    """Judge, and give the levels."""
    return [finding.level for finding in findings(CHECK, subject, snapshot)]


def test_what_nobody_has_is_free() -> None:
    """No finding means fine."""
    assert levels(claiming("alpha.example/*"), account()) == []


def test_a_takeover_is_an_error() -> None:
    """Another Worker answers there now."""
    snapshot = account((RouteRow("1", "alpha.example/*", "beta"),))
    (finding,) = findings(CHECK, claiming("alpha.example/*"), snapshot)
    assert finding.level is ERROR
    assert finding.message == (
        "the route alpha.example/* of alpha would take the route alpha.example/* of beta: "
        "https://alpha.example/ is answered by beta (alpha.example/*) now"
    )
    cure, _, line = finding.hint.partition(": ")
    assert cure == "remove it from wrangler.toml, or allow it in .chittyconnect.yml below routes.takeover"
    assert line == '“"alpha.example/*": beta”'


@pytest.mark.parametrize(
    ("pattern", "worker", "level"),
    [
        ("alpha.example/*", "beta", NOTICE),
        ("https://alpha.example/*", "beta", ERROR),
        ("alpha.example", "beta", NOTICE),  # a bare host stands for all of it
        ("alpha.example/*", "gamma", ERROR),  # it is not gamma that loses
        ("other.example/*", "beta", ERROR),
    ],
)
def test_a_takeover_is_allowed_by_pattern_and_loser(pattern: str, worker: str, level: Level) -> None:
    """Both have to be right."""
    subject = claiming("alpha.example/*", takeovers=(Takeover(pattern, worker),))
    assert levels(subject, account((RouteRow("1", "ALPHA.example/*", "beta"),))) == [level]


@pytest.mark.parametrize(
    ("pattern", "rival", "worker", "level"),
    [
        ("alpha.example/x/*", "alpha.example/*", "beta", NOTICE),  # carved out
        ("alpha.example/*", "*.example/*", "beta", NOTICE),  # an exact host
        ("*.example/*", "*.sub.example/*", "beta", WARNING),  # nobody knows
        ("alpha.example/x/*", "alpha.example/x*", "beta", WARNING),  # never matched
        ("alpha.example/x*", "alpha.example/x/*", "beta", ERROR),  # the other one would never be matched any more
        ("alpha.example/*", "alpha.example/*", "gone", NOTICE),
        ("alpha.example/*", "alpha.example/*", "alpha-production", NOTICE),
        ("alpha.example/*", "alpha.example/*", "alpha-staging", ERROR),
        ("alpha.example/*", "alpha.example/x/*", "beta", None),  # beta keeps what is more specific
        ("alpha.example/*", "beta.example/*", "beta", None),
    ],
)
def test_every_kind_of_effect_has_its_level(pattern: str, rival: str, worker: str, level: Level | None) -> None:
    """Only what takes something from another Worker stops a deployment."""
    scripts = Scripts((*WORKERS.rows, ScriptRow("alpha-production"), ScriptRow("alpha-staging")))
    snapshot = account((RouteRow("1", rival, worker),)).joined(
        Snapshot([(readings_of(ACCOUNT, (ZONE,))[0], Seen(scripts))])
    )
    assert levels(claiming(pattern), snapshot) == ([level] if level else [])


def test_a_custom_domain_can_be_lost_to_a_route() -> None:
    """Any matching route goes before it."""
    snapshot = account((), (DomainRow("1", "beta.example", "beta", "1f", "example"),))
    assert levels(claiming("*.example/*"), snapshot) == [ERROR]


def test_a_configuration_without_a_name_is_the_services() -> None:
    """So its own claims are known again."""
    snapshot = account((RouteRow("1", "alpha.example/*", "alpha"),))
    assert levels(claiming("alpha.example/*", worker=None), snapshot) == []


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (about(claims=CLAIMS), "there is no cloudflare-api-token"),
        (about(account=ACCOUNT), "there is no wrangler configuration"),
        (about(account=ACCOUNT, claims=Claims()), "there is no wrangler configuration"),
        (about(account=ACCOUNT, claims=Claims(source="wrangler.toml")), "wrangler.toml claims no route"),
        (about(account=ACCOUNT, claims=BROKEN), "wrangler.toml cannot be used, so what it claims is not known"),
    ],
)
def test_it_is_skipped_with_a_reason(subject: Subject, reason: str) -> None:
    """Where there is nothing to compare, or nothing to compare with."""
    assert (CHECK.applies(subject) or "").startswith(reason)
    assert CHECK.readings(subject) == ()


def test_only_the_zones_that_matter_are_asked() -> None:
    """An account may have hundreds."""
    zones = (ZONE, Zone("other.example", "2f"), Zone("else.test", "3f"))
    subject = about(account=ACCOUNT.__class__("acc", ACCOUNT.api, zones), claims=CLAIMS)
    assert len(CHECK.readings(subject)) == 3


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Blocked("answered 403: forbidden", status=403), [ERROR]),
        (Unreachable("timed out"), [WARNING]),
        (Unfinished("the deadline was reached"), []),
    ],
)
def test_an_account_that_was_not_read_is_unknown(trouble: Observation[Any], expected: list[Level]) -> None:
    """Blocked has the level that the input on-blocked asks for; what was cut short says so elsewhere."""
    subject = about(account=ACCOUNT, claims=CLAIMS, on_blocked=ERROR)
    snapshot = Snapshot((reading, trouble) for reading in CHECK.readings(subject))
    assert levels(subject, snapshot) == expected


def test_zones_that_were_not_listed_are_unknown() -> None:
    """The finding says why, and what to do."""
    subject = about(account=ACCOUNT.__class__("acc", ACCOUNT.api, Unread("why", "cure")), claims=CLAIMS)
    (finding,) = findings(CHECK, subject, Snapshot())
    assert (finding.level, finding.hint) == (WARNING, "cure")
    assert finding.message.endswith("is unknown: why")
