"""The small GitHub refuses what GitHub refuses; what it does besides is in tests/github_contract.py."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox import Down
from sandbox.github_faults import Only

if TYPE_CHECKING:
    import httpx2

    from sandbox import Sandbox

ISSUES = "/github/repos/chittyos/operations/issues"
LABELS = "/github/repos/chittyos/operations/labels"


@pytest.fixture
def token(sandbox: Sandbox) -> dict[str, str]:
    """Give the header of a workflow's token."""
    return {"Authorization": f"Bearer {sandbox.github.token}"}


def error_in(answer: httpx2.Response) -> tuple[int, str, Any]:
    """Give status, message and what the first problem is about."""
    document = answer.json()
    first = document.get("errors", [{}])[0]
    return answer.status_code, document["message"], first.get("field")


def test_a_wrong_token_is_no_credential(client: httpx2.Client) -> None:
    """As is none at all."""
    assert error_in(client.get(ISSUES))[:2] == (401, "Requires authentication")
    wrong = client.get(ISSUES, headers={"Authorization": "Bearer no"})
    assert error_in(wrong)[:2] == (401, "Bad credentials")


def test_a_workflow_has_no_user(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """And a person has one."""
    refused = (403, "Resource not accessible by integration")
    assert error_in(client.get("/github/user", headers=token))[:2] == refused
    person = {"Authorization": f"token {sandbox.github.join('marie', 'OWNER')}"}
    assert client.get("/github/user", headers=person).json()["login"] == "marie"


def test_a_token_without_the_permission_reads_only(
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]
) -> None:
    """Until it is granted."""
    sandbox.github.forbid_writing()
    assert client.get(ISSUES, headers=token).status_code == 200
    refused = client.post(ISSUES, headers=token, json={"title": "x"})
    assert error_in(refused)[:2] == (403, "Resource not accessible by integration")


def test_switched_off_issues_are_gone(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """The repository is still there."""
    sandbox.github.is_disabled = True
    assert error_in(client.get(ISSUES, headers=token))[:2] == (410, "Issues has been disabled in this repository.")
    assert client.get("/github/repos/chittyos/operations", headers=token).json()["has_issues"] is False


@pytest.mark.parametrize("path", ["/github/repos/chittyos/other/issues", f"{ISSUES}/5", "/github/nowhere"])
def test_what_is_not_there_is_not_found(client: httpx2.Client, token: dict[str, str], path: str) -> None:
    """In JSON, as everything that GitHub says."""
    assert error_in(client.get(path, headers=token))[:2] == (404, "Not Found")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 257}, "title"),
        ({"title": "x", "body": "x" * 65_537}, "body"),
        ({"title": "x", "assignees": ["nobody"]}, "assignees"),
        ({"title": "x", "labels": ["x" * 51]}, "name"),
        ({"title": "x", "state_reason": "tired"}, "state_reason"),
        ({"title": "x", "labels": 5}, None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_impossible_issues_are_invalid(
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str], document: dict[str, Any], field: str | None
) -> None:
    """With the field that is to blame; nothing is written."""
    status, _, blamed = error_in(client.post(ISSUES, headers=token, json=document))
    assert (status, blamed, sandbox.issues) == (422, field, {})


def test_what_is_no_json_is_a_bad_request(client: httpx2.Client, token: dict[str, str]) -> None:
    """GitHub does not get as far as the fields."""
    assert error_in(client.post(ISSUES, headers=token, content=b"{"))[:2] == (400, "Problems parsing JSON")


def test_the_longest_body_fits(client: httpx2.Client, token: dict[str, str]) -> None:
    """65,536 characters, whatever they weigh."""
    assert client.post(ISSUES, headers=token, json={"title": "x", "body": "🚨" * 65_536}).status_code == 201


def test_a_second_label_of_a_name_is_refused(client: httpx2.Client, token: dict[str, str]) -> None:
    """Capital letters make no difference."""
    assert client.post(LABELS, headers=token, json={"name": "Ops", "color": "ededed"}).status_code == 201
    again = client.post(LABELS, headers=token, json={"name": "ops", "color": "ededed"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "already_exists")
    assert client.get(f"{LABELS}/OPS", headers=token).json()["name"] == "Ops"


def test_pages_are_linked(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """Newest first unless asked otherwise, pull requests among them, and a link to the next page but on the last."""
    for number in range(5):
        author = sandbox.github.people[sandbox.github.token]
        sandbox.github.add(author, f"issue {number}", None, is_pull_request=number == 3)
    first = client.get(ISSUES, headers=token, params={"per_page": "2", "state": "all"})
    assert [issue["number"] for issue in first.json()] == [5, 4]
    assert "pull_request" in first.json()[1]
    second = client.get(first.links["next"]["url"], headers=token)
    last = client.get(second.links["next"]["url"], headers=token)
    assert ([issue["number"] for issue in last.json()], "next" in last.links) == ([1], False)


def test_time_can_be_moved(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """An incident's life is days long, a test's is not."""
    client.post(ISSUES, headers=token, json={"title": "x"})
    sandbox.github.ahead += timedelta(days=9)
    closed = client.patch(f"{ISSUES}/1", headers=token, json={"state": "closed"}).json()
    life = datetime.fromisoformat(closed["closed_at"]) - datetime.fromisoformat(closed["created_at"])
    assert timedelta(days=9) <= life < timedelta(days=9, minutes=5)
    assert closed["state_reason"] == "completed"


def test_a_spent_budget_says_until_when(sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]) -> None:
    """Then it is as if there had been none."""
    github = sandbox.github
    github.budget, github.budget_renewed_at = 1, github.now() + timedelta(hours=1)
    assert client.get(ISSUES, headers=token).status_code == 200
    refused = client.get(ISSUES, headers=token)
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert int(refused.headers["x-ratelimit-reset"]) == int(github.budget_renewed_at.timestamp())
    github.ahead += timedelta(hours=2)
    assert client.get(ISSUES, headers=token).status_code == 200


def test_a_fault_can_be_had_for_one_kind_of_request(
    sandbox: Sandbox, client: httpx2.Client, token: dict[str, str]
) -> None:
    """And for so many of them."""
    sandbox.faults.set("github", Only("POST", "/issues", Down(), times=1))
    assert client.get(ISSUES, headers=token).status_code == 200
    assert client.post(ISSUES, headers=token, json={"title": "x"}).status_code == 503
    assert client.post(ISSUES, headers=token, json={"title": "x"}).status_code == 201


def test_a_reset_forgets_the_issues_and_keeps_the_token(sandbox: Sandbox) -> None:
    """So that one sandbox serves many tests."""
    before = sandbox.github_environment()
    sandbox.github.add(sandbox.github.people[sandbox.github.token], "x", None)
    sandbox.reset()
    assert (sandbox.issues, sandbox.github_environment()) == ({}, before)
