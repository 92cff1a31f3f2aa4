"""The only way into and out of the workspace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace import files
from chitty_action.adapters.workspace.files import UnusableFileError

MIB = 1_048_576


def test_reads_a_regular_file(root: Path) -> None:
    """The bytes come back as they are."""
    (root / "a").write_bytes(b"\x00\xff")

    assert files.read(root, "a") == b"\x00\xff"


@pytest.mark.parametrize("path", ["a", "no/such/folder/a", "file/below"])
def test_what_is_not_there_is_none(root: Path, path: str) -> None:
    """A missing file, a missing folder and a file in a folder's place all mean: not there."""
    (root / "file").write_text("")

    assert files.read(root, path) is None
    assert not files.is_there(root, path)


def test_a_dangling_link_is_not_there(root: Path) -> None:
    """A link to nothing inside the workspace is a missing file."""
    (root / "link").symlink_to("nothing")

    assert files.read(root, "link") is None


def test_follows_links_inside_the_workspace(root: Path) -> None:
    """Monorepos share files and folders by links; those are fine."""
    (root / "shared").mkdir()
    (root / "shared" / "package.json").write_text("{}")
    (root / "service").symlink_to("shared")
    (root / "link.json").symlink_to("service/package.json")

    assert files.read(root, "service/package.json") == b"{}"
    assert files.read(root, "link.json") == b"{}"


@pytest.mark.parametrize("path", ["link.json", "folder/package.json", "../secret.json", "folder/../secret.json", "abs"])
def test_refuses_to_leave_the_workspace(root: Path, path: str) -> None:
    """A link, a linked folder, dots and an absolute link that lead out are refused in one sentence."""
    (root / "link.json").symlink_to("../secret.json")
    (root / "folder").symlink_to("../outside")
    (root / "abs").symlink_to("/dev/null")

    with pytest.raises(UnusableFileError, match="outside the workspace"):
        files.read(root, path)


def test_refuses_an_absolute_path(root: Path, tmp_path: Path) -> None:
    """An absolute path out of the workspace is no way around."""
    with pytest.raises(UnusableFileError, match="outside the workspace"):
        files.read(root, str(tmp_path / "secret.json"))


def test_a_workspace_reached_through_a_link_is_the_workspace(root: Path, tmp_path: Path) -> None:
    """The workspace's own path may contain links."""
    (root / "a").write_text("x")
    (tmp_path / "alias").symlink_to(root)

    assert files.read(tmp_path / "alias", "a") == b"x"


def test_a_sibling_with_the_same_prefix_is_outside(root: Path, tmp_path: Path) -> None:
    """`workspace-2` is not inside `workspace`."""
    (tmp_path / "workspace-2").mkdir()

    with pytest.raises(UnusableFileError, match="outside the workspace"):
        files.inside(root, "../workspace-2")


@pytest.mark.parametrize("name", ["loop", "nul\0byte", "\ud800", "x" * 5000, "."])
def test_refuses_what_is_no_path_to_a_file(root: Path, name: str) -> None:
    """A loop of links, a NUL byte, a lone surrogate, a name without end and a folder end in a sentence."""
    (root / "loop").symlink_to("loop")

    with pytest.raises(UnusableFileError):
        files.read(root, name)


def test_refuses_a_folder_in_a_files_place(root: Path) -> None:
    """A folder called package.json is not a manifest."""
    (root / "package.json").mkdir()

    with pytest.raises(UnusableFileError, match=r"package\.json is not a regular file"):
        files.read(root, "package.json")


def test_does_not_wait_for_a_fifo(root: Path) -> None:
    """A FIFO nobody writes to is refused at once."""
    os.mkfifo(root / "package.json")

    with pytest.raises(UnusableFileError, match="not a regular file"):
        files.read(root, "package.json")
    with pytest.raises(UnusableFileError, match="not a regular file"):
        files.is_there(root, "package.json")


def test_refuses_a_device() -> None:
    """An endless device is refused, even where the workspace holds one."""
    with pytest.raises(UnusableFileError, match="not a regular file"):
        files.read(Path("/dev"), "zero")


def test_refuses_an_unreadable_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses to open is a sentence (simulated: root may open everything)."""
    (root / "a").write_text("")

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(UnusableFileError, match="a cannot be read: Permission denied"):
        files.read(root, "a")


def test_a_failing_disk_is_a_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while reading, after the file was opened, is told too."""
    (root / "a").write_text("")

    def fail(*_: object, **__: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdopen", fail)

    with pytest.raises(UnusableFileError, match="a cannot be read: Input/output error"):
        files.read(root, "a")


def test_a_link_that_appears_after_the_check_is_not_followed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between resolving and opening, a folder may be swapped for a link out of the workspace."""
    (root / "service").mkdir()
    (root / "service" / "package.json").write_text('{"mine": 1}')
    resolved = root.resolve() / "service" / "package.json"
    (root / "service").rename(tmp_path / "moved")
    (root / "service").symlink_to(tmp_path / "outside")
    monkeypatch.setattr(files, "inside", lambda *_: resolved)  # what was resolved before the swap

    assert files.read(root, "service/package.json") is None


def test_a_file_swapped_for_a_link_after_the_check_is_not_followed(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same for the file itself."""
    (root / "package.json").symlink_to(tmp_path / "secret.json")
    monkeypatch.setattr(files, "inside", lambda *_: root.resolve() / "package.json")

    with pytest.raises(UnusableFileError, match=r"package\.json cannot be read"):
        files.read(root, "package.json")


def test_one_mebibyte_is_allowed(root: Path) -> None:
    """Exactly 1 MiB still fits."""
    (root / "a").write_bytes(b"x" * MIB)

    assert len(files.read(root, "a") or b"") == MIB


def test_one_byte_more_is_refused(root: Path) -> None:
    """One byte over 1 MiB does not."""
    (root / "a").write_bytes(b"x" * (MIB + 1))

    with pytest.raises(UnusableFileError, match="a is larger than 1 MiB"):
        files.read(root, "a")


def test_being_there_has_no_size(root: Path) -> None:
    """A file that is only looked for, not read, may have any size."""
    (root / "a").write_bytes(b"x" * (MIB + 1))

    assert files.is_there(root, "a")


def test_no_descriptor_is_left_open(root: Path) -> None:
    """Every way out closes what was opened."""
    (root / "deep" / "er").mkdir(parents=True)
    (root / "deep" / "er" / "a").write_text("")
    os.mkfifo(root / "fifo")
    before = len(list(Path("/dev/fd").iterdir()))

    for name in ("deep/er/a", "deep/er/none", "fifo", "deep", "../secret.json"):
        for look in (files.read, files.is_there):
            try:
                look(root, name)
            except UnusableFileError:
                continue
    files.write_report(root, "deep/er/report.json", "{}")

    assert len(list(Path("/dev/fd").iterdir())) == before


@settings(deadline=None)  # a busy machine is not a failure
@given(relative=st.text())
def test_no_path_leads_out(tmp_path_factory: pytest.TempPathFactory, relative: str) -> None:
    """Whatever text names a path, it ends inside the workspace or in a sentence."""
    root = tmp_path_factory.getbasetemp()
    try:
        target = files.inside(root, relative)
        files.folder(root, relative)
        files.read(root, relative)
    except UnusableFileError:
        return

    assert target.is_relative_to(root.resolve())


def test_a_folder_is_resolved(root: Path) -> None:
    """A folder may be reached through a link."""
    (root / "a").mkdir()
    (root / "b").symlink_to("a")

    assert files.folder(root, "b") == root.resolve() / "a"


@pytest.mark.parametrize("relative", ["none", "file", "x" * 5000])
def test_what_is_no_folder_is_refused(root: Path, relative: str) -> None:
    """A missing folder, a file and a name without end are refused."""
    (root / "file").write_text("")

    with pytest.raises(UnusableFileError):
        files.folder(root, relative)
