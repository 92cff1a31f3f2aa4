"""What the deployed ChittyRegister demands of a document, field by field, and the cures (ecosystem, section 2.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.documents.registration_file import lacks
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OBLIGATORY = ("/health", "/api/v1/status")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
SUBTYPES = ("service", "mcp-server")
AUTHENTICATION = ("jwt", "oauth2", "apikey")
ENCRYPTION = ("tls", "https")
OPTIONAL = ("base_url", "domain", "canonicalUri", "category")
_WORKER = "only Workers are registered from a workflow: remove this file, or register such an entity by hand"
CURES = {
    "name": "write the service's name in lower-case kebab, beginning with a letter, the same as service-name",
    "version": "write three numbers, such as 1.2.3, without v or -rc.1, in the registration file or the manifest",
    "description": "write one sentence in the registration file or the manifest",
    "entity_type": _WORKER,
    "subtype": _WORKER,
    "endpoints": f"write a list of paths, with {' and '.join(OBLIGATORY)} among them",
    "schema": "write an object with version, entities and, if there are any, relationships; or leave schema out",
    "schema.version": "write a version such as 1.0.0 as a text, or leave it out",
    "schema.entities": "write a list of the entities' names, or leave it out",
    "schema.relationships": "write a list of texts or objects, or leave it out",
    "security": "write an object with authentication and encryption, or leave security out",
    "security.authentication": f"write one of {', '.join(AUTHENTICATION)}",
    "security.encryption": f"write one of {', '.join(ENCRYPTION)}",
    "metadata": "write an object with maintainer and repository",
    "metadata.maintainer": "write who maintains the service there, or as the author in the manifest",
    "metadata.repository": "write the repository's URL as a text, or leave it out",
    **dict.fromkeys(OPTIONAL, "write a text, or leave it out"),
}


class Complaint(Struct, frozen=True):
    """What is wrong with one field, as a sentence, and its cure; the field is empty where it is not known."""

    field: str
    message: str
    cure: str


def verdicts(document: Mapping[str, object], name: str) -> Iterator[tuple[str, str | None]]:
    """Hold every field against its rule (ecosystem, section 2.2); a verdict stands after the field's name."""
    yield "name", _as_name(document.get("name"), name)
    yield "version", _as_version(document.get("version"))
    yield "description", _as_text(document.get("description"))
    yield "entity_type", _as_one_of(document.get("entity_type", "T"), ("T",))
    yield "subtype", _as_one_of(document.get("subtype", SUBTYPES[0]), SUBTYPES)
    yield "endpoints", _as_list(document.get("endpoints"))
    for field in (field for field in OPTIONAL if field in document):
        yield field, _as_text(document[field])
    schema, security, metadata = (document.get(field) for field in ("schema", "security", "metadata"))
    if isinstance(schema, dict):
        yield "schema.version", _as_text(schema.get("version"))
        yield "schema.entities", _as_list(schema.get("entities"), of_objects=True)
        yield "schema.relationships", _as_list(schema.get("relationships", []), of_objects=True)
    if isinstance(security, dict):
        yield "security.authentication", _as_one_of(security.get("authentication"), AUTHENTICATION)
        yield "security.encryption", _as_one_of(security.get("encryption"), ENCRYPTION)
    if isinstance(metadata, dict):
        yield "metadata.maintainer", _as_text(metadata.get("maintainer"))
        if not lacks(metadata.get("repository")):
            yield "metadata.repository", _as_text(metadata["repository"])
    for field, members in (("schema", schema), ("security", security), ("metadata", metadata)):
        yield field, None if isinstance(members, dict) else f"is {kind_of(members)}, not an object"


def _as_name(value: object, name: str) -> str | None:
    if not isinstance(value, str) or lacks(value):
        return _as_text(value)
    if value != name:
        return f"is {_quoted(value)}, but this service is {name}"
    return None if _NAME.fullmatch(value) else f"is {_quoted(value)}, which ChittyRegister does not accept"


def _as_version(value: object) -> str | None:
    if not isinstance(value, str) or lacks(value):
        return _as_text(value)
    return None if _VERSION.fullmatch(value) else f"is {_quoted(value)}, not three numbers"


def _as_text(value: object) -> str | None:
    if lacks(value):
        return "is missing"
    return None if isinstance(value, str) else f"is {kind_of(value)}, not a text"


def _as_one_of(value: object, allowed: tuple[str, ...]) -> str | None:
    if value in allowed:
        return None
    return f"is {_quoted(value) if isinstance(value, str) else kind_of(value)}, not {' or '.join(allowed)}"


def _as_list(value: object, *, of_objects: bool = False) -> str | None:
    """A list of texts of one line, or of objects too."""
    if not isinstance(value, list):
        return f"is {kind_of(value)}, not a list"
    wrong = [
        (position, item)
        for position, item in enumerate(value, 1)
        if not (_is_line(item) or (of_objects and isinstance(item, dict)))
    ]
    if not wrong:
        return None
    (position, item), *others = wrong
    more = f", and {len(others)} more like it" if others else ""
    return f"has {kind_of(item)} as item {position}{more}, not a text"


def _is_line(value: object) -> bool:
    return isinstance(value, str) and value.splitlines() == [value] and not lacks(value)


def _quoted(text: str) -> str:
    return in_quotes(one_line(text, 80))


def kind_of(value: object) -> str:
    """Say of what type a JSON value is."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text" if _is_line(value) else "an empty text or one of several lines"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "a number"
