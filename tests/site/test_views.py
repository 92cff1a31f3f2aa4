from __future__ import annotations

from msgspec.structs import replace

from chitty_action.metrics.numbers import Availability
from chitty_action.site.status import ClaimConflict, Integration, LastDeployment, MapClaim, RouteMap
from tests.site.example import BARE, NOW, RUN, example, row
from tests.site.reading import read


def test_every_service_has_a_row_in_two_views() -> None:
    """In the one by how bad it is, in the other by name."""
    health = [cell.text for cell in read(example()).section("health").all("th", scope="row")]
    integration = [cell.text for cell in read(example()).section("integration").all("th", scope="row")]
    names = sorted(row.name for row in example().services)
    assert integration == names
    assert [cell.split("GET")[0] for cell in health[:2]] == ["chittyrouter", "chittyscore"]
    assert len(health) == len(names)


def test_a_row_of_health_says_everything() -> None:
    """Name, reason, class, since when, latency with its history, and four windows."""
    one = row(
        reason="it answered",
        since=NOW,
        latency=1_234,
        history=(80, None, 120),
        availability=(Availability(1, 1.0, 1.0), Availability(7, 0.98765, 0.421)),
    )
    cells = read(replace(BARE, services=(one,))).section("health").all("td")
    said = [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in cells]
    sparkline = "80 to 120 ms in 2 looks, 1 without an answer"
    assert said == [
        "healthy", "2026-11-27 21:03Z", f"{sparkline}1,234 ms", "100 %", "98.76 %42 % known", "unknown", "unknown",
    ]  # fmt: skip


def test_integration_is_said_in_words() -> None:
    """Yes, no and unknown; any other word is unknown."""
    facts = Integration(registered="yes", discovered="no", proxied="maybe", mcp="yes", mcp_tools=3)
    view = read(replace(BARE, services=(row(integration=facts),))).section("integration")
    assert [cell.text for cell in view.all("td")] == ["yes", "no", "unknown", "yes3 tools", "unknown"]
    assert [chip.text for chip in view.all("button", class_="chip")] == ["no somewhere 1"]


def test_what_is_skipped_is_no_service_to_integrate() -> None:
    """Its row is left out with its words, and below stands how many there are and why."""
    said = Integration(registered="no")
    others = [row(name=f"tool-{place}", evidence="skipped", reason="a tool", integration=said) for place in range(2)]
    view = read(replace(BARE, services=(row(integration=said), *others))).section("integration")
    assert [cell.text for cell in view.all("th", scope="row")] == ["chittyrouter"]
    assert [chip.text for chip in view.all("button", class_="chip")] == ["no somewhere 1"]
    assert view.all("p", class_="legend")[0].text == ("2 rows are left out, because nobody looks at them: a tool (2).")


def test_only_skipped_rows_are_still_a_list() -> None:
    """Nobody says that it is unknown; of many reasons the most frequent ones are told."""
    reasons = ("a tool", "a tool", "a package", "a package", "an SDK", "a duplicate", "")
    rows = tuple(row(position=place, evidence="skipped", reason=reason) for place, reason in enumerate(reasons))
    view = read(replace(BARE, services=rows)).section("integration")
    assert (view.all("table"), view.all("p", class_="unknown")) == ([], [])
    assert view.all("p", class_="legend")[0].text == (
        "7 rows are left out, because nobody looks at them: "
        "a tool (2), a package (2), an SDK (1) and other reasons (2)."
    )


def test_a_deployment_links_to_its_run_and_its_commit() -> None:
    """Who, what, when, verdict and duration stand beside them."""
    one = LastDeployment(
        at=NOW,
        service="chittyrouter",
        environment="production",
        verdict="warned",
        version="1.4.0",
        commit="0123456789abcdef0123456789abcdef01234567",
        actor="ann",
        url=RUN,
        failed=("proxy-reachable",),
        seconds=75.2,
    )
    view = read(replace(BARE, deployments=(one,))).section("deployments")
    assert [link.attributes["href"] for link in view.all("a")] == [
        "https://github.com/chittyos/chittyconnect/commit/0123456789abcdef0123456789abcdef01234567",
        RUN,
    ]
    said = [cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in [*view.all("th", scope="row"), *view.all("td")]]
    assert said == [
        "chittyrouterproduction · 1.4.0", "2026-11-27 21:03Z", "warnedproxy-reachable", "1 min 15 s", "ann", "0123456",
        "19844021377",
    ]  # fmt: skip


def test_what_a_deployment_does_not_know_is_unknown() -> None:
    """Not empty, not zero."""
    one = LastDeployment(at=NOW, service="chittyrouter", environment="staging", verdict="", result="cancelled")
    view = read(replace(BARE, deployments=(one,))).section("deployments")
    assert [cell.text for cell in view.all("td")][1:] == [
        "unknowndeployment: cancelled", "unknown", "unknown", "unknown", "unknown",
    ]  # fmt: skip


def test_routes_that_were_not_read_are_unknown() -> None:
    """And nobody says that there is no conflict."""
    view = read(replace(BARE, routes=RouteMap(known=False, reason="there is no token"))).section("routes")
    assert "The routes are unknown: there is no token." in view.page.replace("<bdi>", "").replace("</bdi>", "")
    assert "No routes are in conflict" not in view.page


def test_a_conflict_is_red_a_link_and_a_text() -> None:
    """The drawing leads to the sentence with the URL that proves it."""
    drawn = [link for link in read(example()).all("a", class_="bad") if "aria-label" in link.attributes]
    assert [link.attributes["href"] for link in drawn] == [
        "#conflict-1", "#conflict-2", "#conflict-1", "#conflict-2", "#conflict-3",
    ]  # fmt: skip
    assert "https://score.chitty.cc/" in drawn[0].text
    listed = read(example()).all("li", id="conflict-1")[0].text
    assert "It shows at https://score.chitty.cc/" in " ".join(listed.split())


def test_a_claim_in_several_conflicts_leads_to_each() -> None:
    """The first few from the map and the table, and all from the cards; more are counted."""
    conflicts = tuple(ClaimConflict(name=f"{place}.example (shadowed)") for place in range(1, 8))
    claim = MapClaim(zone="example", pattern="*.example/*", kind="route", worker="gateway", conflicts=conflicts)
    view = read(replace(BARE, routes=RouteMap(known=True, claims=(claim,)))).section("routes")
    links = [link for link in view.all("a", class_="bad") if link.attributes["href"].startswith("#conflict")]
    drawn = [link.attributes["href"] for link in links if "aria-label" in link.attributes]
    assert drawn == ["#conflict-1", "#conflict-2", "#conflict-3"]
    assert [link.text for link in links[3:]] == [f"{place} {place}.example (shadowed)" for place in range(1, 6)]
    assert [link.text for link in view.all("a", href="#contested-title")] == ["+4", "and 2 more"]
    assert sum("*.example/*" in card.text for card in view.all("li") if "id" in card.attributes) == 7
