from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.files import UnusableFileError, folder
from chitty_action.adapters.workspace.repository import read_repository
from chitty_action.model.repository import Declared, OwnRegistration, Repository

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("package.json", "pyproject.toml", ".chittyconnect.yml", "wrangler.jsonc", "mcp/manifest.json", "register.json")


def fill(folder: Path) -> None:
    """Put a whole service there."""
    (folder / "mcp").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "2.0.0", "description": "Ledger", "author": "Ada"}')
    (folder / ".chittyconnect.yml").write_text(
        "service: {domains: {production: ledger.chitty.cc}}\nmonitoring: {health: {endpoint: /up}}"
    )
    (folder / "wrangler.jsonc").write_text('{"routes": ["ledger.chitty.cc/*",],}')
    (folder / "mcp" / "manifest.json").write_text("not looked into")
    (folder / "register.json").write_text('{"name": "ledger"}')


def test_reads_a_whole_service(tmp_path: Path) -> None:
    """Every fact of a monorepo's folder, with sources that name the folder."""
    fill(tmp_path / "services" / "ledger")

    found = read_repository(tmp_path, "services/ledger", "production", {"name": "ledger"}, "ledger")

    assert found == Repository(
        version="2.0.0",
        description="Ledger",
        author="Ada",
        connect_domain=Declared("ledger.chitty.cc", "services/ledger/.chittyconnect.yml (service.domains.production)"),
        health_endpoint="/up",
        wrangler_route=Declared("ledger.chitty.cc", "services/ledger/wrangler.jsonc (routes)"),
        has_mcp_manifest=True,
        registration={"name": "ledger"},
        oddities=(),
    )


def test_the_own_registration_is_read_for_a_named_service(tmp_path: Path) -> None:
    """Who gives the service's name gets its own registration file; another service's is no oddity of the folder."""
    fill(tmp_path)

    own = read_repository(tmp_path, ".", "production", None, "ledger")
    others = read_repository(tmp_path, ".", "production", None, "finance")

    assert own.own_registration == OwnRegistration("register.json", {"name": "ledger"})
    assert others.own_registration is not None
    assert [oddity.subject for oddity in others.own_registration.passed_over] == ["register.json"]
    assert own.oddities == others.oddities == ()


def test_a_named_registration_file_stands_in_for_the_own_one(tmp_path: Path) -> None:
    """With the input registration-file, no other is looked for, not even to refuse it."""
    fill(tmp_path)
    (tmp_path / "register.json").write_text("{")

    assert read_repository(tmp_path, ".", "production", {"name": "ledger"}, "ledger").own_registration is None


def test_an_empty_folder_is_one_oddity(tmp_path: Path) -> None:
    """Only the missing manifest is told."""
    found = read_repository(tmp_path, ".", "production", None, "ledger")

    assert found == Repository(oddities=found.oddities)
    assert len(found.oddities) == 1


def test_found_files_that_leave_the_workspace_are_oddities(tmp_path: Path) -> None:
    """Each file that is a link out of the workspace is a warning and read no further."""
    root = tmp_path / "workspace"
    root.mkdir()
    fill(tmp_path / "outside")
    for name in (".chittyconnect.yml", "wrangler.jsonc", "package.json", "mcp"):
        (root / name).symlink_to(tmp_path / "outside" / name)

    found = read_repository(root, ".", "production", None, "ledger")

    assert found == Repository(oddities=found.oddities)
    assert sorted(oddity.subject for oddity in found.oddities) == [
        ".chittyconnect.yml",
        "mcp/manifest.json",
        "package.json",
        "wrangler.jsonc",
    ]


def test_an_mcp_manifest_is_a_regular_file(tmp_path: Path) -> None:
    """A FIFO of that name is told and does not count."""
    fill(tmp_path)
    (tmp_path / "mcp" / "manifest.json").unlink()
    os.mkfifo(tmp_path / "mcp" / "manifest.json")

    found = read_repository(tmp_path, ".", "production", None, "ledger")

    assert not found.has_mcp_manifest
    assert [oddity.subject for oddity in found.oddities] == ["mcp/manifest.json"]


@pytest.mark.parametrize("working_directory", ["none", "package.json", "..", "link", "/"])
def test_a_wrong_working_directory_is_refused(tmp_path: Path, working_directory: str) -> None:
    """What is missing, no folder, or outside the workspace."""
    root = tmp_path / "workspace"
    fill(root)
    (root / "link").symlink_to(tmp_path)

    with pytest.raises(UnusableFileError):
        folder(root, working_directory)


def test_a_linked_working_directory_inside_is_fine(tmp_path: Path) -> None:
    """A link to a folder of the workspace is that folder."""
    fill(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")

    folder(tmp_path, "link")

    assert read_repository(tmp_path, "link", "production", None, "ledger").version == "2.0.0"


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary(), name=st.sampled_from(FILES), environment=st.text())
def test_no_file_crashes_the_reader(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, name: str, environment: str
) -> None:
    """Whatever one file holds and the environment is called, the others are read."""
    root = tmp_path_factory.mktemp("workspace")
    fill(root)
    (root / name).write_bytes(raw)

    assert isinstance(read_repository(root, ".", environment, None, "ledger"), Repository)
