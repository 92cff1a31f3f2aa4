"""The page of phase reconcile, through the whole program: where it may be written, and what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import Down
from tests.phases.program import SERVICE
from tests.phases.remembering import BRANCH, OPERATIONS, aged, fail, files, post, reconcile

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox
    from tests.phases.program import Program

FIRST = "chittyrouter"


def status(program: Program, folder: str = "public") -> Any:  # noqa: ANN401 - JSON
    """Read what the page says to machines."""
    return json.loads((program.workspace / folder / "status.json").read_text("utf-8"))


def test_the_page_is_a_folder_of_files(program: Program) -> None:
    """For a browser, for machines, for Prometheus and for shields; the report names it."""
    ended = reconcile(program, site_path="out/public")
    folder = program.workspace / "out" / "public"
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {"index.html", "status.json", "metrics.txt"} <= there
    assert any(name.startswith("badges/") for name in there)
    assert facts(ended.report)["page"] == "out/public/index.html"
    assert ended.code == 0


def facts(report: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """Give the report's facts by their labels."""
    return {fact["label"]: fact["value"] for fact in report["facts"]}


def test_the_page_agrees_with_the_outputs_and_the_branch(program: Program, sandbox: Sandbox) -> None:
    """Counts, incidents, deployments and what waits; every source is a file that is on the branch."""
    post(program, "4700")
    aged(sandbox)
    sandbox.faults.set(f"service:{FIRST}", Down())
    ended = reconcile(program, "4800", site_path="public")
    told = status(program)
    assert told["counts"] == {name: one for name, one in json.loads(ended.outputs["counts"]).items() if one}
    assert len(told["services"]) == int(ended.outputs["services"])
    assert told["verdict"] == ended.outputs["verdict"]
    unhealthy = [one["name"] for one in told["services"] if one["evidence"] in {"down", "degraded", "missing"}]
    assert sorted(unhealthy) == sorted(json.loads(ended.outputs["unhealthy"]))
    assert [one["kind"] for one in told["incidents"]] == [one["kind"] for one in json.loads(ended.outputs["incidents"])]
    (ours,) = [one for one in told["services"] if one["name"] == SERVICE]
    assert (ours["deployment"]["version"], ours["deployment"]["actor"]) == ("1.4.0", "octocat")
    assert [one["service"] for one in told["deployments"]] == [SERVICE]
    named = [one["name"] for one in told["sources"] if one["name"] != "this run"]
    assert named
    assert set(named) <= set(files(sandbox))
    place = f"https://github.com/{OPERATIONS}/blob/{BRANCH}/"
    assert all(one["url"].startswith(place) for one in told["sources"] if one["name"] != "this run")
    traced = {source for one in told["numbers"] for source in one.get("sources", ())}
    assert traced - files(sandbox).keys() <= {"this run", "outbox/"}, "of the outbox also that it is empty counts"


def test_the_branch_has_the_same_numbers_as_the_page(program: Program, sandbox: Sandbox) -> None:
    """Byte for byte."""
    reconcile(program, "4800", site_path="public")
    assert (program.workspace / "public" / "metrics.txt").read_text("utf-8") == files(sandbox)["metrics.txt"]


def test_what_is_broken_has_a_beginning(program: Program, sandbox: Sandbox) -> None:
    """By the sweeps that are remembered."""
    sandbox.faults.set(f"service:{FIRST}", Down())
    reconcile(program, "4800", site_path="public")
    reconcile(program, "4801", site_path="public")
    (row,) = [one for one in status(program)["services"] if one["name"] == FIRST]
    assert row["since"]


def test_what_waits_is_on_the_page(program: Program, sandbox: Sandbox) -> None:
    """It is a source like the others, while the hub is in doubt and nothing is delivered."""
    fail(program, sandbox)
    sandbox.faults.set("connect.health", Down())
    reconcile(program, "4800", site_path="public")
    named = {one["name"] for one in status(program)["sources"]}
    assert f"outbox/{SERVICE}.registration.json" in named


def test_a_page_without_a_branch_says_what_it_does_not_know(program: Program, sandbox: Sandbox) -> None:
    """Of this run it knows everything."""
    ended = program.run("reconcile", environ=sandbox.github_environment(), site_path="public")
    told = status(program)
    assert [one["name"] for one in told["sources"]] == ["this run"]
    assert told["missing"][0].startswith("Nothing is remembered, because there is no state-branch")
    assert len(told["services"]) == int(ended.outputs["services"])
    assert "memory" not in ended.levels()


def test_a_page_whose_branch_cannot_be_read_says_so(program: Program) -> None:
    """It is written all the same."""
    reconcile(program, site_path="public", state_branch="main")
    assert any("What earlier runs remember is unknown" in one for one in status(program)["missing"])


def test_services_without_a_deployment_are_told(program: Program, sandbox: Sandbox) -> None:
    """They may keep their records elsewhere."""
    post(program, "4700")
    aged(sandbox)
    reconcile(program, site_path="public")
    assert any("No deployment of" in one and OPERATIONS in one for one in status(program)["missing"])


def test_a_dry_run_writes_the_page(program: Program, sandbox: Sandbox) -> None:
    """It is in the workspace, and nobody else's."""
    ended = reconcile(program, site_path="public", dry_run="true")
    assert (ended.code, files(sandbox)) == (0, {})
    assert status(program)["services"]


def test_a_page_beside_what_was_there(program: Program) -> None:
    """Files of the folder that are not the page's stay."""
    program.write("public/CNAME", "status.chitty.cc")
    reconcile(program, site_path="public")
    assert (program.workspace / "public" / "CNAME").read_text("utf-8") == "status.chitty.cc"


@pytest.mark.parametrize("where", ["outside", "outside/deeper"])
def test_a_link_out_of_the_workspace_is_refused(program: Program, sandbox: Sandbox, tmp_path: Path, where: str) -> None:
    """Before the first request."""
    (tmp_path / "elsewhere").mkdir()
    (program.workspace / "outside").symlink_to(tmp_path / "elsewhere")
    ended = reconcile(program, site_path=where)
    assert (ended.code, sandbox.requests) == (2, [])
    assert "outside the workspace" in ended.findings[0]["message"]
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("place", ["badges", "status.json/x"])
def test_something_in_the_way_of_one_file_is_a_warning(program: Program, place: str) -> None:
    """One sentence about the page; the sweep is what it is."""
    program.write(f"public/{place}", "in the way")
    ended = reconcile(program, site_path="public")
    finding = ended.finding("page")
    assert (ended.code, finding["level"]) == (0, "warning")
    assert finding["message"].startswith("the page was not written: ")
    assert finding["hint"]
    assert "page" not in facts(ended.report)


def test_a_link_that_leaves_by_one_file_is_a_warning(program: Program, tmp_path: Path) -> None:
    """The file outside stays as it was."""
    (tmp_path / "precious").write_text("precious", "utf-8")
    (program.workspace / "public").mkdir()
    (program.workspace / "public" / "status.json").symlink_to(tmp_path / "precious")
    ended = reconcile(program, site_path="public")
    assert ended.finding("page")["level"] == "warning"
    assert (tmp_path / "precious").read_text("utf-8") == "precious"
