from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from chitty_action.main import main
from sandbox import Body, Down, Redirect, Status
from tests.phases.program import ROOT, SERVICE, variables

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox
    from tests.phases.program import Program

HOSTILE = "x\n::error::planted\r::set-output name=a::b\n##[error]planted @everyone | `code` <!-- --> ::stop-commands::t"


def planted(text: str) -> list[str]:
    """Give the lines that the runner would take for a command which we did not write.

    A line that is a command already (`::error title=…`) is not searched for another one (`##[error]`).
    """
    ours = ("::add-mask::", "::error title=", "::warning title=", "::notice title=")
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if not line.startswith(ours) and (line.startswith("::") or "##[" in line)]


def test_masks_come_first(program: Program, sandbox: Sandbox) -> None:
    """Before any other line, every secret, and the runner's own tokens too."""
    environ = {"ACTIONS_RUNTIME_TOKEN": "runners-own-token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "another-token"}
    ended = program.run(environ=environ, github_token="ghs_0123456789", cloudflare_api_token="cf-0123456789")
    secrets = [value for name, value in sandbox.environment().items() if name.endswith(("-TOKEN", "-KEY"))]
    wanted = {f"::add-mask::{secret}" for secret in [*secrets, *environ.values(), "ghs_0123456789", "cf-0123456789"]}
    assert set(ended.stdout.splitlines()[: len(wanted)]) == wanted


def test_a_person_is_shown_no_secret(program: Program) -> None:
    """Off the runner nothing is masked, so nothing is printed, and no command either."""
    ended = program.run(runner=False, fail_on="never")
    assert "::" not in ended.stdout
    assert "✓ post passed" in ended.stdout
    assert ended.outputs["verdict"] == "passed"


def test_a_person_without_files_sees_the_report(program: Program) -> None:
    """A laptop has neither GITHUB_OUTPUT nor GITHUB_STEP_SUMMARY, and that is fine."""
    nothing = dict.fromkeys(
        ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_NAME", "GITHUB_RUN_ID", "GITHUB_SHA")
    )
    process = program.start("pre", runner=False, environ=nothing, service_name="chittyrouter")
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (0, "")
    assert "✓ pre passed" in stdout


def test_the_module_is_the_same_program(program: Program) -> None:
    """`python -m chitty_action` reads the same environment and ends the same way."""
    step = program.environment({"phase": "pre", "service-name": "chittyrouter"}, {}, runner=True)
    command = [sys.executable, "-m", "chitty_action"]
    done = subprocess.run(  # noqa: S603 - our own program
        command, env=step, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert program.ended(done.returncode, done.stdout, done.stderr).outputs["verdict"] == "passed"


def test_hostile_answers_start_no_command(program: Program, sandbox: Sandbox) -> None:
    """Wherever remote text ends up: log, annotations, summary, outputs, report."""
    sandbox.faults.set(f"service:{SERVICE}", Body({"status": HOSTILE}))
    sandbox.faults.set("register", Status(422, body={"errors": [HOSTILE]}))
    sandbox.faults.set("connect.discovery", Redirect("https://elsewhere.example/##[error]planted"))
    sandbox.conflicts.append({"service": SERVICE, "route": HOSTILE, "claimants": [HOSTILE]})
    ended = program.run(log_level="debug")
    assert ended.code == 1
    assert planted(ended.stdout) == []
    assert not [line for line in ended.summary.splitlines() if line.lstrip().startswith(("::", "<!--"))]
    assert set(ended.outputs) >= {"findings", "verdict", "health"}
    assert "a" not in ended.outputs


def test_hostile_files_start_no_command(program: Program, sandbox: Sandbox) -> None:
    """What the repository says of itself is no more trusted."""
    program.write("package.json", {"version": HOSTILE, "description": HOSTILE})
    program.write(".chittyconnect.yml", json.dumps({"service": {"domains": {"production": f"https://{HOSTILE}"}}}))
    ended = program.run()
    assert ended.code == 1
    assert planted(ended.stdout) == []
    assert sandbox.registry[SERVICE]["description"] == HOSTILE


def test_hostile_inputs_start_no_command(program: Program, sandbox: Sandbox) -> None:
    """Not even those that are refused."""
    ended = program.run(environ={"INPUT_X\n::ERROR::PLANTED": "1"}, service_name=HOSTILE, environment=HOSTILE)
    assert (ended.code, sandbox.requests) == (2, [])
    assert planted(ended.stdout) == []


def test_mentions_and_tables_are_harmless_in_the_summary(program: Program, sandbox: Sandbox) -> None:
    """A mention only works outside of a code span, a row only ends outside of one."""
    sandbox.faults.set("register", Status(422, body={"errors": ["@chittyos/admins see #1 | <b>"]}))
    ended = program.run()
    assert "@chittyos/admins" in ended.summary
    for line in ended.summary.splitlines():
        outside = "".join(line.split("`")[::2])
        assert "@chittyos/admins" not in outside
        assert "<b>" not in outside


def test_annotations_are_rolled_up(program: Program, sandbox: Sandbox) -> None:
    """At most ten of a level; the tenth names the rest, and the log has all."""
    sandbox.conflicts.extend({"service": SERVICE, "route": f"r{number}.chitty.cc/*"} for number in range(15))
    ended = program.run()
    assert len(ended.commands("warning")) == 10
    assert "and 6 more" in ended.commands("warning")[-1]
    assert all(f"the route r{number}.chitty.cc/*" in ended.stdout for number in range(15))


def test_the_report_is_written_where_it_was_asked_for(program: Program) -> None:
    """As JSON, in a folder that did not exist, in step with the outputs."""
    ended = program.run()
    assert ended.report["verdict"] == ended.outputs["verdict"]
    assert ended.report["exit_code"] == ended.code
    assert ended.report["phase"] == "post"
    assert {outcome["id"] for outcome in ended.report["outcomes"]} >= {"registration", "service-healthy", "status"}


def test_without_a_report_path_the_workspace_is_left_alone(program: Program) -> None:
    """It may be committed from."""
    before = sorted(program.workspace.rglob("*"))
    program.run(report_path="")
    assert sorted(program.workspace.rglob("*")) == before


@pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
def test_a_runner_file_that_cannot_be_written_is_a_warning(program: Program, tmp_path: Path, name: str) -> None:
    """The work is done; only the telling failed."""
    process = program.start(
        "pre", environ={name: str(tmp_path / "no" / "such" / "folder")}, service_name="chittyrouter"
    )
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (0, "")
    assert name in next(line for line in stdout.splitlines() if line.startswith("::warning"))


def test_an_unknown_input_is_a_warning(program: Program) -> None:
    """With what was probably meant."""
    ended = program.run("pre", service_name="chittyrouter", conect_url="https://connect.example")
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    assert "connect-url" in ended.finding("inputs")["hint"]


def test_all_bad_inputs_are_told_at_once(program: Program, sandbox: Sandbox) -> None:
    """In the log even where annotations are rolled up; nothing was asked of anybody."""
    numbers = ("timeout", "retries", "deadline", "wait-for-health", "wait-for-discovery", "concurrency")
    urls = ("connect-url", "registry-url", "register-url", "api-url", "mcp-url")
    ended = program.run(environ=variables({**dict.fromkeys(numbers, "x"), **dict.fromkeys(urls, "ftp://x")}))
    assert (ended.code, sandbox.requests) == (2, [])
    assert {finding["subject"] for finding in ended.findings} == {*numbers, *urls}
    assert all(f"input {name} is" in ended.stdout for name in (*numbers, *urls))
    assert len(ended.commands("error")) == 10


def test_a_bad_secret_is_not_quoted(program: Program) -> None:
    """The message names the input alone."""
    ended = program.run(register_token="secret-with-\u00fcmlaut")
    assert ended.code == 2
    assert "mlaut" not in ended.summary + str(ended.outputs)


def test_a_short_secret_is_a_warning(program: Program) -> None:
    """It cannot be masked without blanking out half of the log."""
    ended = program.run(admin_token="abc")
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    assert ended.finding("inputs")["subject"] == "admin-token"


def test_secrets_are_gone_from_the_environment(program: Program) -> None:
    """No child process shall inherit them."""
    step = program.environment({"phase": "pre"}, {"ACTIONS_RUNTIME_TOKEN": "runners-own-token"}, runner=False)
    main(step)
    assert not [name for name in step if name.endswith(("-TOKEN", "-KEY")) or name.startswith("ACTIONS_")]


def test_a_plain_locale_is_enough(program: Program) -> None:
    """Symbols beyond ASCII do not end a run where nobody configured a language."""
    process = program.start("pre", environ={"LC_ALL": "C", "PATH": os.environ["PATH"]}, service_name="chittyrouter")
    assert program.finish(process).code == 0


def test_debug_logging_of_the_runner_is_heeded(program: Program) -> None:
    """A re-run with debug logging shows every reading."""
    assert "reading.taken" not in program.run("pre").stdout
    assert "reading.taken" in program.run("pre", environ={"RUNNER_DEBUG": "1"}).stdout


def test_a_failed_phase_says_why_in_one_place(program: Program, sandbox: Sandbox) -> None:
    """The log, an annotation, the summary, the outputs and the report agree."""
    sandbox.faults.set("connect.health", Down())
    ended = program.run("pre", service_name="chittyrouter")
    sentence = "ChittyConnect is unavailable, deployment aborted"
    assert sentence in ended.stdout
    assert sentence in ended.commands("error")[0]
    assert sentence in ended.summary
    assert sentence in ended.finding("connect-reachable")["message"]
    assert sentence in json.dumps(ended.report)


def test_an_output_that_does_not_fit_counts_for_the_exit_code(program: Program, sandbox: Sandbox) -> None:
    """What the outputs call failed has failed."""
    sandbox.faults.set("connect.discovery", Body({"services": [], "padding": "x" * 600_000}))
    ended = program.run("pre", service_name="chittyrouter", fail_on="warning")

    assert (ended.code, ended.outputs["verdict"], ended.outputs["discovery"]) == (1, "failed", "")


def test_bad_inputs_are_in_the_report_file_too(program: Program) -> None:
    """Unless the file itself is the bad input."""
    told = program.run("pre", timeout="soon")
    silent = program.run("pre", report_path="../report.json")

    assert [finding["subject"] for finding in told.report["outcomes"][0]["findings"]] == ["timeout"]
    assert (silent.code, silent.report) == (2, None)


def test_a_bad_registration_file_is_told_with_the_other_bad_inputs(program: Program) -> None:
    """A person mends all of them at once."""
    ended = program.run(registration_file="none.json", report_path="../x", environ={"GITHUB_REPOSITORY": "a/b__c"})

    assert ended.code == 2
    assert {finding["subject"] for finding in ended.findings} == {"registration-file", "report-path", "service-name"}
    assert all(finding["message"].startswith("input ") for finding in ended.findings)
