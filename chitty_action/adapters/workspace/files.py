"""Reads and writes inside the workspace, and nowhere else (interface, section 3).

The workspace belongs to the repository, a fork's included: a path in it may be a symbolic link to anywhere, a FIFO
that never answers, or be swapped while it is looked at. So every path is resolved first, then opened folder by folder
without following a link, and the opened descriptor is what gets checked.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from chitty_action.errors import ChittyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_BYTES = 1_048_576

# Without O_NONBLOCK, opening a FIFO waits for a writer; without O_NOCTTY, a terminal could become ours.
_OPEN_TO_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY


class UnusableFileError(ChittyError):
    """A path that must not be used, or a file that cannot be: the caller knows whether an input named it."""


def inside(root: Path, relative: str) -> Path:
    """The real path of `relative` (which need not exist); raises UnusableFileError when it leaves the workspace."""
    try:
        home = root.resolve()
        target = (home / relative).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL byte, a lone surrogate
        raise UnusableFileError(
            f"{relative!r} is not a usable path: {error}", "name a path inside the workspace"
        ) from error
    if not target.is_relative_to(home):
        raise UnusableFileError(
            f"{relative} lies outside the workspace once symbolic links are followed",
            "name a path inside the workspace; links may point to places inside it only",
        )
    return target


def folder(root: Path, relative: str) -> Path:
    """The real path of an existing folder of the workspace; raises UnusableFileError."""
    target = inside(root, relative)
    try:
        mode = _mode(target)
    except OSError as error:  # a name that is too long, a parent that may not be searched
        raise UnusableFileError(
            f"{relative} cannot be opened: {error.strerror}", "name a folder of the workspace"
        ) from error
    if mode is None or not stat.S_ISDIR(mode):
        raise UnusableFileError(
            f"{relative} is not a folder of the workspace",
            "check the repository out first, and name a folder relative to its top",
        )
    return target


def read(root: Path, path: str) -> bytes | None:
    """The bytes of a regular file of at most 1 MiB, None when it is not there; raises UnusableFileError."""
    descriptor = _open(root, path)
    return None if descriptor is None else _content(descriptor, path, MAX_BYTES)


def is_there(root: Path, path: str) -> bool:
    """Whether a regular file of any size is there; raises UnusableFileError for anything else of that name."""
    descriptor = _open(root, path)
    if descriptor is None:
        return False
    os.close(descriptor)
    return True


def read_outside(path: Path, limit: int) -> bytes:
    """The bytes of a regular file that the runner put outside the workspace; raises UnusableFileError."""
    try:
        descriptor = os.open(path, _OPEN_TO_READ)
    except (OSError, ValueError) as error:
        raise UnusableFileError(f"{path} cannot be read: {_reason(error)}") from error
    return _content(_only_regular(descriptor, str(path)), str(path), limit)


def report_target(root: Path, relative: str) -> Path:
    """Where a report named `relative` goes; raises UnusableFileError when no file could be written there."""
    target = inside(root, relative)
    try:
        mode = _mode(target)
        nearest = next(mode for mode in map(_mode, target.parents) if mode is not None)
    except OSError as error:
        raise UnusableFileError(
            f"{relative} cannot be written: {error.strerror}", "name a file inside the workspace"
        ) from error
    if relative.endswith("/") or (mode is not None and not stat.S_ISREG(mode)):
        raise UnusableFileError(f"{relative} is not a file's name", "name a file, such as chitty-report.json")
    if not stat.S_ISDIR(nearest):
        raise UnusableFileError(f"{relative} lies below a file, not a folder", "name a file in a folder or a new one")
    return target


def write_report(root: Path, relative: str, text: str) -> None:
    r"""Write `text` in one step, readable by all (mode 0644): a reader sees the old file or the new, never a part.

    Missing folders are created. A link inside the workspace is kept and its target replaced. A lone surrogate becomes
    `\udXXX`, which is also its JSON escape. Raises UnusableFileError.
    """
    target = report_target(root, relative)
    home = root.resolve()
    *folders, name = target.relative_to(home).parts
    draft = f".chitty-action-{secrets.token_hex(8)}.tmp"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _folder(home, folders) as place:
            try:
                descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, dir_fd=place)
                with os.fdopen(descriptor, "wb") as stream:
                    os.fchmod(descriptor, 0o644)
                    stream.write(text.encode("utf-8", "backslashreplace"))
                os.replace(draft, name, src_dir_fd=place, dst_dir_fd=place)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=place)
    except OSError as error:
        raise UnusableFileError(
            f"{relative} cannot be written: {error.strerror}", "free the place or choose another report-path"
        ) from error


@contextmanager
def _folder(home: Path, parts: Sequence[str]) -> Iterator[int]:
    """A descriptor of the folder `home/parts`, reached without following a link that appeared since it was resolved."""
    with ExitStack() as opened:
        descriptor = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, descriptor)
        for part in parts:
            descriptor = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
            opened.callback(os.close, descriptor)
        yield descriptor


def _mode(target: Path) -> int | None:
    """The file's mode, None when it is not there; unlike `Path.exists`, the same in every Python for other errors."""
    try:
        return target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _open(root: Path, path: str) -> int | None:
    target = inside(root, path)
    home = root.resolve()
    *folders, name = target.relative_to(home).parts or (".",)
    try:
        with _folder(home, folders) as place:
            descriptor = os.open(name, _OPEN_TO_READ | os.O_NOFOLLOW, dir_fd=place)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnusableFileError(
            f"{path} cannot be read: {error.strerror}", "make it a regular file that may be read"
        ) from error
    return _only_regular(descriptor, path)


def _only_regular(descriptor: int, name: str) -> int:
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise UnusableFileError(f"{name} is not a regular file", "put a regular file there, not a folder, FIFO or device")


def _content(descriptor: int, name: str, limit: int) -> bytes:
    try:
        with os.fdopen(descriptor, "rb") as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        raise UnusableFileError(f"{name} cannot be read: {error.strerror}") from error
    if len(raw) > limit:
        raise UnusableFileError(
            f"{name} is larger than {limit // MAX_BYTES} MiB",
            "nothing of that size belongs there: check that it is the right file",
        )
    return raw


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
