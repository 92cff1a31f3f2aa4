from __future__ import annotations

import pytest

from chitty_action.checks.addresses_agree import CHECK
from chitty_action.ecosystem import discovery
from chitty_action.model.observation import Seen as SeenDocument
from chitty_action.model.observation import Snapshot, Unreachable
from chitty_action.model.repository import Declared
from tests.world import HUB, NOTICE, SUBJECT, about, discovered, findings, saw

READING = discovery(HUB)
FILE = Declared("alpha.example", ".chittyconnect.yml (domain)")


def _listed(**entry: object) -> Snapshot:
    return saw(READING, SeenDocument(discovered({"services": [{"name": "alpha", **entry}]}), status=200))


def test_sources_that_disagree_are_a_notice_that_names_them_all() -> None:
    """A developer sees at once which file is out of date."""
    subject = about({"declared": (FILE, Declared("https://old.example/", "wrangler.toml (routes)"))})
    (finding,) = findings(CHECK, subject, _listed(url="https://new.example"))
    assert finding.level is NOTICE
    assert finding.message == (
        "sources disagree about the address of alpha: .chittyconnect.yml (domain) names alpha.example, "
        "wrangler.toml (routes) names old.example, the discovery document names new.example; the first one counted"
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"url": "https://alpha.example"},
        {"url": "https://ALPHA.example:443/"},
        {"health": "https://alpha.example/health"},
        {"url": "not a url"},
        {"url": 7},
        {},
    ],
)
def test_one_host_in_many_spellings_is_agreement(entry: dict[str, object]) -> None:
    """So is an entry that names no address."""
    assert findings(CHECK, about({"declared": (FILE,)}), _listed(**entry)) == []


def test_another_port_is_another_address() -> None:
    """Two services may share a host."""
    (finding,) = findings(CHECK, SUBJECT, _listed(url="https://alpha.example:8443"))
    assert "alpha.example:8443" in finding.message


def test_without_discovery_the_files_are_still_compared() -> None:
    """What was not seen is not counted, and takes nothing away from what was."""
    silent = saw(READING, Unreachable("timed out after 10 s"))
    assert findings(CHECK, SUBJECT, silent) == []
    both = about({"declared": (FILE, Declared("else.example", "wrangler.toml (routes)"))})
    assert len(findings(CHECK, both, silent)) == 1


def test_other_environments_and_services_that_nothing_names_are_skipped() -> None:
    """Discovery describes production, and a naming rule cannot contradict it."""
    assert "describes production" in (CHECK.applies(about({"environment": "staging"})) or "")
    assert "names an address" in (CHECK.applies(about({"declared": ()})) or "")
    assert CHECK.applies(SUBJECT) is None
