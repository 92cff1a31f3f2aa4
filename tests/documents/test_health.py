from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.documents.health import WELL, HealthDocument, describe, evidence, is_well
from chitty_action.ecosystem import health_at
from chitty_action.engine.interpret import interpret
from chitty_action.model.evidence import Evidence
from chitty_action.model.exchange import Answer
from chitty_action.model.observation import (
    Absent,
    Blocked,
    Observation,
    Redirected,
    Rejected,
    Seen,
    Unfinished,
    Unprobeable,
    Unreachable,
)
from chitty_action.model.reading import NotFound
from tests.world import FakeRemote, ports

WORDS = sorted(WELL)
READING = health_at("https://alpha.example/health", None)


async def _look(document: object) -> Observation[HealthDocument]:
    """Take the document as a 200 through the real projection."""
    answer = Answer(200, {"content-type": "application/json"}, json.dumps(document).encode())
    return await interpret(answer, READING.sources[0], HealthDocument, ports(FakeRemote({})).projector)


def test_our_words_are_those_of_the_interface() -> None:
    """Six words mean well; adding one is a change of the interface."""
    assert set(WORDS) == {"ok", "healthy", "up", "pass", "live", "operational"}


@pytest.mark.parametrize(
    "status",
    [
        *WORDS,
        *(word.upper() for word in WORDS),
        "Ok",
        "gateway operational",
        "All Systems Operational",
        True,
        200,
        204,
        299,
    ],
)
async def test_well(status: object) -> None:
    """One of our words in any case, letters and spaces that end in one, `true`, or a number of a success."""
    assert evidence(await _look({"status": status})) is Evidence.HEALTHY
    assert evidence(await _look({"data": {"status": status}})) is Evidence.HEALTHY


@pytest.mark.parametrize(
    "status",
    [
        *(
            "",
            " ",
            "unhealthy",
            "degraded",
            "down",
            "fail",
            "failing",
            "warn",
            "maintenance",
            "error",
            "okay",
            "passed",
        ),
        *("not_ok", "un-healthy", "ok!", "ok.", "ok: 2 of 3", "3 ok", "ok but slow", "healthy (cached)", "200"),
        *(False, None, 0, 1, 199, 300, 500, -200, [], ["ok"], {}, {"status": "ok"}),
    ],
)
async def test_not_well(status: object) -> None:
    """Any other status, of whatever type, is degraded."""
    assert evidence(await _look({"status": status})) is Evidence.DEGRADED
    assert evidence(await _look({"data": {"status": status}})) is Evidence.DEGRADED


@pytest.mark.parametrize("document", [{}, [], ["ok"], "down", 3, None, {"data": {}}, {"data": "down"}, {"data": [1]}])
async def test_no_status_is_healthy(document: object) -> None:
    """A 2xx without such a field is healthy, and the report says which rule that was."""
    observation = await _look(document)
    assert evidence(observation) is Evidence.HEALTHY
    assert describe(observation) == "answered 200, no status field"


async def test_the_status_at_the_top_goes_first() -> None:
    """One under `data` counts only where there is none at the top level."""
    assert evidence(await _look({"status": "down", "data": {"status": "ok"}})) is Evidence.DEGRADED
    assert evidence(await _look({"status": "ok", "data": {"status": "down"}})) is Evidence.HEALTHY


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"], include_characters=" ")), st.sampled_from(WORDS))
def test_any_letters_before_one_of_our_words_are_well(words: str, last: str) -> None:
    """Letters and spaces that end in the word: the spelled rule, for any text."""
    assert is_well(f"{words} {last}")


@given(st.text())
def test_what_does_not_end_in_one_of_our_words_is_not_well(text: str) -> None:
    """Only the last word can make a text well, and nothing but letters and white space may come before."""
    assert not is_well(text) or (
        text.rsplit(maxsplit=1)[-1].lower() in WELL and all(letter == " " or letter.isalpha() for letter in text)
    )


@given(st.text(), st.sampled_from(WORDS), st.characters(exclude_categories=["L", "Zs", "Zl", "Zp", "Cc"]))
def test_one_sign_that_is_no_letter_makes_any_text_not_well(text: str, last: str, sign: str) -> None:
    """`not_ok`, `ok: 2 of 3` and their like are somebody's own language."""
    assert not is_well(f"{text}{sign}{last}")


@given(st.one_of(st.none(), st.integers(), st.floats(), st.lists(st.text()), st.dictionaries(st.text(), st.text())))
def test_a_status_that_is_no_text_is_well_only_as_a_number_of_a_success(status: object) -> None:
    """No type of JSON makes the rule fail."""
    assert is_well(status) is (isinstance(status, int | float) and status in range(200, 300))


@pytest.mark.parametrize(
    ("observation", "word"),
    [
        (Absent(NotFound.ADDRESS, status=404), "missing"),
        (Blocked("answered 401: it asks for a valid token", status=401), "blocked"),
        (Redirected("answered 302, a redirect to /x", status=302), "redirected"),
        (Rejected("answered 400", status=400), "degraded"),
        (Unreachable("timed out after 10 s"), "down"),
        (Unprobeable("it has no address"), "unprobeable"),
        (Unfinished("the deadline of 300 s was reached"), "skipped"),
    ],
)
def test_every_trouble_has_its_word(observation: Observation[HealthDocument], word: str) -> None:
    """The evidence classes of the interface, and what was seen besides."""
    assert evidence(observation) == word
    assert describe(observation) == getattr(observation, "reason", f"answered {observation.status}")


@pytest.mark.parametrize(
    ("document", "word", "told"),
    [
        (HealthDocument(verdict=True), Evidence.HEALTHY, "health-condition holds"),
        (HealthDocument(verdict=False), Evidence.DEGRADED, "health-condition does not hold"),
        (HealthDocument(verdict=False, note="health-condition failed: x"), Evidence.DEGRADED, "failed: x"),
        (HealthDocument(given=True, status="down", verdict=True), Evidence.HEALTHY, "health-condition holds"),
    ],
)
def test_the_users_condition_replaces_the_word_rule(document: HealthDocument, word: Evidence, told: str) -> None:
    """And the report says that it was that rule."""
    observation = Seen(document, status=200)
    assert evidence(observation) is word
    assert told in describe(observation)


@given(st.text())
def test_a_hostile_status_stays_in_its_sentence(text: str) -> None:
    """It is quoted on one line and short, whatever it holds."""
    told = HealthDocument(given=True, status=text).told()
    assert told.splitlines() == [told]
    assert len(told) < 200
