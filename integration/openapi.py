"""GitHub's published description of its API, and whether a request is one of those that it describes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NAME = "urn:github"
_PARAMETER = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: `path` with its query, below the API's address; `body` is JSON text."""

    method: str
    path: str
    body: str | None = None


class Description:
    """Validates requests."""

    def __init__(self, file: Path) -> None:
        """Read the description: 13 MB, about a second."""
        self._document: dict[str, Any] = json.loads(file.read_text("utf-8"), object_hook=_with_null)
        self._registry = jsonschema_rs.Registry([(_NAME, self._document)])
        paths = self._document["paths"]
        # Of two templates that fit, the one with fewer parameters is meant.
        templates = sorted(paths, key=lambda template: template.count("{"))
        self._operations = [
            (template, method, self._pattern(template, operation))
            for template in templates
            for method, operation in paths[template].items()
        ]

    def problems(self, sent: Sent) -> list[str]:
        """Say what GitHub does not describe in a request."""
        path, _, query = sent.path.partition("?")
        for template, method, pattern in self._operations:
            found = pattern.fullmatch(path) if method == sent.method.lower() else None
            if found is not None:
                operation = self._document["paths"][template][method]
                names = re.findall(r"\{(\w+)\}", template)
                in_path = dict(zip(names, map(unquote, found.groups()), strict=True))
                given = {"path": in_path, "query": dict(parse_qsl(query, keep_blank_values=True))}
                where = ("paths", template, method)
                return [*self._of_parameters(operation, given), *self._of_body(operation, where, sent.body)]
        return [f"{sent.method} {path} is not described"]

    def _pattern(self, template: str, operation: Mapping[str, Any]) -> re.Pattern[str]:
        """Read a template; some of its parameters take in slashes, as the name of a branch does."""
        described = map(self._resolved, operation.get("parameters", ()))
        long = {parameter["name"] for parameter in described if parameter.get("x-multi-segment")}
        return re.compile(_PARAMETER.sub(lambda one: "(.+)" if one[1] in long else "([^/]+)", re.escape(template)))

    def _of_parameters(self, operation: Mapping[str, Any], given: Mapping[str, dict[str, str]]) -> Iterator[str]:
        described = [self._resolved(parameter) for parameter in operation.get("parameters", ())]
        for place, values in given.items():
            known = {parameter["name"]: parameter for parameter in described if parameter["in"] == place}
            yield from (f"{place} parameter {name} is not described" for name in values.keys() - known.keys())
            needed = {name for name, parameter in known.items() if parameter.get("required")}
            yield from (f"{place} parameter {name} is missing" for name in needed - values.keys())
            for name in values.keys() & known.keys():
                yield from self._complaints(known[name]["schema"], _typed(values[name], known[name]["schema"]), name)

    def _of_body(self, operation: Mapping[str, Any], where: tuple[str, ...], body: str | None) -> Iterator[str]:
        described = operation.get("requestBody")
        if described is None or body is None:
            if body is not None:
                yield "a body is not described"
            if described is not None and described.get("required"):
                yield "the body is missing"
            return
        schema = described["content"]["application/json"]["schema"]
        document = json.loads(body)
        pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in where)
        reference = {"$ref": f"{_NAME}#/{quote(pointer, safe='/~')}/requestBody/content/application~1json/schema"}
        yield from self._complaints(reference, document, "body")
        if "properties" in schema:
            yield from (f"body: {name} is not described" for name in document.keys() - schema["properties"].keys())

    def _complaints(self, schema: dict[str, Any], value: object, subject: str) -> Iterator[str]:
        validator = jsonschema_rs.Draft202012Validator(schema, registry=self._registry, validate_formats=True)
        return (f"{subject} {error.instance_path}: {error.message}" for error in validator.iter_errors(value))

    def _resolved(self, parameter: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in parameter:
            return parameter
        found: Any = self._document
        for step in parameter["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        resolved: dict[str, Any] = found
        return resolved


def _with_null(described: dict[str, Any]) -> dict[str, Any]:
    """Say as JSON Schema says it what OpenAPI 3.0 calls nullable."""
    if described.get("nullable") is True and isinstance(described.get("type"), str):
        return {**described, "type": [described["type"], "null"]}
    return described


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    """Read a parameter as what its schema wants it to be."""
    return int(text) if schema.get("type") == "integer" and text.isdigit() else text
