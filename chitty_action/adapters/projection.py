"""jq: our own programs run in this process; a user's program runs in a child process that can be killed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

import jq

from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from tempfile import TemporaryDirectory

    from chitty_action.model.reading import Projection

SECONDS_FOR_A_DOCUMENT = 3.0
_COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("jq_child.py")))


@lru_cache(maxsize=64)
def _compiled(projection: Projection) -> jq._Program:
    return jq.compile(projection.program, args=dict(projection.arguments))


def complaint_about(program: str) -> str | None:
    """Return why a user's program does not compile; None when it does. Compiles in a child process."""
    from tempfile import gettempdir

    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the program goes over standard input
            _COMMAND,
            input=json.dumps(program) + "\n",
            capture_output=True,
            text=True,
            env={},
            cwd=gettempdir(),
            timeout=SECONDS_FOR_A_DOCUMENT * 3,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it does not compile in time"
    first = done.stdout.partition("\n")[0]
    return (
        one_line(str(json.loads(first)), 160) if first and first != "null" else (None if first else "jq gave up on it")
    )


class Projector:
    """The port `Projector`. Use it as an asynchronous context manager: it owns the child process."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._child: Process | None = None
        self._turn = asyncio.Lock()
        self._folder: TemporaryDirectory[str] | None = None

    async def __aenter__(self) -> Self:
        """Return itself."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Kill the child process, if there is one, and remove its empty working directory."""
        await self._kill()
        if self._folder is not None:
            self._folder.cleanup()

    async def project(self, projection: Projection, body: bytes) -> bytes:
        """Return the last output as JSON text. Raises ValueError when the program fails or gives nothing."""
        text = body.decode("utf-8")
        if projection.foreign:
            return b"true" if await self._holds(projection.program, text) else b"false"
        outputs = _compiled(projection).input_text(text).all()
        if not outputs:
            raise ValueError("the projection gives nothing")
        return json.dumps(outputs[-1]).encode()

    async def _holds(self, program: str, text: str) -> bool:
        async with self._turn:
            try:
                async with asyncio.timeout(SECONDS_FOR_A_DOCUMENT):
                    answer = await self._asked(program, text)
            except TimeoutError:
                await self._kill()
                raise ValueError(f"it took more than {SECONDS_FOR_A_DOCUMENT:g} s") from None
            except (OSError, EOFError, ValueError):
                await self._kill()
                raise ValueError("it used more memory or processor time than it may") from None
        if "error" in answer:
            raise ValueError(str(answer["error"]))
        return answer["truthy"] is True

    async def _asked(self, program: str, text: str) -> dict[str, object]:
        if self._child is None:
            from tempfile import TemporaryDirectory

            self._folder = self._folder or TemporaryDirectory(prefix="chitty-action-")
            self._child = await asyncio.create_subprocess_exec(
                *_COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd=self._folder.name
            )
            await self._line(program)
        answer: dict[str, object] = json.loads(await self._line(text))
        return answer

    async def _line(self, value: str) -> bytes:
        if self._child is None or self._child.stdin is None or self._child.stdout is None:
            raise EOFError
        self._child.stdin.write(json.dumps(value).encode() + b"\n")
        await self._child.stdin.drain()
        line = await self._child.stdout.readline()
        if not line:
            raise EOFError
        return line

    async def _kill(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._child.kill()
            await self._child.wait()
        self._child = None
