"""The answer to the creation of a context task."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CreatedTask(BaseModel):
    """The task's id. It becomes a part of a URL's path, so only what cannot change that path is accepted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
