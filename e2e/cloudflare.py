"""A small Cloudflare: Miniflare serves what wrangler deploys."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.parts import Parts

_PROGRAM = Path(__file__).with_suffix(".mjs")
_PATIENCE = 30.0


@contextmanager
def serving(parts: Parts, deployed: Path) -> Iterator[str]:
    """Give the address at which what lies in `deployed` answers, as soon as it lies there."""
    command = (str(parts.node / "bin" / "node"), str(_PROGRAM), str(parts.wrangler / "node_modules"), str(deployed))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as miniflare:  # noqa: S603 - fixed words
        try:
            address = miniflare.stdout.readline().strip() if miniflare.stdout else ""
            if not address:
                raise RuntimeError("Miniflare did not start; what it said is above")
            yield address
            miniflare.terminate()
            miniflare.wait(_PATIENCE)
        finally:
            miniflare.kill()
