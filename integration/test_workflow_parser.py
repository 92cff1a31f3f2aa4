from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from integration.github import GitHub
from tests.workflows.steps import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(path.name for path in TEMPLATES.glob("*.yml"))
CALLEES = {
    "chittyos/chittyconnect/.github/workflows/shared-deploy.yml": (TEMPLATES / "shared-deploy.yml").read_text("utf-8")
}
# Our action's real metadata; of the others, the inputs that the templates may give.
ACTIONS = {
    "chittyos/chitty-action": yaml.safe_load((ROOT / "action.yml").read_text("utf-8")),
    "actions/checkout": {"name": "Checkout", "inputs": {"ref": {}, "persist-credentials": {}}},
    "actions/deploy-pages": {"name": "Deploy GitHub Pages", "outputs": {"page_url": {"description": "where it is"}}},
    "actions/setup-node": {"name": "Setup Node.js", "inputs": {"node-version": {}, "package-manager-cache": {}}},
    "actions/upload-pages-artifact": {"name": "Upload GitHub Pages artifact", "inputs": {"path": {}}},
}


@pytest.fixture(scope="module")
def github() -> Iterator[GitHub]:
    """Give GitHub's own parser."""
    with GitHub() as github:
        yield github


def errors(github: GitHub, name: str, old: str = "", new: str = "") -> list[str]:
    """Read a template, with one text in it replaced."""
    text = (TEMPLATES / name).read_text("utf-8")
    assert old in text
    return list(github.read(name, text.replace(old, new, 1) if old else text, CALLEES, ACTIONS)[0])


@pytest.mark.parametrize("name", NAMES)
def test_github_finds_nothing_wrong(github: GitHub, name: str) -> None:
    """Its parser takes the template, and its language service knows every context, input and output in it."""
    assert errors(github, name) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("chittyos-deploy.yml", "      environment:", "      enviroment:", "enviroment"),
        ("chittyos-deploy.yml", "      CHITTY_API_KEY:", "      CHITTY_KEY:", "CHITTY_KEY"),
        ("post-deploy.yml", "register-token:", "registry-token:", "Invalid action input 'registry-token'"),
        ("post-deploy.yml", "check_run.app.slug", "check_run.application.slug", "application"),
        ("reconcile.yml", "admin-token:", "admin_token:", "Invalid action input 'admin_token'"),
        ("reconcile.yml", "inputs.dry-run", "inputs.dryrun", "dryrun"),
        ("shared-deploy.yml", "needs: [pre, deploy]", "needs: [pre, deployment]", "deployment"),
        ("shared-deploy.yml", "steps.choice.outputs", "steps.chosen.outputs", "chosen"),
        ("shared-deploy.yml", "value: ${{ jobs.", "value: ${{ needs.", "needs"),
    ],
)
def test_github_would_find_a_slip(github: GitHub, name: str, old: str, new: str, says: str) -> None:
    """The silence above means something: a misspelt name of each kind is found."""
    assert says in "\n".join(errors(github, name, old, new))
