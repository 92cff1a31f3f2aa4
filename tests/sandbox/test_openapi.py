"""schemathesis attacks the sandbox with what its OpenAPI document allows, and with what it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sandbox.app import ecosystem
from sandbox.openapi import SERVICE, TASK, description
from sandbox.world import World

if TYPE_CHECKING:
    import httpx2
    from schemathesis import Case, CheckFunction, Response

WORLD = World("http://127.0.0.1:8080")
API = schemathesis.openapi.from_asgi("/_sandbox/openapi.json", ecosystem(WORLD))
SECRETS = {
    "registerToken": WORLD.tokens.register_token,
    "apiKey": WORLD.tokens.api_key,
    "adminToken": WORLD.tokens.admin_token,
}
AS_DOCUMENTED: list[CheckFunction] = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
bounded = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _secret(case: Case[Any]) -> str | None:
    """Name the secret that an operation asks for."""
    return next((scheme for wanted in case.operation.definition.raw.get("security", []) for scheme in wanted), None)


def _answer(case: Case[Any], secret: str | None) -> Response:
    """Ask a world in its initial state; an exception in a handler comes out here."""
    WORLD.reset()
    WORLD.tasks[TASK] = {"task_id": TASK, "status": "pending"}
    case.headers.pop("Authorization", None)
    return case.call(headers={"Authorization": f"Bearer {secret}"} if secret else {})


@API.parametrize()
@bounded
def test_every_answer_is_as_documented(case: Case[Any]) -> None:
    """Whoever has the right secret sees only documented statuses (no other 5xx), content types and documents."""
    secret = _secret(case)
    answer = _answer(case, SECRETS[secret] if secret else None)
    case.validate_response(answer, checks=AS_DOCUMENTED)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}], ids=str)
def test_who_has_no_secret_is_refused_where_one_is_documented(client: httpx2.Client, header: dict[str, str]) -> None:
    """And nowhere else."""
    documented = description("")["paths"]
    assert len(documented) == 15
    for path, methods in documented.items():
        for method in {*methods} - {"parameters"}:
            answer = client.request(method, path.format(name=SERVICE, task_id=TASK), headers=header, json={})
            assert (answer.status_code == 401) == ("security" in methods[method]), f"{method} {path}"
