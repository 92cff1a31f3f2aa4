"""A repository whose issues are looked at every six hours."""

from __future__ import annotations

from chitty_action.incidents.decision import Settings
from chitty_action.model.incident import Affected, Kind, Picture
from tests.incidents.github import GitHub, run

KIND = Kind.UNHEALTHY_SERVICES


class Watch:
    """Runs over the issues of one repository, six hours apart."""

    def __init__(self, open_after: int = 1, close_after: int = 1) -> None:
        """Begin with no issue at all."""
        self.github = GitHub()
        self.settings = (open_after, close_after)
        self.runs = 0

    def __call__(self, *names: str, **of_picture: object) -> str:
        """Run, with these broken; return the action, empty where there is nothing to tell."""
        self.runs += 1
        return self.attempt(*names, **of_picture)

    def attempt(self, *names: str, **of_picture: object) -> str:
        """Make another attempt of the same run."""
        self.github.later(hours=6)
        affected = tuple(Affected(name, "down", "answered 503") for name in names)
        picture = Picture(KIND, affected, **of_picture)  # type: ignore[arg-type] # fields by name
        synced = run(self.github, [picture], Settings(*self.settings, str(self.runs)))
        assert [finding for one in synced for finding in one.findings] == []
        return synced[0].told.action if synced[0].told else ""

    @property
    def open(self) -> list[int]:
        """The numbers of the open issues."""
        return [issue.number for issue in self.github.issues.values() if issue.is_open]

    @property
    def said(self) -> list[str]:
        """The first sentence of each comment."""
        return [body.split("**")[1] for _, body in self.github.comments]
