from __future__ import annotations

from chitty_action.incidents.block import END, digests_of, first_line, marker, theirs
from chitty_action.incidents.memory import Memory
from chitty_action.model.incident import Kind
from tests.incidents.github import MONDAY

KIND = Kind.UNHEALTHY_SERVICES
OURS = [marker(KIND), "", "**1 service is unhealthy.**", "", "| alpha | down |"]
MEMORY = Memory(KIND, MONDAY, "", 0, (), lines=digests_of(OURS))
HEAD = "\n".join(OURS)


def test_what_is_below_stays_byte_for_byte() -> None:
    """Line ends, trailing spaces, markers and all."""
    below = f"\r\n\r\n  note \t\r\n{END} again\n\n\n- [ ] x  "

    assert theirs(f"{HEAD}\n{END}{below}", MEMORY, "") == below


def test_a_browsers_line_ends_make_nothing_theirs() -> None:
    """Saving a body in a browser turns every line end into two characters."""
    assert theirs(f"{HEAD}\n{END}\n".replace("\n", "\r\n"), MEMORY, "") == "\r\n"


def test_what_was_written_into_our_part_moves_below() -> None:
    """A new line as well as one of ours that was changed."""
    body = f"{HEAD} Bob is on it\n\nmy note\n\nand more\n{END}\nbelow"

    assert theirs(body, MEMORY, "") == "\n\n| alpha | down | Bob is on it\n\nmy note\n\nand more\n\nbelow"


def test_without_the_end_all_that_is_not_ours_is_theirs() -> None:
    """A person deleted the line that ends our part."""
    assert theirs(f"{HEAD}\nmy note", MEMORY, "") == "\n\nmy note\n\n"


def test_without_memory_what_would_be_written_now_is_ours() -> None:
    """Rather keep an old line of ours than lose one of theirs."""
    body = f"{HEAD}\n<!-- chitty-action:remembered v1 12 broken\nmy note\n{END}\n"

    assert theirs(body, None, "**1 service is unhealthy.**") == "\n\n| alpha | down |\nmy note\n\n"


def test_the_first_line_is_the_first() -> None:
    """With whatever line end."""
    assert first_line(f"{marker(KIND)} \r\nx") == first_line(f"{marker(KIND)}\rx") == marker(KIND)
    assert first_line(f"\n{marker(KIND)}") == first_line("") == ""
