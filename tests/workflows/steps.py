"""The steps of the templates in `workflows/`, run on this machine as a runner runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = Path(__file__).resolve().parents[2] / "workflows"
EVENTS = Path(__file__).with_name("events")
# How GitHub starts what `shell:` names; our own interpreter stands in for the runner's.
SHELLS = {"python": [sys.executable], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a step left behind: exit code, what it printed, its outputs, its part of the summary."""

    code: int
    stdout: str
    outputs: Mapping[str, str]
    summary: str

    @property
    def error(self) -> str:
        """The sentence of its one error."""
        (sentence,) = re.findall(r"^::error title=shared-deploy::(.+)$", self.stdout, re.MULTILINE)
        return str(sentence)


def workflow(name: str) -> dict[str, Any]:
    """Read a template; every value is text, because to YAML 1.1 the key `on` would be a boolean."""
    loaded: dict[str, Any] = yaml.load((TEMPLATES / name).read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it makes text only
    return loaded


def step(job: str, name: str) -> dict[str, Any]:
    """Find a step of shared-deploy.yml by its name."""
    (found,) = [step for step in workflow("shared-deploy.yml")["jobs"][job]["steps"] if step.get("name") == name]
    return dict(found)


def run(step: Mapping[str, Any], folder: Path, environment: Mapping[str, str]) -> Ended:
    """Run a step's script in a checkout, with exactly the variables that the step declares."""
    assert sorted(environment) == sorted(step.get("env", {})), "the test gives what the step takes, no more and no less"
    files = {name: folder.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in (script := folder.parent / "script", *files.values()):
        file.write_text("", "utf-8")
    script.write_text(step["run"], "utf-8")
    ended = subprocess.run(  # noqa: S603 - the template's own script
        [*SHELLS[step.get("shell", "bash")], str(script)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **{name: str(file) for name, file in files.items()}, **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Ended(ended.returncode, ended.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))
