"""A report without secrets: what remote systems send back may quote the tokens that we sent them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from msgspec import Struct
from msgspec.structs import asdict, replace

from chitty_action.model.text import redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chitty_action.model.finding import Finding
    from chitty_action.model.report import Outcome, Report
    from chitty_action.model.sweep import Swept

T = TypeVar("T")


def _throughout(value: T, clean: Callable[[str], str]) -> T:
    """Blank secrets out of every text in a frozen value, however deep."""
    if isinstance(value, tuple):
        return cast("T", tuple(_throughout(item, clean) for item in value))
    if isinstance(value, Struct):
        return cast("T", replace(value, **{name: _throughout(item, clean) for name, item in asdict(value).items()}))
    return cast("T", clean(str(value))) if type(value) is str else value


def without_secrets(report: Report, secrets: Iterable[str]) -> Report:
    """Return the report with every secret blanked out of every text that is rendered."""
    known = tuple(secrets)

    def clean(text: str) -> str:
        return redacted(text, known)

    def finding(one: Finding) -> Finding:
        return replace(one, subject=clean(one.subject), message=clean(one.message), hint=clean(one.hint))

    def outcome(one: Outcome) -> Outcome:
        findings = tuple(map(finding, one.findings))
        return replace(one, subject=clean(one.subject), seen=clean(one.seen), findings=findings)

    def swept(row: Swept) -> Swept:
        name, reason, proxy_reason = clean(row.name), clean(row.reason), clean(row.proxy_reason)
        return replace(row, name=name, reason=reason, url=clean(row.url), proxy_reason=proxy_reason)

    return replace(
        report,
        routes=_throughout(report.routes, clean),
        sweep=tuple(map(swept, report.sweep)),
        incidents=tuple(replace(told, url=clean(told.url)) for told in report.incidents),
        subject=clean(report.subject),
        outcomes=tuple(map(outcome, report.outcomes)),
        outputs={name: clean(value) for name, value in report.outputs.items()},
        facts=tuple((label, clean(value)) for label, value in report.facts),
    )
