"""What the deployed ChittyRegister is sent (`/api/v1/register`), of the manifest or the repository's own document.

Its budget is ten submissions an hour for one address, and what is registered cannot be updated. So nothing is sent that
is known to be refused, and everything that is wrong with a document is told at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.documents.registration_file import Opened, lacks, opened, path_in
from chitty_action.documents.submission_rules import (
    AUTHENTICATION,
    CURES,
    ENCRYPTION,
    OBLIGATORY,
    OPTIONAL,
    SUBTYPES,
    Complaint,
    kind_of,
    verdicts,
)
from chitty_action.errors import ChittyError
from chitty_action.model.address import origin_of, path_of
from chitty_action.model.document import is_shallow
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_PROBLEMS = 20
_MAY_LACK = {"entity_type", "subtype", *OPTIONAL}
_OTHER_CURE = "correct what the message names in the registration file or the manifest, then run the job again"
_MENTIONS = {
    **{field: field.replace(".", r"\W+") for field in CURES},
    "name": "(service_?)?name",
    "entity_type": "entity[_ ]?type",
    "endpoints": "endpoints?|health|api/v1/status",
    "schema.entities": r"(schema\W+)?entities",
    "schema.relationships": r"(schema\W+)?relationships",
    "security.authentication": r"(security\W+)?authentication",
    "security.encryption": r"(security\W+)?encryption",
    "metadata.maintainer": r"(metadata\W+)?maintainer",
    "metadata.repository": r"(metadata\W+)?repository",
}


class RefusedError(ChittyError):
    """A document that ChittyRegister would refuse, with everything that is wrong with it."""

    def __init__(self, *problems: Complaint) -> None:
        """Carry all of them, because there are few submissions to find them one by one."""
        cures = dict.fromkeys(problem.cure for problem in problems)
        super().__init__("; ".join(problem.message for problem in problems), "; ".join(cures))
        self.problems = problems


class Known(Struct, frozen=True):
    """What the run knows of the service: `url` is its base URL, `health` its health URL."""

    name: str
    version: str | None = None
    description: str | None = None
    url: str | None = None
    health: str | None = None
    capabilities: tuple[str, ...] = ()
    maintainer: str | None = None
    repository_url: str | None = None


class Submission(Struct, frozen=True):
    """A document that keeps every known rule, and clauses for the report: what was filled in or converted."""

    document: Mapping[str, object]
    notes: tuple[str, ...] = ()


def submission_of(own: Mapping[str, object] | None, known: Known) -> Submission:
    """Make the submission of the repository's own document, or without one of what is known.

    Raises:
        RefusedError: when ChittyRegister would refuse it.
    """
    if not is_shallow(own):
        raise RefusedError(Complaint("", "the document is nested too deeply", "see whether it is the right file"))
    draft = _of_manifest(known) if own is None else opened(own)
    document, notes = _completed(draft.document, known)
    problems = tuple(
        Complaint(draft.spelled(field), f"{draft.spelled(field)} {verdict}", CURES[field])
        for field, verdict in verdicts(document, known.name)
        if verdict
    )
    if problems:
        raise RefusedError(*problems)
    return Submission(document, (*draft.notes, *notes))


def problems_told(errors: Iterable[object]) -> tuple[Complaint, ...]:
    """Return the field and the cure of each of ChittyRegister's own error texts, as far as they are recognised."""
    each = [errors] if isinstance(errors, str) else list(errors)
    told = [_problem(one_line(_text_of(error))) for error in each[:MOST_PROBLEMS]]
    if len(each) > MOST_PROBLEMS:
        told.append(Complaint("", f"+{len(each) - MOST_PROBLEMS} more", _OTHER_CURE))
    return tuple(told)


def _problem(text: str) -> Complaint:
    """Take the field that is mentioned first; of two at the same place, the longer."""
    found = []
    for field, words in _MENTIONS.items():
        if mention := re.search(rf"(?<![A-Za-z0-9_])({words})(?![A-Za-z0-9_])", text, re.IGNORECASE):
            found.append((mention.start(), -mention.end(), field))
    field = min(found)[2] if found else ""
    return Complaint(field, text, CURES.get(field, _OTHER_CURE))


def _text_of(error: object) -> str:
    """The text of an error; of an object, what validators call field and message."""
    if isinstance(error, str):
        return error if error.strip() else "an error without a text"
    said = error if isinstance(error, dict) else {}
    path = said.get("path") or said.get("field")
    parts = [".".join(part for part in path if isinstance(part, str)) if isinstance(path, list) else path]
    parts.append(said.get("message"))
    return ": ".join(part for part in parts if isinstance(part, str) and part) or f"an error that is {kind_of(error)}"


def _of_manifest(known: Known) -> Opened:
    """The document of a service without a registration file, as far as it is known."""
    metadata = {"maintainer": known.maintainer, "repository": known.repository_url, "domain": _host(known.url)}
    document = {
        "name": known.name,
        "version": known.version,
        "description": known.description,
        "entity_type": "T",
        "subtype": SUBTYPES[0],
        "endpoints": _usual_endpoints(known),
        "metadata": {name: value for name, value in metadata.items() if value is not None},
        "base_url": known.url,
    }
    notes = (
        [f"this form has no place for the capabilities {', '.join(known.capabilities)}"] if known.capabilities else []
    )
    return Opened({name: value for name, value in document.items() if value is not None}, tuple(notes))


def _completed(draft: Mapping[str, object], known: Known) -> tuple[dict[str, object], list[str]]:
    """Fill in what is missing; what is there stays, of whatever type, for the verdicts."""
    document = {name: value for name, value in draft.items() if not (name in _MAY_LACK and lacks(value))}
    facts = {"name": known.name, "version": known.version, "description": known.description}
    filled = _fill(document, facts)
    people = {"maintainer": known.maintainer, "repository": known.repository_url}
    filled |= _fill_in(document, "metadata", people)
    own = document.get("schema")
    schema: dict[str, object] = {"version": "1.0.0", "entities": [known.name], "relationships": []}
    if isinstance(own, dict) and "relationships" not in own:
        del schema["relationships"]  # they may be absent
    assumed = _fill_in(document, "schema", schema)
    assumed |= _fill_in(document, "security", {"authentication": AUTHENTICATION[0], "encryption": ENCRYPTION[1]})
    notes = [f"filled in: {', '.join(filled)}"] if filled else []
    notes += [f"assumed: {', '.join(f'{field} {_worded(fact)}' for field, fact in assumed.items())}"] if assumed else []
    endpoints = document.get("endpoints")
    if lacks(endpoints):
        document["endpoints"] = _usual_endpoints(known)
        notes.append("endpoints filled in")
    elif isinstance(endpoints, list):
        added = [path for path in OBLIGATORY if path not in map(path_in, endpoints)]
        texts = [endpoint for endpoint in endpoints if isinstance(endpoint, str)]
        # One path with several methods is one endpoint; a list that is refused is left as it is.
        document["endpoints"] = [*(dict.fromkeys(texts) if texts == endpoints else endpoints), *added]
        notes += [f"endpoints {' and '.join(added)} added"] if added else []
    return document, notes


def _fill_in(document: dict[str, object], field: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Fill in the members of a member; one that is no object is left to the verdicts."""
    members = {} if lacks(document.get(field)) else document[field]
    if not isinstance(members, dict):
        return {}
    document[field] = members
    return {f"{field}.{name}": fact for name, fact in _fill(members, facts).items()}


def _fill(members: dict[str, object], facts: Mapping[str, object]) -> dict[str, object]:
    """Set what is missing and known; return those members."""
    missing = {name: fact for name, fact in facts.items() if lacks(members.get(name)) and not lacks(fact)}
    members.update(missing)
    return missing


def _worded(fact: object) -> str:
    return (", ".join(map(str, fact)) or "none") if isinstance(fact, list) else str(fact)


def _usual_endpoints(known: Known) -> list[object]:
    """The obligatory ones, and the path of the health URL."""
    try:
        paths = [path_of(known.health)] if known.health else []
    except ValueError:
        paths = []
    return list(dict.fromkeys((*OBLIGATORY, *paths)))


def _host(url: str | None) -> str | None:
    try:
        return origin_of(url)[1] if url else None
    except ValueError:
        return None
