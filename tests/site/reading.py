"""The page as a parser sees it: elements with their attributes, and the text of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from chitty_action.site import bundle

if TYPE_CHECKING:
    from chitty_action.site.status import Status


@dataclass
class Element:
    """A start tag, and all text up to its end."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Read(HTMLParser):
    """A parsed page."""

    page: str
    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Parse at once."""
        super().__init__(convert_charrefs=True)
        self.feed(self.page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and keep it open unless it has no content."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in {"meta", "link", "input"}:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element of SVG that has no content."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those in it that end with it."""
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Add text to all elements that are open."""
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag with these attributes; `class_` is one of the classes."""
        wanted = attributes.pop("class_", None)
        return [
            element
            for element in self.elements
            if element.tag == tag
            and attributes.items() <= element.attributes.items()
            and (wanted is None or wanted in element.attributes.get("class", "").split())
        ]

    def section(self, name: str) -> Read:
        """Return the part of the page that is the view with this id."""
        found = re.search(
            rf'<section class="view" id="{name}".*?</section>(?=<section class="view"|</main>)', self.page, re.DOTALL
        )
        assert found is not None
        return Read(found[0])


def read(status: Status) -> Read:
    """Render a page and parse it."""
    return Read(bundle(status, None)["index.html"])
