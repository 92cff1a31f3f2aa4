"""The one family of exceptions: each knows its sentence, its cure and the exit code it ends the process with."""

from __future__ import annotations


class ChittyError(Exception):
    """An error that a person will read: `message` names the thing and the cause, `hint` the cure."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        """Keep the sentence and the cure apart, so that every renderer can place them."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(ChittyError):
    """One or more inputs that do not parse; raised before any request was made (interface, section 1)."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        """Carry every bad input, because all of them are reported at once."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class StoppedError(ChittyError):
    """A signal came before there was anything to report."""


class BugError(ChittyError):
    """The action broke its own rules; the user gets a report to paste, never a bare traceback."""

    exit_code = 3


class Problem(ValueError):  # noqa: N818 - a line of the list that an error carries
    """One bad input. `subject` is the input's name, `message` one sentence, `hint` what is allowed."""

    def __init__(self, subject: str, message: str, hint: str = "") -> None:
        """Make one line of the list that `InputError` carries."""
        super().__init__(message)
        self.subject = subject
        self.message = message
        self.hint = hint
