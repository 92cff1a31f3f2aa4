"""The page, written into the folder of the input `site-path`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from chitty_action.adapters.workspace.files import UnusableFileError, write_report
from chitty_action.engine.conclude import remarked
from chitty_action.main.state import state_repository
from chitty_action.model.finding import Finding, Level
from chitty_action.model.text import redacted
from chitty_action.reporting.redaction import without_secrets

if TYPE_CHECKING:
    from chitty_action.inputs import Inputs
    from chitty_action.main.surroundings import Surroundings
    from chitty_action.model.report import Report
    from chitty_action.phases.reconcile import Reconciled

ID = "page"


def with_page(done: Reconciled, inputs: Inputs, around: Surroundings, secrets: tuple[str, ...]) -> Report:
    """Write the page where one is asked for, and return the report, which says so where that could not be done."""
    folder = inputs.site_path
    report = replace(done.report, outputs={**done.report.outputs, "page": ""})
    if folder is None:
        return report
    if done.outlook is None or done.background is None or report.started is None:
        message = "no page was written, because nobody was seen; the last one will say that it is stale"
        return _remarked(report, Finding(ID, folder, Level.NOTICE, message))
    from chitty_action.site import bundle
    from chitty_action.site.assemble import Backdrop, status_of

    backdrop = Backdrop(
        generated=report.started,
        hub=inputs.connect_url,
        environment=inputs.environment,
        run_url=around.run.url,
        repository=state_repository(inputs, around) if inputs.state_branch else "",
        branch=inputs.state_branch or "",
        server=around.run.server,
        by_registry=done.background.by_registry,
        discovered=done.background.discovered,
        claims=done.background.claims,
    )
    status = status_of(without_secrets(report, secrets), done.outlook, backdrop)
    try:
        for name, text in bundle(status, done.outlook.metrics).items():
            write_report(around.root, f"{folder}/{name}", redacted(text, secrets))
    except UnusableFileError as error:
        message = f"the page was not written: {error.message}"
        return _remarked(report, Finding(ID, folder, Level.WARNING, message, error.hint))
    path = f"{folder}/index.html"
    return replace(report, facts=(*report.facts, ("page", path)), outputs={**report.outputs, "page": path})


def _remarked(report: Report, finding: Finding) -> Report:
    return replace(report, outcomes=(*report.outcomes, *remarked(ID, finding.subject, [finding])))
