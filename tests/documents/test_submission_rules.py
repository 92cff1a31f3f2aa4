"""What is known to be refused is not sent; what ChittyRegister says itself is told field by field."""

from __future__ import annotations

import copy
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.submission import Known, RefusedError, problems_told, submission_of
from chitty_action.documents.submission_rules import Complaint

KNOWN = Known("alpha", "1.2.3", "The first.", health="https://alpha.example/up", maintainer="Ada", repository_url="r")
WHOLE: dict[str, Any] = {
    "name": "alpha",
    "version": "1.0.0",
    "description": "d",
    "entity_type": "T",
    "subtype": "service",
    "endpoints": ["/health", "/api/v1/status"],
    "schema": {"version": "1.0.0", "entities": ["alpha"], "relationships": ["alpha -> beta"]},
    "security": {"authentication": "jwt", "encryption": "https"},
    "metadata": {"maintainer": "m", "repository": "r"},
    "base_url": "https://alpha.example",
    "domain": "alpha.example",
    "canonicalUri": "chittycanon://core/services/alpha",
    "category": "platform",
}


def changed(field: str, value: object) -> dict[str, Any]:
    """Return a whole document with one field of it set."""
    own = copy.deepcopy(WHOLE)
    *parents, last = field.split(".")
    place = own[parents[0]] if parents else own
    place[last] = value
    return own


def refusal(own: dict[str, Any]) -> list[tuple[str, str]]:
    """Return fields and messages of the problems."""
    with pytest.raises(RefusedError) as caught:
        submission_of(own, KNOWN)
    assert all(problem.cure for problem in caught.value.problems)
    return [(problem.field, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("field", "value", "verdict"),
    [
        ("name", "beta", "is “beta”, but this service is alpha"),
        ("name", "Alpha", "is “Alpha”, but this service is alpha"),
        ("name", ["alpha"], "is a list, not a text"),
        ("version", "v1.0.0", "is “v1.0.0”, not three numbers"),
        ("version", "1.0.0-rc.1", "is “1.0.0-rc.1”, not three numbers"),
        ("version", "1.0", "is “1.0”, not three numbers"),
        ("version", "1.0.0\n", "is “1.0.0”, not three numbers"),
        ("version", "\u0661.\u0660.\u0660", "is “\u0661.\u0660.\u0660”, not three numbers"),
        ("version", 1.0, "is a number, not a text"),
        ("description", {"en": "d"}, "is an object, not a text"),
        ("entity_type", "t", "is “t”, not T"),
        ("entity_type", True, "is true or false, not T"),
        ("subtype", "plugin", "is “plugin”, not service or mcp-server"),
        ("subtype", ["service"], "is a list, not service or mcp-server"),
        ("endpoints", "/health", "is a text, not a list"),
        ("endpoints", 5, "is a number, not a list"),
        ("endpoints", ["/a", None, 5, "/b"], "has null as item 2, and 1 more like it, not a text"),
        ("endpoints", ["/a", " "], "has an empty text or one of several lines as item 2, not a text"),
        ("endpoints", ["/a\r\nb"], "has an empty text or one of several lines as item 1, not a text"),
        ("endpoints", [{"method": "GET"}], "has an object as item 1, not a text"),
        ("endpoints", {"health": ["/health"]}, "has a list as item 1, not a text"),
        ("schema", "1.0.0", "is a text, not an object"),
        ("schema", [], "is a list, not an object"),
        ("schema.version", 1, "is a number, not a text"),
        ("schema.entities", "alpha", "is a text, not a list"),
        ("schema.entities", ["alpha", 5], "has a number as item 2, not a text"),
        ("schema.relationships", {"calls": "beta"}, "is an object, not a list"),
        ("security", False, "is true or false, not an object"),
        ("security.authentication", "JWT", "is “JWT”, not jwt or oauth2 or apikey"),
        ("security.authentication", ["jwt"], "is a list, not jwt or oauth2 or apikey"),
        ("security.encryption", "none", "is “none”, not tls or https"),
        ("metadata", ["m"], "is a list, not an object"),
        ("metadata.maintainer", {"name": "Ada"}, "is an object, not a text"),
        ("metadata.repository", {"url": "r"}, "is an object, not a text"),
        ("base_url", ["https://alpha.example"], "is a list, not a text"),
        ("domain", 5, "is a number, not a text"),
        ("canonicalUri", {}, "is an object, not a text"),
        ("category", 0, "is a number, not a text"),
    ],
    ids=range(38),
)
def test_each_refusal(field: str, value: object, verdict: str) -> None:
    """One wrong field is one problem, with its name, what is wrong and what would be right."""
    assert refusal(changed(field, value)) == [(field, f"{field} {verdict}")]


def test_all_problems_at_once() -> None:
    """Nobody finds them one submission at a time."""
    own = {**dict.fromkeys(WHOLE, 5), "schema": {"version": 5, "entities": 5}}

    assert [field for field, _ in refusal(own)] == [
        *("name", "version", "description", "entity_type", "subtype", "endpoints"),
        *("base_url", "domain", "canonicalUri", "category"),
        *("schema.version", "schema.entities", "security", "metadata"),
    ]


def test_a_hostile_value_is_quoted_on_one_line() -> None:
    """A value is shown in part only, without control characters, and cannot end the quotation."""
    ((_, message),) = refusal(changed("version", "1”\n::error::\x1b[31m" + "9" * 100_000))

    assert message.startswith("version is “1' ::error::�[31m999")
    assert message.isprintable()
    assert len(message) < 200


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("version: must match ^\\d+\\.\\d+\\.\\d+$", "version"),
        ("Version must be strict semver", "version"),
        ("security.authentication is required", "security.authentication"),
        ("Invalid authentication: expected jwt|oauth2|apikey", "security.authentication"),
        ("security: authentication is required", "security.authentication"),
        ("encryption must be tls or https", "security.encryption"),
        ("Security is required", "security"),
        ("schema.version is required", "schema.version"),
        ("Schema version is required", "schema.version"),
        ("schema is required", "schema"),
        ("entities must be an array", "schema.entities"),
        ("relationships must be an array", "schema.relationships"),
        ("Service name must be kebab-case", "name"),
        ("serviceName is required", "name"),
        ("Missing required field: description", "description"),
        ("Endpoints must include /health", "endpoints"),
        ("/api/v1/status endpoint is missing", "endpoints"),
        ("metadata.maintainer is required", "metadata.maintainer"),
        ("maintainer name is required", "metadata.maintainer"),
        ("entity type 'X' is unknown", "entity_type"),
        ("username is taken", ""),
        ("the moon is full", ""),
    ],
)
def test_a_remote_problem_is_told_with_field_and_cure(text: str, field: str) -> None:
    """The field that is mentioned first decides; an unknown one keeps its text and has a general cure."""
    (problem,) = problems_told([text])

    assert (problem.field, problem.message) == (field, text)
    assert problem.cure.startswith("write" if field != "entity_type" and field else ("only" if field else "correct"))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ({"field": "version", "message": "Required"}, "version: Required"),
        ({"path": ["security", "encryption", 0], "message": "Required"}, "security.encryption: Required"),
        ({"message": "Required"}, "Required"),
        ({"path": 5, "message": None}, "an error that is an object"),
        ([["version"]], "an error that is a list"),
        (None, "an error that is null"),
        (10**5000, "an error that is a number"),
        ("  ", "an error without a text"),
        ("a\nb\x00c" + "d" * 1000, "a b�c" + "d" * 194 + "…"),
    ],
    ids=range(9),
)
def test_errors_of_any_type_are_told(error: object, message: str) -> None:
    """A remote list may hold anything."""
    assert [problem.message for problem in problems_told([error])] == [message]


def test_many_remote_problems_are_counted() -> None:
    """Twenty are told, the rest is a number."""
    told = problems_told(f"version {n}" for n in range(10_000))

    assert len(told) == 21
    assert told[-1].message == "+9980 more"


def test_a_lone_text_is_one_problem() -> None:
    """A text where a list was expected is not taken letter by letter."""
    assert [problem.field for problem in problems_told("version is wrong")] == ["version"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=6), children, max_size=4),
    max_leaves=10,
)
LIKELY = st.sampled_from(
    [
        *(*WHOLE.values(), "alpha", "1.0.0", "1.0.0-rc.1", "T", "P", "mcp-server", "jwt", "tls", "/health", "", None),
        *(["/health"], ["https://a.example/health", "/x"], [{"path": "/x"}], {"health": "/health"}),
        *({}, [], {"registrationToken": "hunter2"}, {"serviceName": "alpha", "baseUrl": "https://a.example"}),
    ]
)
MEMBERS = LIKELY | VALUES
PARTS = st.dictionaries(
    st.sampled_from([*WHOLE["schema"], *WHOLE["security"], *WHOLE["metadata"], "serviceName", "endpoints", "apiKey"]),
    MEMBERS,
)
CHANGES = st.dictionaries(
    st.sampled_from([*WHOLE, "service", "deployment", "registrationToken"]) | st.text(), MEMBERS | PARTS, max_size=3
)
DOCUMENTS = CHANGES | CHANGES.map(lambda changes: {**copy.deepcopy(WHOLE), **changes})
"""Little by itself, or a whole document with a few members changed."""


def is_one_line(text: str) -> bool:
    """Whether nothing in a text could break out of a line of a log or a terminal."""
    return not {unicodedata.category(character) for character in text} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def keeps_the_rules(document: Any) -> bool:  # noqa: ANN401 - a JSON document
    """Hold a document against section 2.2 of the ecosystem page, in other words than the code's."""
    schema, security, metadata = document["schema"], document["security"], document["metadata"]
    endpoints = document["endpoints"]
    paths = [re.sub(r"^https?://[^/?#]+", "", endpoint, flags=re.IGNORECASE) for endpoint in endpoints]
    return all(
        (
            re.match(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", document["name"]),
            re.match(r"\d+\.\d+\.\d+\Z", document["version"], re.ASCII),
            document["description"].strip(),
            document.get("entity_type", "T") == "T",
            document.get("subtype", "service") in {"service", "mcp-server"},
            type(endpoints) is list,
            all(type(endpoint) is str for endpoint in endpoints),
            "/health" in paths,
            "/api/v1/status" in paths,
            len(set(endpoints)) == len(endpoints),
            schema["version"].strip(),
            type(schema["entities"]) is list,
            type(schema.get("relationships", [])) is list,
            security["authentication"] in {"jwt", "oauth2", "apikey"},
            security["encryption"] in {"tls", "https"},
            metadata["maintainer"].strip(),
            "deployment" not in document,
        )
    )


@given(own=DOCUMENTS | st.dictionaries(st.text(), VALUES), known=st.sampled_from([KNOWN, Known("alpha")]))
def test_any_document_is_accepted_by_the_rules_or_refused(own: dict[str, object], known: Known) -> None:
    """Whatever a file holds, the submission keeps every rule, or the problems are told; nothing else is raised."""
    before = copy.deepcopy(own)
    submission, problems = None, tuple[Complaint, ...]()
    try:
        submission = submission_of(own, known)
    except RefusedError as refused:
        problems = refused.problems
    assert (submission is None) == bool(problems)
    assert all(problem.field and problem.cure and is_one_line(problem.message) for problem in problems)
    if submission:
        assert keeps_the_rules(submission.document)
        assert "hunter2" not in str(submission)
        assert all(map(is_one_line, submission.notes))
    assert own == before


@given(
    endpoints=st.lists(
        st.sampled_from(["/health", "/api/v1/status", "https://a.example/health", "/health?x", "/a", "/b", "/health/"])
        | st.from_regex(r"/[a-z]{0,3}", fullmatch=True)
    )
)
def test_endpoints_keep_their_order(endpoints: list[str]) -> None:
    """First come the file's own in their order, once each; what is obligatory is there, and once."""
    sent: Any = submission_of({**WHOLE, "endpoints": endpoints}, KNOWN).document["endpoints"]

    own = list(dict.fromkeys(endpoints))
    assert sent[: len(own)] == own
    assert set(sent[len(own) :]) <= {"/health", "/api/v1/status"}
    assert sent.count("/api/v1/status") == 1
    assert sent.count("/health") == (1 if "/health" in own or "https://a.example/health" not in own else 0)


@given(errors=st.lists(VALUES | st.text()))
def test_any_list_of_remote_errors_is_told(errors: list[object]) -> None:
    """Nothing in it breaks the report, and nothing but one printable line comes out of each."""
    for problem in problems_told(errors):
        assert problem.cure
        assert problem.message
        assert is_one_line(problem.message)
        assert len(problem.message) <= 200
