"""What goes to GitHub quotes remote systems, and these may quote our secrets: nothing leaves with one in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chitty_action.model.branch import Head
    from chitty_action.model.incident import Issue
    from chitty_action.model.ports import Branch, Issues


class WithoutSecrets:
    """The port `Issues`, with every secret blanked out of what is written."""

    def __init__(self, issues: Issues, redacted: Callable[[str], str]) -> None:
        """Take the issues, and what blanks secrets out of a text."""
        self._issues = issues
        self._redacted = redacted
        self.login = issues.login
        self.listed = issues.listed
        self.close = issues.close
        self.reopen = issues.reopen
        self.lock = issues.lock
        self.remarks = issues.remarks

    async def create(self, title: str, body: str, labels: Sequence[str], assignees: Sequence[str]) -> Issue:
        """Open an issue."""
        return await self._issues.create(self._redacted(title), self._redacted(body), labels, assignees)

    async def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Rewrite title or body."""
        new_title = None if title is None else self._redacted(title)
        new_body = None if body is None else self._redacted(body)
        await self._issues.edit(number, title=new_title, body=new_body)

    async def comment(self, number: int, body: str) -> None:
        """Write a comment."""
        await self._issues.comment(number, self._redacted(body))


class BranchWithoutSecrets:
    """The port `Branch`, with every secret blanked out of what is written."""

    def __init__(self, branch: Branch, redacted: Callable[[str], str]) -> None:
        """Take the branch, and what blanks secrets out of a text."""
        self._branch = branch
        self._redacted = redacted
        self.head = branch.head
        self.text = branch.text

    async def commit(self, head: Head, files: Mapping[str, str | None], message: str) -> bool:
        """Put a commit with these files on that tip."""
        clean = {path: None if text is None else self._redacted(text) for path, text in files.items()}
        return await self._branch.commit(head, clean, self._redacted(message))
