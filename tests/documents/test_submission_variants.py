"""Each form in which registration files are found (ecosystem, section 2.2); the files here are invented after them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chitty_action.documents.registration_file import whose
from chitty_action.documents.submission import Known, RefusedError, Submission, submission_of

KNOWN = Known("alpha", "9.9.9", "of the manifest", maintainer="Ada", repository_url="https://github.com/example/alpha")
FILES = sorted((Path(__file__).parents[1] / "registrations").glob("*.json"))


def document(variant: str) -> dict[str, Any]:
    """Read one of the forms."""
    found: dict[str, Any] = json.loads((FILES[0].parent / f"{variant}.json").read_text())
    return found


def test_there_are_eight_forms() -> None:
    """The page's table has eight rows, and each is tested below."""
    assert len(FILES) == 8


def test_relative_paths() -> None:
    """A whole file with relative paths and relationships as texts is sent as it is."""
    own = document("relative_paths")

    assert submission_of(own, KNOWN) == Submission(own)


def test_canonical_relationships() -> None:
    """Relationships as URIs, an API key and TLS are kept; the second obligatory endpoint is added."""
    own = document("canonical_relationships")
    own_metadata = {**own["metadata"], "repository": KNOWN.repository_url}

    assert submission_of(own, KNOWN) == Submission(
        {**own, "metadata": own_metadata, "endpoints": ["/health", "/boards", "/api/v1/status"]},
        ("filled in: metadata.repository", "endpoints /api/v1/status added"),
    )


def test_without_metadata() -> None:
    """Metadata are filled in; the stale version stays, and absent relationships stay absent."""
    submission = submission_of(document("without_metadata"), KNOWN)

    assert submission.document["version"] == "0.1.0"
    assert submission.document["schema"] == {"version": "1.0.0", "entities": ["board"]}
    assert submission.document["metadata"] == {"maintainer": "Ada", "repository": KNOWN.repository_url}
    assert submission.notes == (
        "filled in: metadata.maintainer, metadata.repository",
        "endpoints /api/v1/status added",
    )


def test_facts_at_the_top() -> None:
    """base_url, tier, domain, canonicalUri, category and capabilities stay at the top, relationships as verbs."""
    own = document("facts_at_the_top")

    assert submission_of(own, KNOWN) == Submission(own)


def test_absolute_urls() -> None:
    """An absolute health URL counts as the obligatory endpoint; relationships as objects and headers are kept."""
    own = document("absolute_urls")
    sent = submission_of(own, KNOWN).document

    assert sent["endpoints"] == [*own["endpoints"], "/api/v1/status"]
    assert {field: sent[field] for field in ("schema", "security")} == {
        field: own[field] for field in ("schema", "security")
    }
    assert sent["metadata"] == {**own["metadata"], "repository": KNOWN.repository_url}


def test_not_a_worker() -> None:
    """An entity of another type is refused with the reason, and with everything else that is wrong."""
    with pytest.raises(RefusedError) as caught:
        submission_of(document("not_a_worker"), KNOWN)

    assert {problem.field: problem.message for problem in caught.value.problems} == {
        "name": "name is “1p-alpha”, but this service is alpha",
        "entity_type": "entity_type is “P”, not T",
        "subtype": "subtype is “agent”, not service or mcp-server",
    }
    assert "only Workers" in {problem.field: problem.cure for problem in caught.value.problems}["entity_type"]


def test_older_envelope() -> None:
    """The older envelope is converted, without its token and without the identifier that ChittyRegister mints."""
    submission = submission_of(document("older_envelope"), KNOWN)

    assert submission.document == {
        "name": "alpha",
        "version": "1.2.0",
        "description": "Commands the fleet.",
        "base_url": "https://alpha.example.org",
        "category": "operations",
        "endpoints": ["/api/orders", "/api/v1/status", "/health"],
        "schema": {"version": "1.0.0", "entities": ["alpha"], "relationships": []},
        "security": {"authentication": "jwt", "encryption": "https"},
        "metadata": {"maintainer": "Ada", "repository": KNOWN.repository_url},
    }
    assert submission.notes[:3] == (
        "converted from the older envelope",
        "left out: service.chittyId, service.displayName, registrationToken, environment",
        "filled in: metadata.maintainer, metadata.repository",
    )


@pytest.mark.parametrize(
    ("health", "endpoints"),
    [
        ("https://a.example/health", ["/api/orders", "/api/v1/status", "https://a.example/health"]),
        ("/up", ["/api/orders", "/api/v1/status", "/up", "/health"]),
        ({"path": "/up", "interval": 60}, ["/api/orders", "/api/v1/status", "/up", "/health"]),
        ("/api/orders", ["/api/orders", "/api/v1/status", "/health"]),
        (None, ["/api/orders", "/api/v1/status", "/health"]),
    ],
)
def test_the_health_check_of_the_older_envelope(health: object, endpoints: list[str]) -> None:
    """It is an endpoint, if it is not one already."""
    own = document("older_envelope")
    own["service"]["healthCheck"] = health

    assert submission_of(own, KNOWN).document["endpoints"] == endpoints


def test_problems_of_the_older_envelope_are_named_as_it_does() -> None:
    """Who looks for the field finds it in the file."""
    own = {"service": {"serviceName": "beta", "baseUrl": 5, "version": "1.0", "endpoints": 5, "healthCheck": "/up"}}

    with pytest.raises(RefusedError) as caught:
        submission_of(own, KNOWN)
    assert [problem.field for problem in caught.value.problems] == [
        "service.serviceName",
        "service.version",
        "service.endpoints",
        "service.baseUrl",
    ]


def test_backfill_stub() -> None:
    """An object of endpoints becomes a list; the two members that security lacks are assumed beside its own."""
    submission = submission_of(document("backfill_stub"), KNOWN)

    assert submission.document["endpoints"] == ["/health", "/api/v1/status"]
    assert submission.document["security"] == {
        "auth_required": True,
        "scopes": ["alpha:read"],
        "authentication": "jwt",
        "encryption": "https",
    }
    assert submission.notes == (
        "endpoints turned into a list",
        "filled in: metadata.repository",
        "assumed: security.authentication jwt, security.encryption https",
    )


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ({"name": "beta"}, "beta"),
        ({"name": "", "service": {"serviceName": "beta"}}, "beta"),
        ({"name": 5, "service": {"serviceName": None}}, None),
        ({"service": "beta"}, None),
        ({}, None),
    ],
)
def test_whose_it_is(own: dict[str, object], name: str | None) -> None:
    """A document belongs to the service that it names, in either form; one that names none is nobody's."""
    assert whose(own) == name
