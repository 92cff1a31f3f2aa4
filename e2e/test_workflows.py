from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from e2e.act import ACTION_IMAGE, WORKFLOWS, Repository
from e2e.base import ROOT
from e2e.cloudflare import serving
from sandbox import Down
from tests.phases.program import SERVICE, registered, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.act import Act
    from e2e.build import Image
    from sandbox import Sandbox

ALL_WELL = {"pre": "success", "deploy": "success", "post": "success", "report": "success"}
HASHES = """\
import hashlib, json, pathlib, chitty_action
ours = pathlib.Path(chitty_action.__file__).parent
files = {"entrypoint.py": pathlib.Path("/app/entrypoint.py")}
files |= {f"chitty_action/{path.relative_to(ours)}": path for path in ours.rglob("*.py")}
print(json.dumps({name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}))
"""


@pytest.fixture
def repository(act: Act) -> Iterator[Repository]:
    """Give a repository that adopted the workflows, and a Cloudflare to which nothing is deployed yet."""
    made = Repository(act)
    with serving(act.parts, made.deployed) as address:
        made.answers_at(address)
        yield made


def test_a_healthy_deployment(repository: Repository, sandbox: Sandbox) -> None:
    """Real wrangler bundles the Worker, post meets its /health, and the service ends registered and active."""
    ended = repository.push()
    assert (ended.code, ended.jobs) == (0, ALL_WELL)
    post = ended.outputs("post")
    assert (post["health"], post["status"], post["verdict"]) == ("healthy", "active", "passed")
    with urlopen(f"{post['service-url']}/health") as answer:  # noqa: S310 - our own Miniflare
        assert json.load(answer) == {"status": "ok", "service": SERVICE, "version": "1.4.0"}
    assert (registered(sandbox)["version"], registered(sandbox)["status"]) == ("1.4.0", "active")
    summary = ended.summary("report")
    assert "### Deployment passed" in summary
    assert "| deploy | success, ` wrangler deploy --config wrangler.jsonc --env production ` |" in summary
    assert f"| live | The new version, and post is content with it, ` {post['service-url']} ` |" in summary
    assert "not given" not in summary


def test_a_hub_that_is_down(repository: Repository, sandbox: Sandbox) -> None:
    """Pre fails, so the deployment does not begin."""
    sandbox.faults.set("connect.health", Down())
    ended = repository.push()
    assert (ended.code, ended.jobs) == (1, {"pre": "failure", "report": "failure"})
    assert list(repository.deployed.iterdir()) == []
    assert written(sandbox) == []
    summary = ended.summary("report")
    assert "| deploy | skipped: pre ended in failure" in summary
    assert "| live | What was live before, because nothing was deployed" in summary


def test_a_deployment_that_mends_the_hub(repository: Repository, sandbox: Sandbox) -> None:
    """Started by hand with a reason, which the summary shows, the same workflow does not ask first."""
    sandbox.faults.set("connect.health", Down())
    ended = repository.dispatch(skip_pre="it mends ChittyConnect")
    assert (ended.code, ended.jobs) == (0, {name: end for name, end in ALL_WELL.items() if name != "pre"})
    assert registered(sandbox)["status"] == "active"
    assert "### Deployment warned" in ended.summary("report")
    assert "| pre | skipped: ` it mends ChittyConnect ` |" in ended.summary("report")


def test_an_unhealthy_service(repository: Repository, sandbox: Sandbox) -> None:
    """Post waits for it, then fails, and nobody marks the service active."""
    worker = repository.checkout / "src" / "index.js"
    worker.write_text(worker.read_text("utf-8").replace('status: "ok"', 'status: "unhealthy"'), "utf-8")
    ended = repository.push()
    assert (ended.code, ended.jobs) == (1, {**ALL_WELL, "post": "failure", "report": "failure"})
    assert (ended.outputs("post")["health"], ended.outputs("post")["status"]) == ("degraded", "unchanged")
    assert registered(sandbox)["status"] != "active"
    rollback = "npx wrangler rollback --config wrangler.jsonc --env production"
    assert f"but post ended in failure; ` {rollback} ` brings the old one back" in ended.summary("report")


def test_without_the_api_key(repository: Repository) -> None:
    """What a deployment can do without, it does without, and says once what that means."""
    ended = repository.push(without=["CHITTY_API_KEY"])
    assert (ended.code, ended.jobs) == (0, ALL_WELL)
    assert ended.summary("report").count("| secret not given |") == 1
    assert "| secret not given | CHITTY_API_KEY: no context task was tried" in ended.summary("report")
    assert "CHITTY_API_KEY" not in "".join(ended.summary(job) for job in ("pre", "deploy", "post"))


def test_without_cloudflares_token(repository: Repository, sandbox: Sandbox) -> None:
    """What it cannot do without stops it before anything is installed or deployed, with one sentence."""
    ended = repository.push(without=["CLOUDFLARE_API_TOKEN"])
    assert (ended.code, ended.jobs) == (1, {"pre": "success", "deploy": "failure", "report": "failure"})
    (sentence,) = ended.errors("deploy")
    assert "The secret CLOUDFLARE_API_TOKEN is not given" in sentence
    assert "Install the dependencies" not in ended.said("deploy")
    assert written(sandbox) == []
    assert ended.summary("report").count("| secret not given |") == 1
    assert "What was live before, because nothing was deployed" in ended.summary("report")


def test_a_failed_deployment(repository: Repository, sandbox: Sandbox) -> None:
    """What wrangler cannot bundle is not live, and nothing is registered."""
    (repository.checkout / "src" / "index.js").write_text('import "./missing.js";\n', "utf-8")
    ended = repository.push()
    assert (ended.code, ended.jobs) == (1, {"pre": "success", "deploy": "failure", "report": "failure"})
    assert "Could not resolve" in ended.said("deploy"), "it failed for the reason that the test gave it"
    assert written(sandbox) == []
    assert SERVICE not in sandbox.registry
    assert "| post | skipped: deploy ended in failure |" in ended.summary("report")


def test_what_ran_is_what_ships(repository: Repository, sandbox: Sandbox, image: Image) -> None:
    """The workflows and the action's files that act took are byte for byte those of this repository."""
    sandbox.faults.set("connect.health", Down())  # the shortest run
    ended = repository.push()
    assert ended.resolved == {repository.shared, ROOT / "action.yml"}
    for workflow in (repository.caller, repository.shared):
        assert workflow.read_bytes() == (WORKFLOWS / workflow.name).read_bytes()
    assert f"docker run image={ACTION_IMAGE} " in ended.said("pre")
    interpreter = ("--entrypoint", "/opt/venv/bin/python", ACTION_IMAGE, "-I", "-c", HASHES)
    hashes = json.loads(image.engine.docker("run", "--rm", "--network", "none", *interpreter))
    sources = [ROOT / "entrypoint.py", *(ROOT / "chitty_action").rglob("*.py")]
    assert hashes == {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sources}
