"""A time as the data branch writes it: UTC, whole seconds, with a Z."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
