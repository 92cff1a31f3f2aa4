"""Standard output that may have nobody behind it: what cannot be written is lost, and the run goes on."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class Outlet(io.TextIOBase):
    """Pass text on until that fails for the first time; whether a log can be written decides nothing else."""

    def __init__(self, stream: TextIO | None) -> None:
        """Take the stream; None where the process was started without one."""
        self._stream = stream
        self._encoding = (stream and stream.encoding) or "utf-8"

    @property
    def encoding(self) -> str:  # type: ignore[override] # an attribute in the library's stub
        """The encoding of the stream."""
        return self._encoding

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return self._stream is not None and self._stream.isatty()

    def write(self, text: str) -> int:
        """Write, or lose, all of the text."""
        try:
            if self._stream is not None:
                self._stream.write(text)
        except OSError:
            self._stream = None
        return len(text)

    def flush(self) -> None:
        """Hand on what is buffered."""
        try:
            if self._stream is not None:
                self._stream.flush()
        except OSError:
            self._stream = None
