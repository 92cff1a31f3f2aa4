from __future__ import annotations

import json
from datetime import UTC, datetime

from chitty_action.model.evidence import Evidence
from chitty_action.model.finding import Finding, Level
from chitty_action.model.incident import Kind, Told
from chitty_action.model.report import Outcome, Report, Status
from chitty_action.model.subject import Phase
from chitty_action.model.sweep import Swept
from chitty_action.reporting.document import document


def test_document_holds_the_whole_report() -> None:
    """Everything that a reader of `report-path` may ask for."""
    found = Finding("service-healthy", "alpha", Level.ERROR, "It is ill.", "Cure it.")
    report = Report(
        Phase.POST,
        "alpha",
        (Outcome("service-healthy", "alpha", Status.FAILED, "down", (found,)),),
        outputs={"health": "down"},
        sweep=(
            Swept(
                1,
                "alpha",
                Evidence.DOWN,
                "answered 503",
                "https://alpha.chitty.cc/health",
                0.25,
                Evidence.HEALTHY,
                since=datetime(2026, 1, 1, tzinfo=UTC),
            ),
        ),
        incidents=(Told(Kind.UNHEALTHY_SERVICES, "https://github.com/a/b/issues/1", "opened"),),
        facts=(("Service", "https://alpha.chitty.cc"),),
        started=datetime(2026, 1, 2, 3, 4, 5, 999, tzinfo=UTC),
        elapsed=1.23456,
    )

    assert json.loads(document(report)) == {
        "phase": "post",
        "subject": "alpha",
        "verdict": "failed",
        "exit_code": 1,
        "interrupted": False,
        "started": "2026-01-02T03:04:05Z",
        "elapsed": 1.235,
        "facts": [{"label": "Service", "value": "https://alpha.chitty.cc"}],
        "sweep": [
            {
                "position": 1,
                "name": "alpha",
                "evidence": "down",
                "reason": "answered 503",
                "url": "https://alpha.chitty.cc/health",
                "elapsed": 0.25,
                "proxy": "healthy",
                "proxy_reason": "",
                "since": "2026-01-01T00:00:00Z",
            }
        ],
        "routes": None,
        "incidents": [{"kind": "unhealthy-services", "url": "https://github.com/a/b/issues/1", "action": "opened"}],
        "outcomes": [
            {
                "id": "service-healthy",
                "subject": "alpha",
                "status": "failed",
                "seen": "down",
                "findings": [
                    {
                        "check": "service-healthy",
                        "subject": "alpha",
                        "level": "error",
                        "message": "It is ill.",
                        "hint": "Cure it.",
                    }
                ],
                "generation": None,
            }
        ],
        "outputs": {"health": "down"},
    }


def test_document_is_ascii_lines() -> None:
    """Nothing remote can break the file's encoding, and the file ends as text files do."""
    text = document(Report(None, "\ud800ä\n", (), exit_code_override=2))

    assert text.isascii()
    assert text.startswith('{\n  "phase": null,\n  "subject": ')
    assert text.endswith("}\n")
    assert json.loads(text)["started"] is None
