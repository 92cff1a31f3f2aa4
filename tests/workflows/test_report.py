from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.workflows.steps import run, step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.workflows.steps import Ended

SUMMARY = step("report", "Sum up")
OUTPUTS = {
    "pre": {"verdict": "passed"},
    "deploy": {
        "outcome": "success",
        "how": "wrangler deploy --config wrangler.toml",
        "has-cloudflare-api-token": "true",
        "has-cloudflare-account-id": "true",
    },
    "post": {
        "verdict": "passed",
        "service-url": "https://id.chitty.cc",
        "has-chitty-api-key": "true",
        "has-chitty-register-token": "true",
    },
}


def report(
    checkout: Path,
    results: str = "success success success",
    skip_pre: str = "",
    outputs: Mapping[str, Mapping[str, str]] | None = None,
) -> Ended:
    """Run the step after jobs that ended like this; a job that was skipped has no outputs."""
    given = {name: {**OUTPUTS[name], **(outputs or {}).get(name, {})} for name in OUTPUTS}
    needs = {
        name: {"result": result, "outputs": {} if result == "skipped" else given[name]}
        for name, result in zip(OUTPUTS, results.split(), strict=True)
    }
    environment = {"ENVIRONMENT": "production", "NEEDS": json.dumps(needs), "SERVICE": "chittyid", "SKIP_PRE": skip_pre}
    return run(SUMMARY, checkout, environment)


def rows(ended: Ended) -> dict[str, str]:
    """Read the summary's one table as GitHub would show it: name to text, code spans in «»."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(ended.summary)
    cells = [
        "".join(f"«{part.content}»" if part.type == "code_inline" else part.content for part in token.children or [])
        for token in tokens
        if token.type == "inline"
    ]
    assert [token.type for token in tokens[:3]] == ["heading_open", "inline", "heading_close"]
    assert {part.type for token in tokens for part in token.children or []} == {"text", "code_inline"}
    return dict(zip(cells[3::2], cells[4::2], strict=True))


def test_a_good_deployment(checkout: Path) -> None:
    """One table: what was deployed, how each job ended, what is live."""
    ended = report(checkout)
    assert (ended.code, ended.stdout, ended.outputs) == (0, "", {"verdict": "passed"})
    assert ended.summary.startswith("### Deployment passed\n")
    assert rows(ended) == {
        "service": "«chittyid» in «production»",
        "pre": "success",
        "deploy": "success, «wrangler deploy --config wrangler.toml»",
        "post": "success",
        "live": "The new version, and post is content with it, «https://id.chitty.cc»",
    }


@pytest.mark.parametrize(
    ("results", "outcome", "live"),
    [
        ("failure skipped skipped", "", "What was live before, because nothing was deployed"),
        ("cancelled skipped skipped", "", "What was live before, because nothing was deployed"),
        ("success failure skipped", "skipped", "What was live before, because nothing was deployed"),
        ("success failure skipped", "failure", "Unknown, because the deployment stopped half-way"),
        ("success failure skipped", "", "Unknown, because the deployment stopped half-way"),
        ("success cancelled skipped", "", "Unknown, because the deployment stopped half-way"),
        ("success cancelled skipped", "cancelled", "Unknown, because the deployment stopped half-way"),
        ("success success failure", "success", "The new version, but post ended in failure; «npx wrangler rollback --"),
        ("success success cancelled", "success", "The new version, but post ended in cancelled"),
        ("success success skipped", "success", "The new version, but post ended in skipped"),
        ("skipped skipped skipped", "", "What was live before, because nothing was deployed"),
    ],
)
def test_a_failure_says_what_is_live(checkout: Path, results: str, outcome: str, live: str) -> None:
    """The first question at 2 a.m.; the job fails with it, so that one required check is enough."""
    ended = report(checkout, results, outputs={"deploy": {"outcome": outcome}})
    assert (ended.code, ended.outputs) == (1, {"verdict": "failed"})
    assert ended.summary.startswith("### Deployment failed\n")
    assert rows(ended)["live"].startswith(live)
    pre, deploy, post = results.split()
    assert ended.error.startswith(f"Deployment failed (pre {pre}, deploy {deploy}, post {post}). Live: {live[:20]}")


@pytest.mark.parametrize("which", ["pre", "post"])
def test_a_warning_stays_a_warning(checkout: Path, which: str) -> None:
    """What the action warned of is in the verdict of the whole."""
    ended = report(checkout, outputs={which: {"verdict": "warned"}})
    assert (ended.code, ended.outputs) == (0, {"verdict": "warned"})


def test_a_skipped_job_says_why(checkout: Path) -> None:
    """Each skip has its reason beside it."""
    table = rows(report(checkout, "failure skipped skipped"))
    assert table["deploy"] == "skipped: pre ended in failure"
    assert table["post"] == "skipped: deploy ended in skipped"


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("this mends the hub", "this mends the hub"),
        ("a | b", "a | b"),
        ("a \\| b \\\\| c", "a \\ | b \\\\ | c"),
        ("`id` ``` x", "`id` ``` x"),
        ("two\nlines\r\n| x | y |", "two lines | x | y |"),
        ("<img src=x> [a](https://x.example) @everyone **b**", "<img src=x> [a](https://x.example) @everyone **b**"),
        ("::error::x", "::error::x"),
        (" ", "(nothing)"),
    ],
)
def test_the_reason_for_skipping_pre_is_text(checkout: Path, reason: str, shown: str) -> None:
    """It is shown as it was written, and cannot be Markdown, leave its cell, or speak to the runner."""
    ended = report(checkout, "skipped success success", skip_pre=reason)
    assert (ended.code, ended.stdout, ended.outputs) == (0, "", {"verdict": "warned"})
    assert rows(ended)["pre"] == f"skipped: «{shown}»"


@pytest.mark.parametrize(
    ("job", "secret", "says"),
    [
        ("deploy", "cloudflare-api-token", "CLOUDFLARE_API_TOKEN: wrangler cannot deploy without it"),
        ("deploy", "cloudflare-account-id", "CLOUDFLARE_ACCOUNT_ID: wrangler took the account from"),
        ("post", "chitty-register-token", "CHITTY_REGISTER_TOKEN: ChittyRegister was asked without credentials"),
        ("post", "chitty-api-key", "CHITTY_API_KEY: no context task was tried"),
    ],
)
def test_a_missing_secret_is_explained_once(checkout: Path, job: str, secret: str, says: str) -> None:
    """One sentence: which one, and what went on without it."""
    ended = report(checkout, outputs={job: {f"has-{secret}": "false"}})
    assert (ended.code, ended.outputs) == (0, {"verdict": "passed"})
    assert rows(ended)["secret not given"].startswith(says)
    assert ended.summary.count("secret not given") == 1


def test_a_job_without_outputs_is_read_too(checkout: Path) -> None:
    """Other runners than GitHub's give null there."""
    needs = {name: {"result": "skipped", "outputs": None} for name in OUTPUTS}
    environment = {"ENVIRONMENT": "x", "NEEDS": json.dumps(needs), "SERVICE": "x", "SKIP_PRE": ""}
    assert run(SUMMARY, checkout, environment).outputs == {"verdict": "failed"}
