"""GitHub's own workflow parser, language service and expression engine, which are npm packages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

_HERE = Path(__file__).parent
_SOURCES = ("package.json", "package-lock.json", "workflows.mjs")
_BUNDLE = _HERE / "node_modules" / ".bundle" / "workflows.mjs"
_OLDEST_NODE = 20  # what the packages ask for
_ENOUGH_TO_INSTALL = 600.0  # seconds
_ENOUGH_TO_END = 30.0  # seconds
_PATIENTLY = ("-qq", "-o", "DPkg::Lock::Timeout=240")  # others install what they need at the same time
_APT = (("update", *_PATIENTLY), ("install", *_PATIENTLY, "--yes", "--no-install-recommends", "nodejs", "npm"))
# A bundled module still asks for Node's own ones by `require`.
_BANNER = "import{createRequire}from'module';const require=createRequire(import.meta.url);"


class GitHub:
    """Answers as GitHub does when it reads a workflow."""

    def __init__(self) -> None:
        """Start Node.js; before that, install the packages and bundle them, unless that is done already."""
        _provide_node()
        fresh = max((_HERE / name).stat().st_mtime for name in _SOURCES)
        if not _BUNDLE.is_file() or _BUNDLE.stat().st_mtime < fresh:
            _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            bundler = str(_HERE / "node_modules" / ".bin" / "esbuild")
            how = ("--bundle", "--platform=node", "--format=esm", "--log-level=error", f"--banner:js={_BANNER}")
            _run(bundler, "workflows.mjs", *how, f"--outfile={_BUNDLE}")
        pipe = subprocess.PIPE
        self._node = subprocess.Popen(["node", str(_BUNDLE)], stdin=pipe, stdout=pipe, text=True)  # noqa: S603, S607 - as above

    def __enter__(self) -> Self:
        """Use it within a `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """End Node.js."""
        self._node.communicate(timeout=_ENOUGH_TO_END)

    def read(
        self, name: str, content: str, callees: Mapping[str, str], actions: Mapping[str, object]
    ) -> tuple[Sequence[str], Mapping[str, str]]:
        """Read a workflow: what is wrong with it, and each job's condition as GitHub completes it."""
        answer = self._ask(ask="read", name=name, content=content, callees=callees, actions=actions)
        return answer["errors"], answer["conditions"]

    def evaluate(self, expression: str, contexts: Mapping[str, object], **status: bool) -> str:
        """Evaluate what stands in `${{ }}`; `status` is what success() and the like say."""
        said = {"success": True, "failure": False, "cancelled": False, "always": True, **status}
        return str(self._ask(ask="evaluate", expression=expression, contexts=contexts, status=said))

    def holds(self, condition: str, contexts: Mapping[str, object], **status: bool) -> bool:
        """Say whether a job with this condition would run."""
        return self.evaluate(f"!!({condition})", contexts, **status) == "true"

    def _ask(self, **question: object) -> Any:  # noqa: ANN401 - JSON
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(f"{json.dumps(question)}\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline() or "null")


def _run(*command: str) -> str:
    """Run a command in this folder; what it prints on a failure is the test's message."""
    ended = subprocess.run(  # noqa: S603 - our own words, and what npm installed
        command, cwd=_HERE, capture_output=True, text=True, timeout=_ENOUGH_TO_INSTALL, check=False
    )
    assert ended.returncode == 0, f"{command[0]} {command[1]} failed: {ended.stderr.strip()[-2000:]}"
    return ended.stdout


def _has_node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = re.match(r"v(\d+)\.", _run("node", "--version"))
    return version is not None and int(version[1]) >= _OLDEST_NODE


def _provide_node() -> None:
    """Find Node.js and npm, or install them; where neither can be done, tests are skipped, and say so."""
    if _has_node():
        return
    apt = shutil.which("apt-get")
    if apt is not None and os.geteuid() == 0:
        for step in _APT:
            subprocess.run(  # noqa: S603 - fixed words
                [apt, *step],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                capture_output=True,
                timeout=_ENOUGH_TO_INSTALL,
                check=False,
            )
    if not _has_node():
        pytest.skip(f"NOT TESTED: Node.js {_OLDEST_NODE} with npm is not installed, and apt-get could not install it")
