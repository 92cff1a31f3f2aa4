from __future__ import annotations

import io
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chitty_action.adapters.runner import Runner
from chitty_action.model.finding import Level

REGISTERED = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip


class Command(NamedTuple):
    """What the runner makes of a line."""

    name: str
    properties: dict[str, str]
    data: str


def unescape(text: str, codes: str = "\r\n%") -> str:
    """Undo the escaping, the percent sign last."""
    for code in codes:
        text = text.replace(f"%{ord(code):02X}", code)
    return text


def read_as_the_runner_does(line: str) -> Command | None:
    """Parse one line by the rules of `ActionCommand.cs`: `::x::` after white space, else `##[x]` anywhere."""
    if (trimmed := line.lstrip()).startswith("::"):
        head, separator, data = trimmed[2:].partition("::")
        name, _, properties = head.partition(" ")
        if separator and name in REGISTERED:
            pairs = [pair.split("=", 1) for pair in properties.strip().split(",") if "=" in pair]
            return Command(name, {key: unescape(value, "\r\n:,%") for key, value in pairs}, unescape(data))
    _, prefix, rest = line.partition("##[")
    head, bracket, data = rest.partition("]")
    name = head.partition(" ")[0]
    return Command(name, {}, data) if prefix and bracket and name in REGISTERED else None


def runner_of() -> tuple[Runner, io.StringIO]:
    """Return a runner and what it writes."""
    stream = io.StringIO()
    return Runner(stream), stream


hostile = st.text(max_size=20) | st.lists(
    st.sampled_from(
        ["::", ":", "error", "set-output name=x", "##[", "#", "##", "[", "]", "error]", " ", "\t", "\r", "\n", "%0A",
         "%", "\ufe0f", "\u034f", "\u200b", "\u2028", "\x85", "\x1b[1m", "\ud800", ",", "=", "✅"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(hostile)
@example("::error::x")
@example(" \t::error::x")
@example("\ufe0f:\u034f:error::x")
@example("x##[error]y")
@example("x##\ufe0f[error]y")
@example("x\n::error::y")
@example("x\r::error::y")
def test_no_log_line_is_a_command(text: str) -> None:
    """Nor does it become one where characters are ignored that comparison by culture ignores, nor two lines."""
    runner, stream = runner_of()
    runner.say(text)

    (line,) = io.StringIO(stream.getvalue(), newline=None).read().splitlines() or [""]
    assert stream.getvalue().count("\n") == 1
    assert read_as_the_runner_does(line) is None
    assert read_as_the_runner_does("".join(character for character in line if " " <= character <= "~")) is None
    assert line == line.encode("utf-8").decode()  # no lone surrogate


@pytest.mark.parametrize("line", ["  a  b: c::d", "✅ service-healthy   healthy, 200", "took 3 # of [x]", ""])
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    """Columns and indentation survive."""
    runner, stream = runner_of()
    runner.say(line)

    assert stream.getvalue() == f"{line}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [("::error::x", ": :error::x"), (" ::error::x", " : :error::x"), ("took ##[error]", "took ## [error]")],
)
def test_a_command_is_broken_by_one_space(text: str, line: str) -> None:
    """The reader still sees what was there."""
    runner, stream = runner_of()
    runner.say(text)

    assert stream.getvalue() == f"{line}\n"


def test_a_long_line_is_cut_late() -> None:
    """A whole stack trace of one word is kept, a megabyte is not."""
    runner, stream = runner_of()
    runner.say("x" * 10_000)
    runner.say("y" * 10_001)

    assert stream.getvalue() == "x" * 10_000 + "\n" + "y" * 10_000 + "\n"


@settings(deadline=None)
@given(st.sampled_from(Level), hostile, hostile)
def test_annotations_read_back_as_they_were_meant(level: Level, title: str, message: str) -> None:
    """The level is the command; the message keeps its lines, and the title cannot add a property."""
    runner, stream = runner_of()
    runner.annotate(level, title, message)

    (line,) = stream.getvalue()[:-1].split("\n")
    command = read_as_the_runner_does(line)
    assert command is not None
    assert command.name == level
    assert list(command.properties) == ["title"]
    assert command.data == message.encode("utf-8", "replace").decode()


def test_annotation_is_escaped_like_the_toolkit_does() -> None:
    """Data: percent, CR, LF; properties also colon and comma."""
    runner, stream = runner_of()
    runner.annotate(Level.ERROR, "a: b, 5%", "5%\r\nx: y, z")

    assert stream.getvalue() == "::error title=a%3A b%2C 5%25::5%25%0D%0Ax: y, z\n"


def test_secret_is_masked() -> None:
    """And the caller knows."""
    runner, stream = runner_of()

    assert runner.mask("s3cr%t-token")
    assert stream.getvalue() == "::add-mask::s3cr%25t-token\n"


def test_every_line_of_a_secret_is_masked_and_the_whole() -> None:
    """The log shows lines, other places the whole."""
    runner, stream = runner_of()

    assert runner.mask("first line\r\n  second line\n\n")
    masked = [read_as_the_runner_does(line) for line in stream.getvalue().splitlines()]
    whole = "first line\r\n  second line"
    assert [command and command.data for command in masked] == ["first line", "second line", whole]


def test_six_characters_are_enough_to_be_masked() -> None:
    """The shortest secret, alone or as a line."""
    runner, stream = runner_of()

    assert runner.mask("123456")
    assert stream.getvalue() == "::add-mask::123456\n"


@pytest.mark.parametrize(("secret", "masked"), [("12345", []), ("{\nlong enough\n}", ["long enough"])])
def test_short_lines_are_not_masked(secret: str, masked: list[str]) -> None:
    """Masking `}` would blank out the log; the caller learns that something was left unmasked, and nothing shows it."""
    runner, stream = runner_of()

    assert not runner.mask(secret)
    assert stream.getvalue() == "".join(f"::add-mask::{line}\n" for line in masked)


def test_nothing_to_mask_is_fine() -> None:
    """The runner refuses an empty mask."""
    runner, stream = runner_of()

    assert runner.mask(" \n")
    assert stream.getvalue() == ""


def test_group_ends_also_after_an_error() -> None:
    """What follows an error must not be folded away."""
    runner, stream = runner_of()
    with pytest.raises(ZeroDivisionError), runner.group("50%\n::error::x"):
        raise ZeroDivisionError

    assert stream.getvalue() == "::group::50%25 ::error::x\n::endgroup::\n"
