from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.projection import Projector, complaint_about
from chitty_action.model.reading import Projection

if TYPE_CHECKING:
    from pathlib import Path


async def own(program: str, body: bytes, **arguments: str) -> object:
    """Run one of our own programs."""
    async with Projector() as projector:
        return json.loads(await projector.project(Projection(program, tuple(arguments.items())), body))


async def holds(program: str, body: bytes = b"{}") -> object:
    """Run a user's program."""
    async with Projector() as projector:
        return json.loads(await projector.project(Projection(program, foreign=True), body))


async def test_a_projection_reduces_a_document() -> None:
    """The last output counts."""
    assert await own(".a, .b", b'{"a": 1, "b": [2]}') == [2]


async def test_names_go_in_as_variables() -> None:
    """So that no name can change the program."""
    name = '" | error("injected")'
    assert await own("$name", b"{}", name=name) == name


@pytest.mark.parametrize(
    ("program", "body"), [("empty", b"{}"), ('error("no list")', b"{}"), (".a", b"[]"), (".a", b"{"), (".", b"\xff")]
)
async def test_a_projection_that_fails_is_a_value_error(program: str, body: bytes) -> None:
    """No output, an error, a wrong shape, broken JSON, bytes that are no text."""
    with pytest.raises(ValueError, match=r".+"):
        await own(program, body)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ('.status == "ok"', True),
        (".missing", False),
        ("false, 3", True),
        ("3, false", False),
        ("0", True),
        ('""', True),
        ("[.status]", True),
    ],
)
async def test_a_users_program_holds_when_its_last_output_is_truthy(program: str, expected: object) -> None:
    """As jq understands it: everything but null and false."""
    assert await holds(program, b'{"status": "ok"}') is expected


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("empty", "the program gave no output"),
        ('error("on purpose")', "on purpose"),
        (".a.b", "Cannot index"),
    ],
)
async def test_a_users_program_that_fails_says_why(program: str, message: str) -> None:
    """With jq's own words."""
    with pytest.raises(ValueError, match=message):
        await holds(program, b'{"a": []}')


async def test_secrets_of_the_process_are_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that a program sees is empty."""
    monkeypatch.setenv("ACTIONS_RUNTIME_TOKEN", "very-secret-token")

    assert await holds("env == {} and $ENV == {}") is True


async def test_files_are_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child works in an empty folder of its own, which is gone afterwards."""
    (tmp_path / "data.json").write_text("[1]", "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r".+"):
        await holds('import "data" as $d; $d')


async def test_an_endless_program_is_killed_and_the_next_document_works() -> None:
    """Within seconds; one bad document does not spoil the run."""
    program = Projection("if .endless then (def f: f; f) else .status end", foreign=True)
    async with Projector() as projector:
        began = time.monotonic()
        with pytest.raises(ValueError, match="took more than 3 s"):
            await projector.project(program, b'{"endless": true}')
        assert time.monotonic() - began < 5
        assert json.loads(await projector.project(program, b'{"status": "ok"}')) is True


async def test_a_child_that_dies_is_replaced_and_the_next_document_works() -> None:
    """A document too deep for jq's own stack takes the child with it, and nothing else."""
    program = Projection("if .bomb then reduce range(1e5) as $_ (null; [.]) else .status end", foreign=True)
    async with Projector() as projector:
        with pytest.raises(ValueError, match="more memory or processor time"):
            await projector.project(program, b'{"bomb": true}')
        assert json.loads(await projector.project(program, b'{"status": "ok"}')) is True


async def test_many_documents_share_one_child() -> None:
    """Each answer belongs to its own document: big ones, and text that only looks like a line of the protocol."""
    program = Projection(".text | length > 20", foreign=True)
    texts = ["", "\n", '{"truthy": true}\n', "ü" * 100_000, "\x00"]
    async with Projector() as projector:
        seen = [json.loads(await projector.project(program, json.dumps({"text": t}).encode())) for t in texts]

    assert seen == [len(text) > 20 for text in texts]


async def test_a_huge_output_does_not_spoil_the_next_document() -> None:
    """Only whether it is truthy leaves the child process."""
    program = Projection('if .bomb then "x" * 70000000 else .status end', foreign=True)
    async with Projector() as projector:
        assert json.loads(await projector.project(program, b'{"bomb": true}')) is True
        assert json.loads(await projector.project(program, b'{"status": false}')) is False


@pytest.mark.parametrize("program", [".", '.status == "ok"', "def f: .; f", "# only a comment\n."])
def test_a_good_program_has_no_complaint(program: str) -> None:
    """What jq compiles."""
    assert complaint_about(program) is None


@pytest.mark.parametrize("program", [".[", "no_such_function", "$unknown", "if", '"\\('])
def test_a_bad_program_is_complained_about_on_one_line(program: str) -> None:
    """With the compiler's words, fit for a sentence."""
    complaint = complaint_about(program)
    assert complaint
    assert "\n" not in complaint
