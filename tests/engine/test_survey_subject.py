from __future__ import annotations

from chitty_action.engine.survey import hub_of, service_of, subject_of
from chitty_action.model.finding import Level
from chitty_action.model.repository import Repository
from chitty_action.model.subject import Hub
from tests.world import RUN, inputs


def test_the_subject_has_the_settings_that_bear_on_it() -> None:
    """Checks and changes see values, never the inputs themselves, and of a key only that there is one."""
    settings = inputs(
        on_blocked="error",
        health_condition=".ok",
        context_sync="always",
        api_key="key-123",
        mcp_url="https://m.example/",
    )
    service = service_of(settings, "alpha", Repository(), None)
    subject = subject_of(settings, service, RUN)
    assert (subject.service, subject.run, subject.on_blocked) == (service, RUN, Level.ERROR)
    assert subject.hub.mcp == "https://m.example"
    assert (subject.health_condition, subject.context_sync, subject.has_api_key) == (".ok", "always", True)
    assert subject.newly_registered is False
    assert "key-123" not in repr(subject)


def test_the_hub_is_what_the_inputs_name() -> None:
    """By default, ChittyOS."""
    names = ("connect", "registry", "register", "api", "mcp")
    assert hub_of(inputs()) == Hub(*(f"https://{name}.chitty.cc" for name in names))
