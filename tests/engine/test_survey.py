from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chitty_action.engine.survey import name_of, needs_discovery, resolve_address, service_of
from chitty_action.errors import Problem
from chitty_action.model.repository import Declared, Repository
from chitty_action.model.subject import Address, Lack, Nowhere
from tests.world import NO_HTTP, discovered, inputs

if TYPE_CHECKING:
    from chitty_action.documents.discovery import Discovery

CONNECT = Declared("connect.alpha.example", ".chittyconnect.yml")
WRANGLER = Declared("wrangler.alpha.example", "wrangler.toml")
EMPTY = Repository()
LISTED = discovered({"services": [{"name": "alpha", "url": "https://listed.alpha.example"}]})


def _listed(**entry: object) -> Discovery:
    return discovered({"services": [{"name": "alpha", **entry}]})


def _resolve(repository: Repository = EMPTY, discovery: Discovery | None = None, **given: str) -> tuple[str, str, str]:
    """Return URL, health URL and source of an address that there is."""
    address = resolve_address(inputs(**given), "alpha", repository, discovery.entry("alpha") if discovery else None)
    assert isinstance(address, Address)
    return address.url, address.health, address.source


def _nowhere(repository: Repository = EMPTY, discovery: Discovery | None = None, **given: str) -> Nowhere:
    address = resolve_address(inputs(**given), "alpha", repository, discovery.entry("alpha") if discovery else None)
    assert isinstance(address, Nowhere)
    return address


def test_the_first_address_that_is_known_counts() -> None:
    """Input, `.chittyconnect.yml`, wrangler, discovery, naming rule: each is used when those before it are silent."""
    everything = Repository(connect_domain=CONNECT, wrangler_route=WRANGLER)
    wrangler_only = Repository(wrangler_route=WRANGLER)
    assert [
        _resolve(everything, LISTED, service_url="https://given.alpha.example")[::2],
        _resolve(everything, LISTED)[::2],
        _resolve(wrangler_only, LISTED)[::2],
        _resolve(EMPTY, LISTED)[::2],
        _resolve(EMPTY, _listed(name="beta"))[::2],
        _resolve(EMPTY, None)[::2],
    ] == [
        ("https://given.alpha.example", "input service-url"),
        ("https://connect.alpha.example", ".chittyconnect.yml"),
        ("https://wrangler.alpha.example", "wrangler.toml"),
        ("https://listed.alpha.example", "discovery document"),
        ("https://alpha.chitty.cc", "naming rule service-url-template"),
        ("https://alpha.chitty.cc", "naming rule service-url-template"),
    ]


def test_a_service_without_http_has_no_address() -> None:
    """Whatever else names one."""
    nowhere = _nowhere(Repository(connect_domain=CONNECT), LISTED, service_url="none")
    assert nowhere == NO_HTTP


def test_a_template_that_was_given_names_the_address() -> None:
    """With the service's name in its place."""
    template = "https://apps.example/{name}/v1/"
    assert _resolve(service_url_template=template)[0] == "https://apps.example/alpha/v1"


def test_another_environment_does_not_use_what_describes_production() -> None:
    """Neither the discovery entry nor the template's default; the look is skipped and the input is asked for."""
    nowhere = _nowhere(EMPTY, LISTED, environment="staging")
    assert nowhere.lack is Lack.NOT_NAMED
    assert nowhere.reason == "nothing names the address of alpha in environment staging"


def test_another_environment_uses_what_was_said_of_it() -> None:
    """The input, the files (which were read for it), and a template that was given."""
    template = "https://{name}.staging.example"
    assert _resolve(environment="staging", service_url_template=template)[0] == "https://alpha.staging.example"
    assert _resolve(environment="staging", service_url="https://s.example")[0] == "https://s.example"
    assert _resolve(Repository(connect_domain=CONNECT), environment="staging")[2] == ".chittyconnect.yml"
    assert _resolve(Repository(wrangler_route=WRANGLER), environment="staging")[2] == "wrangler.toml"


@pytest.mark.parametrize(
    ("declared", "url"),
    [
        ("alpha.example", "https://alpha.example"),
        ("alpha.example:8443", "https://alpha.example:8443"),
        ("alpha.example/base/", "https://alpha.example/base"),
        ("https://alpha.example:8443/", "https://alpha.example:8443"),
        ("Alpha.Example", "https://alpha.example"),
    ],
)
def test_a_bare_host_means_https(declared: str, url: str) -> None:
    """A declared address may carry a scheme or a port."""
    assert _resolve(Repository(connect_domain=Declared(declared, "f")))[0] == url
    assert _resolve(EMPTY, _listed(url=declared))[0] == url


@pytest.mark.parametrize(
    ("endpoint", "health"),
    [
        (None, "https://alpha.example/base/health"),
        ("/healthz", "https://alpha.example/base/healthz"),
        ("api/status", "https://alpha.example/base/api/status"),
        ("https://status.example/alpha", "https://status.example/alpha"),
        ("//status.example/alpha", "https://alpha.example/base/status.example/alpha"),
    ],
)
def test_the_health_endpoint_of_the_repository_belongs_to_its_address(endpoint: str | None, health: str) -> None:
    """A path below the address, or a whole URL; `/health` when it is not named."""
    repository = Repository(connect_domain=Declared("alpha.example/base", "f"), health_endpoint=endpoint)
    assert _resolve(repository)[1] == health


def test_the_health_endpoint_of_the_repository_serves_any_address() -> None:
    """Also one that an input or the naming rule names."""
    repository = Repository(health_endpoint="/up")
    assert _resolve(repository, service_url="https://alpha.example")[1] == "https://alpha.example/up"
    assert _resolve(repository)[1] == "https://alpha.chitty.cc/up"


def test_the_health_url_of_a_discovery_entry_belongs_to_its_address() -> None:
    """It goes before the repository's own endpoint, but only when the address came from that entry."""
    entry = _listed(url="https://listed.example", health="https://listed.example/status")
    own = Repository(health_endpoint="/up")
    assert _resolve(own, entry)[1] == "https://listed.example/status"
    assert _resolve(own, _listed(url="https://listed.example"))[1] == "https://listed.example/up"
    assert _resolve(own, entry, service_url="https://alpha.example")[1] == "https://alpha.example/up"
    assert _resolve(own, _listed(url="listed.example", health="/status"))[1] == "https://listed.example/status"


def test_an_entry_that_gives_only_its_health_url_gives_its_base() -> None:
    """The health URL is where the entry says; the base is what is before it."""
    address = _resolve(EMPTY, _listed(health="https://listed.example/health"))
    assert address == ("https://listed.example", "https://listed.example/health", "discovery document")
    assert _resolve(EMPTY, _listed(health="https://listed.example/v1/health"))[0] == "https://listed.example/v1"
    assert _resolve(EMPTY, _listed(health="https://listed.example:8443/v1/up"))[0] == "https://listed.example:8443"


@pytest.mark.parametrize("entry", [{}, {"url": None}, {"url": 3, "health": ["x"]}, {"health": "/health"}])
def test_an_entry_without_an_address_is_passed_over(entry: dict[str, object]) -> None:
    """The naming rule is then the last resort."""
    assert _resolve(EMPTY, _listed(**entry))[2] == "naming rule service-url-template"


@pytest.mark.parametrize(
    "address",
    [
        *("http://alpha.example", "ftp://alpha.example", "https://u:p@alpha.example", "https://alpha.example?x", "a b"),
        *("127.0.0.1", "localhost:8080", "https://[::1]", "2130706433", "169.254.169.254", "10.0.0.1", "0x7f.1", "://"),
    ],
)
def test_an_address_that_cannot_be_used_is_never_looked_at(address: str) -> None:
    """From a file or a document it is no bad input: the look is unprobeable, and the reason names who said it."""
    nowhere = _nowhere(Repository(wrangler_route=Declared(address, "wrangler.toml")))
    assert nowhere.lack is Lack.UNUSABLE
    assert nowhere.reason.startswith("the address that wrangler.toml names must be ")
    assert _nowhere(EMPTY, _listed(url=address)).lack is Lack.UNUSABLE


def test_a_private_health_url_is_never_looked_at() -> None:
    """A public address does not vouch for it."""
    repository = Repository(connect_domain=CONNECT, health_endpoint="http://169.254.169.254/latest")
    assert _nowhere(repository).lack is Lack.UNUSABLE
    assert _nowhere(EMPTY, _listed(url="https://a.example", health="https://10.0.0.1/health")).lack is Lack.UNUSABLE


def test_private_addresses_are_used_with_permission() -> None:
    """For self-hosted networks and local trials."""
    repository = Repository(connect_domain=Declared("http://localhost:8080", "f"))
    assert _resolve(repository, allow_private_hosts="true")[1] == "http://localhost:8080/health"


@pytest.mark.parametrize(
    ("given", "repository", "needed"),
    [
        ({}, EMPTY, True),
        ({"environment": "staging"}, EMPTY, False),
        ({"service_url": "none"}, EMPTY, False),
        ({"service_url": "https://a.example"}, EMPTY, False),
        ({}, Repository(connect_domain=CONNECT), False),
        ({}, Repository(wrangler_route=WRANGLER), False),
    ],
)
def test_discovery_is_read_only_where_it_can_decide(
    *, given: dict[str, str], repository: Repository, needed: bool
) -> None:
    """An address that is known needs no question."""
    assert needs_discovery(inputs(**given), repository) is needed


@pytest.mark.parametrize(
    ("given", "event", "github", "name"),
    [
        ("given", "event", "chittyos/github", "given"),
        (None, "event", "chittyos/github", "event"),
        (None, None, "chittyos/github", "github"),
        (None, "Chitty.Finance_API", "", "chitty-finance-api"),
        (None, None, "chittyos/ChittyOS.Com", "chittyos-com"),
        (None, None, "bare", "bare"),
        (None, "a" * 63, "", "a" * 63),
    ],
)
def test_the_name_is_given_or_that_of_the_repository(
    given: str | None, event: str | None, github: str, name: str
) -> None:
    """Lower-case, with dots and underscores as hyphens; the event knows before the environment."""
    assert name_of(given, event, github) == name


@pytest.mark.parametrize("repository", [".github", "a" * 64, "café", "x y", "-", "_x", "a/../b"])
def test_a_repository_that_cannot_name_a_service_asks_for_the_input(repository: str) -> None:
    """A bad input, with what is allowed."""
    with pytest.raises(Problem) as caught:
        name_of(None, repository, "")
    assert caught.value.subject == "service-name"
    assert "input service-name is not given, and " in caught.value.message
    assert repr(repository) in caught.value.message
    assert "give the input service-name" in caught.value.hint


def test_no_repository_names_no_service() -> None:
    """Outside of GitHub the input is all that there is."""
    with pytest.raises(Problem) as caught:
        name_of(None, None, "")
    assert caught.value.message == "input service-name is not given, and no repository is known"


def test_the_service_is_what_the_repository_says() -> None:
    """With its address resolved once."""
    repository = Repository(version="1.0", description="d", has_mcp_manifest=True, registration={"name": "alpha"})
    service = service_of(inputs(capabilities="api", environment="staging"), "alpha", repository, None)
    assert (service.name, service.environment, service.version) == ("alpha", "staging", "1.0")
    assert (service.description, service.capabilities) == ("d", ("api",))
    assert (service.has_mcp_manifest, service.registration) == (True, {"name": "alpha"})
    assert isinstance(service.address, Nowhere)


def test_the_service_is_where_discovery_lists_it() -> None:
    """When nothing that goes before it names an address."""
    service = service_of(inputs(), "alpha", EMPTY, LISTED)
    assert isinstance(service.address, Address)
    assert service.address.url == "https://listed.alpha.example"


def test_an_unusable_health_endpoint_is_what_is_blamed() -> None:
    """Not the address that it was to belong to."""
    repository = Repository(health_endpoint="https://user:pw@a.example/health")
    resolved = resolve_address(inputs(service_url="https://a.example"), "alpha", repository, None)

    assert isinstance(resolved, Nowhere)
    assert resolved.reason == (
        "the address that the health endpoint 'https://user:pw@a.example/health' names must be "
        "a URL without user name and password"
    )


def test_an_unusable_health_endpoint_is_named_briefly() -> None:
    """A file may hold anything."""
    nowhere = _nowhere(Repository(health_endpoint="ftp://" + "x" * 300), service_url="https://a.example")

    assert f"the health endpoint 'ftp://{'x' * 73}…' names" in nowhere.reason


@pytest.mark.parametrize("endpoint", ["/health/", "/health?deep=1"])
def test_a_health_endpoint_is_looked_at_as_it_is_written(endpoint: str) -> None:
    """A server may tell `/health` from `/health/`."""
    resolved = resolve_address(
        inputs(service_url="https://a.example"), "alpha", Repository(health_endpoint=endpoint), None
    )

    assert isinstance(resolved, Address)
    assert resolved.health == f"https://a.example{endpoint}"
