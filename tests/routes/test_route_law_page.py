from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chitty_action.model.route import Nobody, Undetermined, Won, Zone
from chitty_action.routes.index import Index
from chitty_action.routes.inventory import custom_domain, route
from chitty_action.routes.law import winner

if TYPE_CHECKING:
    from chitty_action.model.route import Answer, Claim

PAGE = Path(__file__).resolve().parents[2] / "docs" / "route-law.md"
BLOCKS = re.findall(r"^```law\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
ZONE = Zone("example.com", "1f")


def _claim(line: str) -> Claim:
    kind, pattern, *rest = line.split()
    if kind == "domain":
        return custom_domain(pattern, rest[-1], ZONE)
    return route(pattern, rest[-1] if rest else None, ZONE)


def _said(answer: Answer) -> str:
    match answer:
        case Won(claim=claim):
            return claim.worker or ""
        case Nobody():
            return "nobody"
        case Undetermined(claims=claims):
            return " ".join(["undetermined", *sorted(claim.worker or "nobody" for claim in claims)])


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_an_example_is_true(block: str) -> None:
    """As the page says, by the law and through the index."""
    lines = block.splitlines()
    claims = [_claim(line) for line in lines if " => " not in line]
    expected = [line.split(" => ") for line in lines if " => " in line]
    assert claims
    assert expected
    for url, who in expected:
        assert _said(winner(url, claims)) == who
        assert _said(Index(claims).answer(url)) == who


def test_the_page_has_examples() -> None:
    """Or nothing above was tested."""
    assert len(BLOCKS) >= 15
