"""The image, built once for all tests, and a step of a job that runs it.

Without an engine no test passes: all of them are skipped, loudly.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from e2e import engine
from e2e.act import ACTION_IMAGE, Act
from e2e.base import STAND_IN
from e2e.build import built
from e2e.parts import MissingPartError, found
from e2e.runner import Step
from tests.conftest import running, sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from e2e.build import Image
    from e2e.parts import Parts
    from sandbox import Sandbox

__all__ = ["running", "sandbox"]


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """Give the image under test in an engine that answers."""
    with ExitStack() as stack:
        try:
            image = built(stack.enter_context(engine.running()))
        except engine.NoEngineError as error:
            pytest.skip(f"{engine.NOT_RUN}{error}")
        yield image


@pytest.fixture(autouse=True)
def _noted(image: Image, record_property: Callable[[str, object], None]) -> None:
    record_property("base", image.base)


@pytest.fixture
def step(tmp_path: Path, image: Image, sandbox: Sandbox) -> Step:
    """Give a step in a workspace of its own."""
    return Step(tmp_path, image, sandbox)


@pytest.fixture(scope="session")
def parts() -> Parts:
    """Give act, Node.js and wrangler."""
    try:
        return found()
    except MissingPartError as error:
        pytest.skip(f"{engine.NOT_RUN}not in the workflows, because {error}")


@pytest.fixture(scope="session")
def _named(image: Image) -> Iterator[None]:
    """Name the image as act does, so that it takes it for the one that it would build."""
    image.engine.docker("tag", image.tag, ACTION_IMAGE)
    yield
    image.engine.docker("rmi", ACTION_IMAGE)


@pytest.fixture
def act(tmp_path: Path, parts: Parts, image: Image, sandbox: Sandbox, _named: None) -> Act:
    """Give act for one repository."""
    return Act(tmp_path, parts, image, sandbox)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what a green run did not prove."""
    skipped = {
        str(report.longrepr[2])
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and engine.NOT_RUN in str(report.longrepr[2])
    }
    for reason in skipped:
        terminalreporter.write_sep("!", "e2e", red=True, bold=True)
        terminalreporter.write_line(reason, red=True, bold=True)
    properties = {value for report in terminalreporter.stats.get("passed", []) for value in report.user_properties}
    for name, base in properties:
        if name == "base" and base.startswith(STAND_IN):
            terminalreporter.write_line(
                f"e2e: the image stood on {base}, a stand-in, not on the base of the Dockerfile"
            )
