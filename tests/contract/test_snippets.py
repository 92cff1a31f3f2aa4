"""The pages for people who use the action: what they may copy works, and what they may click exists.

Snippets that are part of a workflow are completed to one, and go through the checks that our own workflows go through.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

import pytest
import yaml
from markdown_it import MarkdownIt

from chitty_action.adapters.workspace.chittyconnect import read_chittyconnect
from chitty_action.adapters.workspace.claims import read_claims
from chitty_action.adapters.workspace.wrangler import read_wrangler
from chitty_action.model.repository import Takeover

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TEMPLATES = ROOT / "workflows"
ACTION = "chittyos/chitty-action@v1"
SHARED = "chittyos/chittyconnect/.github/workflows/shared-deploy.yml@v1"
_JOB = "on: push\njobs:\n  job:\n    runs-on: ubuntu-24.04\n    permissions: {}\n    steps:\n"
_MARKDOWN = MarkdownIt("commonmark").enable("table")
_PINNED = re.compile(r"uses: ((?!chittyos/)\S+@\S+(?: +# +\S+)?)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A block of code of a page."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def file(self) -> str:
        """The name that its first line gives it in a comment, if it does."""
        named = re.match(r"(?:#|//) (\S+)\n", self.text)
        return named[1] if named else ""

    @property
    def is_for_github(self) -> bool:
        """Alerts are for Prometheus, and tests/contract/test_metrics_page.py reads them."""
        return not self.text.startswith("groups:")

    @property
    def workflow(self) -> str:
        """The text as a whole workflow: jobs get an event, steps get a job."""
        document = yaml.safe_load(self.text)
        if isinstance(document, list):
            return _JOB + textwrap.indent(self.text, " " * 6)
        return self.text if {"on", True} & set(document) else f"on: push\n{self.text}"  # YAML 1.1: `on` is true


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tokens(page: Path) -> list[Token]:
    return _MARKDOWN.parse(page.read_text("utf-8"))


def _snippets() -> Iterator[Snippet]:
    for page in PAGES:
        for token in _tokens(page):
            if token.type == "fence":
                yield Snippet(page, (token.map or [0])[0] + 1, token.info.strip(), token.content)


def _id(value: object) -> str:
    return f"{_name(value.page)}:{value.line}" if isinstance(value, Snippet) else _name(cast("Path", value))


YAML = [snippet for snippet in _snippets() if snippet.language in {"yaml", "yml"} and snippet.is_for_github]
WORKFLOWS = [snippet for snippet in YAML if not snippet.file]
CONFIGURATIONS = [snippet for snippet in _snippets() if snippet.file]

each_page = pytest.mark.parametrize("page", PAGES, ids=_id)
each_workflow = pytest.mark.parametrize("snippet", WORKFLOWS, ids=_id)


# What may be copied


@pytest.fixture
def written(tmp_path: Path) -> list[str]:
    """Write every workflow of the pages into a file that tells where it comes from."""
    paths = []
    for snippet in WORKFLOWS:
        path = tmp_path / f"{_name(snippet.page).replace('/', '-')}-{snippet.line}.yml"
        path.write_text(snippet.workflow, "utf-8")
        paths.append(str(path))
    return paths


def _says(program: str, *arguments: str) -> tuple[int, str]:
    command = [str(PROGRAMS / program), *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our linters
    return ended.returncode, ended.stdout + ended.stderr


def test_there_is_something_to_copy() -> None:
    """The README shows the steps, and the page for adopters the callers; the pages of workflows are found at all."""
    assert {_name(snippet.page) for snippet in WORKFLOWS} >= {"README.md", "docs/adopting.md"}


def test_workflows_fit_githubs_schema(written: list[str]) -> None:
    """The schema that our own workflows are held to."""
    code, said = _says("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *written)
    assert code == 0, said


@pytest.mark.skipif(not (PROGRAMS / "actionlint").exists(), reason="`make check` installs actionlint")
def test_workflows_pass_actionlint_where_make_check_has_installed_it(written: list[str]) -> None:
    """Expressions, events, shells: what a schema cannot know."""
    assert _says("actionlint", "-no-color", "-shellcheck", str(PROGRAMS / "shellcheck"), *written) == (0, "")


def _uses(snippet: Snippet) -> Iterator[tuple[str, set[str], set[str]]]:
    """Yield what a workflow uses, with the names of inputs and of secrets that it hands over."""
    for job in yaml.safe_load(snippet.workflow)["jobs"].values():
        for step in (job, *job.get("steps", [])):
            if "uses" in step:
                yield step["uses"], set(step.get("with", {})), set(step.get("secrets", {}))


@each_workflow
def test_what_is_handed_over_exists(snippet: Snippet) -> None:
    """Inputs of the action, inputs and secrets of the shared workflow; whatever else is ours cannot be called."""
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    call = _call()
    known = {ACTION: (set(action["inputs"]), set()), SHARED: (set(call["inputs"]), set(call["secrets"]))}
    for used, inputs, secrets in _uses(snippet):
        if used.startswith("chittyos/"):
            assert used in known
            assert (inputs - known[used][0], secrets - known[used][1]) == (set(), set())


def _call() -> dict[str, Any]:
    workflow = yaml.load((TEMPLATES / "shared-deploy.yml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - text only
    return cast("dict[str, Any]", workflow["on"]["workflow_call"])


def test_actions_of_others_are_pinned_as_our_own_workflows_pin_them() -> None:
    """The same commit, and the same release in the comment."""
    paths = [*(ROOT / ".github" / "workflows").glob("*.yml"), *TEMPLATES.glob("*.yml")]
    ours = {use for path in paths for use in _PINNED.findall(path.read_text())}
    assert [(snippet.page, use) for snippet in YAML for use in _PINNED.findall(snippet.text) if use not in ours] == []


def test_configurations_say_what_the_page_says_of_them(tmp_path: Path) -> None:
    """Read by the program's own readers, a page's parts of each file together, and without a word of complaint."""
    for snippet in CONFIGURATIONS:
        (tmp_path / snippet.page.stem).mkdir(exist_ok=True)
        with (tmp_path / snippet.page.stem / snippet.file).open("a", encoding="utf-8") as file:
            file.write(snippet.text)
    connect = read_chittyconnect(tmp_path, "adopting", "production")
    route, oddities = read_wrangler(tmp_path, "adopting", "production")
    assert (connect.domain and connect.domain.address, connect.oddities) == ("verify.chitty.cc", ())
    assert (route and route.address, oddities) == ("verify.chitty.cc", ())
    claims = read_claims(tmp_path, "adopting", "production")
    assert ([claim.pattern for claim in claims.claims], claims.worker) == (
        ["verify.chitty.cc"],
        "chittyverify-production",
    )
    assert Takeover("score.chitty.cc", "chittyscore-worker") in claims.takeovers
    assert claims.oddities == ()
    allowed = read_claims(tmp_path, "route-law", "production").takeovers
    assert allowed == (
        Takeover("score.chitty.cc", "chittyscore-worker"),
        Takeover("*.agent.chitty.cc/*", "chittyagent"),
    )


# What may be clicked


def _links(page: Path) -> Iterator[str]:
    for token in _tokens(page):
        for child in token.children or ():
            if target := child.attrGet("href") or child.attrGet("src"):
                yield str(target)


def _anchors(page: Path) -> set[str]:
    """The headings as GitHub names them: lower case, hyphens for spaces, no punctuation."""
    tokens = _tokens(page)
    titles = [tokens[number + 1].content for number, token in enumerate(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file of this repository, and its anchor a heading there."""
    dead = []
    for link in _links(page):
        if not link.startswith(("https://", "mailto:")):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in _anchors(target)):
                dead.append(link)
    assert dead == []


@pytest.mark.parametrize("picture", sorted((ROOT / "docs").rglob("*.svg")), ids=_id)
def test_a_picture_brings_nothing_along(picture: Path) -> None:
    """GitHub shows an SVG without what it would load or run; it has words for those who cannot see it."""
    text = picture.read_text("utf-8")
    names = {element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()}  # noqa: S314 - our own file
    assert {"title", "desc"} <= names
    assert not names & {"script", "image", "foreignObject", "use"}
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)|@import", text) == []
