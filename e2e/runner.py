"""What GitHub's runner does with a step that uses a Docker container action.

Its source says so in ContainerActionHandler and DockerCommandManager. Only the network differs: the host's, so that a
sandbox on loopback can be reached.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from e2e.build import action
from tests.phases.program import COMMIT, QUICK, SERVICE, Ended, variables

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence

    from e2e.build import Image
    from sandbox import Sandbox

WORKFLOW_TOKEN = "made-up-workflow-token"  # what `${{ github.token }}` stands for
_SOCKET = Path("/var/run/docker.sock")
_PATIENCE = 60.0


def defaults() -> dict[str, str]:
    """Give every input of action.yml with its default, as the runner does: empty where there is none."""
    inputs: dict[str, dict[str, Any]] = action()["inputs"]
    return {
        name: str(spec.get("default", "")).replace("${{ github.token }}", WORKFLOW_TOKEN)
        for name, spec in inputs.items()
    }


class Step:
    """One step of a job: its workspace, the runner's temporary folders, and the container."""

    def __init__(self, folder: Path, image: Image, sandbox: Sandbox) -> None:
        """Check a small repository out and make the folders that are mounted."""
        self.image, self.sandbox = image, sandbox
        self.name = f"chitty_{uuid.uuid4().hex[:12]}"
        self.workspace, self.home = folder / "workspace", folder / "_temp" / "_github_home"
        self._workflow, self._commands = (
            folder / "_temp" / "_github_workflow",
            folder / "_temp" / "_runner_file_commands",
        )
        for made in (self.workspace, self.home, self._workflow, self._commands):
            made.mkdir(parents=True)
        (self._workflow / "event.json").write_text(json.dumps({"repository": {"name": SERVICE}}), "utf-8")
        (self.workspace / "package.json").write_text(json.dumps({"name": SERVICE, "version": "1.4.0"}), "utf-8")
        for kind in ("add_path", "save_state", "set_env", "set_output", "step_summary"):
            (self._commands / f"{kind}_{self.name}").touch()

    def run(
        self, phase: str, *, options: Sequence[str] = (), environ: Mapping[str, str] | None = None, **inputs: str
    ) -> Ended:
        """Run a phase to its end; inputs are spelt with underscores here, `options` go to `docker run`."""
        return self.finish(self.start(phase, options=options, environ=environ, **inputs))

    def start(
        self, phase: str, *, options: Sequence[str] = (), environ: Mapping[str, str] | None = None, **inputs: str
    ) -> subprocess.Popen[str]:
        """Start a phase; end it with `finish`. Variables reach the client, which is told their names only."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        step = {
            **variables({**defaults(), **QUICK}),
            **self.sandbox.environment(),
            **variables({"phase": phase, **given}),
            **self._context(),
            **(environ or {}),
        }
        names = [part for name in step for part in ("-e", name)]
        network = () if "--network" in options else ("--network", "host")
        return self.image.engine.start(
            *("run", "--name", self.name, "--label", "chitty-e2e", "--workdir", "/github/workspace"),
            *(() if "--rm=false" in options else ("--rm",)),
            *names,
            *("-e", "GITHUB_ACTIONS=true", "-e", "CI=true", *network, *self._volumes(), *options, self.image.tag),
            environ=step,
        )

    def finish(self, process: subprocess.Popen[str]) -> Ended:
        """Wait for the container and read what it left behind; one that hangs fails the test."""
        try:
            stdout, stderr = process.communicate(timeout=_PATIENCE)
        finally:
            process.kill()
        text = (self._commands / f"set_output_{self.name}").read_text("utf-8")
        summary = (self._commands / f"step_summary_{self.name}").read_text("utf-8")
        return Ended(process.returncode, stdout, stderr, outputs_in(text), summary, None)

    def _context(self) -> dict[str, str]:
        """Give the variables that describe the job, with paths as the container sees them."""
        return {
            "HOME": "/github/home",
            "GITHUB_ENV": f"/github/file_commands/set_env_{self.name}",
            "GITHUB_EVENT_NAME": "push",
            "GITHUB_EVENT_PATH": "/github/workflow/event.json",
            "GITHUB_OUTPUT": f"/github/file_commands/set_output_{self.name}",
            "GITHUB_PATH": f"/github/file_commands/add_path_{self.name}",
            "GITHUB_REF_NAME": "main",
            "GITHUB_REPOSITORY": f"chittyos/{SERVICE}",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": "4711",
            "GITHUB_SHA": COMMIT,
            "GITHUB_STATE": f"/github/file_commands/save_state_{self.name}",
            "GITHUB_STEP_SUMMARY": f"/github/file_commands/step_summary_{self.name}",
            "GITHUB_WORKSPACE": "/github/workspace",
            "ACTIONS_RUNTIME_TOKEN": "made-up-runtime-token",
        }

    def _volumes(self) -> list[str]:
        mounts = {
            self.home: "/github/home",
            self._workflow: "/github/workflow",
            self._commands: "/github/file_commands",
            self.workspace: "/github/workspace",
        }
        if _SOCKET.is_socket():  # mounting what is not there would make a folder of that name on this machine
            mounts[_SOCKET] = str(_SOCKET)
        return [part for ours, theirs in mounts.items() for part in ("-v", f"{ours}:{theirs}")]


def outputs_in(text: str) -> dict[str, str]:
    """Read an output file by the runner's rules: `name=value`, or `name<<end`, lines, `end`."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, multiline, end = line.partition("<<")
        if not multiline or "=" in name:
            name, _, outputs[name] = line.partition("=")
            continue
        value = []
        while (following := next(lines)) != end:
            value.append(following)
        outputs[name] = "\n".join(value)
    return outputs
