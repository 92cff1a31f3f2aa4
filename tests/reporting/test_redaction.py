from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.sweep import Swept
from chitty_action.reporting.document import document
from chitty_action.reporting.redaction import without_secrets


def report_with(text: str) -> Report:
    """Put a text wherever remote text can stand."""
    finding = Finding("a", text, Level.ERROR, text, text)
    outcome = Outcome("a", text, Status.FAILED, text, (finding,))
    row = Swept(1, text, Evidence.DOWN, text, text, proxy=Evidence.DOWN, proxy_reason=text)
    told = Told(Kind.UNHEALTHY_SERVICES, text, "opened")
    facts = (("y", text),)
    return Report(None, text, (outcome,), {"x": text}, facts=facts, sweep=(row,), incidents=(told,))


@given(st.text(alphabet='abc/+="\\', min_size=6, max_size=30))
def test_no_rendered_text_quotes_a_secret(secret: str) -> None:
    """Neither as it is, nor as JSON spells it, with or without escaped slashes."""
    spelled = json.dumps(secret)[1:-1]
    for written in (secret, spelled, spelled.replace("/", "\\/")):
        clean = without_secrets(report_with(f"before {written} after"), [secret])

        assert document(clean).count("before *** after") == document(report_with("before *** after")).count(
            "before ***"
        )


def test_each_line_of_a_secret_is_blanked_out() -> None:
    """A log may quote only one of them."""
    clean = without_secrets(report_with("second-line"), ["first-line\nsecond-line"])

    assert clean.subject == "***"


def test_a_short_secret_is_left_alone() -> None:
    """Blanking out "a" would make every report unreadable."""
    assert without_secrets(report_with("banana"), ["a"]).subject == "banana"
