"""The answer to the creation of a context task."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from chitty_action.model.document import Document


class CreatedTask(Document, frozen=True):
    """The task's id, a text or a number. It becomes a part of a URL's path: what could change that path is refused."""

    task_id: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,199}\Z")] | Annotated[int, Meta(ge=0)]

    def told(self) -> str:
        """Say which task it is."""
        return f"task {self.task_id}"
