from __future__ import annotations

from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.reporting.annotations import Annotation, annotations_of


def report_of(*findings: Finding) -> Report:
    """Report these findings."""
    return Report(None, "", (Outcome("x", "", Status.FAILED, "", findings),))


def test_sentence_and_cure_make_the_message() -> None:
    """The title names the check and whom it is about."""
    made = annotations_of(
        report_of(Finding("a", "s", Level.ERROR, "It is ill.", "Cure it."), Finding("b", "", Level.NOTICE, "Hm."))
    )

    assert made == (
        Annotation(Level.ERROR, "a (s)", "It is ill. — Cure it."),
        Annotation(Level.NOTICE, "b", "Hm."),
    )


def test_ten_of_a_level_are_shown_one_by_one() -> None:
    """Ten fit without rolling up."""
    made = annotations_of(report_of(*[Finding("a", str(n), Level.ERROR, "x") for n in range(10)]))

    assert [annotation.title for annotation in made] == [f"a ({n})" for n in range(10)]


def test_the_tenth_rolls_up_the_rest_of_its_level() -> None:
    """Every level has ten of its own, the worst level first."""
    errors = [Finding("a", str(n), Level.ERROR, "x") for n in range(12)]
    made = annotations_of(report_of(Finding("w", "s", Level.WARNING, "y"), *errors))

    assert [annotation.level for annotation in made] == [Level.ERROR] * 10 + [Level.WARNING]
    assert made[9] == Annotation(Level.ERROR, "3 more", "and 3 more: a (9), a (10), a (11)")


def test_messages_are_cut_below_what_the_runner_takes() -> None:
    """Length is counted in UTF-16 code units, and no character is cut in half."""
    messages = ["😀" * 5_000, "x" + "😀" * 5_000, "x" * 5_000]
    many = [Finding("a", "s" * 150, Level.WARNING, "x") for _ in range(500)]
    made = annotations_of(report_of(*[Finding("a", "s", Level.ERROR, message) for message in messages], *many))

    lengths = [len(annotation.message.encode("utf-16-le")) // 2 for annotation in made]
    assert max(lengths) < 4_096
    assert min(lengths[:3]) > 4_090


def test_remote_text_stays_on_one_line() -> None:
    """What a log or a terminal could act on is gone."""
    (made,) = annotations_of(report_of(Finding("a\n", "\x1b[1m", Level.ERROR, "one\r\n::error::two", "\ud800")))

    assert made == Annotation(Level.ERROR, "a (�[1m)", "one ::error::two — �")
