"""`python -m sandbox [--port N] [--generation G]`: run the sandbox in the foreground and print what to export."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys

from sandbox.generation import Generation
from sandbox.server import Sandbox

_STOPPING = {signal.SIGINT, signal.SIGTERM}


def main() -> int:
    """Serve until Ctrl-C or SIGTERM; 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="a small ChittyOS on this machine")
    parser.add_argument("--port", type=int, default=8080, help="port on 127.0.0.1, 0 for a free one (default: 8080)")
    parser.add_argument(
        "--generation",
        type=Generation,
        choices=list(Generation),
        default=Generation.DESIGN,
        help="which APIs it speaks: those of the design, the deployed ones, or some of each (default: design)",
    )
    arguments = parser.parse_args()
    port: int = arguments.port
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)  # before the thread starts, which inherits it
    try:
        sandbox = Sandbox(port, arguments.generation)
    except OSError as error:
        sys.stderr.write(f"port {port} of 127.0.0.1 cannot be used ({error.strerror}); try --port 0\n")
        return 1
    with sandbox:
        sys.stdout.write(_introduction(sandbox))
        sys.stdout.flush()
        signal.sigwait(_STOPPING)
    return 0


def _introduction(sandbox: Sandbox) -> str:
    variables = {**sandbox.environment(), **sandbox.github_environment(), **sandbox.cloudflare_environment()}
    # A shell cannot export a hyphen; the action takes underscores too.
    exports = "".join(f"export {name.replace('-', '_')}={shlex.quote(value)}\n" for name, value in variables.items())
    issues = f"{sandbox.github.api_url}/repos/{sandbox.github.repository}/issues?state=all"
    return f"""\
# A small ChittyOS (generation: {sandbox.generation}) answers at {sandbox.url} until Ctrl-C. \
Copy these lines into another terminal:
{exports}export INPUT_PHASE=pre INPUT_SERVICE_NAME=chittyrouter
{sys.executable} -m chitty_action
# Look at all services, with incidents as issues of a small GitHub; then read these:
# INPUT_PHASE=reconcile {sys.executable} -m chitty_action
# curl -H "Authorization: Bearer $INPUT_GITHUB_TOKEN" '{issues}'
# Look at the zones of a small Cloudflare:
# curl -H "Authorization: Bearer $INPUT_CLOUDFLARE_API_TOKEN" '{sandbox.cloudflare.api_url}/zones'
# Let a service appear, let one break, let the hub be down, make all well again:
# curl -X POST {sandbox.url}/_sandbox/deploy -d '{{"name": "chittydemo"}}'
# curl -X POST {sandbox.url}/_sandbox/faults -d '{{"target": "service:chittytrack", "fault": "down"}}'
# curl -X POST {sandbox.url}/_sandbox/faults -d '{{"target": "connect.health", "fault": "down"}}'
# curl -X DELETE {sandbox.url}/_sandbox/faults
"""


if __name__ == "__main__":
    sys.exit(main())
