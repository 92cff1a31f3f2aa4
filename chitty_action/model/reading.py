"""What to look at, as a value: ordered sources, and the document that they are read as."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct

D = TypeVar("D")


class Credential(StrEnum):
    """A secret by the name of its input; the value itself lives only in `main` and the HTTP adapter."""

    REGISTER_TOKEN = "register-token"  # noqa: S105 - the name of an input, not a secret
    API_KEY = "api-key"
    ADMIN_TOKEN = "admin-token"  # noqa: S105 - the name of an input, not a secret
    CLOUDFLARE_API_TOKEN = "cloudflare-api-token"  # noqa: S105 - the name of an input, not a secret


class NotFound(StrEnum):
    """What a 404 from a source means (interface, section 4, "Not offered").

    CAPABILITY: the host does not offer the path; so do 405 and 501, and the next source is tried.
    SUBJECT: the thing that the path names is not there, unless the body says that the path is unknown.
    ADDRESS: nothing answers at the address that was looked at; 405 and 501 keep their plain HTTP meaning.
    """

    CAPABILITY = "capability"
    SUBJECT = "subject"
    ADDRESS = "address"


class Generation(StrEnum):
    """Which of the ecosystem's two APIs a source belongs to: that of its design document, or the one deployed today."""

    DESIGN = "design"
    DEPLOYED = "deployed"


class By(StrEnum):
    """How a source is asked: with one GET, or with a whole MCP conversation that ends in the list of tools."""

    GET = "get"
    MCP = "mcp"


class Projection(Struct, frozen=True):
    """A jq program over a response body. Names go in as `arguments` (jq variables), never pasted into the program.

    `foreign` marks a program that a user wrote: it runs in a child process without environment, and what counts
    is whether its last output is truthy.
    """

    program: str
    arguments: tuple[tuple[str, str], ...] = ()
    foreign: bool = False


class Source(Struct, frozen=True, gc=False):
    """One place where a reading can be taken."""

    url: str
    not_found: NotFound = NotFound.CAPABILITY
    projection: Projection | None = None
    credential: Credential | None = None
    json_only: bool = True
    """False where a 2xx without a JSON body is an answer too (a health look)."""
    generation: Generation | None = None
    """None where both generations agree."""
    by: By = By.GET
    only_if_seen: bool = False
    """Whether only a document from it counts, because its silence says nothing: it may not be meant at all."""
    yields_in_trouble: bool = False
    """Whether a document of the next source counts when this one is down or redirects: both know the same."""


class Reading(Struct, Generic[D], frozen=True, gc=False):
    """Ordered sources of one document; the first that answers wins. Equal readings are taken once."""

    sources: tuple[Source, ...]
    document: type[D]
