"""The only way into and out of the workspace."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.workspace import files
from chitty_action.adapters.workspace.files import UnusableFileError

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1_048_576


def test_writes_a_report(root: Path) -> None:
    """Missing folders are made, the file is readable by all, no draft stays."""
    files.write_report(root, "out/deep/report.json", '{"ü": "\ud800"}')

    report = root / "out" / "deep" / "report.json"
    assert report.read_bytes() == '{"ü": "\\ud800"}'.encode()
    assert stat.S_IMODE(report.stat().st_mode) == 0o644
    assert [entry.name for entry in report.parent.iterdir()] == ["report.json"]


def test_a_new_report_replaces_the_old(root: Path) -> None:
    """The second run's report takes the place of the first's, also where that one was longer."""
    files.write_report(root, "report.json", "first, and longer")
    files.write_report(root, "report.json", "second")

    assert (root / "report.json").read_text() == "second"


def test_a_report_through_a_link_inside_is_written_to_its_target(root: Path) -> None:
    """A link inside the workspace is kept."""
    (root / "real").mkdir()
    (root / "link.json").symlink_to("real/report.json")

    files.write_report(root, "link.json", "{}")

    assert (root / "link.json").is_symlink()
    assert (root / "real" / "report.json").read_text() == "{}"


@pytest.mark.parametrize("relative", ["../report.json", "link.json", "folder/report.json", "folder/new/report.json"])
def test_a_report_never_leaves_the_workspace(root: Path, tmp_path: Path, relative: str) -> None:
    """Neither by dots nor by a link, and nothing is made or changed out there."""
    (root / "link.json").symlink_to("../secret.json")
    (root / "folder").symlink_to("../outside")

    with pytest.raises(UnusableFileError, match="outside the workspace"):
        files.write_report(root, relative, "mine")

    assert (tmp_path / "secret.json").read_text() == "{}"
    assert [entry.name for entry in (tmp_path / "outside").iterdir()] == ["package.json"]


@pytest.mark.parametrize("relative", [".", "folder", "new/", "file/report.json", "file/deep/report.json", "fifo"])
def test_a_report_needs_the_place_of_a_file(root: Path, relative: str) -> None:
    """A folder, a name that ends in a slash, a file in a folder's place and a FIFO are refused before the run."""
    (root / "folder").mkdir()
    (root / "file").write_text("")
    os.mkfifo(root / "fifo")

    with pytest.raises(UnusableFileError):
        files.report_target(root, relative)


def test_a_name_without_end_is_no_place_for_a_report(root: Path) -> None:
    """A name that no file system takes is refused before the run."""
    with pytest.raises(UnusableFileError, match="cannot be written"):
        files.report_target(root, "x" * 5000)


def test_a_report_that_cannot_be_written_leaves_no_draft(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk ends in a sentence, and the old report stays whole."""
    files.write_report(root, "report.json", "old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", fail)

    with pytest.raises(UnusableFileError, match=r"report\.json cannot be written: No space left on device"):
        files.write_report(root, "report.json", "new")
    assert [(entry.name, entry.read_text()) for entry in root.iterdir()] == [("report.json", "old")]
