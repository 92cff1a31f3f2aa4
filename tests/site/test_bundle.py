from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import jsonschema_rs
from hatchling.builders.wheel import WheelBuilder
from msgspec.structs import replace

from chitty_action.site import bundle
from chitty_action.site.status import Status
from tests.site.example import NOW, example
from tests.site.hostile import hostile

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads((ROOT / "docs" / "status.schema.json").read_text("utf-8")), validate_formats=True
)
MOST_BYTES = 1_500_000


def test_the_files_are_those_that_are_documented() -> None:
    """A page, its data, its numbers, a badge for each valid name, and no Jekyll."""
    status = example()
    files = bundle(status, "# EOF\n")
    badges = {f"badges/{row.name}.json" for row in status.services} | {"badges/ecosystem.json"}
    assert set(files) == {"index.html", "status.json", "metrics.txt", ".nojekyll"} | badges
    assert files["metrics.txt"] == "# EOF\n"


def test_without_numbers_there_is_no_file_of_them_and_no_link() -> None:
    """A link to nothing would be a lie."""
    files = bundle(example(), None)
    assert "metrics.txt" not in files
    assert "metrics.txt" not in files["index.html"]


def test_status_json_reads_back_as_the_status() -> None:
    """Machines get all of it."""
    assert Status.read(bundle(example(), None)["status.json"]) == example()


def test_status_json_follows_its_schema() -> None:
    """The example, the worst that can come, and nearly nothing."""
    for status in (example(), hostile(), Status(generated=NOW, stale_after=1)):
        assert [error.message for error in SCHEMA.iter_errors(json.loads(bundle(status, None)["status.json"]))] == []


def test_the_schema_refuses_something_else() -> None:
    """A schema that everything follows would be none."""
    document = json.loads(bundle(example(), None)["status.json"])
    for wrong in (document | {"generated": "yesterday"}, document | {"counts": []}, document | {"stale_after": "1 h"}):
        assert not SCHEMA.is_valid(wrong)


def test_the_same_status_gives_the_same_files() -> None:
    """So that a page changes only where something changed, whatever the order of the counts."""
    one = example()
    other = replace(one, counts=dict(reversed(list(one.counts.items()))))
    assert bundle(one, None) == bundle(other, None)


def test_nobody_can_name_a_file_elsewhere() -> None:
    """Only names of services become files, and hostile texts are none."""
    paths = set(bundle(hostile(), None))
    assert paths == {"index.html", "status.json", ".nojekyll", "badges/ecosystem.json"}


def test_a_thousand_services_fit() -> None:
    """One and a half megabytes, which a server compresses to a tenth."""
    status = example(1_000)
    assert len(status.services) == 1_000
    assert len(bundle(status, None)["index.html"].encode()) < MOST_BYTES


def test_nothing_at_all_is_said_to_be_unknown() -> None:
    """A page of nothing has no green and no zero in it."""
    page = bundle(Status(generated=NOW, stale_after=3_600), None)["index.html"]
    assert "Nothing is known: there is no list of services." in page
    assert page.count("unknown: ") >= 6
    assert "tone-unknown" in page


def test_the_wheel_has_what_the_page_is_made_of(tmp_path: Path) -> None:
    """Templates, styles and scripts are no modules, but the image needs them."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    folder = ROOT / "chitty_action" / "site"
    parts = {
        path.relative_to(ROOT).as_posix() for path in folder.rglob("*.*") if path.suffix in {".html", ".css", ".js"}
    }
    assert len(parts) > 15
    assert parts <= packed
