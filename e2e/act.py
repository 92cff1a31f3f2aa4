"""A repository that adopted the workflows, and act, which runs them in containers as GitHub does.

Where act is not GitHub, as far as these tests can see: it checks out by copying, so `actions/checkout` does not run;
environments and concurrency mean nothing to it, and neither do permissions; the outputs of a job that was skipped are
their expressions, unevaluated, where GitHub has none.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from e2e.base import ROOT
from tests.phases.program import COMMIT, SERVICE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from e2e.build import Image
    from e2e.parts import Parts
    from sandbox import Sandbox

ACTION_IMAGE = "act-chittyos-chitty-action-v1-dockeraction:latest"  # what act calls the image of our action
WORKFLOWS = ROOT / "workflows"
_HERE = Path(__file__).parent
_NODE = re.compile(r"actions/setup-node@\S+")
_READ = re.compile(r"LocalRepositoryCache read cachedir \S+ with ref \S+ and subpath '(.*)' from (.+)")
_ADDRESSES = ("CONNECT", "REGISTRY", "REGISTER", "API", "MCP")
_PATIENCE = 300.0
_EVENT = {
    "ref": "refs/heads/main",
    "after": COMMIT,
    "deleted": False,
    "repository": {"name": SERVICE, "full_name": f"chittyos/{SERVICE}", "default_branch": "main", "topics": []},
}


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run left behind: act's exit code, and its log, an object a line."""

    code: int
    log: tuple[Mapping[str, Any], ...]

    @property
    def jobs(self) -> dict[str, str]:
        """How each job that ran ended; a job that was skipped is not there."""
        return {entry["jobID"]: entry["jobResult"] for entry in self.log if "jobResult" in entry}

    @property
    def resolved(self) -> set[Path]:
        """The files that act read in place of what `uses:` names at GitHub; of a stand-in its folder, too."""
        found = (_READ.fullmatch(entry["msg"]) for entry in self.log)
        return {Path(match[2], match[1]) for match in found if match}

    @property
    def readable(self) -> str:
        """All that anybody could read afterwards; commands that mask are what a runner never shows."""
        return json.dumps([entry for entry in self.log if entry.get("command") != "add-mask"])

    def summary(self, job: str) -> str:
        """Give a job's summary."""
        return "".join(entry["content"] for entry in self._commands(job, "summary"))

    def outputs(self, job: str) -> dict[str, str]:
        """Give the outputs of a job's steps."""
        return {entry["name"]: entry["arg"] for entry in self._commands(job, "set-output")}

    def errors(self, job: str) -> list[str]:
        """Give a job's errors, as the run's page shows them."""
        return [entry["arg"] for entry in self._commands(job, "error")]

    def said(self, job: str) -> str:
        """Give what a job printed."""
        return "\n".join(entry["msg"].rstrip() for entry in self.log if entry.get("jobID") == job)

    def _commands(self, job: str, name: str) -> Iterator[Mapping[str, Any]]:
        return (entry for entry in self.log if entry.get("jobID") == job and entry.get("command") == name)


class Repository:
    """The checkout of a service that has copied the caller, and the hub's that has copied the shared workflow."""

    def __init__(self, folder: Path, parts: Parts, image: Image, sandbox: Sandbox) -> None:
        """Make both; the service's files are those of `worker/`."""
        self.checkout, self.deployed, self._hub = folder / SERVICE, folder / "deployed", folder / "hub"
        self.caller = self.checkout / ".github" / "workflows" / "chittyos-deploy.yml"
        self.shared = self._hub / ".github" / "workflows" / "shared-deploy.yml"
        self._folder, self._parts, self._image, self._sandbox = folder, parts, image, sandbox
        shutil.copytree(_HERE / "worker", self.checkout, ignore=shutil.ignore_patterns(".wrangler", "node_modules"))
        for file in (self.caller, self.shared):
            file.parent.mkdir(parents=True)
            shutil.copy(WORKFLOWS / file.name, file)
        self.deployed.mkdir()
        self.secrets = {
            "CLOUDFLARE_API_TOKEN": "made-up-cloudflare-token",
            "CLOUDFLARE_ACCOUNT_ID": "made-up-cloudflare-account",
            "CHITTY_REGISTER_TOKEN": sandbox.environment()["INPUT_REGISTER-TOKEN"],
            "CHITTY_API_KEY": sandbox.environment()["INPUT_API-KEY"],
            "GITHUB_TOKEN": "made-up-workflow-token",
        }

    def answers_at(self, address: str) -> None:
        """Declare where the deployed service answers."""
        declared = f"service:\n  name: {SERVICE}\n  domains:\n    production: {address}\n"
        (self.checkout / ".chittyconnect.yml").write_text(declared, "utf-8")

    def push(self, without: Collection[str] = ()) -> Ended:
        """Push to main, and wait for the run; `without` names secrets that this repository does not have."""
        secrets = {name: value for name, value in self.secrets.items() if name not in without}
        return self._run("push", {}, secrets)

    def dispatch(self, **inputs: str) -> Ended:
        """Start the workflow by hand on main, and wait for the run."""
        return self._run("workflow_dispatch", {"inputs": inputs}, self.secrets)

    def _run(self, event: str, payload: Mapping[str, object], secrets: Mapping[str, str]) -> Ended:
        file = self._folder / "event.json"
        file.write_text(json.dumps({**_EVENT, **payload}), "utf-8")
        named = [part for name in secrets for part in ("--secret", name)]
        done = subprocess.run(  # noqa: S603 - no shell, and nothing from outside
            [str(self._parts.act), event, "--eventpath", str(file), "--json", *self._options(), *named],
            cwd=self.checkout,
            env={**self._environment(), **secrets},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        ended = Ended(done.returncode, tuple(json.loads(line) for line in done.stdout.splitlines()))
        assert "report" in ended.jobs, f"report runs always, but here: {done.stderr}{done.stdout[-4000:]}"
        for secret in secrets.values():
            assert secret not in ended.readable
        return ended

    def _environment(self) -> dict[str, str]:
        """Give act the engine, and a home of its own: nobody's .actrc has a say."""
        host = self._image.engine.docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").strip()
        home = str(self._folder / "home")
        own = {"HOME": home, "XDG_CONFIG_HOME": f"{home}/.config", "XDG_CACHE_HOME": f"{home}/.cache"}
        return {"PATH": self._image.engine.environ["PATH"], "DOCKER_HOST": host, **own}

    def _options(self) -> list[str]:
        """Say what stands for GitHub's runner, for what `uses:` names there, and for an organisation's variables."""
        mounts = {
            self._parts.node: "/opt/node:ro",
            self._parts.wrangler: "/opt/wrangler:ro",
            self.deployed: "/deployed",
        }
        volumes = " ".join(f"--volume {ours}:{theirs}" for ours, theirs in mounts.items())
        (node,) = set(_NODE.findall(self.shared.read_text("utf-8")))
        local = {
            "chittyos/chittyconnect@v1": self._hub,
            "chittyos/chitty-action@v1": ROOT,
            node: _HERE / "stand-ins" / "setup-node",
        }
        environ = {
            "GITHUB_REPOSITORY": f"chittyos/{SERVICE}",
            "DEPLOYED": "/deployed",
            "WRANGLER_SEND_METRICS": "false",
            "npm_config_offline": "true",
        }
        given = self._sandbox.environment()
        variables = {f"CHITTY_{name}_URL": given[f"INPUT_{name}-URL"] for name in _ADDRESSES}
        return [
            *("--platform", f"ubuntu-24.04={self._image.base}", "--container-options", volumes),
            # The image was built as action.yml says, from this tree; act's own build knows neither base nor proxies.
            *("--pull=false", "--rebuild=false", "--rm", "--network", "host"),
            *("--container-daemon-socket", "-", "--no-cache-server"),
            *(f"--local-repository={named}={folder}" for named, folder in local.items()),
            *(f"--env={name}={value}" for name, value in environ.items()),
            *(f"--var={name}={value}" for name, value in variables.items()),
            "--var=CHITTY_ALLOW_PRIVATE_HOSTS=true",
        ]
