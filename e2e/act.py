"""A repository that adopted the workflows, and act, which runs them in containers as GitHub does.

Where act is not GitHub, as far as these tests can see: it checks out by copying, so `actions/checkout` does not run;
environments and concurrency mean nothing to it, and neither do permissions; it does not know `environment.deployment`,
and refuses a workflow that has it; the outputs of a job that was skipped are their expressions, unevaluated, where
GitHub has none.
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
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from e2e.build import Image
    from e2e.parts import Parts
    from sandbox import Sandbox

ACTION_IMAGE = "act-chittyos-chitty-action-v1-dockeraction:latest"  # what act calls the image of our action
WORKFLOWS = ROOT / "workflows"
UNKNOWN_TO_ACT = "      deployment: false\n"
"""A line of reconcile.yml that act refuses to read; `test_act_cannot_read_one_line` says when it no longer does."""
_HERE = Path(__file__).parent
_NODE = re.compile(r"actions/setup-node@\S+")
_PAGES = re.compile(r"uses: (actions/([\w-]+-pages(?:-artifact)?)@\w+)")
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


@dataclass(frozen=True, slots=True)
class Act:
    """act with our engine and our image, and a ChittyOS for it to find; it keeps what it needs in `folder`."""

    folder: Path
    parts: Parts
    image: Image
    sandbox: Sandbox

    def run(
        self,
        checkout: Path,
        event: str,
        payload: Mapping[str, object],
        secrets: Mapping[str, str],
        options: Iterable[str],
    ) -> Ended:
        """Run the checkout's workflows for an event, and insist that a job ran and that no secret was shown."""
        file = self.folder / "event.json"
        file.write_text(json.dumps({**_EVENT, **payload}), "utf-8")
        named = [part for name in secrets for part in ("--secret", name)]
        done = subprocess.run(  # noqa: S603 - no shell, and nothing from outside
            [str(self.parts.act), event, "--eventpath", str(file), "--json", *self._options(), *options, *named],
            cwd=checkout,
            env={**self._environment(), **secrets},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        ended = Ended(done.returncode, tuple(json.loads(line) for line in done.stdout.splitlines()))
        assert ended.jobs, f"act ran no job: {done.stderr}{done.stdout[-4000:]}"
        for secret in secrets.values():
            assert secret not in ended.readable
        return ended

    def _environment(self) -> dict[str, str]:
        """Give act the engine, and a home of its own: nobody's .actrc has a say."""
        host = self.image.engine.docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}").strip()
        home = str(self.folder / "home")
        own = {"HOME": home, "XDG_CONFIG_HOME": f"{home}/.config", "XDG_CACHE_HOME": f"{home}/.cache"}
        return {"PATH": self.image.engine.environ["PATH"], "DOCKER_HOST": host, **own}

    def _options(self) -> list[str]:
        """Say what stands for GitHub's runner, for our action there, and for an organisation's variables."""
        given = self.sandbox.environment()
        variables = {f"CHITTY_{name}_URL": given[f"INPUT_{name}-URL"] for name in _ADDRESSES}
        return [
            f"--platform=ubuntu-24.04={self.image.base}",
            # The image was built as action.yml says, from this tree; act's own build knows neither base nor proxies.
            *("--pull=false", "--rebuild=false", "--rm", "--network", "host"),
            *("--container-daemon-socket", "-", "--no-cache-server"),
            f"--local-repository=chittyos/chitty-action@v1={ROOT}",
            *(f"--var={name}={value}" for name, value in variables.items()),
            "--var=CHITTY_ALLOW_PRIVATE_HOSTS=true",
        ]


class Repository:
    """The checkout of a service that has copied the caller, and the hub's that has copied the shared workflow."""

    def __init__(self, act: Act) -> None:
        """Make both; the service's files are those of `worker/`."""
        folder = act.folder
        self.checkout, self.deployed, self._hub = folder / SERVICE, folder / "deployed", folder / "hub"
        self.caller = _workflow(self.checkout, "chittyos-deploy.yml")
        self.shared = _workflow(self._hub, "shared-deploy.yml")
        self._act = act
        ignored = shutil.ignore_patterns(".wrangler", "node_modules")
        shutil.copytree(_HERE / "worker", self.checkout, ignore=ignored, dirs_exist_ok=True)
        self.deployed.mkdir()
        given = act.sandbox.environment()
        self.secrets = {
            "CLOUDFLARE_API_TOKEN": "made-up-cloudflare-token",
            "CLOUDFLARE_ACCOUNT_ID": "made-up-cloudflare-account",
            "CHITTY_REGISTER_TOKEN": given["INPUT_REGISTER-TOKEN"],
            "CHITTY_API_KEY": given["INPUT_API-KEY"],
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
        ended = self._act.run(self.checkout, event, payload, secrets, self._options())
        assert "report" in ended.jobs, f"report runs always, but here: {ended.readable[-4000:]}"
        return ended

    def _options(self) -> list[str]:
        """Say what lies in a job's container, and what else stands for what `uses:` names at GitHub."""
        mounts = {
            self._act.parts.node: "/opt/node:ro",
            self._act.parts.wrangler: "/opt/wrangler:ro",
            self.deployed: "/deployed",
        }
        volumes = " ".join(f"--volume {ours}:{theirs}" for ours, theirs in mounts.items())
        (node,) = set(_NODE.findall(self.shared.read_text("utf-8")))
        local = {"chittyos/chittyconnect@v1": self._hub, node: _HERE / "stand-ins" / "setup-node"}
        environ = {
            "GITHUB_REPOSITORY": f"chittyos/{SERVICE}",
            "DEPLOYED": "/deployed",
            "WRANGLER_SEND_METRICS": "false",
            "npm_config_offline": "true",
        }
        return [
            *("--container-options", volumes),
            *(f"--local-repository={named}={folder}" for named, folder in local.items()),
            *(f"--env={name}={value}" for name, value in environ.items()),
        ]


class Watch:
    """The checkout of the repository that has copied reconcile.yml, and whose issues incidents are."""

    def __init__(self, act: Act) -> None:
        """Make it; there is nothing else in it, and its workflow lacks the line that act cannot read."""
        self._act, self._checkout, self.published = act, act.folder / "watch", act.folder / "published"
        self.published.mkdir()
        self.workflow = _workflow(self._checkout, "reconcile.yml")
        self.workflow.write_text(self.workflow.read_text("utf-8").replace(UNKNOWN_TO_ACT, ""), "utf-8")

    def tick(self, **variables: str) -> Ended:
        """Let the schedule start a run, and wait for it; `variables` are the repository's own."""
        return self._run("schedule", {"schedule": "43 */6 * * *"}, variables)

    def dispatch(self, **inputs: str) -> Ended:
        """Start a run by hand, and wait for it."""
        return self._run("workflow_dispatch", {"inputs": inputs}, {})

    def _run(self, event: str, payload: Mapping[str, object], variables: Mapping[str, str]) -> Ended:
        given, github = self._act.sandbox.environment(), self._act.sandbox.github_environment()
        secrets = {
            "CHITTY_ADMIN_TOKEN": given["INPUT_ADMIN-TOKEN"],
            "CHITTY_API_KEY": given["INPUT_API-KEY"],
            "GITHUB_TOKEN": github["INPUT_GITHUB-TOKEN"],  # what `github.token` is, with act
        }
        # act sets GITHUB_API_URL itself, as a runner does, but takes it from --env when it is there. The container
        # shares this machine's network, so that the sandbox's loopback address is the right one inside, too.
        stand_ins = {
            named: _HERE / "stand-ins" / name for named, name in _PAGES.findall(self.workflow.read_text("utf-8"))
        }
        options = [
            *(f"--env={name}={github[name]}" for name in ("GITHUB_API_URL", "GITHUB_REPOSITORY")),
            *(f"--var={name}={value}" for name, value in variables.items()),
            *(f"--local-repository={named}={folder}" for named, folder in stand_ins.items()),
            *("--container-options", f"--volume {self.published}:/published"),
        ]
        return self._act.run(self._checkout, event, payload, secrets, options)


def _workflow(checkout: Path, name: str) -> Path:
    """Copy a workflow into a checkout, as adopting it means."""
    file = checkout / ".github" / "workflows" / name
    file.parent.mkdir(parents=True)
    shutil.copy(WORKFLOWS / name, file)
    return file
