"""`make demo`: seven stories, played with the real program on the sandbox; each has a known end."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.page_story import remembered_quarter
from sandbox.screen import say, show
from sandbox.server import Sandbox
from sandbox.stage import Stage
from sandbox.stories import deployed_ecosystem, good_deployment, hub_down, incident, route_law, unhealthy_service

if TYPE_CHECKING:
    from collections.abc import Sequence

_PROGRAM = (sys.executable, "-m", "chitty_action")
_PAGE = Path(__file__).parent.parent / "build" / "page"
"""Where the page stays after the demo."""


def play(program: Sequence[str] = _PROGRAM, page: Path = _PAGE) -> list[str]:
    """Play the stories, show the summaries, and give what did not go as told."""
    with tempfile.TemporaryDirectory(prefix="chitty-demo-") as folder, Sandbox() as sandbox:
        say(f"A small ChittyOS answers at {sandbox.url}.")
        stage = Stage(sandbox, Path(folder), program)
        good_deployment(stage)
        hub_down(stage)
        unhealthy_service(stage)
        deployed_ecosystem(stage)
        incident(stage)
        route_law(stage)
        remembered_quarter(stage, page)
    say(f"These are {len(stage.summaries)} of the summaries, as the job's page would show them.")
    for summary in stage.summaries:
        show(summary)
    return stage.surprises


def main(page: Path = _PAGE) -> int:
    """Play, with the page in this folder; 0 when everything went as told, 1 otherwise."""
    began = time.monotonic()
    surprises = play(page=page)
    if surprises:
        say("The demonstration did not go as told:")
        for surprise in surprises:
            print(f"  - {surprise}")
        return 1
    say(f"The page of the quarter stays here: {(page / 'index.html').resolve().as_uri()}")
    say(
        f"All seven stories went as told, in {time.monotonic() - began:.1f} s. "
        "README.md shows the two steps to add to your own workflow, docs/operating.md how to watch the ecosystem; "
        "docs/lifecycle.md says what happens in a run."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
