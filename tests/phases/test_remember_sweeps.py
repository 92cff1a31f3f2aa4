"""What a sweep leaves on the data branch, through the whole program."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from sandbox import Down, Slow, Status
from sandbox.github_faults import AfterEffect, Only
from tests.phases.remembering import BRANCH, OPERATIONS, files, memory, post, put, reconcile, remembering, sweeps

if TYPE_CHECKING:
    from sandbox import Fault, Sandbox
    from tests.phases.program import Program

FIRST, SECOND = "chittyrouter", "chittytrack"
MONTH = f"sweeps/{datetime.now(UTC):%Y-%m}.jsonl"


def test_a_sweep_is_one_line_that_agrees_with_the_outputs(program: Program, sandbox: Sandbox) -> None:
    """Counts, classes, latencies, the hub, conflicts and incidents; the numbers lie beside it."""
    sandbox.faults.set(f"service:{FIRST}", Down())
    ended = reconcile(program, "4800")
    assert set(files(sandbox)) == {MONTH, "metrics.txt"}
    (line,) = sweeps(sandbox)
    counts = {name: number for name, number in json.loads(ended.outputs["counts"]).items() if number}
    assert (line["run"], line.get("blame", "them"), line["counts"]) == ("4800", "them", counts)
    assert line["classes"][FIRST] == "down"
    assert len(line["classes"]) == int(ended.outputs["services"])
    assert set(line["latency"]) <= set(line["classes"])
    assert [one["kind"] for one in line["incidents"]] == ["unhealthy-services"]
    assert line["coverage"]["registered"] <= line["coverage"]["public"]
    told = re.search(r'^chitty_services\{\w+="down"[^}]*\} (\d+)', files(sandbox)["metrics.txt"], re.MULTILINE)
    assert told is not None
    assert int(told[1]) == counts["down"]


def test_the_next_sweep_says_what_changed(program: Program, sandbox: Sandbox) -> None:
    """A transition is a service whose class is another one; all others are not written again."""
    sandbox.faults.set(f"service:{FIRST}", Down())
    reconcile(program, "4800")
    sandbox.faults.clear(f"service:{FIRST}")
    sandbox.faults.set(f"service:{SECOND}", Down())
    ended = reconcile(program, "4801")
    first, second = sweeps(sandbox)
    assert second["changed"] == {FIRST: "healthy", SECOND: "down"}
    assert "classes" not in second
    assert (first["run"], second["run"], ended.code) == ("4800", "4801", 0)


def test_two_sweeps_of_the_same_minute_are_two_lines(program: Program, sandbox: Sandbox) -> None:
    """In one file that both agree on; nobody changed."""
    reconcile(program, "4800")
    reconcile(program, "4801")
    assert [one["run"] for one in sweeps(sandbox)] == ["4800", "4801"]
    assert sweeps(sandbox)[1].get("changed", {}) == {}


def test_a_run_that_cannot_read_the_list_records_nothing(program: Program, sandbox: Sandbox) -> None:
    """Neither sweep nor page: the last ones say that they are old."""
    reconcile(program, "4800", site_path="public")
    page = (program.workspace / "public" / "status.json").read_text("utf-8")
    for target in ("registry", "connect.discovery"):
        sandbox.faults.set(target, Down())
    ended = reconcile(program, "4801", site_path="public")
    assert (ended.code, ended.levels()["service-list"]) == (1, "error")
    assert [one["run"] for one in sweeps(sandbox)] == ["4800"]
    assert (program.workspace / "public" / "status.json").read_text("utf-8") == page
    assert ended.finding("page")["message"].startswith("no page was written, because nobody was seen")


def test_a_run_whose_list_is_discoverys_says_so(program: Program, sandbox: Sandbox) -> None:
    """A registry that offers no list is stood in for; the page shows that it was."""
    sandbox.faults.set("registry", Status(404))
    reconcile(program, "4800", site_path="public")
    status = json.loads((program.workspace / "public" / "status.json").read_text("utf-8"))
    assert any(sentence.startswith("The registry could not be read") for sentence in status["missing"])
    assert {one["integration"].get("registered", "unknown") for one in status["services"]} == {"unknown"}


def test_a_dry_run_records_nothing(program: Program, sandbox: Sandbox) -> None:
    """It says what it would do."""
    ended = reconcile(program, dry_run="true")
    assert files(sandbox) == {}
    assert "would record this sweep, but this is a dry run" in json.dumps(ended.report)


@pytest.mark.parametrize("fault", [Down(), Status(403), Status(500)], ids=str)
def test_memory_never_makes_a_sweep_red(program: Program, sandbox: Sandbox, fault: Fault) -> None:
    """The branch fails; incidents, which are asked of GitHub too, do not."""
    sandbox.faults.set("github", Only("GET|POST|PATCH", "/git/", fault))
    ended = reconcile(program)
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    memories = [one for one in ended.findings if one["check"] == "memory"]
    assert {one["level"] for one in memories} == {"warning"}
    assert all(one["hint"] for one in memories)
    assert "this sweep is not recorded: " in memories[-1]["message"]
    assert ended.levels().keys() == {"memory"}


def test_a_lost_answer_costs_no_sweep(program: Program, sandbox: Sandbox) -> None:
    """It is there once."""
    sandbox.faults.set("github", Only("POST|PATCH", "/git/refs", AfterEffect(Status(500)), times=1))
    ended = reconcile(program, retries="1")
    assert (ended.levels(), len(sweeps(sandbox))) == ({}, 1)


def test_what_cannot_be_read_is_told_and_stays(program: Program, sandbox: Sandbox) -> None:
    """Somebody has damaged a line; the others count, and the damaged one is kept for who mends it."""
    reconcile(program, "4800")
    put(sandbox, {MONTH: files(sandbox)[MONTH] + "no line\n", "outbox/odd.registration.json": "{"})
    ended = reconcile(program, "4801")
    told = [one["message"] for one in ended.findings if one["check"] == "memory"]
    assert any(f"line 2 of {MONTH} cannot be read" in one for one in told)
    assert any("outbox/odd.registration.json cannot be read" in one for one in told)
    assert "no line" in files(sandbox)[MONTH]
    assert ended.code == 0


def test_a_sweep_keeps_the_files_of_people(program: Program, sandbox: Sandbox) -> None:
    """They may lie on the branch too."""
    put(sandbox, {"README.md": "# Ours\n"})
    post(program)
    reconcile(program)
    assert files(sandbox)["README.md"] == "# Ours\n"


def test_a_sweep_that_is_cut_short_ends_in_time(program: Program, sandbox: Sandbox) -> None:
    """A branch that hangs does not outlive the deadline."""
    sandbox.faults.set("github", Only("GET", "/git/", Slow(60)))
    ended = reconcile(program, deadline="5", timeout="60")
    assert "memory" in ended.levels()
    assert files(sandbox) == {}


def test_a_sweep_outside_of_a_workflow(program: Program, sandbox: Sandbox) -> None:
    """A person may record one by hand; its key is its time."""
    environ = {**remembering(sandbox), "GITHUB_RUN_ID": None, "GITHUB_REPOSITORY": None}
    assert program.run("reconcile", environ=environ).outputs["verdict"] in {"passed", "warned", "failed"}
    (line,) = sweeps(sandbox)
    assert line["run"].startswith("local-")
    assert line.get("url", "") == ""
    assert sandbox.github.repositories[OPERATIONS].messages(BRANCH) == ["Record a sweep"]


def test_memory_finding_is_single(program: Program, sandbox: Sandbox) -> None:
    """A branch that may not be written is one warning."""
    sandbox.faults.set("github", Only("POST", "/git/", Status(403)))
    assert "contents: write" in memory(reconcile(program))["hint"]
