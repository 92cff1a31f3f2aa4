"""Build the image as action.yml says it is built."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from e2e.base import ROOT, base_image

if TYPE_CHECKING:
    from e2e.engine import Engine

TAG = "chitty-action:under-test"
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Image:
    """The built image, and the base that it stands on."""

    engine: Engine
    tag: str
    base: str


def action() -> Any:  # noqa: ANN401 - a YAML document
    """Read action.yml."""
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def built(engine: Engine) -> Image:
    """Build, with what an earlier build left in the engine's cache. Raises DockerError with the builder's words."""
    base = base_image(engine)
    proxies = [part for name in _PROXIES if name in os.environ for part in ("--build-arg", name)]
    arguments = ("--network", "host", "--build-arg", f"BASE_IMAGE={base}", *proxies, "--tag", TAG)
    engine.docker("build", *arguments, "--file", str(ROOT / action()["runs"]["image"]), str(ROOT))
    return Image(engine, TAG, base)
