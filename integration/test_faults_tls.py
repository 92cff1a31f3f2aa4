from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import trustme

from integration.faults import FaultLab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox import Sandbox
    from tests.phases.program import Ended, Program


HUB, DISCOVERY = "connect-reachable", "discovery-readable"
NAME = "localhost"


@pytest.fixture(scope="module")
def authorities() -> dict[str, trustme.CA]:
    """Make the private root that a company's runner trusts, and one that nobody does."""
    return {"private": trustme.CA(organization_name="Private"), "stranger": trustme.CA(organization_name="Stranger")}


@pytest.fixture
def root(authorities: dict[str, trustme.CA], tmp_path: Path) -> str:
    """Write the private root's certificate."""
    path = tmp_path / "root.pem"
    authorities["private"].cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def secure(haproxy: str, sandbox: Sandbox, tmp_path: Path, authorities: dict[str, trustme.CA]) -> Iterator[FaultLab]:
    """Put haproxy with four certificates in front of the sandbox."""
    private, stranger = authorities["private"], authorities["stranger"]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    certificates = {
        "good": private.issue_cert(NAME),
        "expired": private.issue_cert(NAME, not_after=yesterday),
        "wrong-name": private.issue_cert("other.example"),
        "unknown-issuer": stranger.issue_cert(NAME),
    }
    paths = {name: tmp_path / f"{name}.pem" for name in certificates}
    for name, certificate in certificates.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(paths[name])
    with FaultLab(haproxy, tmp_path, sandbox.url, paths) as lab:
        yield lab


def pre(program: Program, lab: FaultLab, port: str, root: str | None) -> Ended:
    """Ask ChittyConnect over TLS; `root` is what SSL_CERT_FILE names."""
    running = program.start(
        "pre",
        environ={"SSL_CERT_FILE": root},
        service_name="chittyrouter",
        connect_url=f"https://{NAME}:{lab.port(port)}/connect",
        timeout="5",
        retries="1",
    )
    return program.finish(running, within=60)


def test_a_private_root_passes(program: Program, secure: FaultLab, root: str) -> None:
    """SSL_CERT_FILE is how a company's runner says whom it trusts."""
    ended = pre(program, secure, "good", root)
    assert (ended.code, ended.findings, ended.outputs["connect-healthy"]) == (0, [], "true")
    assert len(secure.asked("good", 2)) == 2


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("expired", "TLS failure: the certificate has expired"),
        ("wrong-name", "TLS failure: the certificate is for another name"),
        ("unknown-issuer", "TLS failure: the certificate's issuer is not trusted"),
    ],
)
def test_a_bad_certificate_is_an_outage_with_its_cause(
    program: Program, secure: FaultLab, root: str, port: str, words: str
) -> None:
    """Nothing is sent over such a connection."""
    ended = pre(program, secure, port, root)
    assert (ended.code, ended.levels()) == (1, {HUB: "error", DISCOVERY: "error"})
    assert f"is down (gave no answer: {words})" in ended.finding(HUB)["message"]
    assert words in ended.finding(DISCOVERY)["message"]
    assert not [line for line in secure.asked(port) if line.startswith("GET")]


def test_a_private_root_that_is_not_named_is_not_trusted(program: Program, secure: FaultLab) -> None:
    """Only the public roots are, without SSL_CERT_FILE."""
    ended = pre(program, secure, "good", None)
    assert (ended.code, ended.outputs["connect-healthy"]) == (1, "false")
    assert "the certificate's issuer is not trusted" in ended.finding(HUB)["message"]


def test_https_to_a_plain_port_is_a_tls_failure(program: Program, secure: FaultLab, root: str) -> None:
    """The other side does not speak TLS at all."""
    ended = pre(program, secure, "honest", root)
    assert (ended.code, ended.levels()) == (1, {HUB: "error", DISCOVERY: "error"})
    assert "is down" in ended.finding(HUB)["message"]


@pytest.mark.parametrize("port", ["expired", "wrong-name", "unknown-issuer"])
def test_no_token_travels_over_an_untrusted_connection(
    program: Program, secure: FaultLab, sandbox: Sandbox, root: str, port: str
) -> None:
    """Registration, context task and status are held back by the handshake, with a warning each."""
    running = program.start(
        "post",
        environ={"SSL_CERT_FILE": root},
        register_url=f"https://{NAME}:{secure.port(port)}/register",
        api_url=f"https://{NAME}:{secure.port(port)}/api",
        context_sync="always",
        retries="1",
    )
    ended = program.finish(running, within=60)
    assert (ended.code, ended.outputs["health"], ended.outputs["registered"]) == (0, "healthy", "false")
    assert {check: level for check, level in ended.levels().items() if check != "listed-in-discovery"} == {
        "registration": "warning",
        "proxy-reachable": "warning",
        "context-sync": "warning",
        "status": "warning",
    }
    assert all("authorization" not in r.headers or r.target == "connect.routes" for r in sandbox.requests)
    assert [request.method for request in sandbox.requests if request.method != "GET"] == []
