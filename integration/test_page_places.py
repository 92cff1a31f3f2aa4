"""Where a link into the page leads, what of a long table is shown, and what a narrow window does not hide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chitty_action.site import bundle
from integration.browser import NARROW, WIDE, Window, browsing
from tests.site.example import NOW, example

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

VIEWS = ["health", "deployments", "integration", "routes"]
LATER = NOW + timedelta(minutes=16, seconds=30)
TOPS = """() => {
  const place = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [tabs, view] = [place("#views"), place(".view:not([hidden])")];
  return [tabs.top, tabs.bottom, view.top].map(Math.round);
}"""
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Run one browser for all tests of this module."""
    with browsing(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the example, and give the address of its file."""
    path: Path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(bundle(example(), None)["index.html"], "utf-8")
    return f"file://{path}"


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """Open a window a quarter of an hour after the example was made; nothing in it may make noise."""
    with Window(browser) as window:
        window.page.clock.install(time=LATER)
        yield window
        assert window.noise == []


def tops(window: Window) -> list[int]:
    """Return where the tabs begin and end, and where the view begins, in the window."""
    found: list[int] = window.page.evaluate(TOPS)
    return found


@SIZES
@pytest.mark.parametrize("view", [*VIEWS, "health?class=down"])
def test_a_deep_link_ends_at_the_top_of_its_view(window: Window, url: str, view: str, size: dict[str, int]) -> None:
    """The tabs, which are the heading, stand at the top of the window, and the view begins below them."""
    window.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    window.page.goto(f"{url}#{view}")
    window.page.wait_for_load_state()
    top, bottom, begin = tops(window)
    assert (top, begin) == (0, bottom)


def test_the_count_of_a_class_leads_to_the_top_of_the_list(window: Window, url: str) -> None:
    """What it filters would else be out of sight."""
    window.page.goto(url)
    window.page.locator(".counts a", has_text="degraded").click()
    window.page.wait_for_function("document.getElementById('views').getBoundingClientRect().top === 0")
    assert window.rows("health") == ["chittychronicle", "chittyledger"]


def test_the_sentence_leads_to_what_it_speaks_of(window: Window, url: str) -> None:
    """Conflicts are in their view, and what is missing is in the footer."""
    window.page.goto(url)
    window.page.locator(".details a", has_text="3 route conflicts").click()
    assert window.shows() == ["routes"]
    window.page.locator(".details a", has_text="missing on this page").click()
    assert window.page.locator("#missing").evaluate("one => one.getBoundingClientRect().top < innerHeight")
    assert window.shows() == ["routes"]


def test_a_deep_link_opens_all_numbers(window: Window, url: str) -> None:
    """They are folded otherwise."""
    window.page.goto(url)
    assert not window.page.locator("#numbers table").is_visible()
    window.page.goto(f"{url}#numbers")
    assert window.page.locator("#numbers table").is_visible()
    assert window.page.evaluate("document.getElementById('numbers').getBoundingClientRect().top < innerHeight / 2")
    assert window.shows() == ["health"]


def test_a_long_history_begins_with_its_newest_rows(window: Window, url: str) -> None:
    """Until somebody wants all of them; then the focus goes on where the rows do, and the address remembers it."""
    page = window.page
    page.goto(f"{url}#deployments")
    assert (len(window.rows("deployments")), page.locator("#deployments output").inner_text()) == (50, "50 of 108")
    page.locator("#deployments .more button").click()
    assert len(window.rows("deployments")) == 108
    assert page.evaluate("document.activeElement.rowIndex") == 51
    assert not page.locator("#deployments .more").is_visible()
    page.reload()
    assert len(window.rows("deployments")) == 108


def test_a_filter_shows_all_rows_that_match(window: Window, url: str) -> None:
    """Wherever they stand, and without a button for the rest."""
    window.page.goto(f"{url}#deployments?class=passed")
    shown = window.rows("deployments")
    assert window.page.locator("#deployments output").inner_text() == f"{len(shown)} of 108"
    assert len(shown) > 50
    assert not window.page.locator("#deployments .more").is_visible()


def test_the_first_rows_are_those_of_the_order(window: Window, url: str) -> None:
    """The oldest deployments are the first ones of a list that begins with them."""
    window.page.goto(f"{url}#deployments?all=1&sort=when")
    everything = window.rows("deployments")
    window.page.goto("about:blank")
    window.page.goto(f"{url}#deployments?sort=when")
    assert window.rows("deployments") == everything[:50]
    times = window.page.locator("#deployments tbody tr:visible time").evaluate_all(
        "all => all.map(one => one.dateTime)"
    )
    assert times == sorted(times)


def test_a_short_table_is_whole(window: Window, url: str) -> None:
    """Nobody has to ask for the rest of what is there."""
    window.page.goto(url)
    assert len(window.rows("health")) == 60
    assert not window.page.locator("#health .more").is_visible()


def test_every_tab_is_in_sight_in_a_narrow_window(window: Window, url: str) -> None:
    """With its count of conflicts."""
    window.page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    window.page.goto(url)
    boxes = [box for tab in window.page.locator("[role=tab]").all() if (box := tab.bounding_box())]
    assert [box["x"] >= 0 and box["x"] + box["width"] <= NARROW["width"] for box in boxes] == [True] * 4
    assert window.page.locator("[role=tab] .bad").is_visible()


@SIZES
def test_a_map_that_is_wider_than_the_window_says_so(window: Window, url: str, size: dict[str, int]) -> None:
    """Else nobody would look for the Workers on its right."""
    window.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    window.page.goto(f"{url}#routes")
    is_wider = window.page.locator(".scroll").first.evaluate("one => one.scrollWidth > one.clientWidth")
    assert window.page.locator(".sideways").first.is_visible() is is_wider is (size is NARROW)
