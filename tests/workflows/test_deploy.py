from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.workflows.steps import run, step

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.steps import Ended

DEPLOY = step("deploy", "Deploy")
INSTALL = step("deploy", "Install the dependencies")
# Says how it was called, and with which of the secrets.
RECORDER = '#!/bin/sh\necho "$(basename "$0") in $PWD:" "$@" "token=${CLOUDFLARE_API_TOKEN-unset}"\n'


def program(path: Path, text: str = RECORDER) -> None:
    """Put a program there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture(autouse=True)
def _stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test downloads anything: npm, npx and pnpm say how they were called."""
    for name in ("npm", "npx", "pnpm"):
        program(tmp_path / "bin" / name)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")


def deploy(checkout: Path, *, installed: str = ".", **given: str) -> Ended:
    """Run the step; `config` and others are its variables, in lower case."""
    variables = {
        "CLOUDFLARE_ACCOUNT_ID": "account",
        "CLOUDFLARE_API_TOKEN": "s3cret",
        "CONFIG": "",
        "DEPLOY_COMMAND": "",
        "ENVIRONMENT": "production",
        "FOLDER": ".",
        "INSTALLED": str(checkout / installed),
        "WRANGLER_ENVIRONMENT": "",
    }
    return run(DEPLOY, checkout, {**variables, **{name.upper(): value for name, value in given.items()}})


def test_the_projects_own_wrangler_comes_first(checkout: Path) -> None:
    """It is the version that the project was tested with."""
    program(checkout / "worker" / "node_modules" / ".bin" / "wrangler")
    program(checkout / "node_modules" / ".bin" / "wrangler", "#!/bin/sh\nexit 9\n")
    ended = deploy(checkout, folder="worker", config="wrangler.toml", wrangler_environment="staging")
    assert ended.code == 0
    last = f"wrangler in {checkout}/worker: deploy --config wrangler.toml --env staging token=s3cret"
    assert ended.stdout.splitlines() == [f"Using the project's own wrangler, of {checkout}/worker.", last]


def test_a_workspaces_wrangler_comes_second(checkout: Path) -> None:
    """Package managers put it where the lock file is."""
    (checkout / "worker").mkdir()
    program(checkout / "node_modules" / ".bin" / "wrangler")
    ended = deploy(checkout, folder="worker", config="wrangler.json")
    assert ended.stdout.splitlines()[-1] == f"wrangler in {checkout}/worker: deploy --config wrangler.json token=s3cret"


def test_otherwise_wrangler_is_fetched_and_the_log_says_so(checkout: Path) -> None:
    """Of a known major version, with a notice that tells how to choose the version."""
    ended = deploy(checkout, config="wrangler.json")
    notice, call = ended.stdout.splitlines()
    assert notice.startswith("::notice title=shared-deploy::wrangler is no dependency here")
    assert call == f"npx in {checkout}: --yes wrangler@4 deploy --config wrangler.json token=s3cret"


def test_a_failure_of_wrangler_fails_the_step(checkout: Path) -> None:
    """Its exit code is the step's."""
    program(checkout / "node_modules" / ".bin" / "wrangler", "#!/bin/sh\nexit 7\n")
    assert deploy(checkout, config="wrangler.json").code == 7


def test_a_deploy_command_is_bash_in_the_services_folder(checkout: Path) -> None:
    """With what it needs: the environment's name, the secrets, and several lines."""
    (checkout / "worker").mkdir()
    command = 'pwd\nwords=("$ENVIRONMENT" "${{ github.token }}")\necho "${#words[@]} $CLOUDFLARE_API_TOKEN"'
    ended = deploy(checkout, folder="worker", deploy_command=command.replace("${{ github.token }}", "`id`"))
    assert (ended.code, ended.stdout.splitlines()) == (0, [f"{checkout}/worker", "2 s3cret"])


@pytest.mark.parametrize("first", ["false", "false | true", 'echo "$NOTHING"'])
def test_a_deploy_command_stops_at_its_first_failure(checkout: Path, first: str) -> None:
    """Also where a pipe would hide it, and where a variable is misspelt."""
    ended = deploy(checkout, deploy_command=f"{first}\necho deployed")
    assert ended.code != 0
    assert "deployed" not in ended.stdout


@pytest.mark.parametrize(
    ("manager", "locked", "calls"),
    [
        ("npm", "true", ["npm: ci --no-audit --no-fund"]),
        ("npm", "false", ["npm: install --no-audit --no-fund"]),
        ("pnpm", "true", ["npm: install --global --no-audit --no-fund pnpm@10", "pnpm: install --frozen-lockfile"]),
        ("pnpm", "false", ["npm: install --global --no-audit --no-fund pnpm@10", "pnpm: install"]),
    ],
)
def test_dependencies_are_installed_as_locked_and_without_secrets(
    checkout: Path, manager: str, locked: str, calls: list[str]
) -> None:
    """Where there is no lock file, a notice says what that means."""
    ended = run(INSTALL, checkout, {"FOLDER": str(checkout), "LOCKED": locked, "MANAGER": manager})
    assert ended.code == 0
    lines = ended.stdout.replace(f" in {checkout}", "").splitlines()
    assert [line for line in lines if not line.startswith("::")] == [f"{call} token=unset" for call in calls]
    notices = [line for line in lines if line.startswith("::notice title=shared-deploy::There is no lock file, so")]
    assert len(notices) == len(lines) - len(calls) == (locked == "false")
