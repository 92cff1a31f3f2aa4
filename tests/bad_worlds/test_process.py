"""The process is started in odd ways: nobody reads what it prints, or its variables make no sense."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.phases.program import ROOT, registered

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox import Sandbox
    from tests.phases.program import Program

COMMAND = [sys.executable, "-I", str(ROOT / "entrypoint.py")]


@pytest.mark.parametrize("runner", [True, False])
def test_nobody_reads_what_is_printed(program: Program, sandbox: Sandbox, *, runner: bool) -> None:
    """The phase goes on to its last write, and the outputs are there."""
    step = program.environment({"phase": "post"}, {}, runner=runner)
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run(COMMAND, env=step, cwd=program.folder, stdout=writer, stderr=subprocess.PIPE, check=False)  # noqa: S603 - our own program
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert registered(sandbox)["status"] == "active"
    assert "verdict<<" in (program.folder / "output").read_text("utf-8")


def test_there_is_no_standard_output(program: Program) -> None:
    """Closed by whoever started the process."""
    step = program.environment({"phase": "pre"}, {}, runner=True)
    ended = subprocess.run(  # noqa: S603 - our own program
        COMMAND, env=step, cwd=program.folder, preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert "verdict<<" in (program.folder / "output").read_text("utf-8")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_roots_of_an_impossible_name_are_forgotten(program: Program, name: str) -> None:
    """With a warning, cut to a size that a person can read."""
    ended = program.run("pre", service_name="chittyrouter", environ={name: "/" + "x" * 5000})
    assert (ended.code, ended.outputs["verdict"]) == (0, "warned")
    assert "which is not there" in ended.finding("inputs")["message"]
    assert len(ended.finding("inputs")["message"]) < 400


def test_one_of_several_folders_of_roots_is_enough(program: Program, tmp_path: Path) -> None:
    """SSL_CERT_DIR is a list."""
    ended = program.run("pre", service_name="chittyrouter", environ={"SSL_CERT_DIR": f"/nowhere:{tmp_path}"})
    assert (ended.code, ended.findings) == (0, [])


def test_a_run_id_that_is_no_text_is_no_bug(program: Program) -> None:
    """The registration is sent all the same, and the registry says what it thinks of it."""
    ended = program.run(environ={"GITHUB_RUN_ID": "\udc80"})
    assert (ended.code, ended.levels()["registration"]) == (0, "warning")
