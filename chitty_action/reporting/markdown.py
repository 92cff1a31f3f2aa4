r"""Plain text as Markdown that can do nothing, whoever wrote the text (interface, section 6).

GitHub offers no escape for mentions and references (`&#64;` and `\@` still mention), but leaves code spans alone. So
words that are plainly harmless stay as they are, and everything else goes into code spans.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LIMIT = 1_000
"""Characters of one piece of text; a sentence needs fewer, hostile text does not deserve more."""

_HARMLESS = re.compile(
    r"""
    (?=.*(?:[^\W_]|[^\x00-\x7f]))               # not punctuation alone: a bare `-`, `+` or `===` could start a block
    (?!.*[0-9A-Fa-f]{7})                        # GitHub links commit ids of 7 to 40 hexadecimal digits
    (?!.*(?i:gh-\d|www\.))                      # ... issues, and host names
    (?!.*\.[^\W\d_]{2})                         # other renderers link bare host names too
    (?:[^\x00-\x7f]|[A-Za-z0-9.,;!?'"()+=%-])+  # no ASCII punctuation that Markdown, HTML or GitHub gives a meaning to
    :?                                          # a colon inside makes URLs and emoji, one at the end does not
    """,
    re.VERBOSE,
)
_WORD = re.compile(r"(?:“[^“”]*”|[^ ])+")  # a quotation of remote text is one word, however many it has
_LIST_NUMBER = re.compile(r"\d{1,9}[.)]")
_CLOSING = ".,;:!?"


def prose(text: str, limit: int = _LIMIT) -> str:
    """Return `text`, folded by `one_line`, as inline Markdown without any active element."""
    pieces: list[str] = []
    risky: list[str] = []
    for word in _WORD.findall(one_line(text, limit)):
        starts_list = not pieces and not risky and _LIST_NUMBER.fullmatch(word)
        if _HARMLESS.fullmatch(word) and not starts_list:
            pieces += [*_spanned(risky), word]
            risky = []
        else:
            risky.append(word)
    return " ".join([*pieces, *_spanned(risky)])


def code(text: str, limit: int = _LIMIT) -> str:
    """Return `text`, folded by `one_line`, as one code span that can be copied whole."""
    return _fenced(one_line(text, limit)) if text else ""


def _spanned(words: Sequence[str]) -> list[str]:
    """One code span for neighbouring words; a full stop or the like behind them stays outside, where writers put it."""
    text = " ".join(words)
    core = text.rstrip(_CLOSING) or text
    return [_fenced(core) + text.removeprefix(core)] if text else []


def _fenced(line: str) -> str:
    """Make a code span; the fence is longer than any run of backticks inside."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    padding = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{padding}{line}{padding}{fence}"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], room: int) -> str:
    """Return a table of inline Markdown cells in at most `room` UTF-8 bytes, cut between rows with a "+N more" row.

    Pipes inside cells are escaped, which GFM undoes even in code spans. A backslash directly before a pipe is set apart
    from it by a space, because renderers disagree on whether it escapes the escape.
    """
    head = [_row(headers), "|" + " :-- |" * len(headers)]
    lines = [_row(row) for row in rows]
    more = "| +{} more |" + " |" * (len(headers) - 1)
    return "\n".join([*head, *cut(lines, room - size(head), more)])


def _row(cells: Sequence[str]) -> str:
    escaped = (cell.replace("\\|", "\\ |").replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def cut(blocks: Sequence[str], room: int, more: str) -> list[str]:
    """Return the first `blocks` that fit into `room` UTF-8 bytes, and one more block for the others.

    That block is `more`, in which `{}` stands for their number.
    """
    if size(blocks) <= room:
        return list(blocks)
    room -= size([more.format(len(blocks))])
    kept = sum(total <= room for total in accumulate(size([block]) for block in blocks))
    return [*blocks[:kept], more.format(len(blocks) - kept)]


def size(blocks: Iterable[str]) -> int:
    """Return the UTF-8 bytes of `blocks` with a line end behind each."""
    return sum(len(block.encode()) + 1 for block in blocks)
