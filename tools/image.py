"""Build the image and say what each layer adds over the base, compressed as a registry keeps it.

`make image` exits with 1 when that is over the budget, or when there is no image to measure.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tarfile
import tempfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from e2e.build import built
from e2e.engine import DockerError, NoEngineError, running

if TYPE_CHECKING:
    from e2e.build import Image

BUDGET = 28.0  # megabytes (10^6 bytes)
_CHUNK = 1 << 20
_MAGIC = b"\x1f\x8b"  # gzip's: an engine may keep its layers compressed
_NOISE = re.compile(r"^/bin/sh -c (#\(nop\) +)?|(?<=COPY )\w+:[0-9a-f]{64}\s+|\s*# buildkit$")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer over the base: the Dockerfile's instruction, the folder that most of it is in, and megabytes."""

    instruction: str
    folder: str
    megabytes: float


def added(image: Image) -> list[Layer]:
    """Measure the layers that the image has and its base has not."""
    docker = image.engine.docker
    below = len(json.loads(docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", image.base)))
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "image.tar"
        docker("save", "--output", str(archive), image.tag)
        with tarfile.open(archive) as files:
            manifest: Any = json.load(_member(files, "manifest.json"))[0]
            history: Any = json.load(_member(files, manifest["Config"]))["history"]
            paths = manifest["Layers"][below:]
            instructions = [step.get("created_by", "") for step in history if not step.get("empty_layer")][
                -len(paths) :
            ]
            return [
                Layer(
                    _NOISE.sub("", instruction).strip(),
                    _folder(_member(files, path)),
                    _compressed(_member(files, path)),
                )
                for instruction, path in zip(instructions, paths, strict=True)
            ]


def _member(files: tarfile.TarFile, name: str) -> IO[bytes]:
    member = files.extractfile(name)
    if member is None:
        raise ValueError(f"the saved image has no file {name}")
    return member


def _folder(layer: IO[bytes]) -> str:
    """Name the folder, three levels deep, that holds the most bytes of a layer."""
    sizes: Counter[str] = Counter()
    with tarfile.open(fileobj=layer) as files:
        for file in files:
            sizes["/".join(("", *file.name.split("/")[:3]))] += file.size
    return sizes.most_common(1)[0][0]


def _compressed(layer: IO[bytes]) -> float:
    """Count the megabytes of a layer as gzip makes them, or as the engine packed them already."""
    if layer.read(len(_MAGIC)) == _MAGIC:
        return layer.seek(0, os.SEEK_END) / 1e6
    layer.seek(0)
    packer, count = zlib.compressobj(wbits=31), 0  # 31: with gzip's frame
    while chunk := layer.read(_CHUNK):
        count += len(packer.compress(chunk))
    return (count + len(packer.flush())) / 1e6


def main() -> int:
    """Build, measure, print; return the exit code."""
    try:
        with running() as engine:
            image = built(engine)
            layers = added(image)
    except (DockerError, NoEngineError) as error:
        print(error, file=sys.stderr)
        return 1
    total = sum(layer.megabytes for layer in layers)
    print(f"{image.tag} over {image.base}, compressed:")
    for layer in layers:
        print(f"{layer.megabytes:8.2f} MB  {layer.folder:20}  {layer.instruction}")
    print(f"{total:8.2f} MB  added, of {BUDGET:g} MB allowed")
    if total > BUDGET:
        print(
            "the image is over its budget; see which layer grew, and what the Dockerfile could leave out",
            file=sys.stderr,
        )
    return int(total > BUDGET)


if __name__ == "__main__":
    sys.exit(main())
