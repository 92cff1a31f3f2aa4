from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from sandbox import Generation, Sandbox
from sandbox.generation import Part, spoken_by

if TYPE_CHECKING:
    Bearer = dict[str, dict[str, str]]

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("part", Part)
def test_a_part_speaks_one_generation(part: Part) -> None:
    """A pure hub is of one mind, and in a mixed one every part still is one or the other."""
    for generation in (Generation.DESIGN, Generation.DEPLOYED):
        assert spoken_by(part, generation) is generation
    assert spoken_by(part, Generation.MIXED) is not Generation.MIXED


def test_reset_changes_the_generation(sandbox: Sandbox, client: httpx2.Client) -> None:
    """One that runs can speak each in turn, and without a word it is that of the start again."""
    seen = []
    for generation in (None, *Generation, None):
        sandbox.reset(generation)
        paths = ("/registry/api/services", "/registry/api/v1/tools", "/register/api/v1/compliance/chittyrouter")
        seen.append((sandbox.generation, [client.get(path).status_code for path in paths]))
    design, mixed = ("design", [200, 404, 404]), ("mixed", [404, 200, 404])
    assert seen == [design, design, ("deployed", [404, 200, 200]), mixed, design]


def test_it_starts_in_a_generation() -> None:
    """And comes back to it."""
    with Sandbox(generation=Generation.DEPLOYED) as deployed:
        deployed.reset(Generation.DESIGN)
        deployed.reset()
        assert deployed.generation is Generation.DEPLOYED
        assert httpx2.get(f"{deployed.url}/registry/api/v1/tools", trust_env=False).status_code == 200


def test_a_mixed_hub_is_of_one_piece(sandbox: Sandbox, client: httpx2.Client, bearer: Bearer) -> None:
    """What is registered in the design's form is listed in the deployed one, and every entry leads somewhere."""
    sandbox.reset(Generation.MIXED)
    sandbox.deploy("chittydemo")
    document = {
        "name": "chittydemo",
        "version": "2.0.0",
        "endpoints": {"health": f"{sandbox.url}/services/demo/health"},
        "capabilities": [],
        "metadata": "odd",
        "deployment": {
            "commit": "",
            "branch": "",
            "deployed_at": "2026-01-01T00:00:00Z",
            "workflow_run": "",
            "environment": "production",
        },
    }
    assert client.post("/register/api/register", json=document, headers=bearer["register"]).status_code == 201
    (row,) = [row for row in client.get("/registry/api/v1/tools").json()["tools"] if row["name"] == "chittydemo"]
    assert (row["version"], client.get(row["endpoints"][0]).json()["service"]) == ("2.0.0", "chittydemo")
    entries = client.get("/connect/.well-known/chitty.json").json()["services"]
    (entry,) = [entry for entry in entries if entry["name"] == "chittydemo"]
    for address in (entry["health"], f"{entry['api']}/health"):
        assert client.get(address).json()["service"] == "chittydemo"
    assert client.get(f"{entry['mcp']}/tools/list").status_code == 401
    assert client.get("/connect/api/admin/routes", headers=bearer["key"]).status_code == 404
    assert client.post("/api/api/context/tasks", json={"title": "t"}, headers=bearer["key"]).status_code == 200


def test_the_switch_works_over_http(sandbox: Sandbox, client: httpx2.Client) -> None:
    """A generation that there is can be chosen, and another is a 400 with a sentence that changes nothing."""
    assert client.post("/_sandbox/reset", json={"generation": "mixed"}).status_code == 200
    wrong: tuple[object, ...] = ("both", 7, [])
    for generation in wrong:
        answer = client.post("/_sandbox/reset", json={"generation": generation})
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert sandbox.generation is Generation.MIXED


def test_an_unknown_generation_ends_in_a_sentence() -> None:
    """In the foreground it names those that there are."""
    command = [sys.executable, "-m", "sandbox", "--generation", "both"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  # our own program, no shell
    assert ended.returncode == 2
    assert all(generation in ended.stderr for generation in Generation)
