"""Where the small Cloudflare answers, and what is in its envelope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

API = "/cloudflare/client/v4"
ZONES = f"{API}/zones"


def error_in(answer: httpx2.Response) -> tuple[int, int, str]:
    """Give status, code and message of a refusal."""
    document = answer.json()
    assert document["success"] is False
    return answer.status_code, document["errors"][0]["code"], document["errors"][0]["message"]


def result_in(answer: httpx2.Response) -> Any:  # noqa: ANN401  # JSON
    """Give the result of what went well."""
    document = answer.json()
    assert (answer.status_code, document["success"], document["errors"], document["messages"]) == (200, True, [], [])
    return document["result"]
