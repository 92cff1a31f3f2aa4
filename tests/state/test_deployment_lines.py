from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chitty_action.state.deployment_lines import only_the_last, read_deployments, with_deployments
from chitty_action.state.lines import MOST_TOLD, MOST_UNREAD
from tests.state.facts import HOUR, NOON, deployment, deployments

if TYPE_CHECKING:
    from random import Random

    from chitty_action.state.deployment import Deployment

NOVEMBER = "deployments/2026-11.jsonl"
GOOD = with_deployments(NOVEMBER, "", [deployment()]) or ""


@given(st.lists(deployments, max_size=8), st.randoms(use_true_random=False))
def test_the_same_facts_are_the_same_text_in_whatever_order_they_come(made: list[Deployment], chance: Random) -> None:
    """Two runs that race end with the same bytes, whoever wins."""
    at_once = with_deployments(NOVEMBER, "", made)
    shuffled = list(made)
    chance.shuffle(shuffled)
    text = ""
    for one in shuffled:
        text = with_deployments(NOVEMBER, text, [one]) or ""
    assert text == (at_once or "")
    assert with_deployments(NOVEMBER, text, []) == at_once


@given(deployments)
def test_what_is_written_is_read(made: Deployment) -> None:
    """Every member comes back; GitHub's usual page is worked out where a line leaves it out."""
    text = with_deployments(NOVEMBER, "", [made])
    (line,) = read_deployments(NOVEMBER, text or "").lines
    assert replace(line.value, url="") == replace(made, url="")
    usual = f"https://github.com/{line.value.repository}/actions/runs/{line.value.run}"
    assert line.value.url in {made.url, usual}


def test_a_line_is_short() -> None:
    """Defaults are left out, and so is the page that follows from the rest; times are UTC with a Z."""
    made = deployment(
        NOON + timedelta(microseconds=5),
        run="7",
        repository="chittyos/alpha",
        url="https://github.com/chittyos/alpha/actions/runs/7",
    )
    assert json.loads(with_deployments(NOVEMBER, "", [made]) or "") == {
        "at": "2026-11-28T12:00:00Z",
        "service": "alpha",
        "environment": "production",
        "verdict": "passed",
        "run": "7",
        "repository": "chittyos/alpha",
        "durations": {"post": 1.5},
    }


def test_a_line_of_a_newer_version_stays_as_it_is() -> None:
    """Repositories pin different versions of the action; an older one must not take away what it does not know."""
    newer = GOOD.replace('"at"', '"colour":"green","at"')
    text = with_deployments(NOVEMBER, newer, [deployment(NOON + HOUR, run="101")]) or ""
    assert newer.strip() in text.splitlines()
    assert len(read_deployments(NOVEMBER, text).lines) == 2


@pytest.mark.parametrize(
    "line",
    [
        "<<<<<<< HEAD",
        "{}",
        "[]",
        '{"at":"2026-11-28T12:00:00Z"}',
        GOOD.strip().replace("2026-11", "2026-10"),
        GOOD.strip().replace("2026-11-28T12:00:00Z", "2026-11-28T12:00:00"),
        GOOD.strip().replace("2026-11-28T12:00:00Z", "0001-01-01T00:00:00+14:00"),
        GOOD.strip().replace('{"post":1.5}', '{"post":1e999}'),
        GOOD.strip().replace('"run"', '"mcp_tools":99999999999999999999999,"run"'),
        "[" * 100_000,
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_kept_at_the_end(line: str) -> None:
    """Somebody edited the branch: nothing else of the file is lost by that, and a person may still mend the line."""
    text = with_deployments(NOVEMBER, f"{line}\n{GOOD}", [deployment(NOON + HOUR, run="101")]) or ""
    found = read_deployments(NOVEMBER, text)
    assert [one.value.run for one in found.lines] == ["100", "101"]
    assert text.splitlines()[-1] == line
    (sentence,) = found.damaged
    assert sentence.startswith(f"line 3 of {NOVEMBER} cannot be read: ")
    assert with_deployments(NOVEMBER, text, []) == text


def test_what_cannot_be_read_is_bounded() -> None:
    """A file that is rubbish does not grow with every run; that some of it goes is told before it goes."""
    rubbish = "\n".join(f"{number:06}".ljust(1_000, "x") for number in range(1_000))
    found = read_deployments(NOVEMBER, rubbish)
    assert sum(map(len, found.unread)) == MOST_UNREAD
    assert len(found.damaged) == MOST_TOLD + 2
    assert found.damaged[-1].startswith("800 unreadable lines of ")


def test_of_two_lines_of_one_run_the_later_stays() -> None:
    """The same attempt of the same run, of the same service and environment, is one deployment."""
    text = with_deployments(NOVEMBER, GOOD, [deployment(NOON + HOUR, verdict="failed")]) or ""
    assert [line.value.verdict for line in read_deployments(NOVEMBER, text).lines] == ["failed"]
    assert with_deployments(NOVEMBER, text, [deployment()]) == text


def test_a_name_that_is_not_unicode_is_recorded_once() -> None:
    """Half of a surrogate pair becomes a replacement character, and the next merge knows the line again."""
    odd = deployment(branch="main\udcff", service="a\udcff")
    text = with_deployments(NOVEMBER, "", [odd]) or ""
    assert with_deployments(NOVEMBER, text, [odd]) == text
    assert read_deployments(NOVEMBER, text).lines[0].value.branch == "main\N{REPLACEMENT CHARACTER}"


def test_a_mark_of_an_editor_is_no_damage() -> None:
    """Windows puts a byte order mark before the first line and a carriage return behind each."""
    found = read_deployments(NOVEMBER, "\ufeff" + GOOD.replace("\n", "\r\n"))
    assert (len(found.lines), found.damaged) == (1, ())


def test_the_last_of_a_month_are_one_a_service_and_environment() -> None:
    """Who did it from which branch goes with the others; a second time nothing changes."""
    made = [
        deployment(NOON - HOUR, run="1"),
        deployment(NOON, run="2", actor="ann", branch="main", version="1.2"),
        deployment(NOON - HOUR, run="3", environment="staging"),
        deployment(NOON - HOUR, "beta", run="4"),
    ]
    text = with_deployments(NOVEMBER, "oh\n", made) or ""
    last = only_the_last([(NOVEMBER, text)]) or ""
    stays = [line.value for line in read_deployments("deployments/2026-11.last.jsonl", last).lines]
    assert [(one.run, one.version, one.actor, one.branch) for one in stays] == [
        ("3", None, "", ""),
        ("4", None, "", ""),
        ("2", "1.2", "", ""),
    ]
    assert last.endswith("\noh\n")
    assert only_the_last([("deployments/2026-11.last.jsonl", last), (NOVEMBER, "")]) == last
