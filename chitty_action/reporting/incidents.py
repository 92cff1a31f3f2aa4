"""Issues as people read them: bodies and comments of incidents, and the writes that a decision comes to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.changes import sync_incident as sync
from chitty_action.incidents.block import END, STANDING, digests_of, marker, theirs
from chitty_action.incidents.decision import Close, CloseDuplicate, Comment, Create, Reopen, Rewrite, Why
from chitty_action.incidents.memory import read, without_names, write
from chitty_action.reporting.incident_words import WORDS, duration_told, moment_told
from chitty_action.reporting.markdown import cut, prose, size, table
from chitty_action.reporting.routes import MORE, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chitty_action.incidents.decision import Case, Decision, Standing, Step
    from chitty_action.incidents.memory import Memory
    from chitty_action.model.incident import Action, Kind

LIMIT = 59_999
"""UTF-8 bytes of a body or a comment; GitHub takes somewhat more."""
_LEAST_ROOM = 4_000
"""Bytes for the table; names are not remembered where they would leave it less."""
_NAME, _DETAIL = 200, 300
_SAFE_URL = re.compile(r"https?://[\w.:/-]+", re.ASCII)
_FOOTER = "<sub>Managed by chitty-action: write below the line, what stands above it is replaced by every run.</sub>"


class Page(Struct, frozen=True):
    """What all incidents of a run share: when and where it ran, whom it writes as, and what new issues get."""

    now: datetime
    run_url: str
    login: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


def worded(decision: Decision, page: Page) -> sync.SyncIncident:
    """Put a decision into words: the writes that make GitHub agree with it."""
    issue = decision.issue
    writes = tuple(write for step in decision.steps for write in _writes(step, decision, page))
    url = issue.url if issue else ""
    return _change(page, writes, kind=decision.kind, action=decision.action, url=url, untold=_untold(decision))


def worded_memory(standing: Standing, page: Page) -> sync.SyncIncident:
    """Put into words what the standing issue must hold. It is locked before it is closed, so closed means both."""
    issue = standing.issue
    number = issue.number if issue else None
    hide = (sync.Lock(number), sync.Close(number, "completed")) if issue is None or issue.is_open else ()
    body = _standing_body(standing.memories, page.now)
    if issue is None:
        writes: tuple[sync.Write, ...] = (sync.Create("chitty-action memory", body), *hide)
    else:
        writes = (*((sync.Edit(issue.number, body),) if standing.is_rewritten else ()), *hide)
    plain = replace(page, labels=(), assignees=())  # it is no alarm
    return _change(plain, writes, kind=None, action=None, url="", untold=1 if standing.memories else 0)


def _change(  # noqa: PLR0913 - the fields of a change
    page: Page, writes: tuple[sync.Write, ...], *, kind: Kind | None, action: Action | None, url: str, untold: int
) -> sync.SyncIncident:
    return sync.SyncIncident(kind, action, url, writes, untold, page.login, page.labels, page.assignees, page.now)


def _untold(decision: Decision) -> int:
    """Count the steps after which people know: it is open, and says who is new."""
    telling = (Create, Reopen) if {Create, Reopen} & {type(step) for step in decision.steps} else (Comment,)
    places = [place for place, step in enumerate(decision.steps, 1) if isinstance(step, telling)]
    return places[0] if places and decision.affected and (decision.added or telling != (Comment,)) else 0


def _writes(step: Step, decision: Decision, page: Page) -> Iterable[sync.Write]:
    """Turn one step into writes; only creating needs no issue."""
    if isinstance(step, Create):
        return [sync.Create(WORDS[decision.kind].title, body(decision, page))]
    if decision.issue is None:
        raise ValueError(f"there is no issue of {decision.kind} to change")
    number = decision.issue.number
    match step:
        case Comment(why):
            return [sync.Comment(number, comment(why, decision, page))]
        case Rewrite():
            return [sync.Edit(number, body(decision, page))]
        case Close():
            return [sync.Close(number, "completed")]
        case Reopen():
            return [sync.Reopen(number)]
        case CloseDuplicate(other):
            told = f"This is a duplicate of #{number}, which is the oldest and stays."
            return [sync.Comment(other, told), sync.Close(other, "duplicate")]


def body(decision: Decision, page: Page) -> str:
    """Return the whole body: our part, the memory in it, and below what people wrote.

    Less than 60,000 bytes, unless what people wrote leaves no room.
    """
    old = decision.issue.body if decision.issue else ""
    before = read(old, decision.kind)
    memory = decision.memory
    if memory is None:
        raise ValueError(f"there is nothing to remember of {decision.kind}")
    below = theirs(old, before, _part(decision, page, memory, LIMIT)) if old else "\n"
    room = LIMIT - len(below.encode()) - len(END)
    if room - len(write(memory)) < _LEAST_ROOM:
        memory = without_names(memory)
    return _part(decision, page, memory, room) + END + below


def _part(decision: Decision, page: Page, memory: Memory, room: int) -> str:
    """Return our part up to the line that ends it; its own lines are remembered, so that others are seen as such."""
    head = [marker(decision.kind), "", f"**{_verdict(decision)}**"]
    foot = ["**What to do.** " + WORDS[decision.kind].cure] if decision.affected else []
    foot = [*foot, f"Last looked at {moment_told(page.now)} by {_run(page)}.", _FOOTER]
    free = room - size([*head, *foot]) - len(write(memory)) - 200  # for blank lines and the rule
    middle = _tables(decision, max(0, free * 2 // 3))  # the digests of its lines need the rest
    text = "\n".join(head) + "\n\n" + "\n\n".join([*middle, *foot])
    remembered = write(replace(memory, lines=digests_of([*text.split("\n"), "---"])))
    return f"{text}\n\n{remembered}\n\n---\n\n"


def _verdict(decision: Decision) -> str:
    words = WORDS[decision.kind]
    if not decision.affected:
        return f"Over: {words.none}."
    told = words.counted(len(decision.affected))
    wanted = decision.clean_runs_wanted
    if wanted is None:
        return f"{told}."
    return f"Not seen any more, and probably over: {told} until {wanted} more clean run{'' if wanted == 1 else 's'}."


def _tables(decision: Decision, room: int) -> list[str]:
    if not decision.affected:
        return []
    words = WORDS[decision.kind]
    children = decision.suppressed
    share = room // 2 if children else room
    moves = [case.move for case in decision.affected if case.move]
    blocks = [_table(decision.affected, words.subject, share // 2 if moves else share)]
    if moves:
        blocks += [
            "What would resolve it; nothing of this was done:",
            *cut(list(map(resolved, moves)), share // 2, MORE),
        ]
    if children:
        lead = f"Probably because of this, and not told on their own ({len(children):,}):"
        blocks += [lead, _list(children, room - share - len(lead))]
    return blocks


def _table(cases: Sequence[Case], subject: str, room: int) -> str:
    rows = [
        [_name(case.name), prose(case.state, _NAME), moment_told(case.since), prose(case.detail, _DETAIL)]
        for case in cases
    ]
    return table([subject, "State", "Since", "What was seen"], rows, room)


def _list(names: Iterable[str], room: int) -> str:
    """Return names on one line, because every line of a body has to be remembered."""
    return " ".join(cut([f"{_name(name)}," for name in names], room, "+{} more")).removesuffix(",")


def _name(name: str) -> str:
    return prose(name, _NAME) or "(no name)"


def _run(page: Page) -> str:
    return f"[this run]({page.run_url})" if _SAFE_URL.fullmatch(page.run_url) else "a run outside of GitHub"


def comment(why: Why, decision: Decision, page: Page) -> str:
    """Return the comment for one occasion."""
    words = WORDS[decision.kind]
    now = words.counted(len(decision.affected))
    match why:
        case Why.OVER:
            began = decision.memory.opened if decision.memory else page.now
            lasted = (
                f"It lasted {duration_told(began, page.now)}, from {moment_told(began)} to {moment_told(page.now)}."
            )
            return f"**Over: {words.none}.** {lasted} Seen by {_run(page)}."
        case Why.STILL_OVER:
            return f"**Closed again: {words.none}**, as {_run(page)} saw it."
        case Why.STILL_TRUE:
            lead = f"**Reopened: {now}, so this is not completed.** To keep it closed, close it as not planned."
        case Why.AGAIN:
            lead = f"**Broken again: {now}.**"
        case Why.CHANGED:
            lead = f"**Changed: {now}.**"
    lead = f"{lead} Seen by {_run(page)}."
    return "\n\n".join([lead, *_changes(decision, LIMIT - size([lead]) - 200)])


def _changes(decision: Decision, room: int) -> list[str]:
    blocks = []
    added = set(decision.added)
    if added:
        new = [case for case in decision.affected if case.name in added]
        blocks += ["New:", _table(new, WORDS[decision.kind].subject, room // 2)]
    if decision.recovered:
        blocks += ["No longer affected:", _list(decision.recovered, room // 2)]
    return blocks


def _standing_body(memories: tuple[Memory, ...], now: datetime) -> str:
    if size(map(write, memories)) > LIMIT - 1_000:
        memories = tuple(map(without_names, memories))
    about = "What chitty-action remembers between its runs of failures that are not incidents yet (input `open-after`)."
    kept = f"{about} Please leave it closed, locked and as it is. Last written {moment_told(now)}."
    return "\n\n".join([STANDING, kept, *map(write, memories)])
