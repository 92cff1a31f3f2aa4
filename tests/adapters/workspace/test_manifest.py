from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.manifest import Manifest, read_manifest

if TYPE_CHECKING:
    from pathlib import Path


def test_package_json_comes_first(tmp_path: Path) -> None:
    """With both manifests, all facts come from package.json."""
    (tmp_path / "package.json").write_text('{"version": "2.1.0", "description": "Books \\"kept\\""}')
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "9.9.9"\ndescription = "other"')

    assert read_manifest(tmp_path, ".") == Manifest("2.1.0", 'Books "kept"')


def test_facts_are_not_mixed_from_two_files(tmp_path: Path) -> None:
    """A package.json without description does not borrow pyproject.toml's."""
    (tmp_path / "package.json").write_text('{"version": "2.1.0"}')
    (tmp_path / "pyproject.toml").write_text('[project]\ndescription = "other"')

    assert read_manifest(tmp_path, ".") == Manifest("2.1.0", None)


@pytest.mark.parametrize(
    "toml",
    [
        '[project]\nversion = "1.2.3"\ndescription = "d"',
        '[tool.poetry]\nversion = "1.2.3"\ndescription = "d"',
        '[project]\ndescription = "d"\ndynamic = ["version"]\n[tool.poetry]\nversion = "1.2.3"',
        '[project]\nversion = "1.2.3"\ndescription = "d"\n[tool.poetry]\nversion = "0"\ndescription = "old"',
    ],
)
def test_pyproject_toml_in_both_dialects(tmp_path: Path, toml: str) -> None:
    """`[project]` is asked first, `[tool.poetry]` fills its gaps."""
    (tmp_path / "pyproject.toml").write_text(toml)

    assert read_manifest(tmp_path, ".") == Manifest("1.2.3", "d")


def test_a_package_json_that_says_nothing_makes_way(tmp_path: Path) -> None:
    """A package.json kept for its tooling only does not hide pyproject.toml; npm's empty description is no oddity."""
    (tmp_path / "package.json").write_text('{"private": true, "version": null, "description": ""}')
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"')

    assert read_manifest(tmp_path, ".") == Manifest("1.2.3", None)


@pytest.mark.parametrize(
    ("document", "version", "description", "odd"),
    [
        ({"version": 2, "description": "d"}, None, "d", "version"),
        ({"version": "1.0.0", "description": {"en": "d"}}, "1.0.0", None, "description"),
        ({"version": ["1.0.0"]}, None, None, "version"),
        ({"version": "\ud800", "description": "d"}, None, "d", "version"),
    ],
)
def test_only_strings_count(
    tmp_path: Path, document: dict[str, object], version: str | None, description: str | None, odd: str
) -> None:
    """A fact of the wrong type is an oddity; the other is kept."""
    (tmp_path / "package.json").write_text(json.dumps(document))

    found = read_manifest(tmp_path, ".")

    assert (found.version, found.description) == (version, description)
    assert [oddity.message for oddity in found.oddities] == [f"package.json: {odd} is not a text"]


def test_a_long_description_is_kept_whole(tmp_path: Path) -> None:
    """Quotes, newlines, workflow commands and length are the description's own affair."""
    description = "::error::\n'\"`" * 5000 + "end"
    (tmp_path / "package.json").write_text(json.dumps({"description": description}))

    assert read_manifest(tmp_path, ".").description == description


def test_a_broken_package_json_makes_way_with_an_oddity(tmp_path: Path) -> None:
    """A broken package.json is told, and pyproject.toml is used."""
    (tmp_path / "package.json").write_text("{")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"')

    found = read_manifest(tmp_path, ".")

    assert found.version == "1.2.3"
    assert [oddity.subject for oddity in found.oddities] == ["package.json"]


def test_two_broken_manifests_are_two_oddities(tmp_path: Path) -> None:
    """Both are told, and nobody claims that there is none."""
    (tmp_path / "package.json").symlink_to("/dev/null")
    (tmp_path / "pyproject.toml").write_text("x")

    assert [oddity.subject for oddity in read_manifest(tmp_path, ".").oddities] == ["package.json", "pyproject.toml"]


def test_no_manifest_is_an_oddity(tmp_path: Path) -> None:
    """A missing manifest is a warning that names the folder."""
    (tmp_path / "api").mkdir()

    found = read_manifest(tmp_path, "api")

    assert (found.version, found.description) == (None, None)
    assert [oddity.message for oddity in found.oddities] == [
        "no package.json or pyproject.toml in api; registering without version and description"
    ]


@pytest.mark.parametrize(
    ("author", "told"),
    [
        ("Ada Lovelace <ada@example.org> (https://ada.example)", "Ada Lovelace <ada@example.org>"),
        ("Ada <ada@example.org>", "Ada <ada@example.org>"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada (https://ada.example)", "Ada"),
        ("<ada@example.org>", "ada@example.org"),
        ({"name": "Ada", "email": "ada@example.org", "url": "https://ada.example"}, "Ada <ada@example.org>"),
        ({"name": "Ada", "email": 5}, "Ada"),
        ({"email": "ada@example.org"}, "ada@example.org"),
        ("Ada\n::error::\u001b" + "a" * 1000, "Ada ::error::\N{REPLACEMENT CHARACTER}" + "a" * 185 + "…"),
        ("(https://ada.example)", None),
        ("  ", None),
        ({}, None),
        ({"name": ["Ada"]}, None),
        (["Ada"], None),
        (5, None),
        ("\ud800", None),
        (None, None),
    ],
    ids=range(17),
)
def test_the_author_of_a_package_json(tmp_path: Path, author: object, told: str | None) -> None:
    """A text or an object is told in one form; one that cannot be read is no author, and no oddity."""
    (tmp_path / "package.json").write_text(json.dumps({"version": "1.0.0", "author": author}))

    assert read_manifest(tmp_path, ".") == Manifest("1.0.0", author=told)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('[project]\nauthors = [{name = "Ada", email = "ada@example.org"}, {name = "Bob"}]', "Ada <ada@example.org>"),
        ('[project]\nauthors = [{email = "ada@example.org"}]', "ada@example.org"),
        ('[tool.poetry]\nauthors = ["Ada <ada@example.org>", "Bob"]', "Ada <ada@example.org>"),
        ('[tool.poetry]\nauthors = ["Bob"]\n[project]\nauthors = [{name = "Ada"}]', "Ada"),
        ("[project]\nauthors = []", None),
        ('[project]\nauthors = "Ada"', None),
        ('[project]\nauthor = "Ada"', None),
    ],
)
def test_the_author_of_a_pyproject_toml(tmp_path: Path, toml: str, told: str | None) -> None:
    """The first of the authors counts, in both dialects."""
    (tmp_path / "pyproject.toml").write_text(f'{toml}\nversion = "1.0.0"')

    assert read_manifest(tmp_path, ".") == Manifest("1.0.0", author=told)


def test_the_author_comes_from_the_file_of_the_version(tmp_path: Path) -> None:
    """A package.json without an author does not borrow pyproject.toml's."""
    (tmp_path / "package.json").write_text('{"version": "2.1.0"}')
    (tmp_path / "pyproject.toml").write_text('[project]\nauthors = [{name = "Ada"}]')

    assert read_manifest(tmp_path, ".").author is None


@settings(deadline=None)  # a busy machine is not a failure
@given(
    package=st.binary()
    | st.dictionaries(st.sampled_from(["version", "description", "author"]), st.none() | st.text() | st.floats())
    .map(json.dumps)
    .map(str.encode)
)
def test_no_manifest_crashes(tmp_path_factory: pytest.TempPathFactory, package: bytes) -> None:
    """Arbitrary bytes in both files end in a manifest whose facts are texts."""
    root = tmp_path_factory.mktemp("workspace")
    (root / "package.json").write_bytes(package)
    (root / "pyproject.toml").write_bytes(package)

    found = read_manifest(root, ".")

    assert isinstance(found.version, str | None)
    assert isinstance(found.description, str | None)
    assert isinstance(found.author, str | None)
