"""Serve the sandbox where the container of an action can reach it: on Docker's bridge, over TLS.

A container action has a network of its own, without the runner's loopback; and plain http is spoken to loopback only.
So the sandbox is what a ChittyOS in a private network is: a private address, and a private authority's certificate.
"""  # noqa: INP001 - a script of a workflow, not part of a package

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import trustme
import uvicorn

from sandbox.app import ecosystem
from sandbox.faults import fault_from
from sandbox.wire import Wire
from sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Callable


def main(address: str, authority_file: Path) -> None:
    """Serve at the address until stopped. Once the step's outputs are written, a client can connect."""
    listening = socket.create_server((address, 0))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(authority_file)
    world = World(f"https://{address}:{listening.getsockname()[1]}")
    fault = json.loads(os.environ["FAULT"])
    if fault:
        world.faults.set(fault.pop("target"), fault_from(fault))

    def tls(_config: uvicorn.Config, _default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(address).configure_cert(context)
        return context

    _give(world)
    config = uvicorn.Config(ecosystem(world), http=Wire, ws="none", lifespan="off", ssl_context_factory=tls)
    uvicorn.Server(config).run([listening])


def _give(world: World) -> None:
    tokens = world.tokens
    outputs = {"url": world.origin, "register-token": tokens.register_token, "api-key": tokens.api_key}
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write("".join(f"{name}={value}\n" for name, value in outputs.items()))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
