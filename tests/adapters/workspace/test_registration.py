from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.registration import read_registration
from chitty_action.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path


def test_the_document_is_read_relative_to_the_folder(tmp_path: Path) -> None:
    """`registration-file` counts from `working-directory`, and may point elsewhere in the workspace."""
    (tmp_path / "api").mkdir()
    (tmp_path / "register.json").write_text('{"name": "ledger", "version": "1.0.0"}')

    assert read_registration(tmp_path, "api", "../register.json", "ledger") == {"name": "ledger", "version": "1.0.0"}


def test_a_document_without_name_is_left_alone(tmp_path: Path) -> None:
    """Older envelopes carry the name further in; only another service's name is refused."""
    (tmp_path / "r.json").write_text('{"service": {"serviceName": "ledger"}}')

    assert read_registration(tmp_path, ".", "r.json", "ledger") == {"service": {"serviceName": "ledger"}}


@pytest.mark.parametrize("name", ['"finance"', "5", "null", '"Ledger"'])
def test_another_services_document_is_a_bad_input(tmp_path: Path, name: str) -> None:
    """A name that is not exactly this service's is refused with both names."""
    (tmp_path / "r.json").write_text(f'{{"name": {name}}}')

    with pytest.raises(Problem, match="but this service is 'ledger'") as caught:
        read_registration(tmp_path, ".", "r.json", "ledger")
    assert caught.value.subject == "registration-file"


def test_another_services_older_envelope_is_a_bad_input(tmp_path: Path) -> None:
    """It would register that service anew, with a token that nobody should see."""
    (tmp_path / "r.json").write_text('{"registrationToken": "s", "service": {"serviceName": "finance"}}')
    with pytest.raises(Problem, match="registers 'finance', but this service is 'ledger'"):
        read_registration(tmp_path, ".", "r.json", "ledger")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[]", "r.json is not a JSON object"),
        ("{", "r.json is not valid JSON"),
        ('{"a": NaN}', "NaN is not a JSON value"),
        ('{"a": 1e999}', "cannot be sent"),
        ('{"a": ["\\ud800"]}', "cannot be sent"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("{}" + " " * 1_048_576, "larger than 1 MiB"),
    ],
    ids=range(7),
)
def test_an_unusable_document_is_a_bad_input(tmp_path: Path, content: str, why: str) -> None:
    """What is no JSON object, or could not be sent again, is refused before any request."""
    (tmp_path / "r.json").write_text(content)

    with pytest.raises(Problem, match=why) as caught:
        read_registration(tmp_path, ".", "r.json", "ledger")
    assert caught.value.subject == "registration-file"
    assert caught.value.hint


@pytest.mark.parametrize("relative", ["none.json", "fifo", "folder", "link.json", "../other.json", ""])
def test_an_unusable_path_is_a_bad_input(tmp_path: Path, relative: str) -> None:
    """A missing file, a FIFO, a folder and every way out of the workspace are refused."""
    root = tmp_path / "workspace"
    (root / "folder").mkdir(parents=True)
    os.mkfifo(root / "fifo")
    (tmp_path / "other.json").write_text("{}")
    (root / "link.json").symlink_to("../other.json")

    with pytest.raises(Problem) as caught:
        read_registration(root, ".", relative, "ledger")
    assert caught.value.subject == "registration-file"


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | st.text().map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Arbitrary bytes are a document or a bad input."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "r.json").write_bytes(raw)
    with suppress(Problem):
        assert isinstance(read_registration(root, ".", "r.json", "ledger"), dict)
