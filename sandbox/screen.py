"""What the demo writes for a person: sentences, a job's summary, and an issue as GitHub shows it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run of the program wrote for the job's page."""

    title: str
    markdown: str


def say(sentence: str) -> None:
    """Write a paragraph, at once: the program's own output goes past our buffer."""
    sys.stdout.write(f"\n{sentence}\n")
    sys.stdout.flush()


def show(summary: Summary) -> None:
    """Show a summary as the job's page would; in a file it stays Markdown."""
    say(f"--- {summary.title} ---\n")
    console = Console()
    if console.is_terminal:
        console.print(Markdown(summary.markdown))
    else:
        say(summary.markdown)


def show_issue(issue: Json, comments: Iterable[Json]) -> None:
    """Show an issue as its page would: what stands in HTML comments is for the program, and cannot be seen."""
    reason = f" as {issue['state_reason']}" if issue["state"] == "closed" else ""
    labels = ", ".join(label["name"] for label in issue["labels"])
    head = Text(f"#{issue['number']}, {issue['state']}{reason} · {labels}", style="dim")
    said = (part for comment in comments for part in _comment(comment))
    Console().print()
    Console().print(Panel(Group(head, Text(), Markdown(issue["body"] or ""), *said), title=Text(issue["title"])))


def _comment(comment: Json) -> tuple[Text, Markdown]:
    head = f"\n💬 {comment['user']['login']} commented:\n"
    return Text(head, style="dim"), Markdown(comment["body"])
