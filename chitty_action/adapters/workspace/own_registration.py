"""The repository's own registration file, found by its usual names (ecosystem, section 2.2).

A registration cannot be updated: so a file that may be this service's and cannot be used is a refusal, and nothing else
takes its place. A file of another service is passed over.
"""

from __future__ import annotations

import heapq
import os
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.adapters.workspace.files import UnusableFileError, inside, read
from chitty_action.adapters.workspace.syntax import check_sendable, json_object
from chitty_action.documents.registration_file import whose
from chitty_action.model.repository import Oddity, OwnRegistration
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_FILES = 50
"""Files looked at in one folder."""


class _Found(Struct, frozen=True):
    """A file of a usual name; `owner` is the service that it names, None where it names none or cannot be read."""

    registration: OwnRegistration
    owner: str | None = None


def read_own_registration(root: Path, folder: str, service_name: str) -> OwnRegistration | None:
    """Return the first registration file of this service, and what was passed over on the way; None for nothing at all.

    In a folder of several, one that names this service goes before one that names nobody.
    """
    passed_over: list[Oddity] = []
    for place, pattern in (
        (".", "registration.json"),
        (".", "register.json"),
        ("deploy/registration", "*.json"),
        ("registrations", f"{service_name}.json"),
        ("docs/registration", "*.json"),
    ):
        try:
            names, are_all = _names(root, str(PurePosixPath(folder, place)), pattern)
        except UnusableFileError as error:
            passed_over.append(_oddity(str(PurePosixPath(folder, place)), error))
            continue
        found = list(_looked_at(root, names, service_name))
        own, others = _choose(found, service_name)
        passed_over += others
        if not are_all and (own is None or own.owner is None):
            passed_over.append(_too_many(str(PurePosixPath(folder, place))))
        if own is not None:
            return replace(own.registration, passed_over=tuple(passed_over))
    return OwnRegistration(passed_over=tuple(passed_over)) if passed_over else None


def _names(root: Path, place: str, pattern: str) -> tuple[list[str], bool]:
    """The files of this pattern in a folder, sorted, and whether those are all; raises UnusableFileError."""
    target = inside(root, place)
    try:
        with ExitStack() as opened:
            # The folder was resolved: if its last part is a link now, somebody put it there since.
            descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            opened.callback(os.close, descriptor)
            entries = opened.enter_context(os.scandir(descriptor))
            fitting = (entry.name for entry in entries if fnmatchcase(entry.name, pattern) and entry.name[0] != ".")
            names = heapq.nsmallest(MAX_FILES + 1, fitting)
    except (FileNotFoundError, NotADirectoryError):
        return [], True
    except OSError as error:
        raise UnusableFileError(f"{place} cannot be read: {error.strerror}", "make it a folder to be read") from error
    return [str(PurePosixPath(place, name)) for name in names[:MAX_FILES]], len(names) <= MAX_FILES


def _looked_at(root: Path, names: Iterable[str], service_name: str) -> Iterator[_Found]:
    """What the files are, up to the first that names this service; a link to nothing is not there."""
    for name in names:
        file = _look(root, name)
        if file is not None:
            yield file
            if file.owner == service_name:
                return


def _look(root: Path, name: str) -> _Found | None:
    shown = one_line(name)
    owner = None
    try:
        raw = read(root, name)
        if raw is None:
            return None
        document = json_object(raw, shown)
        owner = whose(document)
        check_sendable(document, shown)
    except UnusableFileError as error:
        return _Found(OwnRegistration(shown, refusal=_oddity(name, error)), owner)
    return _Found(OwnRegistration(shown, document), owner)


def _choose(found: Sequence[_Found], service_name: str) -> tuple[_Found | None, list[Oddity]]:
    """The file that counts, and what is told of the others: broken ones always, others' only where none is ours."""
    ours = [file for file in found if file.owner == service_name]
    nobodys = [file for file in found if file.owner is None]
    if ours:
        return ours[0], [file.registration.refusal for file in nobodys if file.registration.refusal]
    others = [_others(file, service_name) for file in found if file.owner is not None]
    return (nobodys[0] if nobodys else None), others


def _others(file: _Found, service_name: str) -> Oddity:
    source = file.registration.source
    message = f"{source} registers {in_quotes(one_line(file.owner or '', 80))}, not {service_name}, so it was not used"
    return Oddity(source, message, f"put {service_name}'s own document there, or correct service-name")


def _too_many(place: str) -> Oddity:
    message = f"{place} has more than {MAX_FILES} JSON files, and only the first {MAX_FILES} by name were looked at"
    return Oddity(place, message, "name this service's document with the input registration-file")


def _oddity(name: str, error: UnusableFileError) -> Oddity:
    """Tell what is wrong with a file, whose name may be any."""
    return Oddity(one_line(name), one_line(error.message, 400), error.hint)
