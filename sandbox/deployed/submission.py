"""What `POST /api/v1/register` takes: the deployed schema, and strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

if TYPE_CHECKING:
    from typing import Self

    from pydantic_core import ErrorDetails

_SUBTYPES = {
    "P": {"natural", "synthetic", "legal", "agent", "subagent", "channel", "user"},
    "L": {"domain", "hostname", "node", "region", "venue"},
    "T": {"service", "mcp-server", "skill", "plugin", "command", "library", "script", "document", "schema"},
    "E": {"registration", "revocation", "certification", "deployment"},
    "A": {"certificate", "manifest", "token", "badge"},
}
_OBLIGATORY = ("/health", "/api/v1/status")

_Text = Annotated[str, StringConstraints(min_length=1)]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
_Version = Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
_Tier = Annotated[int, Field(ge=0, le=5)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)  # what it does not know, it ignores


class _Schema(_Part):
    version: _Text
    entities: list[Any]
    relationships: list[Any] | None = None


class _Security(_Part):
    authentication: Literal["jwt", "oauth2", "apikey"]
    encryption: Literal["tls", "https"]


class _Metadata(_Part):
    maintainer: _Text
    repository: str | None = None
    documentation: str | None = None
    tier: _Tier | None = None
    domain: str | None = None
    tags: list[str] | None = None


class Submission(_Part):
    """One registration of the deployed form."""

    name: _Name
    description: _Text
    version: _Version
    endpoints: list[str]
    structure: _Schema = Field(alias="schema")
    security: _Security
    metadata: _Metadata
    entity_type: Literal["P", "L", "T", "E", "A"] = "T"
    subtype: str = "service"
    base_url: str | None = None
    tier: _Tier | None = None
    domain: str | None = None
    category: str | None = None

    @field_validator("endpoints")
    @classmethod
    def _has_the_obligatory_ones(cls, endpoints: list[str]) -> list[str]:
        for endpoint in endpoints:
            if not endpoint.startswith("/") and urlsplit(endpoint).scheme not in {"http", "https"}:
                raise ValueError(f"{endpoint!r} is neither a path nor an address")
        missing = [path for path in _OBLIGATORY if not any(urlsplit(endpoint).path == path for endpoint in endpoints)]
        if missing:
            raise ValueError(f"must include {' and '.join(missing)}")
        return endpoints

    @model_validator(mode="after")
    def _is_a_known_kind(self) -> Self:
        if self.subtype not in _SUBTYPES[self.entity_type]:
            raise ValueError(f"subtype {self.subtype!r} is none of entity_type {self.entity_type}")
        return self


def problems_of(document: dict[str, Any]) -> list[str]:
    """List what is wrong with a submission, one `field: message` each."""
    try:
        Submission.model_validate(document)
    except ValidationError as error:
        return [f"{_field(problem)}: {problem['msg'].removeprefix('Value error, ')}" for problem in error.errors()]
    return []


def _field(problem: ErrorDetails) -> str:
    return ".".join(map(str, problem["loc"])) or "subtype"  # what is wrong with the whole is its kind
