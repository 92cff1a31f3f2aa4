"""Answers that several systems share: who may ask, and what an unknown path says."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

_BEARER = "bearer "


def bearer_refusal(request: Request, secret: str, noun: str = "API key") -> Response | None:
    """Give the 401 for a missing or wrong bearer, None when it is the right one."""
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(_BEARER):
        return JSONResponse({"error": f"Missing {noun}"}, 401)
    if not secrets.compare_digest(header[len(_BEARER) :].strip().encode(), secret.encode()):
        return JSONResponse({"error": f"Invalid {noun}"}, 401)
    return None


async def json_object(request: Request) -> dict[str, Any] | None:
    """Read the body as a JSON object; None when it is none, or one that could not be written again.

    Python alone would take NaN, 1e999 and half a surrogate pair, and then fail at every answer that holds them.
    """
    try:
        document = json.loads(await request.body())
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def not_found(_request: Request, _error: Exception | None = None) -> Response:
    """Answer a path that nothing listens on, as the deployed workers do."""
    return PlainTextResponse("404 Not Found", 404)
