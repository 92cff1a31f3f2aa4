"""No secret gets onto the branch or the page, whoever quotes it."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from sandbox import Body, Status
from tests.phases.program import SERVICE
from tests.phases.remembering import WAITING, aged, files, outbox, post, reconcile

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program

SITE = "public"


def forms(secret: str) -> set[str]:
    """Spell a secret as JSON, HTML and addresses do."""
    escaped = html.escape(secret)
    in_templates = escaped.replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    return {secret, escaped, in_templates, json.dumps(secret)[1:-1], quote(secret), quote(secret, safe="")}


@pytest.mark.parametrize(
    "spell", ["plain-token-of-{}", "tok\"en-<b>&'{}'/\\", "{}-a token-with spaces"], ids=["plain", "hostile", "spaces"]
)
def test_tokens_that_are_quoted_back_are_nowhere(program: Program, sandbox: Sandbox, spell: str) -> None:
    """Refusals, health documents, registry rows and gateways quote all of them; every file is searched."""
    names = ("register_token", "api_key", "admin_token", "state_token", "github_token")
    tokens = {name: spell.format(name) for name in names}
    tokens |= {name: tokens[name].replace(" ", "") for name in ("state_token", "github_token")}  # one word each
    for token in (tokens["state_token"], tokens["github_token"]):
        sandbox.github.people[token] = sandbox.github.people[sandbox.github.token]
    everything = " and ".join(tokens.values())
    for target in ("register", "register.status", "connect.routes", "connect.refresh", "api.tasks", "api.proxy", "mcp"):
        sandbox.faults.set(target, Status(500, body={"error": everything, "message": everything}))
    sandbox.faults.set("service:chittyrouter", Body({"status": everything, "version": everything}))
    sandbox.faults.set("service:chittytrack", Status(503, body={"error": everything}))
    for number, token in enumerate(tokens.values()):
        row = {**sandbox.registry["chittyscore"], "name": token, "description": token, "version": token}
        sandbox.registry[f"hostile{number}"] = row
    program.write("package.json", {"name": SERVICE, "version": tokens["api_key"], "description": everything})

    post(program, "4700", **tokens)
    aged(sandbox)
    ended = reconcile(program, "4800", site_path=SITE, **tokens)

    assert outbox(sandbox)[WAITING]["payload"]
    page = {str(path): path.read_text("utf-8") for path in (program.workspace / SITE).rglob("*") if path.is_file()}
    texts = {**files(sandbox), **page, "report": json.dumps(ended.report), "summary": ended.summary}
    assert len(page) > 3
    leaks = {
        (name, form)
        for name, text in texts.items()
        for token in tokens.values()
        for form in forms(token)
        if form in text
    }
    assert leaks == set()
    assert all("***" in texts[name] for name in (WAITING, *(path for path in page if path.endswith("status.json"))))


def test_tokens_are_not_in_the_commits(program: Program, sandbox: Sandbox) -> None:
    """Their messages say which service and what."""
    post(program)
    reconcile(program)
    assert sandbox.github.repositories[sandbox.github.repository].messages("chitty-state") == [
        "Record a sweep",
        f"Record a deployment of {SERVICE}",
    ]
