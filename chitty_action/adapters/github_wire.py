"""One request to GitHub by PyGithub: once, bounded, to one origin, and no redirect is followed.

PyGithub signs, encodes and sends. What it would do beyond that is switched off: waiting between requests, trying
again, following a 301 with the token, sleeping on a 202, reading a body of any size.
"""

from __future__ import annotations

from contextlib import closing
from math import ceil
from ssl import get_default_verify_paths
from typing import TYPE_CHECKING, Any

from github import Auth, Github
from github.Requester import HTTPSRequestsConnectionClass, RequestsResponse

from chitty_action.adapters.github_mishaps import mishap_of
from chitty_action.model.exchange import Answer, Failure, Mishap

if TYPE_CHECKING:
    from collections.abc import ItemsView

    from chitty_action.model.address import WebAddress
    from chitty_action.model.exchange import Request

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes of one answer: a page of 100 issues of 65,536 characters, most of them of more than one byte."""
_PART = 64 * 1024
_ACCEPTED = 202
_API_VERSION = "2022-11-28"
_ALWAYS = {"Accept": "application/vnd.github+json"}
_USER_AGENT = "chitty-action (+https://github.com/chittyos/chitty-action)"
_HEADERS = ("link", "retry-after")
_NUMBERS = ("x-ratelimit-remaining", "x-ratelimit-reset")
"""PyGithub reads these two as numbers, and falls over what is none."""
_LONGEST_NUMBER = 15


class _UnusableError(Exception):
    """An answer came that is of no use; whether anything took effect is not known."""

    def __init__(self, mishap: Mishap, reason: str, status: int) -> None:
        super().__init__(reason)
        self.mishap = mishap
        self.status = status


class _Received(RequestsResponse):
    """A whole answer, without the headers that PyGithub would act upon."""

    def __init__(self, received: RequestsResponse) -> None:
        """Read the body within its bound.

        Raises:
            _UnusableError: for a longer one, one cut short, and for a 202, at which PyGithub would ask for ever.
        """
        super().__init__(received.response)
        if self.status == _ACCEPTED:
            raise _UnusableError(Mishap.REFUSED, "answered 202, without what was asked for", self.status)
        self._text = self._body().decode("utf-8", "replace")

    def getheaders(self) -> ItemsView[str, str]:
        """Give those headers that are needed; of numbers only true ones."""
        kept = {name: self.headers[name] for name in _HEADERS if name in self.headers}
        for name in _NUMBERS:
            value = self.headers.get(name, "")
            if value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER:
                kept[name] = value
        return kept.items()

    def read(self) -> str:
        """Give the body."""
        return self._text

    def _body(self) -> bytes:
        body = bytearray()
        try:
            for part in self.iter_content(_PART):
                body += part
                if len(body) > LARGEST_BODY:
                    reason = f"answered {self.status} with a body over {LARGEST_BODY >> 20} MiB"
                    raise _UnusableError(Mishap.OVERSIZE, reason, self.status)
        except OSError as error:
            _, reason = mishap_of(error)
            raise _UnusableError(
                Mishap.BROKEN, f"answered {self.status}, and not whole: {reason}", self.status
            ) from error
        return bytes(body)


class _Connection(HTTPSRequestsConnectionClass):
    """Sends to one origin only, in https or (to loopback) http."""

    def __init__(self, address: WebAddress, timeout: float) -> None:
        # requests by itself does not look at SSL_CERT_FILE, which a company's runner sets and our other requests heed.
        trusted = get_default_verify_paths().cafile or True
        super().__init__(address.host, address.port, timeout=ceil(timeout), verify=trusted)
        self.protocol = address.scheme
        self.session.stream = True  # so that a body can be given up
        # An http proxy would see the token in the clear; what goes to loopback needs none.
        self.session.trust_env = address.scheme == "https"

    def getresponse(self) -> RequestsResponse:
        """Wait for a whole answer."""
        received = super().getresponse()
        with closing(received.response):
            return _Received(received)


class Wire:
    """A connection to GitHub for one thread at a time."""

    def __init__(self, address: WebAddress, token: str, timeout: float) -> None:
        """Connect to nothing yet."""
        self._connection = _Connection(address, timeout)
        self._requester = Github(
            auth=Auth.Token(token),
            base_url=address.url,
            user_agent=_USER_AGENT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=_API_VERSION,
        ).requester

    def ask(self, request: Request, document: dict[str, Any] | None) -> Answer | Failure:
        """Send one request, whose `url` is a path below the API's; never raises for what the other side does."""
        try:
            status, headers, body = self._requester.requestJson(
                request.method, request.url, headers=dict(_ALWAYS), input=document, cnx=self._connection
            )
        except _UnusableError as error:
            return Failure(error.mishap, str(error), status=error.status)
        except Exception as error:  # noqa: BLE001 - PyGithub sets no bound to what it raises
            return Failure(*mishap_of(error))
        return Answer(status, headers, body.encode())
