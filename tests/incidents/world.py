"""A world for incidents in which anything may happen: to services, to issues, and by people."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from chitty_action.incidents.memory import read
from chitty_action.model.incident import Affected, Issue, Kind, Picture
from tests.incidents.github import LOGIN, GitHub

KINDS = (Kind.UNHEALTHY_SERVICES, Kind.HUB_UNREACHABLE)
NAMES = ("alpha", "beta", "\ud800`|` @all --> <!-- chitty-action:end -->")
MARKERS = {kind: f"<!-- chitty-action:incident={kind} -->" for kind in KINDS}
STANDING = "<!-- chitty-action:memory -->"
A_WEEK_AND_A_DAY = timedelta(days=8)

kinds = st.sampled_from(KINDS)
names = st.sampled_from(NAMES)


class World(RuleBasedStateMachine):
    """What may happen between two runs, and what the runs have to be measured by."""

    def __init__(self) -> None:
        """Begin with a world in which all is well."""
        super().__init__()
        self.github = GitHub()
        self.broken: dict[Kind, dict[str, str]] = {kind: {} for kind in KINDS}
        self.unseen: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
        self.unjudged: set[Kind] = set()
        self.half_seen: set[Kind] = set()
        self.runs = 0
        self.failing = dict.fromkeys(KINDS, 0)
        self.clean = dict.fromkeys(KINDS, 0)
        self.agreed: dict[Kind, frozenset[str] | None] = dict.fromkeys(KINDS)
        self.failing_at_all = dict.fromkeys(KINDS, 0)
        self.dismissed: dict[int, tuple[str, frozenset[str]]] = {}
        self.overruled: set[tuple[int, frozenset[str]]] = set()
        self.notes: list[tuple[int, str]] = []
        self.strangers: list[Issue] = []

    @initialize(open_after=st.sampled_from([1, 1, 2, 3]), close_after=st.sampled_from([1, 1, 2]))
    def begin(self, open_after: int, close_after: int) -> None:
        """Choose how patient incidents are."""
        self.open_after, self.close_after = open_after, close_after

    # The world

    @rule(kind=kinds, name=names, state=st.sampled_from(["down", "degraded"]))
    def breaks(self, kind: Kind, name: str, state: str) -> None:
        """A subject breaks, or breaks differently."""
        self.broken[kind][name] = state

    @rule(kind=kinds, name=names)
    def recovers(self, kind: Kind, name: str) -> None:
        """A subject is well again."""
        self.broken[kind].pop(name, None)

    @rule(kind=kinds)
    def all_recover(self, kind: Kind) -> None:
        """Everybody is well again."""
        self.broken[kind].clear()

    @rule(kind=kinds, name=names)
    def is_hidden(self, kind: Kind, name: str) -> None:
        """A subject does not let the next run look."""
        self.unseen[kind].add(name)

    @rule(kind=kinds, is_half_seen=st.booleans())
    def is_obscured(self, kind: Kind, is_half_seen: bool) -> None:  # noqa: FBT001 - hypothesis gives it by name
        """The next run sees only half of a kind, or nothing."""
        (self.half_seen if is_half_seen else self.unjudged).add(kind)

    def clear_up(self) -> None:
        """Let the run after the next one see everything."""
        self.unjudged.clear()
        self.half_seen.clear()
        for hidden in self.unseen.values():
            hidden.clear()

    @rule(minutes=st.sampled_from([1, 360, 1380, 1500, 9 * 1440]))
    def time_passes(self, minutes: int) -> None:
        """From a minute to more than a week."""
        self.github.later(minutes=minutes)
        if (
            timedelta(minutes=minutes) > A_WEEK_AND_A_DAY
        ):  # what was closed before is not listed any more, with all that it remembered
            self.forget(*KINDS)

    # People

    @precondition(lambda self: self.own())
    @rule(
        data=st.data(), where=st.sampled_from(["below", "inside", "inside", "above", "whole", "whole below the marker"])
    )
    def person_writes(self, data: st.DataObject, where: str) -> None:
        """A person edits the body, with a browser's line ends."""
        issue = data.draw(st.sampled_from(self.own()))
        note = f"note {len(self.notes)}: don't touch  "
        lines = issue.body.split("\n")
        match where:
            case "below":
                body = f"{issue.body}\r\n\r\n{note}"
            case "inside":
                place = data.draw(st.integers(1, len(lines)))
                body = "\r\n".join(line.rstrip("\r") for line in [*lines[:place], note, *lines[place:]])
            case "above":
                body = f"{note}\n{issue.body}"
            case "whole":
                body = note
                self.notes = [(number, text) for number, text in self.notes if number != issue.number]
            case _:
                body = f"{lines[0]}\n{note}"
                # Nobody knows any more for which set it was closed, or how often.
                self.dismissed.pop(issue.number, None)
                self.overruled = {closing for closing in self.overruled if closing[0] != issue.number}
                self.notes = [(number, text) for number, text in self.notes if number != issue.number]
        self.notes.append((issue.number, note))
        self.github.person(issue.number, body=body)
        self.forget(*KINDS)

    @precondition(lambda self: self.own(is_open=True))
    @rule(data=st.data(), reason=st.sampled_from(["completed", "completed", "not_planned", "not_planned", "duplicate"]))
    def person_closes(self, data: st.DataObject, reason: str) -> None:
        """A person closes an incident."""
        self.close(data.draw(st.sampled_from(self.own(is_open=True))), reason)

    def close(self, issue: Issue, reason: str) -> None:
        """Close it as a person does, and keep why and for which set."""
        self.github.later(minutes=1)  # nobody closes twice in a second
        self.github.by_person(issue.number, reason)
        self.dismissed[issue.number] = (reason, self.remembered(issue))
        self.forget(*KINDS)

    @precondition(lambda self: any(not issue.is_open for issue in self.own()))
    @rule(data=st.data())
    def person_reopens(self, data: st.DataObject) -> None:
        """A person opens an incident again."""
        issue = data.draw(st.sampled_from([issue for issue in self.own() if not issue.is_open]))
        self.github.person(issue.number, is_open=True, closed=None, reason="reopened")
        self.dismissed.pop(issue.number, None)
        self.forget(*KINDS)

    @rule(kind=kinds, association=st.sampled_from(["NONE", "MEMBER", "CONTRIBUTOR"]))
    def stranger_plants(self, kind: Kind, association: str) -> None:
        """Somebody copies an incident."""
        body = f"{MARKERS[kind]}\nmine now"
        self.strangers.append(self.github.plant(body=body, author="mallory", association=association))

    @rule(kind=kinds, association=st.sampled_from(["OWNER", "COLLABORATOR"]))
    def colleague_plants(self, kind: Kind, association: str) -> None:
        """Somebody who may opens an incident by hand, perhaps a second one."""
        issue = self.github.plant(body=f"{MARKERS[kind]}\nby hand", author="alice", association=association)
        self.notes.append((issue.number, "by hand"))
        self.forget(kind)

    # What is there

    def own(self, kind: Kind | None = None, *, is_open: bool | None = None) -> list[Issue]:
        """List what is ours by the rule: the marker in the first line, by us or by somebody who may."""
        wanted = {MARKERS[kind]} if kind else set(MARKERS.values())
        return [
            issue
            for issue in self.github.issues.values()
            if issue.body.split("\n")[0].strip() in wanted
            and (issue.author == LOGIN or issue.association in {"OWNER", "COLLABORATOR"})
            and is_open in {None, issue.is_open}
        ]

    def remembered(self, issue: Issue) -> frozenset[str]:
        """Return the names in the memory of an issue."""
        memory = next((found for kind in KINDS if (found := read(issue.body, kind))), None)
        return frozenset(known.name for known in memory.known or ()) if memory else frozenset()

    def waiting(self, kind: Kind) -> frozenset[str]:
        """Return the names that the standing issue remembers."""
        bodies = [issue.body for issue in self.github.issues.values() if issue.body.startswith(STANDING)]
        memories = [memory for body in bodies if (memory := read(body, kind))]
        return frozenset(known.name for memory in memories for known in memory.known or ())

    def survivor(self, kind: Kind) -> Issue | None:
        """Return the oldest open one, else the one closed last and not as a duplicate."""
        opened = sorted(self.own(kind, is_open=True), key=lambda issue: (issue.created, issue.number))
        closed = [
            (issue.closed, issue.number, issue)
            for issue in self.own(kind, is_open=False)
            if issue.closed and issue.closed >= self.github.now - A_WEEK_AND_A_DAY and issue.reason != "duplicate"
        ]
        return opened[0] if opened else max(closed, key=lambda one: one[:2])[2] if closed else None

    def picture(self, kind: Kind) -> Picture:
        """Return what a run sees of a kind."""
        return Picture(
            kind,
            tuple(
                Affected(name, state, f"@{name}")
                for name, state in self.broken[kind].items()
                if self._is_seen(kind, name)
            ),
            "no luck" if kind in self.unjudged else None,
            may_close=kind not in self.half_seen,
            unseen=frozenset(self.unseen[kind]),
        )

    def _is_seen(self, kind: Kind, name: str) -> bool:
        return name not in self.unseen[kind]

    def agreeable(self, kind: Kind) -> frozenset[str] | None:
        """Return the set that GitHub has to show after a run; None where the run must not touch it."""
        picture = self.picture(kind)
        if picture.unjudged or not (picture.may_close or picture.affected):
            return None
        seen = {one.name for one in picture.affected}
        survivor = self.survivor(kind)
        before = self.remembered(survivor) if survivor else frozenset[str]()
        if survivor is None or not survivor.is_open:
            before |= self.waiting(kind)
        return frozenset(seen | {name for name in before if not picture.may_close or name in picture.unseen})

    def forget(self, *of: Kind) -> None:
        """Do not rely on what earlier runs agreed on and counted."""
        for kind in of:
            self.failing[kind] = self.clean[kind] = 0
            self.agreed[kind] = None
