from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from chitty_action.metrics.catalogue import number
from chitty_action.site.numbers import CARDS
from chitty_action.site.status import Incident, Source, TrendDay
from tests.site.example import BARE, NOW, example, row
from tests.site.reading import Read, read


def test_a_class_that_nobody_knows_is_told_and_counted_on_its_own() -> None:
    """It is neither well nor lost."""
    found = read(replace(BARE, services=(row(evidence="on fire"),)))
    assert [pill.text for pill in found.section("health").all("span", class_="c-other")] == ["on fire"]
    assert [link.text for link in found.all("a", **{"data-filter": "other"})] == ["1 other"]


def test_what_is_skipped_stands_apart_in_the_bar() -> None:
    """Hatched, behind all others, and its count says which one that is."""
    rows = [row(position=place, evidence=word) for place, word in enumerate(("skipped", "on fire", "healthy"))]
    found = read(replace(BARE, services=tuple(rows)))
    assert [share.attributes["class"] for share in found.all("rect") if "class" in share.attributes] == [
        "c-healthy", "c-other", "c-skipped",
    ]  # fmt: skip
    assert [link.text for link in found.all("a", **{"data-filter": "skipped"})] == ["1 skipped (hatched)"]


def test_incidents_that_are_over_stand_apart() -> None:
    """What would only be closed in a dry run is still open."""
    told = (Incident(kind="route-conflicts", action="closed"), Incident(kind="registry-drift", action="would-closed"))
    found = read(replace(BARE, incidents=told))
    lists = [one.text.split() for one in found.all("ul", class_="incidents")]
    assert lists == [
        "Registry drift would be closed: this was a dry run, since when is unknown".split(),  # noqa: SIM905 - a sentence
        ["Route", "conflicts"],
    ]


def test_incidents_of_which_github_did_not_tell_are_unknown() -> None:
    """Nothing that is unknown is a zero."""
    unknown = replace(BARE, numbers=(number("incidents-open", None),))
    panel = read(unknown).all("section", **{"aria-labelledby": "incidents-title"})[0].text
    assert " ".join(panel.split()) == "Open incidents unknown GitHub did not say whether any is open."


def test_the_footer_names_every_source_and_everything_that_is_missing() -> None:
    """Never silent about what is unknown."""
    footer = read(example()).all("footer")[0].text
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


CONFLICTS = "route-conflicts"


def plain(text: str) -> str:
    """Return a text with one space where any white space was."""
    return " ".join(text.split())


def rows(found: Read) -> list[list[str]]:
    """Return the cells of the table of all numbers, row by row."""
    table = found.page.partition('<table class="rows all">')[2].partition("</table>")[0]
    each = [Read(text) for text in table.partition("<tbody>")[2].split("</tr>")[:-1]]
    return [[plain(cell.text) for cell in (*row.all("th"), *row.all("td"))] for row in each]


def test_a_card_has_its_unit_its_age_and_its_source() -> None:
    """The last file is a link in few words; the others are counted, and named on asking."""
    one = number("integration-pass-rate", 0.5, at=NOW, sources=("x/1.jsonl", "x/2.jsonl", "x/3.jsonl"), notes=["Note."])
    source = Source(name="x/3.jsonl", url="https://github.com/o/r/blob/b/3.jsonl")
    found = read(replace(BARE, numbers=(one,), sources=(source,)))
    card = found.all("li", class_="card")[0].text
    assert plain(card) == "Integration pass 50.00 % 2026-11-27 21:03 UTC x/3 and 2 older"
    assert [link.text for link in found.all("a", href=source.url)] == ["x/3", "x/3.jsonl", "x/3.jsonl"]
    assert found.all("span", title="x/1.jsonl, x/2.jsonl, x/3.jsonl")[0].text == "and 2 older"


def test_the_cards_are_the_metrics_of_the_design() -> None:
    """In their order; the table has every number, the counts by class too."""
    found = read(example())
    assert [heading.text for heading in found.all("h3") if "title" in heading.attributes] == list(CARDS.values())
    assert len(rows(found)) == len(example().numbers) > len(CARDS)


def test_a_number_can_be_traced() -> None:
    """Its row has title, value, age, every source and the whole note."""
    note = "3 deployments are not counted. " * 12
    one = replace(number(CONFLICTS, 4, at=NOW, sources=("a.jsonl", "b.jsonl", "this run")), note=note)
    assert rows(read(replace(BARE, numbers=(one,)))) == [
        ["Route conflicts", "4", "2026-11-27 21:03 UTC", "a.jsonl b.jsonl this run", note.strip()]
    ]


def test_very_many_sources_are_counted() -> None:
    """Those that are waiting may be hundreds of files."""
    one = number("outbox-pending", 30, sources=[f"outbox/{place}.json" for place in range(30)])
    (row,) = rows(read(replace(BARE, numbers=(one,))))
    assert row[3].startswith("outbox/10.json ")
    assert row[3].endswith("outbox/29.json and 10 older")


def test_an_unknown_number_is_unknown() -> None:
    """On its card and in its row, which says why."""
    found = read(replace(BARE, numbers=(number(CONFLICTS, None, notes=["Nobody looked."]),)))
    assert plain(found.all("li", class_="card")[0].text) == "Route conflicts unknown age unknown source unknown"
    assert rows(found) == [["Route conflicts", "unknown", "unknown", "unknown", "Nobody looked."]]


def test_nothing_to_measure_is_none() -> None:
    """It is known that no incident is open, so its age is not unknown."""
    one = replace(number("incident-age", None, at=NOW, sources=("this run",)), is_none=True)
    assert rows(read(replace(BARE, numbers=(one,))))[0][1] == "none"
