"""What attackers send: broken bytes, mutated honest documents, and a stopwatch that a busy machine does not disturb."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_SECONDS = 30.0  # of processor time, for what takes at most five; without its bound it would take hours

_TEXT = st.text(st.characters(exclude_categories=[]), max_size=8) | st.sampled_from(
    ["\ud800", " ", "https://[", "*", "/"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
"""Any document; NaN, infinities and lone surrogates among it."""

# Pieces that parsers of JSON, JSON5, YAML and TOML are known to trip over.
_PIECES = (
    *(b"\xff", b"\x00", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xff\xfe", b"\r", b"\n", b"\xe2\x80\xa8", b"\xc2\x85"),
    *(b'"\\ud800"', b"\\udfff", b"\\u0000", b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-0", b"9" * 400, b"0x1F"),
    *(b"9" * 5000, b"1e-999", b"null", b"[", b"]", b"{", b"}", b'"', b"'", b",", b":", b"=", b"#", b"//", b"/*"),
    *(b"[" * 2000, b'{"a":' * 2000, b"- " * 100, b"a." * 100, b"&a ", b"*a", b"<<: *a\n", b"!!python/name:os"),
    *(b"%TAG ! tag:x,2000:\n", b"---\n", b"...\n", b"|\n", b">\n", b"? ", b'"""', b"'''", b"[[a]]\n", b"\\", b"*"),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, *samples: bytes) -> bytes:
    """Take an honest document and damage it in up to four places: cut, doubled, or with a piece put in."""
    text = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        middle = draw(st.sampled_from(_PIECES) | st.binary(max_size=6) | st.just(text[start:end] * 2) | st.just(b""))
        text = text[:start] + middle + text[end:]
    return text


def _any_json(*samples: bytes) -> st.SearchStrategy[bytes]:
    """Write any document as JSON, with the samples' words as its keys; lone surrogates and NaN go through."""
    words = sorted({word.decode() for sample in samples for word in re.findall(rb"\w+", sample)})
    keys = st.sampled_from(words) | st.text(max_size=4)

    def written(document: object, ascii_only: bool) -> bytes:  # noqa: FBT001 - drawn by hypothesis
        return json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    return st.builds(written, st.dictionaries(keys, JSON | st.dictionaries(keys, JSON)) | JSON, st.booleans())


def bytes_like(*samples: bytes) -> st.SearchStrategy[bytes]:
    """Give arbitrary bytes, arbitrary JSON with their words, and mutations of the samples."""
    return st.binary(max_size=60) | _any_json(*samples) | mutated(*samples)


def fill(piece: str, size: int = 1_040_000) -> bytes:
    """Repeat a piece, `%d` in it counting up, until nearly a mebibyte is full."""
    if "%d" not in piece:
        return (piece * (size // len(piece.encode()))).encode()
    count = size // (len(piece) + 5)
    return "".join(piece.replace("%d", str(number)) for number in range(count)).encode()


@contextmanager
def bounded() -> Iterator[None]:
    """Insist that this thread's work takes no more processor time than it may."""
    began = time.thread_time()
    yield
    assert time.thread_time() - began < MOST_SECONDS


def one_sentence(*texts: str) -> None:
    """Insist that each text is one line that a person can read to its end."""
    for text in texts:
        assert text
        assert text.splitlines() == [text]
        assert len(text) < 1000
        text.encode("utf-8")
