"""One sandbox for the tests of a worker, fresh for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from sandbox import Generation, Sandbox
from tests.sandbox.envelope import ZONES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def sandbox(running: Sandbox) -> Sandbox:
    """Give the running sandbox with its initial state."""
    running.reset()
    return running


@pytest.fixture
def deployed(sandbox: Sandbox) -> Sandbox:
    """Give the running sandbox as the deployed systems answer."""
    sandbox.reset(Generation.DEPLOYED)
    return sandbox


@pytest.fixture(scope="session")
def client(running: Sandbox) -> Iterator[httpx2.Client]:
    """Give a client that speaks to the sandbox and follows nothing."""
    with httpx2.Client(base_url=running.url, timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def bearer(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    """Give the headers for each of the three secrets: `register`, `key` and `admin`."""
    environment = sandbox.environment()
    inputs = {"register": "INPUT_REGISTER-TOKEN", "key": "INPUT_API-KEY", "admin": "INPUT_ADMIN-TOKEN"}
    return {name: {"Authorization": f"Bearer {environment[variable]}"} for name, variable in inputs.items()}


@pytest.fixture
def routes(sandbox: Sandbox) -> str:
    """Give the path of the routes of chitty.cc."""
    return f"{ZONES}/{sandbox.cloudflare.zone_id('chitty.cc')}/workers/routes"
