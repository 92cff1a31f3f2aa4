from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.own_registration import MAX_FILES, read_own_registration
from chitty_action.model.repository import OwnRegistration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACES = (
    "registration.json",
    "register.json",
    "deploy/registration/any.json",
    "registrations/alpha.json",
    "docs/registration/any.json",
)
OURS, THEIRS, NOBODYS = '{"name": "alpha"}', '{"name": "beta"}', '{"version": "1.0.0"}'


def put(root: Path, name: str, content: str | bytes = OURS) -> None:
    """Write a file, with the folders above it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def found(root: Path, folder: str = ".") -> OwnRegistration:
    """Look for the file of the service alpha, which is there or was passed over."""
    own = read_own_registration(root, folder, "alpha")
    assert own is not None
    return own


def refusal(root: Path) -> str:
    """Return why the file cannot be used."""
    own = found(root)
    assert own.document is None
    assert own.refusal is not None
    assert (own.refusal.subject, bool(own.refusal.hint)) == (own.source, True)
    return own.refusal.message


def passed_over(own: OwnRegistration) -> list[str]:
    """Return the names of the files that were passed over."""
    return [oddity.subject for oddity in own.passed_over]


@pytest.mark.parametrize("place", PLACES)
def test_each_place_is_looked_at(root: Path, place: str) -> None:
    """The document comes as it stands in the file, and the source names the file."""
    put(root, place, '{"name": "alpha", "version": "v1"}')

    assert found(root) == OwnRegistration(place, {"name": "alpha", "version": "v1"})


@pytest.mark.parametrize("first", range(len(PLACES)))
def test_the_first_place_counts(root: Path, first: int) -> None:
    """With several files, the order of the places decides."""
    for place in PLACES[first:]:
        put(root, place)

    assert found(root) == OwnRegistration(PLACES[first], {"name": "alpha"})


def test_no_file_is_none(root: Path) -> None:
    """Nothing of such a name, or only files whose names are others, is nothing found."""
    for name in ("note.md", ".hidden.json", "deeper/alpha.json"):
        put(root, f"deploy/registration/{name}")
    for name in ("registrations/beta.json", "REGISTER.JSON", "docs/registration"):
        put(root, name)

    assert read_own_registration(root, ".", "alpha") is None


def test_the_working_directory_counts(root: Path) -> None:
    """In a monorepo only the service's own folder is looked at."""
    put(root, "registration.json")
    put(root, "services/alpha/deploy/registration/a.json", '{"name": "alpha", "of": "the folder"}')

    assert found(root, "services/alpha").document == {"name": "alpha", "of": "the folder"}


def test_a_document_that_names_nobody_is_ours(root: Path) -> None:
    """Who names no service in a file of that name means this one; a wrong type of name is told when it is sent."""
    put(root, "registration.json", '{"name": 5}')

    assert found(root) == OwnRegistration("registration.json", {"name": 5})


@pytest.mark.parametrize("theirs", [THEIRS, '{"service": {"serviceName": "beta"}}', '{"name": "Alpha"}'])
def test_another_services_document_is_passed_over(root: Path, theirs: str) -> None:
    """The next place is tried, and who reads the report learns of the first."""
    put(root, "registration.json", theirs)
    put(root, "register.json")

    own = found(root)

    assert (own.source, own.document) == ("register.json", {"name": "alpha"})
    assert passed_over(own) == ["registration.json"]
    assert "not alpha, so it was not used" in own.passed_over[0].message
    assert "service-name" in own.passed_over[0].hint


def test_only_other_services_documents(root: Path) -> None:
    """Then there is none of this service, and nothing stands in the way of registering from the manifest."""
    put(root, "registration.json", THEIRS)
    put(root, "docs/registration/a.json", THEIRS)

    assert found(root) == OwnRegistration(passed_over=found(root).passed_over)
    assert passed_over(found(root)) == ["registration.json", "docs/registration/a.json"]


def test_one_of_ours_in_a_folder_silences_the_others(root: Path) -> None:
    """A folder of many services' documents is nothing odd as long as one is this service's."""
    for name in ("a", "b", "z"):
        put(root, f"deploy/registration/{name}.json", f'{{"name": "{name}"}}')
    put(root, "deploy/registration/c.json")

    assert found(root) == OwnRegistration("deploy/registration/c.json", {"name": "alpha"})


def test_a_document_that_names_us_goes_before_one_that_names_nobody(root: Path) -> None:
    """In one folder, wherever it stands in the order; a broken one is told, because it may be anybody's."""
    put(root, "docs/registration/a.json", NOBODYS)
    put(root, "docs/registration/b.json", "{")
    put(root, "docs/registration/c.json")

    own = found(root)

    assert own.source == "docs/registration/c.json"
    assert passed_over(own) == ["docs/registration/b.json"]


def test_the_first_that_names_nobody_counts_where_none_names_us(root: Path) -> None:
    """It may be ours, so the others cannot take its place: not even a broken one is skipped."""
    put(root, "docs/registration/a.json", THEIRS)
    put(root, "docs/registration/b.json", "{")
    put(root, "docs/registration/c.json", NOBODYS)

    assert "b.json is not valid JSON" in refusal(root)
    assert passed_over(found(root)) == ["docs/registration/a.json"]


def test_only_so_many_files_are_looked_at(root: Path) -> None:
    """In a folder of very many the first by name are, and that is told unless ours is among them."""
    for number in range(MAX_FILES):
        put(root, f"deploy/registration/{number:03}.json", THEIRS)
    put(root, "deploy/registration/ours.json")

    own = found(root)

    assert own.document is None
    assert len(own.passed_over) == MAX_FILES + 1
    assert own.passed_over[-1].message == (
        "deploy/registration has more than 50 JSON files, and only the first 50 by name were looked at"
    )
    assert "registration-file" in own.passed_over[-1].hint
    put(root, "deploy/registration/000-ours.json")
    assert found(root) == OwnRegistration("deploy/registration/000-ours.json", {"name": "alpha"})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "is not valid JSON"),
        ("{", "is not valid JSON"),
        ('{"name": "alpha", "name": "alpha"}', "the key 'name' occurs twice"),
        ('{"name": "alpha", "a": NaN}', "NaN is not a JSON value"),
        ('{"name": "alpha", "a": 1e999}', "holds a value that cannot be sent"),
        ('{"name": "alpha", "a": ["\\ud800"]}', "holds a value that cannot be sent"),
        ("[]", "is not a JSON object"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested too deeply"),
        ("{}" + " " * 2_097_152, "larger than 1 MiB"),
        (b"\xff", "is not UTF-8 text"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
    ],
    ids=range(12),
)
def test_a_document_that_cannot_be_used_is_a_refusal(root: Path, content: str | bytes, why: str) -> None:
    """Nothing else takes its place, because a registration cannot be updated."""
    put(root, "registration.json", content)
    put(root, "register.json")

    assert why in refusal(root)


def test_another_services_document_that_cannot_be_sent_is_passed_over(root: Path) -> None:
    """What is wrong with it is not our affair."""
    put(root, "registration.json", '{"name": "beta", "a": 1e999}')
    put(root, "register.json")

    assert found(root).source == "register.json"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda place: place.symlink_to("../secret.json")])
def test_what_is_no_regular_file_of_the_workspace_is_a_refusal(root: Path, make: Callable[[Path], None]) -> None:
    """A FIFO, a folder and a link out are there, and what they say cannot be known."""
    make(root / "registration.json")
    put(root, "register.json")

    assert re.search("is not a regular file|lies outside the workspace", refusal(root))


@pytest.mark.parametrize("link", ["deploy", "deploy/registration"])
def test_no_folder_is_listed_through_a_link_out(root: Path, link: str) -> None:
    """A folder that leads out is told and not looked into: what lies outside is not the repository's."""
    put(root.parent, "outside/registration/a.json")
    put(root.parent, "outside/a.json")
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(root.parent / "outside")
    put(root, "docs/registration/ours.json")

    own = found(root)

    assert own.source == "docs/registration/ours.json"
    assert passed_over(own) == ["deploy/registration"]
    assert "outside the workspace" in own.passed_over[0].message


def test_links_inside_the_workspace_are_followed(root: Path) -> None:
    """Monorepos share folders and files by links."""
    put(root, "shared/documents/alpha.json")
    (root / "deploy").mkdir()
    (root / "deploy" / "registration").symlink_to("../shared/documents")

    assert found(root).source == "deploy/registration/alpha.json"


def test_a_link_to_nothing_is_not_there(root: Path) -> None:
    """A dangling link inside of the workspace is a missing file, as everywhere."""
    (root / "registration.json").symlink_to("nothing.json")
    (root / "deploy").symlink_to("nothing")

    assert read_own_registration(root, ".", "alpha") is None


def test_a_loop_of_links_is_told(root: Path) -> None:
    """A folder that is a link to itself is passed over, and a file that is one is refused."""
    (root / "deploy").symlink_to("deploy")
    put(root, "register.json", THEIRS)
    assert passed_over(found(root)) == ["register.json", "deploy/registration"]

    (root / "registration.json").symlink_to("registration.json")
    assert "registration.json" in refusal(root)


def test_a_folder_that_may_not_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operating system's own reason is given."""
    put(root, "deploy/registration/a.json")

    def refuse(_descriptor: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)

    own = found(root)
    assert own.passed_over[-1].message == "deploy/registration cannot be read: Permission denied"


def test_odd_file_names_are_told_on_one_line(root: Path) -> None:
    """A name may hold line breaks, commands, and bytes that are no UTF-8."""
    for name in (b"a\n::error::.json", b"b\xff.json"):
        put(root, "deploy/registration/" + os.fsdecode(name), THEIRS)

    assert passed_over(found(root)) == ["deploy/registration/a ::error::.json", "deploy/registration/b�.json"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from(["alpha", "beta"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "service", "serviceName"]), inner),
)


@settings(deadline=None)  # a busy machine is not a failure
@given(contents=st.dictionaries(st.sampled_from(PLACES), st.binary() | JSON.map(json.dumps).map(str.encode)))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, contents: dict[str, bytes]) -> None:
    """Whatever the files hold, there is a document, or a refusal, or neither, and each says of which file."""
    root = tmp_path_factory.mktemp("workspace")
    for name, content in contents.items():
        put(root, name, content)

    own = read_own_registration(root, ".", "alpha") or OwnRegistration()

    assert own.document is None or own.refusal is None
    assert bool(own.source) == (own.document is not None or own.refusal is not None)
    assert own.source in {"", *contents}
    assert all(subject in contents for subject in passed_over(own))
    if own.document is not None:
        json.dumps(own.document, ensure_ascii=False, allow_nan=False).encode()
