"""What the deployed ChittyRegister is sent of a service without a registration file, and what is filled in."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chitty_action.documents.submission import Known, RefusedError, Submission, submission_of

KNOWN = Known(
    "alpha",
    version="1.2.3",
    description="The first.",
    url="https://alpha.example/base",
    health="https://alpha.example/base/up?deep=1",
    maintainer="Ada <ada@example.org>",
    repository_url="https://github.com/example/alpha",
)
ASSUMED = (
    "assumed: schema.version 1.0.0, schema.entities alpha, schema.relationships none, "
    "security.authentication jwt, security.encryption https"
)
WHOLE: dict[str, Any] = {
    "name": "alpha",
    "version": "1.0.0",
    "description": "d",
    "endpoints": ["/health", "/api/v1/status"],
    "schema": {"version": "1.0.0", "entities": ["alpha"]},
    "security": {"authentication": "jwt", "encryption": "https"},
    "metadata": {"maintainer": "m", "repository": "r"},
}


def test_of_the_manifest() -> None:
    """Without a file, everything known is sent, and what is a guess is noted."""
    assert submission_of(None, KNOWN) == Submission(
        {
            "name": "alpha",
            "version": "1.2.3",
            "description": "The first.",
            "entity_type": "T",
            "subtype": "service",
            "endpoints": ["/health", "/api/v1/status", "/base/up"],
            "schema": {"version": "1.0.0", "entities": ["alpha"], "relationships": []},
            "security": {"authentication": "jwt", "encryption": "https"},
            "metadata": {
                "maintainer": "Ada <ada@example.org>",
                "repository": "https://github.com/example/alpha",
                "domain": "alpha.example",
            },
            "base_url": "https://alpha.example/base",
        },
        (ASSUMED,),
    )


def test_of_a_manifest_that_says_little() -> None:
    """What is not known is left out where it may be."""
    document = submission_of(None, Known("alpha", "1.2.3", "d", maintainer="m")).document

    assert document["endpoints"] == ["/health", "/api/v1/status"]
    assert document["metadata"] == {"maintainer": "m"}
    assert "base_url" not in document


@pytest.mark.parametrize("health", ["https://alpha.example/health", "https://alpha.example/health?x=1", "no URL", None])
def test_the_usual_health_url_adds_no_endpoint(health: str | None) -> None:
    """The path of the health URL is one more endpoint only where it is another one."""
    assert submission_of(None, replace(KNOWN, health=health)).document["endpoints"] == ["/health", "/api/v1/status"]


def test_an_odd_base_url_has_no_domain() -> None:
    """A base URL without a host names no domain, and nothing breaks."""
    metadata = submission_of(None, replace(KNOWN, url="mailto:x@alpha.example")).document["metadata"]

    assert "domain" not in dict(metadata)  # type: ignore[call-overload]


def test_capabilities_have_no_place() -> None:
    """They are the design's; a note says that they were asked for in vain."""
    submission = submission_of(None, replace(KNOWN, capabilities=("api", "mcp")))

    assert "capabilities" not in submission.document
    assert submission.notes[0] == "this form has no place for the capabilities api, mcp"


def test_a_manifest_that_lacks_facts_is_refused_with_all_of_them() -> None:
    """Every missing fact is told at once, because there are few submissions."""
    with pytest.raises(RefusedError) as caught:
        submission_of(None, Known("1p-bridge"))

    assert [(problem.field, problem.message) for problem in caught.value.problems] == [
        ("name", "name is “1p-bridge”, which ChittyRegister does not accept"),
        ("version", "version is missing"),
        ("description", "description is missing"),
        ("metadata.maintainer", "metadata.maintainer is missing"),
    ]
    assert all(problem.cure for problem in caught.value.problems)
    assert caught.value.message.count(";") == 3


def test_an_empty_file_is_filled_in() -> None:
    """A file that says nothing is as good as none; each fact that was filled in is noted."""
    submission = submission_of({}, KNOWN)

    assert submission.document == {
        "name": "alpha",
        "version": "1.2.3",
        "description": "The first.",
        "endpoints": ["/health", "/api/v1/status", "/base/up"],
        "schema": {"version": "1.0.0", "entities": ["alpha"], "relationships": []},
        "security": {"authentication": "jwt", "encryption": "https"},
        "metadata": {"maintainer": "Ada <ada@example.org>", "repository": "https://github.com/example/alpha"},
    }
    assert submission.notes == (
        "filled in: name, version, description, metadata.maintainer, metadata.repository",
        ASSUMED,
        "endpoints filled in",
    )


@pytest.mark.parametrize("blank", [None, "", " \n"])
def test_null_and_blank_mean_missing(blank: object) -> None:
    """A member that says nothing is filled in, or left out where it may be."""
    own = dict.fromkeys((*WHOLE, "entity_type", "subtype", "base_url", "domain", "canonicalUri", "category"), blank)

    assert submission_of(own, KNOWN).document == submission_of({}, KNOWN).document


def test_null_in_schema_security_and_metadata_means_missing() -> None:
    """Also one level down."""
    own = {
        **WHOLE,
        "schema": {"version": None, "entities": None, "relationships": None},
        "security": {"authentication": None, "encryption": ""},
        "metadata": {"maintainer": "", "repository": None, "tier": None},
    }

    document = submission_of(own, KNOWN).document

    assert document["schema"] == {"version": "1.0.0", "entities": ["alpha"], "relationships": []}
    assert document["security"] == {"authentication": "jwt", "encryption": "https"}
    assert document["metadata"] == {"maintainer": KNOWN.maintainer, "repository": KNOWN.repository_url, "tier": None}


def test_a_whole_document_is_sent_as_it_is() -> None:
    """Nothing is filled in, converted or noted, and the version is the file's own."""
    own = {**WHOLE, "anything": {"else": [1, None, 2.5, True]}}

    assert submission_of(own, KNOWN) == Submission(own)


def test_the_document_of_the_file_is_left_alone() -> None:
    """What is filled in goes into a copy."""
    own: dict[str, Any] = {"schema": {}, "security": {}, "metadata": {}, "endpoints": []}

    submission_of(own, KNOWN)

    assert own == {"schema": {}, "security": {}, "metadata": {}, "endpoints": []}


@pytest.mark.parametrize(
    ("endpoints", "sent"),
    [
        (["/b", "/a"], ["/b", "/a", "/health", "/api/v1/status"]),
        (["/api/v1/status", "/a"], ["/api/v1/status", "/a", "/health"]),
        (["https://a.example/health"], ["https://a.example/health", "/api/v1/status"]),
        (["HTTPS://a.example/api/v1/status"], ["HTTPS://a.example/api/v1/status", "/health"]),
        (["https://a.example/health?x"], ["https://a.example/health?x", "/health", "/api/v1/status"]),
        (
            ["https://a.example/x/health", "/health/"],
            [*("https://a.example/x/health", "/health/"), *WHOLE["endpoints"]],
        ),
        (["ftp://a.example/health"], ["ftp://a.example/health", "/health", "/api/v1/status"]),
        (["/a", "/health", "/a", "/health"], ["/a", "/health", "/api/v1/status"]),
        ([], ["/health", "/api/v1/status"]),
        ({"status": "/api/v1/status", "health": "/health", "mcp": None}, ["/api/v1/status", "/health"]),
        ([{"path": "/a", "method": "GET"}, {"path": "/a", "method": "PUT"}], ["/a", "/health", "/api/v1/status"]),
        ({"x": {"path": "/a"}}, ["/a", "/health", "/api/v1/status"]),
    ],
    ids=range(12),
)
def test_endpoints(endpoints: object, sent: list[str]) -> None:
    """They keep their order; the obligatory ones are added where no endpoint has exactly that path."""
    assert submission_of({**WHOLE, "endpoints": endpoints}, KNOWN).document["endpoints"] == sent


def test_endpoints_that_are_added_or_converted_are_noted() -> None:
    """The report says what was changed."""
    submission = submission_of({**WHOLE, "endpoints": {"a": "/a"}}, KNOWN)

    assert submission.notes == ("endpoints turned into a list", "endpoints /health and /api/v1/status added")


def test_the_designs_deployment_is_dropped() -> None:
    """The deployed form has none, and a note says so."""
    submission = submission_of({**WHOLE, "deployment": {"commit": "c0ffee0"}}, KNOWN)

    assert submission == Submission(WHOLE, ("left out: deployment",))


@pytest.mark.parametrize(
    "name", ["registrationToken", "api_key", "apiKey", "client-secret", "PASSWORD", "credentials", "private key"]
)
def test_no_secret_is_ever_sent(name: str) -> None:
    """Whatever is called like a secret is left out, at any depth; that there is one may be said."""
    own = {**WHOLE, "metadata": {**WHOLE["metadata"], "deep": [{name: "hunter2", "kept": 1}], "token": True}}

    submission = submission_of(own, KNOWN)

    assert submission.document["metadata"] == {**WHOLE["metadata"], "deep": [{"kept": 1}], "token": True}
    assert submission.notes == (f"left out: {name}",)


def test_many_odd_names_make_one_short_note() -> None:
    """Names of members are any text; the note stays one line of a bounded length."""
    submission = submission_of({**WHOLE, **{f"{n}\n{'x' * 100}token": "hunter2" for n in range(99)}}, KNOWN)

    assert submission.document == WHOLE
    assert submission.notes[0].endswith("… and 89 more")
    assert len(submission.notes[0]) < 1000
    assert submission.notes[0].isprintable()


def test_deep_nesting_is_refused() -> None:
    """A document that could not be written again is refused, not crashed upon."""
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}

    with pytest.raises(RefusedError, match="nested too deeply"):
        submission_of({**WHOLE, "deep": deep}, KNOWN)
