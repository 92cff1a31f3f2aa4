"""The same stories of `pre` and `post` on every generation of the ecosystem; only who answered may differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.faults import Body, Challenge, Down, Redirect, Status
from sandbox.generation import Generation
from tests.phases.program import SERVICE, Program, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sandbox import Sandbox

DESIGN, DEPLOYED, MIXED = Generation.DESIGN, Generation.DEPLOYED, Generation.MIXED
CONTEXT = {"context-sync": "always"}
MANIFEST = "mcp/manifest.json"


@pytest.fixture(params=list(Generation))
def world(request: pytest.FixtureRequest, running: Sandbox) -> Sandbox:
    """Give the running sandbox in each generation, with our service just deployed to it."""
    running.reset(request.param)
    running.deploy(SERVICE)
    return running


@pytest.fixture
def job(tmp_path: Path, world: Sandbox) -> Program:
    """Give the program in a repository that promises MCP tools."""
    program = Program(tmp_path, world)
    program.write(MANIFEST, {"tools": []})
    return program


def _nothing(_world: Sandbox) -> None:
    """Leave the world as it is."""


def _tasks_are_refused(world: Sandbox) -> None:
    """Wherever this generation takes them."""
    world.faults.set("connect.tasks" if world.generation is DEPLOYED else "api.tasks", Status(500))


def _fault(target: str, fault: Any) -> Callable[[Sandbox], None]:  # noqa: ANN401  # any of the sandbox's faults
    return lambda world: world.faults.set(target, fault)


@dataclass(frozen=True, slots=True)
class Story:
    """What is the matter, what is run, and how it ends on every generation.

    `levels` are the findings by check, those of `apart` aside, which differ between the generations.
    """

    phase: str
    levels: Mapping[str, str]
    outputs: Mapping[str, str]
    arrange: Callable[[Sandbox], None] = _nothing
    inputs: Mapping[str, str] = field(default_factory=dict)
    code: int = 0


APART = {"status", "routes-unconflicted", "listed-in-discovery"}
WELL = {"registered": "true", "health": "healthy", "discovered": "true", "proxied": "true", "mcp-tools": "2"}
STORIES = {
    "a new service before its deployment": Story(
        "pre", {"service-registered": "notice"}, {"connect-healthy": "true", "registered": "false"}
    ),
    "a known service before its deployment": Story(
        "pre", {}, {"connect-healthy": "true", "registered": "true"}, inputs={"service-name": "chittyrouter"}
    ),
    "the hub is down": Story(
        "pre",
        {"connect-reachable": "error", "service-registered": "notice"},
        {"connect-healthy": "false"},
        _fault("connect.health", Down()),
        code=1,
    ),
    "the hub does not let this runner look": Story(
        "pre",
        {"connect-reachable": "warning", "service-registered": "notice"},
        {"connect-healthy": "unknown"},
        _fault("connect.health", Challenge()),
    ),
    "a good deployment": Story("post", {}, WELL, inputs=CONTEXT),
    "a service that says it is not well": Story(
        "post",
        {"service-healthy": "error", "proxy-reachable": "warning"},
        {"health": "degraded", "proxied": "false", "status": "unchanged"},
        _fault(f"service:{SERVICE}", Body({"status": "unhealthy"})),
        code=1,
    ),
    "a service behind a login": Story(
        "post",
        {"service-healthy": "warning", "proxy-reachable": "notice"},
        {"health": "blocked", "proxied": "unknown", "status": "unchanged"},
        _fault(f"service:{SERVICE}", Redirect("https://team.cloudflareaccess.com/cdn-cgi/access/login")),
    ),
    "a service that refuses this runner": Story(
        "post",
        {"service-healthy": "warning", "proxy-reachable": "notice"},
        {"health": "blocked", "status": "unchanged"},
        _fault(f"service:{SERVICE}", Status(403)),
    ),
    "a dry run": Story(
        "post",
        {},
        {"registered": "false", "health": "healthy", "status": "unchanged", "context-task-id": ""},
        inputs={**CONTEXT, "dry-run": "true"},
    ),
    "registration is down": Story(
        "post", {"registration": "warning"}, {"registered": "false", "health": "healthy"}, _fault("register", Down())
    ),
    "context tasks are refused": Story(
        "post",
        {"context-sync": "warning"},
        {"context-task-id": ""},
        _tasks_are_refused,
        inputs=CONTEXT,
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_story_ends_the_same_way_on_every_generation(story: Story, job: Program, world: Sandbox) -> None:
    """Exit code, findings and outputs."""
    story.arrange(world)
    ended = job.run(story.phase, environ=variables(story.inputs))
    assert {check: level for check, level in ended.levels().items() if check not in APART} == dict(story.levels)
    assert ended.code == story.code
    assert {name: ended.outputs[name] for name in story.outputs} == dict(story.outputs)


def test_the_summary_says_which_generation_answered(job: Program, world: Sandbox) -> None:
    """What, by which API."""
    ended = job.run(environ=variables(CONTEXT))
    deployed = {
        DESIGN: set(),
        DEPLOYED: {"registration", "context-sync", "mcp-tools-listed"},
        MIXED: {"mcp-tools-listed"},
    }
    facts = {fact["label"]: set(fact["value"].split(", ")) for fact in ended.report["facts"]}
    assert facts.get("the deployed API answered", set()) >= deployed[world.generation]
    assert ("the deployed API answered" in ended.summary) is (world.generation is not DESIGN)
