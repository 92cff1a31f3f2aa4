"""The pages for people who use the action quote what is said, and list what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml

from sandbox.faults import Body, Challenge, Down, Redirect, Reset, Status, WrongToken
from sandbox.generation import Generation
from sandbox.github_faults import Only
from tests.phases.program import SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox import Sandbox
    from sandbox.faults import Fault
    from tests.phases.program import Ended, Program

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "workflows"
README, ADOPTING, MIGRATION, OPERATING, SECURITY = (
    ROOT / name
    for name in ("README.md", "docs/adopting.md", "docs/migration.md", "docs/operating.md", "docs/security.md")
)
HEALTH = f"service:{SERVICE}"
SERVICES = json.loads((ROOT / "sandbox" / "services.json").read_text("utf-8"))
EVERYBODY_DOWN: dict[str, Fault] = {f"service:{service['name']}": Down() for service in SERVICES}

# A sentence of the pages, and what provokes it: the phase, what is wrong where, and the inputs or variables.
PLAYED: dict[str, tuple[str, dict[str, Fault], dict[str, str]]] = {
    "ChittyConnect is unavailable, deployment aborted: …": ("pre", {"connect.health": Down()}, {}),
    "ChittyConnect did not let this runner look: …": ("pre", {"connect.health": Challenge()}, {}),
    "the discovery document cannot be read: …": ("pre", {"connect.discovery": Down()}, {}),
    "… is not registered yet; phase post will register it after the deployment": ("pre", {}, {}),
    "… is deployed but not registered: … answered 401": ("post", {"register": WrongToken()}, {}),
    "… is deployed but its registration is not confirmed: …": ("post", {"register": Reset(after_effect=True)}, {}),
    "… was not seen healthy (down): …": ("post", {HEALTH: Down()}, {}),
    "… was not seen healthy (missing): …": ("post", {HEALTH: Status(404)}, {}),
    "… was not seen healthy (degraded): …": ("post", {HEALTH: Body({"status": "unhealthy"})}, {}),
    "… was not seen healthy (redirected): …": ("post", {HEALTH: Redirect("/login")}, {}),
    "… was not seen healthy (blocked): …": ("post", {HEALTH: Challenge()}, {}),
    "… was not looked at: nothing names the address of …": (
        "post",
        {},
        {"INPUT_ENVIRONMENT": "staging", "INPUT_SERVICE-URL-TEMPLATE": ""},
    ),
    "… is down through the proxy: …": ("post", {"api.proxy": Down()}, {}),
    "… is not in the discovery document": ("post", {"connect.discovery": Body({"services": []})}, {}),
    "not offered by …": ("post", {"connect.routes": Status(404)}, {}),
    "not offered by …: a list of routes, so conflicts of … are unknown": ("post", {"connect.routes": Status(404)}, {}),
    "not offered by …: asking for one service, so whether … is unknown": (
        "pre",
        {"registry": Status(404, body={"availableEndpoints": []})},
        {},
    ),
    "… protects its list of routes, so conflicts of … are unknown: …": ("post", {"connect.routes": WrongToken()}, {}),
    "the deployment ended with failure, so nothing was registered and no status was set": (
        "post",
        {},
        {"INPUT_DEPLOYMENT-RESULT": "failure"},
    ),
    "the status of … is unchanged: it belongs to production, and this is …": (
        "post",
        {},
        {"INPUT_ENVIRONMENT": "staging"},
    ),
    "this is a dry run, because the event … can come from a stranger's fork": (
        "post",
        {},
        {"GITHUB_EVENT_NAME": "pull_request_target"},
    ),
    "input … is unknown and was not used": ("pre", {}, {"INPUT_REGISTER-TOKNE": "x"}),
    "the list of services cannot be read: …": ("reconcile", {"registry": Down()}, {}),
    "… services are down at once: probably this runner or the hub, not them": ("reconcile", EVERYBODY_DOWN, {}),
    "nobody could be told of …: …": ("reconcile", {"service:chittyrouter": Down()}, {}),
}
# The same on the deployed generation: the version of the service's manifest, and whether it is really deployed.
PLAYED_DEPLOYED = {
    "… is deployed but not registered: version is …": ("1.4.0-rc.1", True),
    "… is deployed but not registered: … control of its host was not proven": ("1.4.0", False),
    "sources disagree about the address of …": ("1.4.0", True),
}
# The same once a deployment's registration waits on the data branch.
PLAYED_REMEMBERING: dict[str, tuple[str, dict[str, Fault]]] = {
    "this deployment of … is not recorded: …": ("post", {"github": Status(403)}),
    "this sweep is not recorded: …": ("reconcile", {"github": Only("PATCH", r"/git/refs/", Status(403))}),
    "what earlier runs remember is unknown: …": ("reconcile", {"github": Only("GET", r"/git/", Status(403))}),
    "… still waits: …": ("reconcile", {"register": Down()}),
}


def _rows(page: Path, head: str) -> Iterator[list[str]]:
    """Yield the rows, as Markdown, of every table of a page whose head begins with this cell."""
    lines = page.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith(f"| {head} |"):
            for row in lines[number + 2 :]:
                if not row.startswith("|"):
                    break
                yield [cell.strip() for cell in row.strip("|").split("|")]


def _sentences(page: Path) -> list[str]:
    return [sentence for cell, *_ in _rows(page, "you read") for sentence in re.findall(r"`([^`]+)`", cell)]


def _call() -> dict[str, Any]:
    workflow = yaml.load((TEMPLATES / "shared-deploy.yml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - text only
    return cast("dict[str, Any]", workflow["on"]["workflow_call"])


def test_the_readme_quotes_what_is_played_here() -> None:
    """A sentence that nothing provokes would stay when the program says something else."""
    played = {*PLAYED, *PLAYED_DEPLOYED, *PLAYED_REMEMBERING}
    assert [sentence for sentence in _sentences(README) if sentence not in played] == []
    assert played - {*_sentences(README), *_sentences(ADOPTING)} == set()


@pytest.mark.parametrize("sentence", PLAYED)
def test_the_action_says_what_the_pages_quote(program: Program, sandbox: Sandbox, sentence: str) -> None:
    """Provoked in the sandbox, it is the beginning of a finding; an ellipsis stands for anything."""
    phase, faults, environ = PLAYED[sentence]
    for target, fault in faults.items():
        sandbox.faults.set(target, fault)
    _insist_on(sentence, program.run(phase, environ=environ))


@pytest.mark.parametrize("sentence", PLAYED_DEPLOYED)
def test_the_action_says_what_the_pages_quote_of_today(program: Program, sandbox: Sandbox, sentence: str) -> None:
    """On the APIs that are deployed; `.chittyconnect.yml` names the address of another service, which is healthy."""
    version, is_deployed = PLAYED_DEPLOYED[sentence]
    sandbox.reset(Generation.DEPLOYED)
    if is_deployed:
        sandbox.deploy(SERVICE)
    program.write("package.json", {"version": version, "description": "A demonstration", "author": "Ann"})
    program.write(".chittyconnect.yml", f"domain: {sandbox.url.replace('127.0.0.1', 'localhost')}/services/router\n")
    _insist_on(sentence, program.run())


@pytest.mark.parametrize("sentence", PLAYED_REMEMBERING)
def test_the_action_says_what_the_pages_quote_of_memory(program: Program, sandbox: Sandbox, sentence: str) -> None:
    """A first deployment has left its registration in the outbox, because ChittyRegister was down."""
    phase, faults = PLAYED_REMEMBERING[sentence]
    environ = {**sandbox.github_environment(), "INPUT_STATE-BRANCH": "chitty-state"}
    sandbox.deploy(SERVICE)
    sandbox.faults.set("register", Down())
    program.run("post", environ=environ)
    sandbox.faults.clear()
    for target, fault in faults.items():
        sandbox.faults.set(target, fault)
    _insist_on(sentence, program.run(phase, environ=environ))


def _insist_on(sentence: str, ended: Ended) -> None:
    said = [finding["message"] for finding in ended.findings]
    pattern = ".*".join(map(re.escape, sentence.split("…")))
    assert [message for message in said if re.match(pattern, message)], said


def test_the_shared_workflow_says_the_rest() -> None:
    """What is no finding of the action is in a script of the shared workflow, where adjacent strings are one."""
    script = re.sub(r'"\s*\n\s*f?"', "", (TEMPLATES / "shared-deploy.yml").read_text("utf-8"))
    rest = [sentence for sentence in _sentences(ADOPTING) if sentence not in PLAYED]
    assert rest
    assert [sentence for sentence in rest if not all(part in script for part in sentence.split("…"))] == []


def test_the_table_of_inputs_is_that_of_the_shared_workflow() -> None:
    """Every input, in its order, and its default where there is one."""
    inputs = _call()["inputs"]
    rows = {row[0].strip("`"): row[1] for row in _rows(ADOPTING, "input")}
    assert list(rows) == list(inputs)
    assert {name for name, spec in inputs.items() if spec["default"] and f"`{spec['default']}`" != rows[name]} == set()


def test_the_table_of_secrets_is_that_of_the_shared_workflow() -> None:
    """Each secret says what its absence costs."""
    assert [row[0].strip("`") for row in _rows(ADOPTING, "secret")] == list(_call()["secrets"])


@pytest.mark.parametrize("template", ["chittyos-deploy.yml", "post-deploy.yml"])
def test_the_gate_finds_the_names_that_the_page_lists(template: str) -> None:
    """The repositories' own check looks for `secrets.X`."""
    listed = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in _rows(ADOPTING, "file")}
    assert listed[template] == set(re.findall(r"\bsecrets\.(\w+)", (TEMPLATES / template).read_text("utf-8")))


def test_the_variables_are_those_of_the_templates() -> None:
    """An address that nobody knows of cannot be set."""
    read = {name for path in TEMPLATES.iterdir() for name in re.findall(r"vars\.(\w+)", path.read_text("utf-8"))}
    pages = ADOPTING.read_text("utf-8") + OPERATING.read_text("utf-8")
    assert set(re.findall(r"`(CHITTY_(?:\w+(?:URL|HOSTS|BRANCH|REPOSITORY)|PAGES))`", pages)) == read


def test_the_jobs_are_those_of_the_shared_workflow() -> None:
    """In the order in which they run."""
    workflow = yaml.safe_load((TEMPLATES / "shared-deploy.yml").read_text("utf-8"))
    assert [row[0].strip("`") for row in _rows(ADOPTING, "job")] == list(workflow["jobs"])


def test_every_service_has_one_row_of_the_checklist() -> None:
    """With repository and domain as the ecosystem's list has them, and how it deploys or `not known`."""
    listed = sorted((service["name"], service["repo"], service["domain"] or "none") for service in SERVICES)
    rows = list(_rows(MIGRATION, "done"))
    assert sorted((row[1], row[2], row[3]) for row in rows if "/" in row[2]) == listed
    assert [row for row in rows if row[0] not in {"☐", "☑"} or not all(row)] == []
    assert f"All {len(SERVICES)} services" in MIGRATION.read_text("utf-8")


def test_what_the_threat_model_names_exists() -> None:
    """A file or a test that was renamed no longer shows anything."""
    text = SECURITY.read_text("utf-8")
    files = [path for folder in ("tests", "integration", "e2e") for path in (ROOT / folder).rglob("test_*.py")]
    there = {path.name for path in files}
    for path in files:
        there |= set(re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"\b(test_\w+(?:\.py)?)`", text))
    assert len(named) > 20
    assert named - there == set()
    modules = re.findall(r"`((?:main|adapters|model|inputs|reporting)/[\w/]+\.py)`", text)
    assert [module for module in modules if not (ROOT / "chitty_action" / module).is_file()] == []
