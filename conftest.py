"""Which tests share a worker: those of a folder with real parts, so that the parts start once.

pytest-xdist's own marks do not do it under this pytest (pytest-dev/pytest-xdist#1386).
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {"e2e", "integration"}


class OneWorkerAFolder(LoadScopeScheduling):  # type: ignore[misc] # pytest-xdist ships no types
    """Hand out single tests, and such a folder as a whole."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.partition("/")[0]
        return folder if folder in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)  # pytest may be asked to do without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerAFolder:  # noqa: ANN401 - same
    """Take the place of the scheduler that `-n` brings."""
    return OneWorkerAFolder(config, log)
