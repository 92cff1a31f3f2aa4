from __future__ import annotations

import json
import re
from pathlib import Path

import jq

from chitty_action.state.facts import Facts
from chitty_action.state.layout import METRICS
from chitty_action.state.read import history
from tests.state.facts import put

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "state.md").read_text("utf-8")
EXAMPLES: dict[str, str] = dict(re.findall(r"^```jsonl? (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def test_the_page_shows_every_kind_of_file() -> None:
    """What is not shown is the whole files, and old months, which look like young ones."""
    listed = re.findall(r"^\| `([^`]+)` \| .* \| .* \|$", PAGE, re.MULTILINE)
    assert [path for path in listed if path != METRICS and ".last." not in path] == [
        "deployments/YYYY-MM.jsonl",
        "sweeps/YYYY-MM.jsonl",
        "sweeps/days.jsonl",
        "outbox/<service>.<change>.json",
    ]
    assert len(EXAMPLES) == 4


def test_the_examples_are_read() -> None:
    """Nothing in them is damaged, and all of it is there."""
    read = history(EXAMPLES)
    assert read.damaged == ()
    assert [len(facts) for facts in (read.deployments, read.sweeps, read.days, read.pending)] == [1, 2, 1, 1]


def test_the_examples_are_as_they_are_written() -> None:
    """Member by member: merging their own facts into nothing gives them again."""
    read = history(EXAMPLES)
    branch: dict[str, str] = {}
    for sweep in read.sweeps:
        branch = put(branch, Facts(sweep=sweep))
    branch = put(branch, Facts(deployments=read.deployments))
    assert branch == {path: EXAMPLES[path] for path in branch}
    assert len(branch) == 2


def _programs() -> list[str]:
    programs: list[str] = re.findall(r"\bjq [^'\n]*'([^']+)'", PAGE)
    return programs


def test_the_first_command_lists_what_failed() -> None:
    """The program of jq is run as it stands there."""
    line = EXAMPLES["deployments/2026-11.jsonl"]
    failed = line.replace('"passed"', '"failed","failed":["service-healthy"]')
    rows = jq.compile(_programs()[0]).input_text(line + failed).all()
    assert rows == ["2026-11-28T12:00:00Z\talpha\tservice-healthy"]


def test_the_second_command_unfolds_the_sweeps() -> None:
    """As the reader does it; the library has the lines as one list where the command has its input."""
    lines = [json.loads(line) for line in EXAMPLES["sweeps/2026-11.jsonl"].splitlines()]
    gone = {"at": "2026-11-28T18:43:00Z", "changed": {"alpha": None}}
    program = _programs()[1].replace("foreach inputs", "foreach .[]")
    assert jq.compile(program).input_value([*lines, gone]).all() == [
        {"at": "2026-11-28T06:43:00Z", "alpha": "healthy", "beta": "down"},
        {"at": "2026-11-28T12:43:00Z", "alpha": "healthy", "beta": "healthy"},
        {"at": "2026-11-28T18:43:00Z", "beta": "healthy"},
    ]
