from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.text import and_more, excerpt, in_quotes, one_line, redacted, timestamp

ANY_CHARACTER = st.characters(exclude_categories=[])
ACTS = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@given(st.text(ANY_CHARACTER), st.integers(1, 300))
def test_any_text_becomes_one_short_harmless_line(text: str, limit: int) -> None:
    """Nothing is left that a terminal, a log or an encoder could act on."""
    line = one_line(text, limit)
    assert len(line) <= limit
    assert not {unicodedata.category(character) for character in line} & ACTS
    line.encode("utf-8")


def test_white_space_is_folded_and_what_acts_is_shown_as_replaced() -> None:
    """So that a reader sees that something was there."""
    assert one_line(" a\n\t b \x1b[31m\u202ec\ud800 ") == "a b \ufffd[31m\ufffdc\ufffd"


def test_a_long_text_ends_in_an_ellipsis() -> None:
    """And not in the white space before it."""
    assert one_line("aaaa bbbb", 6) == "aaaa…"
    assert one_line("aaaa", 4) == "aaaa"
    assert one_line("a" * 201) == "a" * 199 + "…"


@given(st.text())
def test_a_quotation_cannot_be_ended_from_inside(text: str) -> None:
    """Renderers know the curly quotes as its two ends."""
    quoted = in_quotes(text)
    assert (quoted[0], quoted[-1]) == ("“", "”")
    assert quoted.count("“") == quoted.count("”") == 1


def test_quotation_marks_inside_become_plain_ones() -> None:
    """Either of them."""
    assert in_quotes("a “b” c") == "“a 'b' c”"


@given(st.binary())
def test_any_body_can_be_quoted(body: bytes) -> None:
    """Whatever its encoding is."""
    assert len(excerpt(body, 50)) <= 50


@pytest.mark.parametrize(("count", "words"), [(0, ""), (1, " (and 1 more)"), (1_200, " (and 1,200 more)")])
def test_several_are_told_by_the_first_and_a_number(count: int, words: str) -> None:
    """The only one stands alone."""
    assert and_more(count) == words


def test_secrets_are_replaced_whole_and_by_the_line() -> None:
    """A multi-line secret is one even where only a line of it turns up; the longest goes first."""
    secrets = ["first-line\nsecond-line", "second"]
    assert redacted("a first-line\nsecond-line b", secrets) == "a *** b"
    assert redacted("only second-line here", secrets) == "only *** here"
    assert redacted("second thoughts", secrets) == "*** thoughts"


def test_what_is_too_short_to_be_a_secret_is_left_alone() -> None:
    """Replacing every `a` would blank out ordinary text."""
    assert redacted("an apple", ["a", "", "apple"]) == "an apple"
    assert redacted("an orange", ["orange"]) == "an ***"


SECRET = "abababab-0123456789"


@pytest.mark.parametrize("length", range(6, len(SECRET)))
def test_the_beginning_of_a_secret_is_blanked_out_where_a_text_was_cut(length: int) -> None:
    """As much of it as is there, in each place that was cut."""
    assert redacted(f"x {SECRET[:length]}… y", [SECRET]) == "x ***… y"
    assert redacted(f"x {SECRET[:length]}… y {SECRET[:length]}…", ["another-one", SECRET]) == "x ***… y ***…"


def test_only_a_cut_text_is_searched_for_beginnings() -> None:
    """Ordinary words may begin as a secret does, and so may a few letters before a cut."""
    assert redacted(f"x {SECRET[:9]} y", [SECRET]) == f"x {SECRET[:9]} y"
    assert redacted(f"… {SECRET[:9]}", [SECRET]) == f"… {SECRET[:9]}"
    assert redacted(f"x {SECRET[:5]}…", [SECRET]) == f"x {SECRET[:5]}…"


def test_a_secret_is_found_where_its_white_space_was_folded() -> None:
    """As `one_line` leaves it."""
    assert redacted("a first-half second-half b", ["first-half \t second-half"]) == "a *** b"


def test_a_secret_is_found_as_json_spells_it() -> None:
    """A body that echoes a token with a quotation mark in it holds it escaped."""
    assert redacted(r'{"echo": "tok\"en-1\u00e4"}', ['tok"en-1ä']) == '{"echo": "***"}'


@given(st.text(), st.lists(st.text(min_size=6)))
def test_no_secret_survives(text: str, secrets: list[str]) -> None:
    """Whatever the text is; only the replacement itself could spell one."""
    clean = redacted(text + "".join(secrets), secrets)
    assert all(secret not in clean for secret in secrets if "*" not in secret)


def test_a_time_is_written_in_seconds_with_a_z() -> None:
    """As the registration document has it (interface, section 5)."""
    assert timestamp(datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)) == "2026-02-03T04:05:06Z"


@pytest.mark.parametrize(
    ("text", "secret"), [("hello wor…", '{\n        "token": "abcdef"\n}'), ("see x…", "x      yzabcdef")]
)
def test_a_beginning_that_is_mostly_white_space_is_none(text: str, secret: str) -> None:
    """What is left of it without the white space could be any word."""
    assert redacted(text, [secret]) == text


@pytest.mark.parametrize("spelled", ["s3cr%2Fet%2B%3D%3D", "s3cr%2fet%2b%3d%3d", "s3cr/et%2B%3D%3D", "s3cr/et+=="])
def test_a_secret_is_known_as_a_url_spells_it(spelled: str) -> None:
    """A host that quotes a query back quotes it so."""
    assert redacted(f"refused: {spelled}.", ["s3cr/et+=="]) == "refused: ***."


def test_a_secret_is_known_as_html_spells_it() -> None:
    """As an error page does."""
    assert redacted("<p>a&amp;b&lt;c&gt;d&quot;e</p>", ['a&b<c>d"e']) == "<p>***</p>"


def test_a_secret_that_is_no_text_is_no_bug() -> None:
    """An environment may hold bytes of any kind."""
    assert redacted("x", ["half\udc80secret"]) == "x"
