from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from chitty_action.site.page import HEAD_SCRIPT, SCRIPT, STYLES
from chitty_action.site.status import (
    Status,
)
from tests.site.example import NOW, example
from tests.site.hostile import hostile
from tests.site.reading import Read, read

FOLDER = Path(__file__).resolve().parents[2] / "chitty_action" / "site"
BARE = Status(generated=NOW, stale_after=3_600)


@pytest.fixture(scope="module")
def page() -> Read:
    """Give the page of the example."""
    return read(example())


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
