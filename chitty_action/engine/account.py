"""Which zones a Cloudflare account has: asked first, because each of them is then asked for its routes."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action import ecosystem
from chitty_action.account import permission, unread
from chitty_action.engine.observe import observe
from chitty_action.model.observation import Seen
from chitty_action.model.route import Unread, Zone
from chitty_action.model.subject import Account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chitty_action.documents.cloudflare import Zones
    from chitty_action.inputs import Inputs
    from chitty_action.model.ports import Ports

MOST_REQUESTS = 1_200
"""Requests that Cloudflare takes from a user within five minutes ("API rate limits")."""
_FOR_THE_REST = 2
"""Requests for custom domains and Workers."""


def account_of(inputs: Inputs, silenced: Mapping[str, str]) -> Account | str:
    """Return the account that the inputs name, or which of them is missing for that."""
    if inputs.cloudflare_api_token is None:
        return "there is no cloudflare-api-token"
    if inputs.cloudflare_account_id is None:
        return "there is no cloudflare-account-id"
    return Account(inputs.cloudflare_account_id, inputs.cloudflare_api_url, silenced=silenced)


async def with_zones(account: Account, ports: Ports) -> Account:
    """List the zones page after page, until Cloudflare's own count is reached."""
    zones: list[Zone] = []
    for page in count(1):
        reading = ecosystem.zones(account.api, account.id, page)
        observation = (await observe((reading,), ports))[reading]
        if not isinstance(observation, Seen):
            return replace(account, zones=unread(observation, "zones"))
        listed = observation.value
        zones += [Zone(row.name.lower().rstrip("."), row.id) for row in listed.rows]
        if page + len(zones) + _FOR_THE_REST > MOST_REQUESTS:
            why = f"the account has {len(zones):,} zones or more, and Cloudflare takes {MOST_REQUESTS:,} requests"
            told = Unread(f"{why} in five minutes", "use a token that may see fewer zones")
            return replace(account, zones=told)
        if _is_last(page, listed):
            break
    return _whole(account, zones, listed)


def _is_last(page: int, listed: Zones) -> bool:
    if listed.pages is not None:
        return page >= listed.pages
    return len(listed.rows) < ecosystem.ZONES_A_PAGE


def _whole(account: Account, zones: list[Zone], listed: Zones) -> Account:
    """Accept the zones if they are as many as Cloudflare says, and some at all; half a list is none.

    A token that may read no zone is not refused: it gets an empty list.
    """
    if not zones:
        why = "Cloudflare lists no zone of the account for this token"
        return replace(
            account, zones=Unread(why, f"{permission('zones')}, and see that cloudflare-account-id is right")
        )
    if listed.count is not None and listed.count != len({zone.id for zone in zones}):
        why = f"Cloudflare says that there are {listed.count:,} zones, and listed {len(zones):,}"
        return replace(account, zones=Unread(why, "run the phase again: the list changed while it was read"))
    return replace(account, zones=tuple(zones))
