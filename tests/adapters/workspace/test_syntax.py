from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.adapters.workspace.files import UnusableFileError
from chitty_action.adapters.workspace.syntax import json_object, text, toml_table

MIB = 1_048_576


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[]", "not a JSON object"),
        (b'{"a": NaN}', "NaN is not a JSON value"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON value"),
        (b'{"a": 1, "a": 2}', "the key 'a' occurs twice"),
        (b'{"b": {"a": 1, "a": 2}}', "the key 'a' occurs twice"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": "\xff"}', "byte 7 does not belong"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 5000 + b"}", "not valid JSON"),
    ],
    ids=range(12),
)
def test_broken_json_is_one_sentence(raw: bytes, why: str) -> None:
    """Every kind of broken JSON is refused with the file's name and the cause."""
    with pytest.raises(UnusableFileError, match=why) as caught:
        json_object(raw, "package.json")

    assert caught.value.message.startswith("package.json ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"a", "not valid TOML"),
        (b"a = 1\na = 2", "not valid TOML"),
        (b"\xef\xbb\xbfa = 1", "byte order mark"),
        (b"a = '\xff'", "not UTF-8"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
        (b"a = " + b"1" * 5000, "not valid TOML"),
    ],
    ids=range(6),
)
def test_broken_toml_is_one_sentence(raw: bytes, why: str) -> None:
    """Every kind of broken TOML is refused with the file's name and the cause."""
    with pytest.raises(UnusableFileError, match=why) as caught:
        toml_table(raw, "pyproject.toml")

    assert caught.value.message.startswith("pyproject.toml ")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("raw", [b"a." * (MIB // 2 - 2) + b"a=1", b"[a" + b".a" * 9000 + b"]\n" + b"a.a=1\n" * 9000])
def test_a_toml_of_dots_does_not_hang(raw: bytes) -> None:
    """Keys of half a million parts, which the parser would chew on for hours, are refused at once."""
    started = time.monotonic()

    with pytest.raises(UnusableFileError, match="dots"):
        toml_table(raw, "pyproject.toml")
    assert time.monotonic() - started < 5


def test_a_long_line_of_prose_is_no_dotted_key() -> None:
    """A value with a thousand full stops is read."""
    assert toml_table(b'a = "' + b". " * 1000 + b'"', "pyproject.toml") == {"a": ". " * 1000}


@settings(deadline=None)  # a busy machine is not a failure
@given(raw=st.binary() | st.text().map(str.encode))
def test_no_bytes_crash_the_parsers(raw: bytes) -> None:
    """Arbitrary bytes are a table or a sentence."""
    for parse in (json_object, toml_table):
        with suppress(UnusableFileError):
            assert isinstance(parse(raw, "file"), dict)


@pytest.mark.parametrize(
    ("value", "expected"), [(" a ", "a"), ("", None), (" ", None), (1, None), (None, None), ("\ud800", None)]
)
def test_a_text_is_what_can_be_written_again(value: object, expected: str | None) -> None:
    """Trimmed strings only; a lone surrogate could be read from JSON but never be sent."""
    assert text(value) == expected
