from __future__ import annotations

import io
import os

import pytest

from chitty_action.adapters.outlet import Outlet


def test_what_can_be_written_is_written() -> None:
    """As it is, with the stream's own encoding and manners."""
    stream = io.StringIO()
    outlet = Outlet(stream)
    assert (outlet.write("one\n"), outlet.isatty(), outlet.encoding) == (4, False, "utf-8")
    outlet.flush()
    assert stream.getvalue() == "one\n"


def test_nobody_reads_any_more() -> None:
    """The rest is lost, and nothing else happens."""
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", encoding="utf-8")
    outlet = Outlet(stream)
    for _ in range(3):
        assert outlet.write("lost\n") == 5
        outlet.flush()
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_there_was_never_anybody() -> None:
    """A process may be started without standard output."""
    outlet = Outlet(None)
    assert (outlet.write("lost"), outlet.isatty(), outlet.encoding) == (4, False, "utf-8")
    outlet.flush()
