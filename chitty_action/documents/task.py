"""The answer to the creation of a context task."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CreatedTask(BaseModel):
    """The task's id, a text or a number. It becomes a part of a URL's path: what could change that path is refused."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    task_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_~:-][A-Za-z0-9._~:-]{0,199}$")]
