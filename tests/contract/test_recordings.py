"""What the deployed workers answered, and what the sandbox answers in their place: the same but for the values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from sandbox import Generation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox import Sandbox

RECORDINGS = Path(__file__).parents[1] / "recordings"
REGISTER = "https://register.chitty.cc"
LOOPBACK, REWRITTEN = "http://127.0.0.1:18789/health", "chittyverify"


@dataclass(frozen=True, slots=True)
class Asked:
    """How the sandbox is asked what a recording was asked: `{task}` in the path is the id of a task that exists."""

    method: str
    path: str
    body: Any = None
    has_key: bool = False
    arrange: Callable[[Sandbox], None] | None = None


def _as_recorded(sandbox: Sandbox) -> None:
    """Let the registry hold what the recorded one held: rows of the worker, and neither a stub nor a lot of them."""
    kept = {name: sandbox.registry[name] for name in (REWRITTEN, "chittyregistry")}
    sandbox.registry.clear()
    sandbox.registry.update(kept)
    sandbox.registry["openclaw"] = {"name": "openclaw", "endpoints": {"health": LOOPBACK}}
    sandbox.registry["chittygone"] = {"name": "chittygone", "tier": 3, "domain": "gone.chitty.cc"}


def _empty(sandbox: Sandbox) -> None:
    sandbox.registry.clear()


TASKS, TASK = "/connect/api/context/tasks", "/connect/api/context/tasks/{task}"
ADMIN = "/connect/api/admin"
ASKED = {
    "connect_admin_routes_auth_404": Asked("GET", f"{ADMIN}/routes", has_key=True),
    "connect_admin_routes_noauth_401": Asked("GET", f"{ADMIN}/routes"),
    "connect_discovery_chitty_json": Asked("GET", "/connect/.well-known/chitty.json"),
    "connect_health": Asked("GET", "/connect/health"),
    "connect_mcp_manifest": Asked("GET", "/connect/mcp/manifest"),
    "connect_refresh_discovery_auth_404": Asked("POST", f"{ADMIN}/refresh-discovery", has_key=True),
    "connect_refresh_discovery_noauth_401": Asked("POST", f"{ADMIN}/refresh-discovery"),
    "connect_tasks_patch_200": Asked("PATCH", TASK, {"status": "completed"}, has_key=True),
    "connect_tasks_patch_bad_status_500": Asked("PATCH", TASK, {"status": "done"}, has_key=True),
    "connect_tasks_patch_unknown_404": Asked("PATCH", f"{TASKS}/null", {"status": "completed"}, has_key=True),
    "connect_tasks_post_200": Asked("POST", TASKS, {"title": "t"}, has_key=True),
    "connect_tasks_post_no_title_400": Asked("POST", TASKS, {}, has_key=True),
    "connect_tasks_post_noauth_401": Asked("POST", TASKS, {"title": "t"}),
    "connect_unknown_404": Asked("GET", "/connect/nope"),
    "registry_health": Asked("GET", "/registry/health"),
    "registry_health_check_sweep": Asked("POST", "/registry/api/v1/health-check", has_key=True, arrange=_as_recorded),
    "registry_manifest": Asked("GET", "/registry/api/v1/manifest", arrange=_as_recorded),
    "registry_post_tools_no_token_401": Asked("POST", "/registry/api/v1/tools", {"name": "x"}),
    "registry_seed_api_service_name_404": Asked("GET", "/registry/api/services/chittyfinance"),
    "registry_seed_api_services_404": Asked("GET", "/registry/api/services"),
    "registry_seed_patch_status_401": Asked("PATCH", "/registry/api/services/chittyfinance/status", {}),
    "registry_tool_by_name_404": Asked("GET", "/registry/api/v1/tools/chittyfinance"),
    "registry_tools": Asked("GET", "/registry/api/v1/tools", arrange=_as_recorded),
    "registry_tools_empty": Asked("GET", "/registry/api/v1/tools", arrange=_empty),
    "registry_v01_servers_limit2": Asked("GET", "/registry/v0.1/servers?limit=2"),
}
# Where the recorded systems listened.
MOUNTS = {"8792": "/connect", "8791": "/registry"}


def differences(recorded: object, answered: object) -> list[str]:
    """List where two documents differ in shape: a field more or less, or one of another type."""
    known, found = _types(recorded), _types(answered)
    wrong = [f"{path}: not recorded" for path in found if path not in known]
    wrong += [f"{path}: missing" for path in known if path not in found]
    for path in known.keys() & found.keys():
        if known[path] == {"null"}:
            continue  # it says nothing of the type that a value would have had
        lost = set() if found[path] == {"null"} else known[path] - found[path] - {"null"}
        wrong += [f"{path}: {kind} was not recorded" for kind in found[path] - known[path]]
        wrong += [f"{path}: {kind} is missing" for kind in lost]
    return sorted(wrong)


def _types(document: object) -> dict[str, set[str]]:
    types: dict[str, set[str]] = {}
    for path, kind in _walk("$", document):
        types.setdefault(path, set()).add(kind)
    return types


def _walk(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Give the type at every path; the items of a list share one path, so that their shapes are united."""
    match value:
        case dict():
            yield path, "object"
            for name, field in value.items():
                yield from _walk(f"{path}.{name}", field)
        case list():
            yield path, "array"
            for item in value:
                yield from _walk(f"{path}[]", item)
        case None:
            yield path, "null"
        case bool():
            yield path, "boolean"
        case int():
            yield path, "integer"
        case float():
            yield path, "number"
        case _:
            yield path, "string"


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """Give the running sandbox as the deployed systems answer."""
    running.reset(Generation.DEPLOYED)
    return running


@pytest.fixture
def key(sandbox: Sandbox) -> dict[str, str]:
    """Give the headers of somebody who has the key."""
    return {"Authorization": f"Bearer {sandbox.environment()['INPUT_API-KEY']}"}


def _recording(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return document


def _ask(sandbox: Sandbox, key: dict[str, str], asked: Asked) -> httpx2.Response:
    """Ask the sandbox; what has to be there first is put there."""
    if asked.arrange:
        asked.arrange(sandbox)
    path = asked.path
    with httpx2.Client(base_url=sandbox.url, timeout=10, trust_env=False) as client:
        if "{task}" in path:
            path = path.format(task=client.post(TASKS, json={"title": "t"}, headers=key).json()["task_id"])
        return client.request(asked.method, path, json=asked.body, headers=key if asked.has_key else {})


@pytest.mark.parametrize("name", ASKED)
def test_the_sandbox_answers_as_recorded(sandbox: Sandbox, key: dict[str, str], name: str) -> None:
    """Status, headers and every field of the body, its type included."""
    recorded, answer = _recording(name), _ask(sandbox, key, ASKED[name])
    assert answer.status_code == recorded["status"]
    assert answer.headers["content-type"].lower() == recorded["headers"]["content-type"].lower()
    noted = {header for header in answer.headers if header.startswith(("x-", "access-control"))}
    assert noted == {header for header in recorded["headers"] if header != "content-type"}
    is_json = recorded["headers"]["content-type"].startswith("application/json")
    body = answer.json() if is_json else answer.text
    assert differences(recorded["body"], body) == []
    if answer.is_error:  # which is read by its words, too
        assert json.dumps(body) == json.dumps(recorded["body"]).replace(REGISTER, f"{sandbox.url}/register")


@pytest.mark.parametrize("name", ASKED)
def test_the_sandbox_is_asked_what_was_asked(name: str) -> None:
    """The table above asks nothing but the recorded request."""
    request, asked = _recording(name)["request"], ASKED[name]
    url = httpx2.URL(request["url"])
    path = MOUNTS[str(url.port)] + url.raw_path.decode()
    assert asked.method == request["method"]
    if "{task}" in asked.path:
        path = f"{path.rpartition('/')[0]}/{{task}}"
    assert asked.path == path


def test_every_recording_is_compared() -> None:
    """A recording that is added needs a line in the table, and one that goes takes its line along."""
    assert {path.stem for path in RECORDINGS.iterdir()} == set(ASKED)


@pytest.mark.parametrize("body", [False, 1, 1.5, "text", [], [[]], {"a": [{"b": None}, {"b": 1, "c": True}]}], ids=repr)
def test_a_document_has_its_own_shape(body: object) -> None:
    """Nothing differs from itself, and different values of the same types do not differ."""
    assert differences(body, body) == []
    assert differences({"at": "then", "n": 1}, {"at": "now", "n": 2}) == []


@pytest.mark.parametrize(
    ("answered", "wrong"),
    [
        ({"a": 1}, ["$.b: missing", "$.b[]: missing", "$.b[].c: missing"]),
        ({"a": 1, "b": [{"c": "x"}], "d": 1}, ["$.d: not recorded"]),
        ({"a": "1", "b": [{"c": "x"}]}, ["$.a: integer is missing", "$.a: string was not recorded"]),
        ({"a": True, "b": [{"c": "x"}]}, ["$.a: boolean was not recorded", "$.a: integer is missing"]),
        ({"a": None, "b": [{"c": "x"}]}, ["$.a: null was not recorded"]),
        ({"a": 1, "b": {"c": "x"}}, ["$.b.c: not recorded"]),
        ({"a": 1, "b": [{"c": "x"}, {"d": "x"}]}, ["$.b[].d: not recorded"]),
    ],
    ids=str,
)
def test_a_mutated_document_is_noticed(answered: object, wrong: list[str]) -> None:
    """A field less, a field more and a field of another type are each named."""
    found = differences({"a": 1, "b": [{"c": "x"}]}, answered)
    assert set(wrong) <= set(found)


@pytest.mark.parametrize(
    ("recorded", "answered"), [(None, "text"), (None, None), ([None, "x"], [None]), ([1, None], [1])]
)
def test_a_recorded_null_leaves_the_type_open(recorded: object, answered: object) -> None:
    """What was null when it was recorded may have a value, and what could be null may be."""
    assert differences(recorded, answered) == []


def test_every_field_of_every_recording_matters(sandbox: Sandbox, key: dict[str, str]) -> None:
    """Whichever field the sandbox forgot or turned into a number with a fraction, the comparison would say so."""
    for name, asked in ASKED.items():
        sandbox.reset(Generation.DEPLOYED)
        answer = _ask(sandbox, key, asked)
        if not answer.headers["content-type"].startswith("application/json"):
            continue
        recorded = _recording(name)["body"]
        for field in answer.json():
            without = {other: value for other, value in answer.json().items() if other != field}
            assert differences(recorded, without) != [], f"{name} without {field}"
            assert differences(recorded, {**without, field: 0.5}) != [], f"{name} with another {field}"
