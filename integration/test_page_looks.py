"""The page's themes, its accessibility, and its life behind a server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from chitty_action.site import bundle
from integration.browser import NARROW, WIDE, Served, Window, browsing
from tests.site.example import NOW, example

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

VIEWS = ["health", "deployments", "integration", "routes"]
LATER = NOW + timedelta(minutes=16, seconds=30)
EVERY = 3 * 60_000
DARK, LIGHT = "rgb(13, 16, 21)", "rgb(244, 245, 247)"
GROUND = "getComputedStyle(document.documentElement).backgroundColor"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Run one browser for all tests of this module."""
    with browsing(chromium) as browser:
        yield browser


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve the example."""
    with Served(bundle(example(), "# EOF\n")) as served:
        yield served


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """Open a window a quarter of an hour after the example was made; nothing in it may make noise."""
    with Window(browser) as window:
        window.page.clock.install(time=LATER)
        yield window
        assert window.noise == []


def changed(minutes: int) -> dict[str, str]:
    """Make the example anew, with other services, so many minutes later."""
    status = example()
    rows = tuple(replace(row, evidence="healthy") for row in status.services)
    return bundle(replace(status, services=rows, generated=NOW + timedelta(minutes=minutes)), "# EOF\n")


@pytest.mark.parametrize(("scheme", "ground"), [("light", LIGHT), ("dark", DARK)])
def test_the_theme_is_that_of_the_system(browser: Browser, served: Served, scheme: str, ground: str) -> None:
    """Until somebody chooses."""
    with Window(browser, color_scheme=scheme) as window:
        window.page.goto(served.url)
        assert window.page.evaluate(GROUND) == ground
        assert window.page.locator("#theme").inner_text() == "Theme: auto"


def test_a_chosen_theme_is_remembered(window: Window, served: Served) -> None:
    """Over a reload; a third choice goes back to the system's."""
    page = window.page
    page.goto(served.url)
    toggle = page.locator("#theme")
    toggle.click()
    toggle.click()
    assert (toggle.inner_text(), page.evaluate(GROUND)) == ("Theme: dark", DARK)
    page.reload()
    assert (toggle.inner_text(), page.evaluate(GROUND)) == ("Theme: dark", DARK)
    toggle.click()
    assert (toggle.inner_text(), page.evaluate(GROUND)) == ("Theme: auto", LIGHT)


def test_a_theme_can_be_chosen_without_storage(window: Window, served: Served) -> None:
    """Where the browser lets the page remember nothing, the choice lasts as long as the page."""
    window.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    window.page.goto(served.url)
    window.page.locator("#theme").click()
    window.page.locator("#theme").click()
    assert window.page.evaluate(GROUND) == DARK


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, served: Served, scheme: str, size: dict[str, int]) -> None:
    """In every view: contrast, names, roles, order of headings, and what else a machine can see."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="NOT TESTED: axe is not installed; `make integration` installs it",
    ).Axe()
    with Window(browser, color_scheme=scheme, viewport=size, bypass_csp=True) as window:
        for view in VIEWS:
            window.page.goto(f"{served.url}#{view}")
            found = axe.run(window.page).response["violations"]
            serious = [
                (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
                for one in found
                if one["impact"] in {"serious", "critical"}
            ]
            assert serious == [], view


def test_nobody_who_dislikes_motion_sees_any(browser: Browser, served: Served) -> None:
    """Not even a colour that fades."""
    with Window(browser, reduced_motion="reduce") as window:
        window.page.goto(served.url)
        moving = "[...document.querySelectorAll('*')].filter((e) => getComputedStyle(e).transitionDuration !== '0s')"
        assert window.page.evaluate(f"{moving}.length") == 0


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_is_wider_than_the_window(window: Window, served: Served, size: dict[str, int]) -> None:
    """Nobody scrolls to the side, but within the map."""
    window.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    for view in VIEWS:
        window.page.goto(f"{served.url}#{view}")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_from_a_file_nothing_is_asked_for(window: Window, tmp_path: Path) -> None:
    """Not even after an hour."""
    (tmp_path / "index.html").write_text(bundle(example(), None)["index.html"], "utf-8")
    window.page.goto(f"file://{tmp_path}/index.html")
    window.page.clock.run_for(20 * EVERY)
    assert window.requests == [f"file://{tmp_path}/index.html"]


def test_from_a_server_only_its_own_files_are_asked_for(window: Window, served: Served) -> None:
    """The page, and every few minutes whether there is a newer one."""
    window.page.goto(served.url)
    for _ in range(2):
        with window.page.expect_response("**/status.json"):
            window.page.clock.run_for(EVERY)
    assert served.asked == ["index.html", "status.json", "status.json"]
    assert window.requests == [served.url, *[f"{served.url}status.json"] * 2]


def test_a_newer_page_comes_by_itself(window: Window, served: Served) -> None:
    """With the same view, filter and order as before, and the focus where it was."""
    page = window.page
    page.goto(f"{served.url}#health?text=chitty&sort=-service")
    page.locator("#tab-health").focus()
    served.files = changed(10)
    with page.expect_navigation():
        page.clock.run_for(EVERY)
    page.wait_for_function("document.getElementById('verdict').textContent.startsWith('All 60')")
    assert page.url.endswith("#health?text=chitty&sort=-service")
    assert page.locator("#health-text").input_value() == "chitty"
    assert window.rows("health")[0] == "shell-plugins" or window.rows("health")[0].startswith("get-chitty")
    assert page.evaluate("document.activeElement.id") == "tab-health"


def test_an_older_page_does_not_come(window: Window, served: Served) -> None:
    """A cache in between may still have it; two that disagree must not make the page flicker."""
    window.page.goto(served.url)
    served.files = changed(-10)
    with window.page.expect_response("**/status.json"):
        window.page.clock.run_for(EVERY)
    window.page.clock.run_for(1_000)
    assert served.asked.count("index.html") == 1


def test_nobody_is_interrupted_while_typing(window: Window, served: Served) -> None:
    """The new page waits for the next look."""
    page = window.page
    page.goto(served.url)
    served.files = changed(10)
    page.clock.run_for(EVERY - 5_000)
    page.locator("#health-text").press_sequentially("rou")
    with page.expect_response("**/status.json"):
        page.clock.run_for(6_000)
    page.clock.run_for(1_000)
    assert served.asked.count("index.html") == 1
    with page.expect_navigation():
        page.clock.run_for(EVERY)
    page.wait_for_function("document.getElementById('verdict').textContent.startsWith('All 60')")
    assert page.locator("#health-text").input_value() == "rou"


def test_a_server_that_is_gone_is_told_quietly(browser: Browser, served: Served) -> None:
    """The page stays as it is."""
    with Window(browser) as window:
        window.page.clock.install(time=LATER)
        window.page.goto(served.url)
        del served.files["status.json"]
        with window.page.expect_response("**/status.json"):
            window.page.clock.run_for(EVERY)
        window.page.wait_for_function("document.getElementById('fresh').textContent !== ''")
        assert window.page.locator("#fresh").inner_text() == "cannot look for a newer page just now"
        assert window.shows() == ["health"]
