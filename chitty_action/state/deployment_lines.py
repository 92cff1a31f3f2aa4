"""A month of deployments as lines: `deployments/YYYY-MM.jsonl`, by time, and what stays of an old month."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.state.deployment import Deployment
from chitty_action.state.layout import deployments_of, last_of
from chitty_action.state.lines import Line, encoded, joined, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chitty_action.state.lines import Lines


def read_deployments(path: str, text: str) -> Lines[Deployment]:
    """Read a month's file."""
    return read(path, text, partial(_deployment, path))


def with_deployments(path: str, text: str, new: Iterable[Deployment]) -> str | None:
    """Return a month's file with these deployments in it; a line that is there already stays as it is."""
    found = read_deployments(path, text)
    return joined(_sorted((*found.lines, *map(_line, new))), found.unread)


def only_the_last(texts: Iterable[tuple[str, str]]) -> str | None:
    """Return what stays of an old month: the last deployment of each service and environment, without what ages."""
    months = [read_deployments(path, text) for path, text in texts]
    last: dict[tuple[str, str], Line[Deployment]] = {}
    for line in sorted((line for month in months for line in month.lines), key=_order):
        last[line.value.service, line.value.environment] = line
    unread = dict.fromkeys(line for month in months for line in month.unread)
    return joined(_sorted(map(_aged, last.values())), unread)


def _deployment(path: str, line: str) -> Deployment:
    deployment = Deployment.read(line)
    month = deployments_of(deployment.at)
    if path not in {month, last_of(month)}:
        raise ValueError(f"it belongs into {month}")
    return replace(deployment, url=_usual_url(deployment)) if not deployment.url else deployment


def _line(deployment: Deployment) -> Line[Deployment]:
    is_usual = deployment.url == _usual_url(deployment)
    text = encoded(replace(deployment, url="") if is_usual else deployment)
    return Line(text, Deployment.read(text))


def _usual_url(deployment: Deployment) -> str:
    """Return the page of a workflow run at GitHub, which a line need not spell out; empty for any other run."""
    is_at_github = deployment.repository and deployment.run.isascii() and deployment.run.isdigit()
    return f"https://github.com/{deployment.repository}/actions/runs/{deployment.run}" if is_at_github else ""


def _aged(line: Line[Deployment]) -> Line[Deployment]:
    """Leave out what nobody looks up after a year."""
    aged = replace(line.value, actor="", branch="")
    return line if aged == line.value else _line(aged)


def _sorted(lines: Iterable[Line[Deployment]]) -> Iterable[str]:
    """Return the lines by time, one a key: the later one, whatever the order in which they came."""
    by_key = {line.value.key: line for line in sorted(lines, key=_order)}
    return [line.text for line in sorted(by_key.values(), key=_order)]


def _order(line: Line[Deployment]) -> tuple[object, ...]:
    return line.value.at, line.value.key, line.text
