from __future__ import annotations

import io
import json
import re
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chitty_action.main.publish import Publisher
from chitty_action.model.finding import Finding, Level
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from tests.adapters.test_file_commands import read_as_the_runner_does as outputs_of
from tests.adapters.test_runner import read_as_the_runner_does as command_of

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SECRET = 'hunter2"/+=\\secret'
SPELLED = (SECRET, json.dumps(SECRET)[1:-1], json.dumps(SECRET)[1:-1].replace("/", "\\/"))

TEXTS = st.lists(
    st.sampled_from(
        ["::error::x", "::set-output name=verdict::passed", "##[error]", "::stop-commands::", "\n", "\r\n", "\x85",
         "\u2028", "\u2029", "\x0b", "\x1b[2J", "\ud800", "\ufeff", "%0A::warning::x", "a=b", "verdict<<x", "EOF",
         "ghadelimiter_", "=", "|", "\\|", "`", "```", "<script>", "<!-- chitty-action:incident=x -->", "-->", "<img>",
         "[x](https://evil.invalid)", "![x](y)", "@octocat", "&#64;octocat", "\\@octocat", "#1", "https://evil.invalid",
         "www.evil.invalid", "[a]: https://evil.invalid", "# x", "- x", "1. x", "> x", "---", "***", "    x", "\t", " ",
         "😀", "e\u0301", "\u202e", *SPELLED, "plain words", "x" * 300]
    )
    | st.text(st.characters(exclude_categories=[]), max_size=6),
    max_size=8,
).map("".join)  # fmt: skip

OURS = st.sampled_from(["service-healthy", "bug"])  # ids and labels are words of our own
LEVELS, STATUSES = st.sampled_from(Level), st.sampled_from(Status)
findings = st.tuples(OURS, TEXTS, LEVELS, TEXTS, TEXTS).map(lambda fields: Finding(*fields))
outcomes = st.tuples(OURS, TEXTS, STATUSES, TEXTS, st.lists(findings, max_size=3).map(tuple)).map(
    lambda fields: Outcome(*fields)
)
reports = st.tuples(
    st.sampled_from([*Phase, None]),
    TEXTS,
    st.lists(outcomes, max_size=4).map(tuple),
    st.dictionaries(st.sampled_from(["discovery", "service-url", "context-task-id"]), TEXTS),
    st.sampled_from([Level.ERROR, Level.WARNING, None]),
    st.lists(st.tuples(OURS, TEXTS), max_size=2).map(tuple),
).map(lambda fields: Report(*fields))
# What GitHub makes of text that is not code, in its own words; mention, reference, link.
ACTS = re.compile(r"@\w|#\d|https?:|www\.|\]\(", re.IGNORECASE)


@settings(deadline=None)
@given(reports)
@example(Report(None, "\n::error::x", ()))
def test_a_hostile_report_is_published_harmlessly(report: Report) -> None:
    """Log, annotations, outputs, summary and report file: each is read back by the rules of whoever reads it."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        environ = {"GITHUB_ACTIONS": "true", **{name: str(path) for name, path in files.items()}}
        stream = io.StringIO()
        code = Publisher(environ, stream, (SECRET,)).publish(report, Path(folder), "report.json")
        output, page = (path.read_text("utf-8") for path in files.values())
        written = Path(folder, "report.json").read_text("utf-8")
    log = stream.getvalue()

    assert code == report.exit_code
    for text in (log, output, page, written):
        assert not [spelled for spelled in SPELLED if spelled in text]
    _commands_are_ours(log, report)
    _outputs_are_ours(output, report)
    _page_is_ours(page)
    assert [outcome["subject"] for outcome in json.loads(written)["outcomes"]][: len(report.outcomes)] == [
        _redacted(outcome.subject) for outcome in report.outcomes
    ]


def _redacted(text: str) -> str:
    for spelled in SPELLED:
        text = text.replace(spelled, "***")
    return text


def _commands_are_ours(log: str, report: Report) -> None:
    """Only annotations, at most ten of a level, as many as there are findings."""
    commands = [command for line in re.split(r"\r\n|\r|\n", log) if (command := command_of(line))]
    assert {command.name for command in commands} <= set(Level)
    for level in Level:
        made = [command for command in commands if command.name == level]
        assert len(made) == min(10, sum(finding.level is level for finding in report.findings))
        assert all(list(command.properties) == ["title"] for command in made)


def _outputs_are_ours(output: str, report: Report) -> None:
    """Each name once, nothing forged, and the verdict says what the exit code says."""
    pairs = outputs_of(output)
    values = dict(pairs)
    assert len(values) == len(pairs)
    assert set(values) == {*report.outputs, "verdict", "phase", "findings"}
    assert values["verdict"] == report.verdict
    assert len(json.loads(values["findings"])) == len(report.findings)


def _page_is_ours(page: str) -> None:
    """No remote text is a link, an image, HTML, a comment or a heading; none mentions anybody."""
    blocks = GFM.parse(page)
    assert not {block.type for block in blocks} & {"html_block", "fence", "code_block", "blockquote_open", "hr"}
    inlines = [inline for block in blocks for inline in block.children or []]
    assert not {inline.type for inline in inlines} & {"link_open", "image", "s_open"}
    assert {inline.content for inline in inlines if inline.type == "html_inline"} <= {"<sub>", "</sub>"}
    assert not [inline.content for inline in inlines if inline.type == "text" and ACTS.search(inline.content)]
    headings = [blocks[number + 1].content for number, block in enumerate(blocks) if block.type == "heading_open"]
    assert len(headings) == len(re.findall(r"^#+ ", page, re.MULTILINE)) <= 3
