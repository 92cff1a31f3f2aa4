from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.reporting.outputs import outputs

ROOM = 1_048_576


def report_of(*findings: Finding, **own: str) -> Report:
    """Report these findings and these outputs of the phase."""
    return Report(Phase.PRE, "alpha", (Outcome("x", "alpha", Status.NOTED, "", findings),), outputs=own)


def size(values: dict[str, str]) -> int:
    """Two bytes a UTF-16 code unit, one unit more for a character outside of the basic plane."""
    text = "".join([*values, *values.values()])
    return 2 * len(text) + 2 * sum(character > "\uffff" for character in text)


def test_every_phase_has_verdict_phase_and_findings() -> None:
    """Beside the phase's own outputs; findings are compact JSON with exactly the documented keys."""
    made = outputs(report_of(Finding("a", "s", Level.ERROR, "It is ill.", "Cure it."), registered="true"))

    assert made.values == {
        "registered": "true",
        "verdict": "failed",
        "phase": "pre",
        "findings": '[{"check":"a","subject":"s","level":"error","message":"It is ill.","hint":"Cure it."}]',
    }
    assert made.warnings == ()


def test_unknown_phase_is_empty() -> None:
    """Bad inputs may not even say the phase."""
    made = outputs(Report(None, "", (), exit_code_override=2))

    assert made.values == {"verdict": "failed", "phase": "", "findings": "[]"}


def test_discovery_that_is_too_large_is_left_empty_with_a_warning() -> None:
    """The other outputs stay."""
    made = outputs(report_of(Finding("a", "s", Level.NOTICE, "x"), discovery="😀" * 270_000))

    assert made.values["discovery"] == ""
    assert json.loads(made.values["findings"])
    (warning,) = made.warnings
    assert (warning.level, warning.check, warning.subject) == (Level.WARNING, "outputs", "alpha")
    assert "ChittyConnect" in warning.hint
    assert warning.message.startswith("the output discovery is empty, because all outputs together were 1,080,")


def test_the_larger_one_is_left_empty_first() -> None:
    """Huge findings go, and a discovery document that fits then stays."""
    made = outputs(report_of(Finding("a", "s", Level.NOTICE, "x" * 600_000), discovery="{}"))

    assert (made.values["findings"], made.values["discovery"]) == ("", "{}")


def test_both_are_left_empty_where_one_is_not_enough() -> None:
    """Each with a warning of its own."""
    made = outputs(report_of(Finding("a", "s", Level.NOTICE, "x" * 600_000), discovery="y" * 700_000))

    assert (made.values["findings"], made.values["discovery"]) == ("", "")
    assert len(made.warnings) == 2


def test_the_limit_is_exclusive() -> None:
    """One code unit decides."""
    others = size(dict(outputs(report_of(discovery="")).values))
    fits = "x" * ((ROOM - others) // 2 - 1)

    assert outputs(report_of(discovery=fits)).values["discovery"] == fits
    assert outputs(report_of(discovery=fits + "x")).values["discovery"] == ""


def sweep_of(names: int, unproxied: str = "[]") -> dict[str, str]:
    """Return the outputs of a sweep in which so many services with the longest names are down."""
    down = [f"{number:063}" for number in range(names)]
    return {"unhealthy": json.dumps(down), "unproxied": unproxied, **{f"{name}_unhealthy": "true" for name in down}}


def test_thousands_of_unhealthy_services_lose_their_own_outputs_first() -> None:
    """The list of their names stays, and one warning says where to read it."""
    own = sweep_of(7_000)
    made = outputs(report_of(**own))

    assert (made.values["unhealthy"], made.values["unproxied"]) == (own["unhealthy"], "[]")
    assert [name for name in made.values if name.endswith("_unhealthy")] == []
    (warning,) = made.warnings
    assert warning.message.startswith("there are no outputs <name>_unhealthy, because all outputs together were ")
    assert "unhealthy" in warning.hint


def test_findings_are_given_up_before_the_names_of_services() -> None:
    """They are many when services are many."""
    own = sweep_of(3_000)
    made = outputs(report_of(Finding("a", "s", Level.NOTICE, "x" * 300_000), **own))

    assert made.values == {**own, "verdict": "passed", "phase": "pre", "findings": ""}


def test_lists_of_names_are_given_up_last() -> None:
    """The larger one first, and each with a warning of its own."""
    made = outputs(report_of(**sweep_of(9_000, unproxied=json.dumps(["x" * 63] * 100))))

    assert (made.values["unhealthy"], len(json.loads(made.values["unproxied"]))) == ("", 100)
    assert [warning.message.partition(",")[0] for warning in made.warnings] == [
        "there are no outputs <name>_unhealthy",
        "the output unhealthy is empty",
    ]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 700_000))
def test_no_sweep_is_too_large(unhealthy: int, unproxied: int, findings: int) -> None:
    """Whatever its size, what is left is under 1 MiB, and what is gone has a warning."""
    own = sweep_of(unhealthy, json.dumps(["y" * 63] * unproxied))
    made = outputs(report_of(Finding("a", "s", Level.NOTICE, "x" * findings), **own))

    assert size(dict(made.values)) < ROOM
    gone = {warning.message.partition(",")[0] for warning in made.warnings}
    for name in ("unhealthy", "unproxied", "findings"):
        assert (made.values[name] == "") == (f"the output {name} is empty" in gone)
    each = sum(name.endswith("_unhealthy") for name in made.values)
    assert each == (0 if "there are no outputs <name>_unhealthy" in gone else unhealthy)


@settings(deadline=None)
@given(st.text(st.characters(), max_size=20))
def test_any_text_survives_in_findings(text: str) -> None:
    """ASCII only, one line, and JSON readers get the text back, lone surrogates included."""
    made = outputs(report_of(Finding("a", text, Level.NOTICE, text)))

    assert made.values["findings"].isascii()
    assert "\n" not in made.values["findings"]
    assert json.loads(made.values["findings"])[0]["message"] == text
