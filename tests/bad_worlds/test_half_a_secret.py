from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import Status
from tests.bad_worlds.wire import WireServer, answer

if TYPE_CHECKING:
    from sandbox import Sandbox
    from tests.phases.program import Program

TOKEN = "s3cr3t-" + "".join(chr(97 + n % 26) for n in range(60))


@pytest.mark.parametrize("before", range(60, 160, 7))
def test_an_excerpt_does_not_cut_a_secret_in_two(program: Program, before: int) -> None:
    """An error page that echoes the token where the quotation ends: its first half must not be printed."""
    refusal = answer(b"." * before + TOKEN.encode(), status="500 Bad")
    with WireServer(refusal) as server:
        ended = program.run(register_token=TOKEN, register_url=f"http://127.0.0.1:{server.port}", runner=False)
    assert TOKEN[:12] not in ended.everything


def test_folding_white_space_does_not_hide_a_secret(program: Program) -> None:
    """`header_text` allows spaces inside a token; two of them are folded into one before redaction."""
    token = "first-half  second-half"
    with WireServer(answer(token.encode(), status="500 Bad")) as server:
        ended = program.run(register_token=token, register_url=f"http://127.0.0.1:{server.port}", runner=False)
    assert "second-half" not in ended.everything


def test_a_redirect_does_not_cut_a_secret_in_two(program: Program, sandbox: Sandbox) -> None:
    """The location is cut at 120 characters."""
    location = "https://elsewhere.example/" + "a" * 70 + "?token=" + TOKEN
    sandbox.faults.set("mcp", Status(200))
    program.write("mcp/manifest.json", {})
    with WireServer(answer(b"", f"Location: {location}", status="302 Found")) as server:
        ended = program.run(api_key=TOKEN, mcp_url=f"http://127.0.0.1:{server.port}", runner=False)
    assert TOKEN[:12] not in ended.everything
