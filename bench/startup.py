"""What a deployment waits for: `pre` against the three curl commands that it stands in for, and what its imports cost.

Both ask the same server, over TLS, with the machine's own trusted roots and one more; rounds alternate, medians are
compared. Bytecode is warm. Limits are those that the project has set itself; nothing fails by them, a reader does.
"""

from __future__ import annotations

import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

from bench.server import LATENCY, running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 15
MOST_OF_CURL, MOST_MS = 1.5, 230
PYTHON = (sys.executable, "-I")
IMPORTS = "import chitty_action.main, chitty_action.phases.pre"
UNWANTED = ("github", "jinja2", "rich")
"""Libraries of `reconcile`, the page and the terminal: a runner that asks for `pre` must not pay for them."""


def seconds(command: tuple[str, ...], environment: Mapping[str, str]) -> float:
    """Run a command that must succeed; return its wall time."""
    began = time.perf_counter()
    subprocess.run(command, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, check=True)  # noqa: S603 - our own
    return time.perf_counter() - began


def medians(contestants: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Run all of them in turn, once to warm up and then some rounds; return the median seconds of each."""
    for run in contestants.values():
        run()
    taken = [{name: run() for name, run in contestants.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(one[name] for one in taken) for name in contestants}


def hub(folder: Path, port: int) -> dict[str, str]:
    """Return the environment of a `pre` on a runner, whose hub is the server."""
    url = f"https://localhost:{port}"
    addresses = {f"INPUT_{name}-URL": url for name in ("CONNECT", "REGISTRY", "REGISTER", "API", "MCP")}
    files = {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    return {
        **addresses,
        **files,
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(folder),
        "INPUT_PHASE": "pre",
        "INPUT_SERVICE-NAME": "chittydemo",
        "INPUT_ALLOW-PRIVATE-HOSTS": "true",
        "SSL_CERT_FILE": str(folder / "roots.pem"),
        "PATH": os.environ["PATH"],
    }


def trusted(authority: trustme.CA) -> bytes:
    """Return the machine's trusted roots and the authority: how many there are is what a start of curl costs."""
    system = ssl.get_default_verify_paths().cafile
    return (Path(system).read_bytes() if system else b"") + authority.cert_pem.bytes()


def phase() -> None:
    """Compare `pre` with three curl processes, one after the other."""
    curl = shutil.which("curl")
    if curl is None:
        print("pre against curl: not measured, because curl is not installed")
        return
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as name, running(Path(name), authority, "localhost") as port:
        folder = Path(name)
        (folder / "roots.pem").write_bytes(trusted(authority))
        environment = hub(folder, port)
        get = (curl, "--silent", "--show-error", "--fail", "--max-time", "10", "--cacert", str(folder / "roots.pem"))
        paths = ("/health", "/.well-known/chitty.json", "/api/services/chittydemo")
        urls = [f"https://localhost:{port}{path}" for path in paths]
        taken = medians(
            {
                "curl": lambda: sum(seconds((*get, url), environment) for url in urls),
                "pre": lambda: seconds((*PYTHON, str(ROOT / "entrypoint.py")), environment),
            }
        )
        ratio = taken["pre"] / taken["curl"]
        print(f"pre / three sequential curl ({LATENCY * 1000:.0f} ms, TLS)  {ratio:.2f}   limit {MOST_OF_CURL}")
        loaded = imported((*PYTHON, "-X", "importtime", str(ROOT / "entrypoint.py")), environment)
        strangers = [name for name in UNWANTED if name in loaded]
        print(
            f"imported by pre on a runner, and not wanted  {', '.join(strangers) or 'none'}   of {', '.join(UNWANTED)}"
        )


def imported(command: tuple[str, ...], environment: Mapping[str, str]) -> set[str]:
    """Return the top-level names of all modules that a run imports."""
    run = subprocess.run(command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def imports() -> None:
    """Say what importing `pre` and all it needs costs beyond a bare interpreter."""
    environment = {"PATH": os.environ["PATH"]}
    taken = medians(
        {
            "bare": lambda: seconds((*PYTHON, "-c", "pass"), environment),
            "pre": lambda: seconds((*PYTHON, "-c", IMPORTS), environment),
        }
    )
    cost = (taken["pre"] - taken["bare"]) * 1000
    print(f"imports of pre over a bare interpreter  {cost:.0f} ms   limit {MOST_MS} ms")


if __name__ == "__main__":
    phase()
    imports()
