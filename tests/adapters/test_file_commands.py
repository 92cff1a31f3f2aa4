from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chitty_action.adapters.file_commands import output_entry, write_outputs, write_summary
from chitty_action.errors import BugError

if TYPE_CHECKING:
    from pathlib import Path


def read_as_the_runner_does(text: str) -> list[tuple[str, str]]:
    """Parse a file of outputs by the rules of `FileCommandManager.cs`: the first of `=` and `<<` on a line decides."""
    found: list[tuple[str, str]] = []
    lines = iter(text.split("\n")[:-1] if text.endswith("\n") else text.split("\n"))  # only LF ends a line on Linux
    for line in lines:
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, delimiter = line.split("<<", 1)
            assert name, f"Invalid format {line!r}"
            assert delimiter, f"Invalid format {line!r}"
            value: list[str] = []
            for following in lines:
                if following == delimiter:
                    break
                value.append(following)
            else:
                pytest.fail(f"Matching delimiter not found: {delimiter!r}")
            found.append((name, "\n".join(value)))
        else:
            assert equals > 0, f"Invalid format {line!r}"
            found.append((line[:equals], line[equals + 1 :]))
    return found


values = st.text(max_size=30) | st.lists(
    st.sampled_from(["a=b", "a<<b", "x<<ghadelimiter_", "ghadelimiter_", "\n", "\r\n", "=", "<<", "\x00", "\ufeff"])
).map("".join)


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z0-9_-]{1,9}", fullmatch=True), values, max_size=5))
@example({"a": "", "b": "\n", "c": "x\n"})
def test_outputs_read_back_as_they_were_written(outputs: dict[str, str]) -> None:
    """No value can forge, hide or change another output."""
    text = "".join(output_entry(name, value, "ghadelimiter_5f3a") for name, value in outputs.items())

    assert read_as_the_runner_does(text) == list(outputs.items())


@pytest.mark.parametrize("name", ["", "a=b", "a<", "a<<b", "a\nb", "a b", "é"])
def test_a_name_that_would_read_back_differently_is_a_bug(name: str) -> None:
    """Names are ours, so this is nothing that a user could cure."""
    with pytest.raises(BugError, match="cannot be the name of an output"):
        output_entry(name, "x", "ghadelimiter_1")


@pytest.mark.parametrize(("name", "value"), [("a", "x\nghadelimiter_1\ny=z"), ("ghadelimiter_1", "x")])
def test_the_delimiter_must_not_occur(name: str, value: str) -> None:
    """A value that knows the delimiter would end early."""
    with pytest.raises(BugError, match="contains the delimiter"):
        output_entry(name, value, "ghadelimiter_1")


def test_outputs_are_appended_with_fresh_delimiters(tmp_path: Path) -> None:
    """What others wrote stays, also where they forgot to end their line."""
    file = tmp_path / "output"
    file.write_text("theirs=1")

    assert write_outputs(str(file), {"a": "x\ny", "b": "\ud800"}) is None
    assert write_outputs(str(file), {"a": "z"}) is None

    text = file.read_text(encoding="utf-8")
    assert read_as_the_runner_does(text) == [("theirs", "1"), ("a", "x\ny"), ("b", "?"), ("a", "z")]
    assert len(set(re.findall(r"<<(ghadelimiter_[0-9a-f]{32})$", text, re.MULTILINE))) == 3
    assert text.endswith("\n")


def test_a_new_file_begins_with_the_first_entry(tmp_path: Path) -> None:
    """There is no line of others to set it apart from."""
    assert write_summary(str(tmp_path / "summary"), "# ours") is None
    assert (tmp_path / "summary").read_bytes() == b"# ours\n"


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """The variable, the cause and the path are named; nothing is raised."""
    assert write_outputs(str(tmp_path), {"a": "b"}) == (
        "Later steps will not see this step's outputs, because GITHUB_OUTPUT names a file that cannot be written "
        f"(Is a directory): {tmp_path}."
    )
    assert write_summary("", "# x\n") == (
        "This step's summary is not shown, because GITHUB_STEP_SUMMARY is not set: the runner sets it, so look at how "
        "the action is started."
    )


def test_summary_is_appended_as_a_block_of_its_own(tmp_path: Path) -> None:
    """A heading after somebody else's unfinished line is still a heading."""
    file = tmp_path / "summary"
    file.write_text("theirs")

    assert write_summary(str(file), "## ours ✅\n") is None
    assert file.read_text(encoding="utf-8") == "theirs\n## ours ✅\n"


def test_summary_file_never_grows_beyond_its_limit(tmp_path: Path) -> None:
    """The runner drops a file that is too large, so what would make it so is left out and said."""
    file = tmp_path / "summary"
    file.write_text("x" * 600_000)

    assert write_summary(str(file), "y" * 400_000) == (
        "This step's summary is not shown, because GITHUB_STEP_SUMMARY would hold more than 1,000,000 bytes: "
        "600,000 were there already."
    )
    assert file.stat().st_size == 600_000
    assert write_summary(str(file), "y" * 399_998) is None
    assert file.stat().st_size == 1_000_000
