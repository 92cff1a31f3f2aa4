"""The job around the action misbehaves: files, links, payloads, variables."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from tests.phases.program import SERVICE, variables

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox
    from tests.phases.program import Program


@pytest.mark.parametrize(
    ("inputs", "subject"),
    [
        ({"phase": ""}, "phase"),
        ({"phase": "deploy"}, "phase"),
        ({"phase": "POST"}, "phase"),
        ({"service-name": "../admin"}, "service-name"),
        ({"service-name": "a/b"}, "service-name"),
        ({"service-name": "a?b"}, "service-name"),
        ({"service-name": "%2e%2e"}, "service-name"),
        ({"service-name": "x" * 64}, "service-name"),
        ({"service-url": "https://user:hunter22@x.example"}, "service-url"),
        ({"service-url": "http://x.example"}, "service-url"),
        ({"connect-url": "file:///etc/passwd"}, "connect-url"),
        ({"service-url-template": "https://x.example"}, "service-url-template"),
        ({"working-directory": ".."}, "working-directory"),
        ({"working-directory": "/"}, "working-directory"),
        ({"working-directory": "missing"}, "working-directory"),
        ({"registration-file": "missing.json"}, "registration-file"),
        ({"registration-file": "/etc/passwd"}, "registration-file"),
        ({"report-path": "../report.json"}, "report-path"),
        ({"report-path": "."}, "report-path"),
        ({"health-condition": ".["}, "health-condition"),
        ({"health-condition": 'import "a" as a; a::b'}, "health-condition"),
        ({"deadline": "-1"}, "deadline"),
        ({"deadline": "NaN"}, "deadline"),
        ({"timeout": "1e9"}, "timeout"),
        ({"retries": "٣"}, "retries"),
        ({"dry-run": "yes"}, "dry-run"),
        ({"api-key": "two\nlines-of-it"}, "api-key"),
    ],
    ids=str,
)
def test_a_bad_input_asks_nobody(program: Program, sandbox: Sandbox, inputs: dict[str, str], subject: str) -> None:
    """Exit code 2 and one sentence that names the input."""
    ended = program.run(environ=variables(inputs))
    assert (ended.code, ended.outputs["verdict"], sandbox.requests) == (2, "failed", [])
    (finding,) = ended.findings
    assert (finding["subject"], finding["level"]) == (subject, "error")
    assert "bad inputs" in ended.summary
    assert "hunter22" not in ended.everything


@pytest.mark.parametrize("name", ["Chitty Demo", "-", "..", "ünïcode", ""])
def test_a_repository_with_an_impossible_name(program: Program, sandbox: Sandbox, name: str) -> None:
    """The sentence asks for `service-name`."""
    ended = program.run(environ={"GITHUB_REPOSITORY": f"chittyos/{name}" if name else ""})
    assert (ended.code, sandbox.requests) == (2, [])
    assert "service-name" in ended.findings[0]["hint"]


@pytest.mark.parametrize("payload", ["", "{", "[]", '"text"', "null", '{"a":' * 5000, "\x00", '{"a": NaN}'])
@pytest.mark.parametrize("phase", ["pre", "post"])
def test_a_broken_event_payload_is_a_warning(program: Program, payload: str, phase: str) -> None:
    """The name comes from the variable then."""
    ended = program.run(phase, environ=program.event(payload))
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    assert ended.finding("workspace")["subject"] == "GITHUB_EVENT_PATH"


@pytest.mark.parametrize(
    "payload", [{}, {"repository": None}, {"repository": {"name": 7, "topics": "x"}}, {"check_run": 1}]
)
def test_an_odd_event_payload_tells_nothing(program: Program, payload: object) -> None:
    """Other events have other shapes."""
    ended = program.run(environ=program.event(payload))
    assert (ended.code, ended.outputs["registered"]) == (0, "true")


def test_a_missing_event_payload_is_a_warning(program: Program, tmp_path: Path) -> None:
    """The variable names a file that is not there."""
    ended = program.run(environ={"GITHUB_EVENT_PATH": str(tmp_path / "nowhere.json")})
    assert (ended.code, ended.finding("workspace")["level"]) == (0, "warning")


def test_an_event_payload_that_never_answers(program: Program, tmp_path: Path) -> None:
    """A FIFO is not waited for."""
    os.mkfifo(tmp_path / "event")
    began = time.monotonic()
    ended = program.run(environ={"GITHUB_EVENT_PATH": str(tmp_path / "event")})
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    assert time.monotonic() - began < 5


# Links out of the workspace


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Make a folder beside the workspace, with files in it that are nobody's business."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"version": "6.6.6", "description": "stolen"}), "utf-8")
    (folder / "register.json").write_text(json.dumps({"name": SERVICE, "note": "stolen"}), "utf-8")
    (folder / "connect.yml").write_text("domain: stolen.example\n", "utf-8")
    return folder


def test_a_working_directory_that_leads_out(program: Program, sandbox: Sandbox, outside: Path) -> None:
    """A bad input, because an input named it."""
    (program.workspace / "service").symlink_to(outside)
    ended = program.run(working_directory="service")
    assert (ended.code, sandbox.requests) == (2, [])
    assert "outside the workspace" in ended.findings[0]["message"]


def test_a_registration_file_that_leads_out(program: Program, sandbox: Sandbox, outside: Path) -> None:
    """Nothing of it is sent."""
    (program.workspace / "register.json").symlink_to(outside / "register.json")
    ended = program.run(registration_file="register.json")
    assert (ended.code, sandbox.requests) == (2, [])
    assert "stolen" not in ended.everything


@pytest.mark.parametrize("name", ["report", "out"])
def test_a_report_path_that_leads_out(program: Program, sandbox: Sandbox, outside: Path, name: str) -> None:
    """Nothing is written there, neither through a file's link nor through a folder's."""
    before = {path: path.read_bytes() for path in outside.iterdir()}
    (program.workspace / "out").symlink_to(outside)
    (program.workspace / "report").symlink_to(outside / "package.json")
    ended = program.run(report_path=name if name == "report" else "out/new.json")
    assert (ended.code, sandbox.requests) == (2, [])
    assert {path: path.read_bytes() for path in outside.iterdir()} == before


def test_files_that_lead_out_are_warnings(program: Program, sandbox: Sandbox, outside: Path) -> None:
    """They were found, not named: they are left unread, and the run goes on."""
    (program.workspace / "package.json").unlink()
    (program.workspace / "package.json").symlink_to(outside / "package.json")
    (program.workspace / ".chittyconnect.yml").symlink_to(outside / "connect.yml")
    ended = program.run()
    assert (ended.code, ended.outputs["health"], ended.outputs["verdict"]) == (0, "healthy", "warned")
    assert "stolen" not in ended.everything
    assert "6.6.6" not in json.dumps(sandbox.registry[SERVICE])
    assert sorted(f["subject"] for f in ended.findings) == [".chittyconnect.yml", "package.json"]


# Variables that an earlier step planted


def test_an_underscore_does_not_overrule_the_step(program: Program, sandbox: Sandbox) -> None:
    """The hyphenated variable is there, even if it is empty."""
    planted = {"INPUT_SERVICE_NAME": "chittyevil", "INPUT_REGISTER_URL": "https://evil.example"}
    ended = program.run(environ=planted, service_name="")
    assert (ended.code, SERVICE in sandbox.registry) == (0, True)
    assert "chittyevil" not in sandbox.registry


def test_a_shells_underscores_count_alone(program: Program, sandbox: Sandbox) -> None:
    """A shell cannot export a hyphen."""
    sandbox.deploy("chittyshell")
    ended = program.run(environ={"INPUT_SERVICE_NAME": "chittyshell"}, runner=False)
    assert (ended.code, "chittyshell" in sandbox.registry) == (0, True)


def test_planted_python_is_not_run(program: Program, tmp_path: Path) -> None:
    """With `-I`, as the container starts it, neither variables nor the working directory add code."""
    for name in ("sitecustomize", "usercustomize", "chitty_action", "json", "httpx2"):
        (program.folder / f"{name}.py").write_text("raise SystemExit(99)", "utf-8")
    planted = {
        "PYTHONPATH": str(tmp_path),
        "PYTHONHOME": str(tmp_path),
        "PYTHONSTARTUP": str(tmp_path / "json.py"),
        "PYTHONINSPECT": "1",
        "PYTHONWARNINGS": "error",
        "PYTHONMALLOC": "nonsense",
    }
    ended = program.finish(program.start("pre", environ=planted))
    assert (ended.code, ended.outputs["verdict"]) == (0, "passed")


def test_a_proxy_for_plain_http_is_not_used(program: Program) -> None:
    """Only loopback is spoken to in plain http, and a proxy would read the tokens."""
    ended = program.finish(
        program.start("pre", environ={"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"})
    )
    assert ended.code == 0
