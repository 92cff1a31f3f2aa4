from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from sandbox import demo
from sandbox.page_story import keep

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LAZY = "import os, pathlib; pathlib.Path(os.environ['GITHUB_STEP_SUMMARY']).write_text('## All is well')"
FAILING = "for number in range(5): print('line', number)\nraise SystemExit(3)"
_LIFE_OF_AN_INCIDENT = ("open", "open", "closed as completed", "open")
_ISSUE = re.compile(r"#1, (.+) · automated, ecosystem-health, priority:high")


def test_the_demo_is_not_fooled(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A program that always claims success is found out by its exit codes and by the registry."""
    surprises = demo.play((sys.executable, "-c", LAZY), tmp_path / "page")
    assert surprises == [
        "story 1: version 1.4.0 did not reach the registry",
        "story 1: chittydemo is not active in the registry",
        "story 1: 0 context tasks were completed instead of one",
        "Story 2, the hub is down: exit code 0 instead of 1",
        "Story 3, an unhealthy service: exit code 0 instead of 1",
        "story 4: chittydemo is not registered with the deployed gatekeeper",
        "story 4: 0 context tasks were completed instead of one",
        "story 5, opened: the issues' states and comments are [] instead of [('open', 0)]",
        "story 5, edited: the issues' states and comments are [] instead of [('open', 1)]",
        "story 5, closed: the issues' states and comments are [] instead of [('closed', 2)]",
        "story 5, reopened: the issues' states and comments are [] instead of [('open', 3)]",
        "Story 6, a takeover: exit code 0 instead of 1",
        "story 6, a conflict: the issues' states are [] instead of ['open']",
        "story 6, a conflict: the issue does not say what would resolve it",
        "story 6, resolved: the issues' states are [] instead of ['closed']",
        "story 7: the registration does not wait",
        "story 7: the deployment is not recorded",
        "story 7: outbox/chittycore.registration.json still waits",
        "story 7: version 1.5.0 did not reach the registry",
        "story 7: index.html was not written",
        "story 7: status.json was not written",
        "story 7: metrics.txt was not written",
        "story 7: page or status.json do not name 47 services, such as chittyverify",
        "story 7: there are no numbers in metrics.txt",
    ]
    assert capsys.readouterr().out.count("## All is well") == 10


def test_the_demo_goes_as_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With the real program the stories end as they should, and the last sentence says where to read on."""
    assert demo.main(tmp_path / "page") == 0
    said = capsys.readouterr().out
    assert "docs/lifecycle.md" in said.splitlines()[-1]
    assert _ISSUE.findall(said) == [*_LIFE_OF_AN_INCIDENT, "open", "closed as completed"]
    assert "chitty-action:remembered" not in said, "what stands in an HTML comment cannot be seen at GitHub"
    assert (tmp_path / "page" / "index.html").as_uri() in said, "the page stays, and a line says where"
    assert (tmp_path / "page" / "badges" / "chittydemo.json").is_file(), "what lies beside the page stays too"


def test_an_earlier_page_is_replaced(tmp_path: Path) -> None:
    """Of an earlier demo nothing is left in the folder of the page."""
    written, page = tmp_path / "written", tmp_path / "page"
    for folder, name in ((written, "index.html"), (page, "old.html")):
        folder.mkdir()
        (folder / name).touch()
    keep(written, page)
    assert [path.name for path in page.iterdir()] == ["index.html"]


def test_a_run_that_fails_shows_what_it_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Of reconcile verdict and counts are shown, but everything when it did not end as told."""
    surprises = demo.play((sys.executable, "-c", FAILING), tmp_path / "page")
    assert "Story 5, all is well: exit code 3 instead of 0" in surprises
    assert capsys.readouterr().out.count("line 4") == 8
