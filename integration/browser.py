"""A real Chromium, and a small server for the page; both note what they see."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

FLAGS = (
    "--no-sandbox",  # as root there is no other way
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1_440, "height": 900}
NARROW = {"width": 360, "height": 740}


@contextmanager
def browsing(program: str) -> Iterator[Browser]:
    """Run a browser; playwright's loop must end with it, because it is in the way of other tests'."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="NOT TESTED: playwright is not installed; `make integration` installs it"
    )
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


class Window:
    """One window with a fresh profile. It notes requests, and noise: dialogs, errors, and what the console says."""

    def __init__(self, browser: Browser, **options: Any) -> None:  # noqa: ANN401 - whatever a context may be given
        """Open it; a page that asks a person something gets no answer."""
        self._context = browser.new_context(**{"viewport": WIDE, "color_scheme": "light"} | options)
        self.page: Page = self._context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.noise.append(f"error: {error}"))
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._note)

    def _hear(self, message: ConsoleMessage) -> None:
        self.noise.append(f"{message.type}: {message.text}")

    def _refuse(self, dialog: Dialog) -> None:
        self.noise.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.requests.append(request.url)

    def shows(self) -> list[str]:
        """Return the views that can be seen."""
        return [view.get_attribute("id") or "" for view in self.page.locator(".view").all() if view.is_visible()]

    def rows(self, view: str) -> list[str]:
        """Return the names in the rows that can be seen, from top to bottom."""
        names: list[str] = self.page.locator(f"#{view} tbody tr:visible th").evaluate_all(
            "cells => cells.map(cell => cell.firstChild.textContent)"
        )
        return names

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._context.close()


class Served:
    """Files over HTTP on loopback; they may be exchanged while it runs."""

    def __init__(self, files: dict[str, str]) -> None:
        """Serve these files by their paths."""
        self.files = files
        self.asked: list[str] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                served.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer as GitHub Pages does: files may be kept for ten minutes."""
        path = request.path.removeprefix("/") or "index.html"
        self.asked.append(path)
        body = self.files.get(path)
        request.send_response(404 if body is None else 200)
        kind = "text/html" if path.endswith(".html") else "application/json"
        request.send_header("Content-Type", f"{kind}; charset=utf-8")
        request.send_header("Cache-Control", "max-age=600")
        request.end_headers()
        request.wfile.write((body or "").encode())

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
