from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from chitty_action.metrics.numbers import Availability, Number
from chitty_action.site.page import HEAD_SCRIPT, SCRIPT, STYLES
from chitty_action.site.status import (
    ClaimConflict,
    Incident,
    Integration,
    LastDeployment,
    MapClaim,
    RouteMap,
    ServiceStatus,
    Source,
    Status,
    TrendDay,
)
from tests.site.example import NOW, RUN, example
from tests.site.hostile import hostile
from tests.site.reading import Read, read

FOLDER = Path(__file__).resolve().parents[2] / "chitty_action" / "site"
BARE = Status(generated=NOW, stale_after=3_600)


@pytest.fixture(scope="module")
def page() -> Read:
    """Give the page of the example."""
    return read(example())


def row(**facts: object) -> ServiceStatus:
    """Make a row of the list of services."""
    return replace(ServiceStatus(name="chittyrouter", position=1, evidence="healthy"), **facts)


def test_the_policy_allows_just_what_stands_in_the_page(page: Read) -> None:
    """The hashes are those of the two scripts and the style, and everything else is forbidden."""
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    def hashes(tag: str) -> list[str]:
        found = re.findall(rf"<{tag}(?: type=\"module\")?>(.*?)</{tag}>", page.page, re.DOTALL)
        return [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found]

    assert rules.pop("script-src").split() == hashes("script")
    assert rules.pop("style-src").split() == hashes("style")
    assert rules == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


@pytest.mark.parametrize("status", [example(), hostile()], ids=["example", "hostile"])
def test_nothing_is_loaded_from_anywhere(status: Status) -> None:
    """No element that loads something, but an icon that the page carries itself."""
    found = read(status)
    assert {element.tag for element in found.elements} & {"img", "iframe", "object", "embed", "video", "base"} == set()
    assert [element for element in found.elements if "src" in element.attributes] == []
    assert [element.attributes["href"][:5] for element in found.all("link")] == ["data:"]
    assert {element.attributes["href"][:3] for element in found.all("use")} == {"#i-"}
    assert not re.search(r"@import|url\((?!#)", "".join(style.text for style in found.all("style")))


@pytest.mark.parametrize("status", [example(), hostile()], ids=["example", "hostile"])
def test_nothing_needs_what_the_policy_forbids(status: Status) -> None:
    """No handler and no style in an attribute."""
    names = {name for element in read(status).elements for name in element.attributes}
    assert [name for name in names if name == "style" or name.startswith("on")] == []


def test_links_keep_to_themselves(page: Read) -> None:
    """Links elsewhere are https and hand over nothing; the others lead into the page or to a file beside it."""
    links = [element.attributes for element in page.all("a")]
    elsewhere = [link for link in links if "//" in link["href"]]
    assert len(elsewhere) > 100
    assert {(link["href"][:8], link.get("rel")) for link in elsewhere} == {("https://", "noopener noreferrer")}
    rest = {link["href"] for link in links if "//" not in link["href"] and not link["href"].startswith("#")}
    assert rest == {"status.json", "badges/ecosystem.json"}
    assert page.all("meta", name="referrer")[0].attributes["content"] == "no-referrer"


def test_links_into_the_page_lead_somewhere(page: Read) -> None:
    """Each names an element that is there, and no name is given twice."""
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    wanted = {element.attributes["href"][1:] for tag in ("a", "use") for element in page.all(tag)
              if element.attributes["href"].startswith("#")}  # fmt: skip
    assert wanted - set(ids) == set()


def test_the_views_are_sections_that_can_be_linked_to(page: Read) -> None:
    """So that a page without scripts shows all of them, one after the other."""
    views = page.all("section", class_="view")
    assert [view.attributes["id"] for view in views] == ["health", "deployments", "integration", "routes"]
    assert [element for element in views if "hidden" in element.attributes] == []


def test_every_service_has_a_row_in_two_views(page: Read) -> None:
    """In the one by how bad it is, in the other by name."""
    health = [cell.text for cell in page.section("health").all("th", scope="row")]
    integration = [cell.text for cell in page.section("integration").all("th", scope="row")]
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


def test_a_class_that_nobody_knows_is_told_and_counted_on_its_own() -> None:
    """It is neither well nor lost."""
    found = read(replace(BARE, services=(row(evidence="on fire"),)))
    assert [pill.text for pill in found.section("health").all("span", class_="c-other")] == ["on fire"]
    assert [link.text for link in found.all("a", **{"data-filter": "other"})] == ["1 other"]


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


def test_what_is_skipped_stands_apart_in_the_bar() -> None:
    """Hatched, behind all others, and its count says which one that is."""
    rows = [row(position=place, evidence=word) for place, word in enumerate(("skipped", "on fire", "healthy"))]
    found = read(replace(BARE, services=tuple(rows)))
    assert [share.attributes["class"] for share in found.all("rect") if "class" in share.attributes] == [
        "c-healthy", "c-other", "c-skipped",
    ]  # fmt: skip
    assert [link.text for link in found.all("a", **{"data-filter": "skipped"})] == ["1 skipped (hatched)"]


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


def test_a_number_has_its_unit_its_age_and_its_source() -> None:
    """And the source is a link where the page knows it."""
    number = Number(
        id="x", title="Ratio", value=0.5, unit="ratio", at=NOW, sources=("a.jsonl", "b.jsonl"), note="Note."
    )
    source = Source(name="a.jsonl", url="https://github.com/o/r/blob/b/a.jsonl")
    found = read(replace(BARE, numbers=(number,), sources=(source,)))
    card = found.all("li", class_="card")[0]
    assert "".join(card.text.split()) == "Ratio50.00%Note.2026-11-2721:03UTC·a.jsonl·b.jsonl"
    assert [link.text for link in found.all("a", href=source.url)] == ["a.jsonl", "a.jsonl"]


def test_many_sources_are_counted() -> None:
    """The newest two are named, and the others on asking."""
    number = Number(id="x", title="Ratio", value=0.5, unit="ratio", sources=("a", "b", "c", "this run"))
    found = read(replace(BARE, numbers=(number,)))
    card = found.all("li", class_="card")[0]
    assert "".join(card.text.split()).endswith("·c·thisrun·2olderfiles")
    assert found.all("span", title="a, b") != []


def test_an_unknown_number_is_unknown() -> None:
    """With its age and its source."""
    number = Number(id="x", title="Ratio", value=None, unit="ratio")
    found = read(replace(BARE, numbers=(number,)))
    assert found.all("li", class_="card") == []
    assert [one.text.split() for one in found.all("ul", class_="unknowns")] == [
        ["Ratio", "unknown", "age", "unknown", "·", "source", "unknown"]
    ]


def test_the_counts_by_class_are_not_told_twice() -> None:
    """They stand above the other numbers, where they are filters as well."""
    numbers = [Number(id=f"services-{word}", title="X", value=1.0, unit="count") for word in ("down", "seen")]
    assert len(read(replace(BARE, numbers=tuple(numbers))).all("li", class_="card")) == 1


def test_incidents_that_are_over_stand_apart() -> None:
    """What would only be closed in a dry run is still open."""
    told = (Incident(kind="route-conflicts", action="closed"), Incident(kind="registry-drift", action="would-closed"))
    found = read(replace(BARE, incidents=told))
    lists = [one.text.split() for one in found.all("ul", class_="incidents")]
    assert lists == [
        "Registry drift would be closed: this was a dry run, since when is unknown".split(),  # noqa: SIM905 - a sentence
        ["Route", "conflicts"],
    ]


def test_the_footer_names_every_source_and_everything_that_is_missing(page: Read) -> None:
    """Never silent about what is unknown."""
    footer = page.all("footer")[0].text
    status = example()
    assert [text for text in (*status.missing, *(source.name for source in status.sources)) if text not in footer] == []


def test_the_trend_says_its_days_and_its_gaps() -> None:
    """As a drawing, as a sentence, and day by day."""
    days = (TrendDay(day=NOW.date() - timedelta(days=1)), TrendDay(day=NOW.date(), healthy=0.987))
    found = read(replace(BARE, trend=days))
    assert [item.text.replace("\N{NO-BREAK SPACE}", " ") for item in found.all("ol", class_="days")] == [
        "2026-11-27 98.70 %2026-11-26 unknown"
    ]
    assert len(found.all("rect", class_="gap")) == 1


def test_routes_that_were_not_read_are_unknown() -> None:
    """And nobody says that there is no conflict."""
    view = read(replace(BARE, routes=RouteMap(known=False, reason="there is no token"))).section("routes")
    assert "The routes are unknown: there is no token." in view.page.replace("<bdi>", "").replace("</bdi>", "")
    assert "No routes are in conflict" not in view.page


def test_a_conflict_is_red_a_link_and_a_text(page: Read) -> None:
    """The drawing leads to the sentence with the URL that proves it."""
    drawn = [link for link in page.all("a", class_="bad") if "aria-label" in link.attributes]
    assert [link.attributes["href"] for link in drawn] == [
        "#conflict-1", "#conflict-2", "#conflict-1", "#conflict-2", "#conflict-3",
    ]  # fmt: skip
    assert "https://score.chitty.cc/" in drawn[0].text
    listed = page.all("li", id="conflict-1")[0].text
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


def test_times_are_in_utc() -> None:
    """Whatever zone they came in, and also where they came without one."""
    there = datetime(2026, 11, 27, 23, 3, 12, tzinfo=timezone(timedelta(hours=2)))
    for at in (there, NOW.replace(tzinfo=None)):
        found = read(replace(BARE, generated=at))
        assert found.all("time")[0].attributes["datetime"] == "2026-11-27T21:03:12Z"
        assert found.all("time")[0].text == "2026-11-27 21:03 UTC"


def test_the_script_is_told_only_what_it_needs(page: Read) -> None:
    """The rows are the data, so nothing is in the page twice."""
    facts = page.all("script", id="facts")[0].text
    assert json.loads(facts) == {"generated": "2026-11-27T21:03:12Z", "staleAfter": 25_200}


def test_every_part_is_used() -> None:
    """A style or script that nobody includes would be dead."""
    used = {*STYLES, *HEAD_SCRIPT, *SCRIPT}
    assert {path.name for path in (FOLDER / "assets").iterdir()} == used


def test_the_words_are_those_of_the_product() -> None:
    """A missing service is never called absent, and nothing has a mode."""
    texts = [path.read_text("utf-8") for path in FOLDER.rglob("*.*") if path.suffix in {".html", ".js", ".css", ".py"}]
    assert [text for text in texts if re.search(r"\babsent\b|\bmodes?\b", text, re.IGNORECASE)] == []
