"""The official Cloudflare SDK and our readers see the same in the same answers; its types hold for the sandbox's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from cloudflare import Cloudflare
from cloudflare.types.workers import DomainListResponse, RouteListResponse, ScriptListResponse
from cloudflare.types.zones import Zone

from chitty_action.documents.cloudflare import Domains, Routes, Scripts, Zones
from sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel


@pytest.fixture
def account() -> Iterator[Sandbox]:
    """Give an account with a route of each kind."""
    with Sandbox() as sandbox:
        sandbox.cloudflare.add_route("score.chitty.cc/*", "chittyscore")
        sandbox.cloudflare.add_route("off.chitty.cc/*", None)
        yield sandbox


def _asked(sandbox: Sandbox, path: str) -> bytes:
    """Ask the sandbox as anybody would."""
    headers = {"Authorization": f"Bearer {sandbox.cloudflare.token}"}
    with urlopen(Request(f"{sandbox.cloudflare.api_url}{path}", headers=headers)) as answer:  # noqa: S310 - our own sandbox
        body: bytes = answer.read()
        return body


def _paths(sandbox: Sandbox) -> dict[str, str]:
    account = f"/accounts/{sandbox.cloudflare.account_id}/workers"
    zone = sandbox.cloudflare.zone_id("chitty.cc")
    return {
        "zones": "/zones?per_page=50",
        "routes": f"/zones/{zone}/workers/routes",
        "domains": f"{account}/domains",
        "scripts": f"{account}/scripts",
    }


@pytest.mark.parametrize(
    ("what", "model"),
    [("zones", Zone), ("routes", RouteListResponse), ("domains", DomainListResponse), ("scripts", ScriptListResponse)],
)
def test_the_sandboxs_rows_are_of_the_sdks_types(account: Sandbox, what: str, model: type[BaseModel]) -> None:
    """Validated, not only taken: the SDK itself builds its values without a look at their types."""
    rows = json.loads(_asked(account, _paths(account)[what]))["result"]
    assert rows
    for row in rows:
        model.model_validate(row)


def test_our_readers_see_what_the_sdk_sees(account: Sandbox) -> None:
    """Zones, routes, custom domains and Workers, by the official client and by our documents."""
    cloudflare, paths = account.cloudflare, _paths(account)
    sdk = Cloudflare(api_token=cloudflare.token, base_url=cloudflare.api_url)
    bodies = {what: _asked(account, path) for what, path in paths.items()}
    zone, own = cloudflare.zone_id("chitty.cc"), {"account_id": cloudflare.account_id}
    assert [(row.id, row.name) for row in Zones.read(bodies["zones"]).rows] == [
        (one.id, one.name) for one in sdk.zones.list()
    ]
    routes: list[Any] = list(sdk.workers.routes.list(zone_id=zone))
    assert [(row.id, row.pattern, row.script) for row in Routes.read(bodies["routes"]).rows] == [
        (one.id, one.pattern, one.script) for one in routes
    ]
    domains: list[Any] = list(sdk.workers.domains.list(**own))
    assert [
        (row.id, row.hostname, row.service, row.zone_id, row.zone_name) for row in Domains.read(bodies["domains"]).rows
    ] == [(one.id, one.hostname, one.service, one.zone_id, one.zone_name) for one in domains]
    scripts: list[Any] = list(sdk.workers.scripts.list(**own))
    assert [row.id for row in Scripts.read(bodies["scripts"]).rows] == [one.id for one in scripts]
