"""Which remote texts may become links: https URLs that say plainly where they lead."""

from __future__ import annotations

import re

_LONGEST = 2_000
_URL = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:[/?#][\w.~!$&'()*+,;=:@%/?#-]*)?", re.ASCII)
"""Host in lower case and without user information, as browsers show it; no character that is not ASCII."""
_RUN = re.compile(
    r"(?P<server>https://[^/]+)/(?P<repository>[\w.-]+/[\w.-]+)/actions/runs/(?P<number>\d+)(?:/.*)?", re.ASCII
)
_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.ASCII)
_NUMBERED = re.compile(r".*/(?:issues|pull)/(?P<number>\d{1,12})", re.ASCII)
_SHORT = 7


def linked(url: str) -> str:
    """Return a URL that may be linked; empty where it may not."""
    return url if len(url) <= _LONGEST and _URL.fullmatch(url) else ""


def commit_url(run_url: str, commit: str) -> str:
    """Return the page of a commit in the repository whose workflow run is known; empty where it cannot be told."""
    run = _RUN.fullmatch(linked(run_url))
    return f"{run['server']}/{run['repository']}/commit/{commit}" if run and _COMMIT.fullmatch(commit) else ""


def run_number(url: str) -> str:
    """Return the number of a workflow run, else what to call the link."""
    run = _RUN.fullmatch(url)
    return run["number"] if run else "run"


def short_commit(commit: str) -> str:
    """Return a commit as people write it."""
    return commit[:_SHORT] if _COMMIT.fullmatch(commit) else commit


def issue_number(url: str) -> str:
    """Return `#12` for an issue's URL, else what to call the link."""
    issue = _NUMBERED.fullmatch(url)
    return f"#{issue['number']}" if issue else "issue"
