"""`Sandbox`: the ecosystem on a free port of the loopback interface, in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING, Self

import uvicorn

from sandbox.app import ecosystem
from sandbox.generation import Generation
from sandbox.wire import Wire
from sandbox.world import World

if TYPE_CHECKING:
    from types import TracebackType

    from sandbox.cloudflare_state import CloudflareState
    from sandbox.github_state import GitHubState
    from sandbox.switchboard import Faults
    from sandbox.world import Json, Recorded

_HOST = "127.0.0.1"
_PATIENCE = 10.0  # seconds for the server to start or stop; both take a fraction of one


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready and stops at once, instead of looking at a flag ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until `stop`; then give up the answers that are still under way (a slow one would be waited for)."""
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        await self._stopping.wait()
        for answering in self.server_state.tasks:
            answering.cancel()

    def stop(self) -> None:
        """Ask the server to stop, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)


class Sandbox:
    """A small ChittyOS at `url`, to be used as a context manager; several may run at the same time."""

    def __init__(self, port: int = 0, generation: Generation = Generation.DESIGN) -> None:
        """Bind the port (0: a free one) to speak one generation of the APIs; raises OSError when it is taken."""
        # The protocol is named because asyncio switches Nagle's delay (40 ms an answer) off only where it sees TCP.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((_HOST, port))
        except OSError:
            self._socket.close()
            raise
        self.url = f"http://{_HOST}:{self._socket.getsockname()[1]}"
        self._world = World(self.url, generation)
        config = uvicorn.Config(
            ecosystem(self._world),
            http=Wire,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True
        )

    def __enter__(self) -> Self:
        """Start serving; raises RuntimeError when the server does not come up."""
        self._thread.start()
        if not self._server.ready.wait(_PATIENCE):
            raise RuntimeError(f"the sandbox did not start at {self.url} within {_PATIENCE:.0f} s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving and wait until the thread has ended."""
        self._server.stop()
        self._thread.join(_PATIENCE)

    @property
    def faults(self) -> Faults:
        """The switches: `sandbox.faults.set("connect.health", Down())`."""
        return self._world.faults

    @property
    def registry(self) -> dict[str, Json]:
        """The registry's rows by name, live: a test may plant a row."""
        return self._world.registry

    @property
    def github(self) -> GitHubState:
        """The small GitHub: its people, clock and switches."""
        return self._world.github

    @property
    def issues(self) -> dict[int, Json]:
        """Its issues by number, as GitHub shows them."""
        return self._world.github.issues

    @property
    def cloudflare(self) -> CloudflareState:
        """The small Cloudflare: its zones, routes, domains and scripts, its clock and switches."""
        return self._world.cloudflare

    @property
    def tasks(self) -> dict[str, Json]:
        """The context tasks by id."""
        return self._world.tasks

    @property
    def requests(self) -> list[Recorded]:
        """Every request as it arrived, in order, with the status that was answered."""
        return self._world.requests

    @property
    def conflicts(self) -> list[Json]:
        """What ChittyConnect shows as route conflicts; a test appends to it."""
        return self._world.conflicts

    @property
    def discovery_lag(self) -> float:
        """Seconds that a newly registered service is missing from the discovery document."""
        return self._world.discovery_lag

    @discovery_lag.setter
    def discovery_lag(self, seconds: float) -> None:
        self._world.discovery_lag = seconds

    @property
    def generation(self) -> Generation:
        """The generation that is spoken now; `reset` changes it."""
        return self._world.generation

    @property
    def tools(self) -> list[Json]:
        """Rows that the deployed registry lists as they are, after those of `registry`; a test appends to it."""
        return self._world.tools

    @property
    def catalogue(self) -> set[str]:
        """The names in the deployed hub's discovery document, which no registration changes."""
        return self._world.catalogue

    @property
    def compliance(self) -> dict[str, Json]:
        """What the deployed register says of each service that it knows, by name."""
        return self._world.ledger.compliance

    @property
    def register_budget(self) -> int:
        """Submissions an hour that the deployed register takes."""
        return self._world.ledger.budget

    @register_budget.setter
    def register_budget(self, submissions: int) -> None:
        self._world.ledger.budget = submissions

    @property
    def mcp_stream(self) -> bool:
        """Whether the deployed MCP gateway answers with an event stream instead of one document."""
        return self._world.mcp.streams

    @mcp_stream.setter
    def mcp_stream(self, streams: bool) -> None:
        self._world.mcp.streams = streams

    @property
    def mcp_stream_stays_open(self) -> bool:
        """Whether such a stream goes on after its response until the client leaves."""
        return self._world.mcp.keeps_streams_open

    @mcp_stream_stays_open.setter
    def mcp_stream_stays_open(self, stays_open: bool) -> None:
        self._world.mcp.keeps_streams_open = stays_open

    def deploy(
        self,
        name: str,
        version: str = "1.0.0",
        commit: str = "",
        tools: tuple[str, ...] = ("status", "query"),
        *,
        catalogued: bool = True,
    ) -> None:
        """Let a service appear at `<url>/services/<name>`; deployed under its label, and in the catalogue if asked."""
        self._world.deploy(name, version, commit, tools, catalogued=catalogued)

    def reset(self, generation: Generation | None = None) -> None:
        """Start over with the initial services, in a generation (None: that of the start); address and tokens stay."""
        self._world.reset(generation)

    def environment(self) -> dict[str, str]:
        """Give the `INPUT_*` variables that point the action at this sandbox."""
        tokens = self._world.tokens
        return {
            "INPUT_CONNECT-URL": f"{self.url}/connect",
            "INPUT_REGISTRY-URL": f"{self.url}/registry",
            "INPUT_REGISTER-URL": f"{self.url}/register",
            "INPUT_API-URL": f"{self.url}/api",
            "INPUT_MCP-URL": f"{self.url}/mcp",
            "INPUT_SERVICE-URL-TEMPLATE": f"{self.url}/services/{{name}}",
            "INPUT_ALLOW-PRIVATE-HOSTS": "true",
            "INPUT_REGISTER-TOKEN": tokens.register_token,
            "INPUT_API-KEY": tokens.api_key,
            "INPUT_ADMIN-TOKEN": tokens.admin_token,
        }

    def github_environment(self) -> dict[str, str]:
        """Give the variables that point the action at the small GitHub, as a workflow's job has them."""
        github = self._world.github
        return {
            "GITHUB_API_URL": github.api_url,
            "GITHUB_REPOSITORY": github.repository,
            "INPUT_GITHUB-TOKEN": github.token,
        }

    def cloudflare_environment(self) -> dict[str, str]:
        """Give the `INPUT_*` variables that point the action at the small Cloudflare."""
        cloudflare = self._world.cloudflare
        return {
            "INPUT_CLOUDFLARE-API-URL": cloudflare.api_url,
            "INPUT_CLOUDFLARE-API-TOKEN": cloudflare.token,
            "INPUT_CLOUDFLARE-ACCOUNT-ID": cloudflare.account_id,
        }
