"""The verb *survey*: who the service is and where it answers, decided once (interface, section 3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chitty_action.errors import Problem
from chitty_action.inputs import DEFAULT_TEMPLATE
from chitty_action.inputs.values import is_service_name
from chitty_action.model.address import health_address, is_whole, origin_of, web_address
from chitty_action.model.finding import Level
from chitty_action.model.repository import Declared
from chitty_action.model.subject import PRODUCTION, Address, Hub, Lack, Nowhere, Phase, Service, Subject
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from chitty_action.documents.discovery import Discovery, Entry
    from chitty_action.inputs import Inputs
    from chitty_action.model.repository import Repository
    from chitty_action.model.subject import Run


def name_of(given: str | None, event_repository: str | None, github_repository: str) -> str:
    """Return the service's name: the input, else the repository's, lower-case, with dots and underscores as hyphens.

    Raises:
        Problem: when the repository's name is not a valid service name, or there is none.
    """
    if given:
        return given
    repository = event_repository or github_repository.rpartition("/")[2]
    name = re.sub(r"[._]", "-", repository.lower())
    if is_service_name(name):
        return name
    why = f"the repository's name, {repository!r}, is not a valid one" if repository else "no repository is known"
    hint = "give the input service-name: lower-case letters, digits and single hyphens, at most 63 characters"
    raise Problem("service-name", f"input service-name is not given, and {why}", hint)


def hub_of(inputs: Inputs) -> Hub:
    """Return the hub that the inputs name."""
    return Hub(inputs.connect_url, inputs.registry_url, inputs.register_url, inputs.api_url, inputs.mcp_url)


def subject_of(inputs: Inputs, service: Service, run: Run) -> Subject:
    """Return what checks and changes are asked about."""
    return Subject(
        service=service,
        hub=hub_of(inputs),
        run=run,
        on_blocked=Level(inputs.on_blocked),
        health_condition=inputs.health_condition,
        context_sync=inputs.context_sync,
        has_api_key=inputs.api_key is not None,
        has_admin_token=inputs.admin_token is not None and inputs.phase is Phase.RECONCILE,
        phase=inputs.phase,
    )


def needs_discovery(inputs: Inputs, repository: Repository) -> bool:
    """Whether only the discovery document, or the naming rule after it, can say where the service is."""
    named = inputs.service_url or repository.connect_domain or repository.wrangler_route
    return not named and inputs.environment == PRODUCTION


def service_of(inputs: Inputs, name: str, repository: Repository, discovery: Discovery | None) -> Service:
    """Return the service with its address resolved."""
    return Service(
        name=name,
        environment=inputs.environment,
        address=resolve_address(inputs, name, repository, discovery.entry(name) if discovery else None),
        version=repository.version,
        description=repository.description,
        capabilities=inputs.capabilities,
        has_mcp_manifest=repository.has_mcp_manifest,
        registration=repository.registration,
        own_registration=repository.own_registration,
        author=repository.author,
        declared=_declared(inputs, repository),
    )


def _declared(inputs: Inputs, repository: Repository) -> tuple[Declared, ...]:
    given = inputs.service_url
    own = [Declared(given, "input service-url")] if given and given != "none" else []
    files = (repository.connect_domain, repository.wrangler_route)
    return (*own, *(declared for declared in files if declared))


def resolve_address(inputs: Inputs, name: str, repository: Repository, entry: Entry | None) -> Address | Nowhere:
    """Return the first address that is known, in the order of interface section 3; `entry` is that of discovery."""
    if inputs.service_url == "none":
        return Nowhere(Lack.NO_HTTP, "the service has no HTTP (service-url: none)")
    own_health = repository.health_endpoint
    if declared := _declared(inputs, repository):
        return _address(declared[0].address, own_health, declared[0].source, inputs)
    if entry and inputs.environment == PRODUCTION and (url := entry.url or _base_of(entry)):
        return _address(url, entry.health or own_health, "discovery document", inputs)
    if inputs.environment == PRODUCTION or inputs.service_url_template != DEFAULT_TEMPLATE:
        url = inputs.service_url_template.replace("{name}", name)
        return _address(url, own_health, "naming rule service-url-template", inputs)
    reason = f"nothing names the address of {name} in environment {inputs.environment}"
    return Nowhere(Lack.NOT_NAMED, reason)


def _base_of(entry: Entry) -> str | None:
    """Return the base URL of an entry that gives only its health URL."""
    if not entry.health or not is_whole(entry.health):
        return None
    if entry.health.endswith("/health"):
        return entry.health.removesuffix("/health")
    try:
        scheme, host, port = origin_of(entry.health)
    except ValueError:
        return entry.health  # the rules for addresses say what is wrong with it
    return f"{scheme}://{host}:{port}"


def _address(text: str, health: str | None, source: str, inputs: Inputs) -> Address | Nowhere:
    named = source
    try:
        whole = text if is_whole(text) else f"https://{text}"
        url = web_address(whole, allow_private=inputs.allow_private_hosts).url
        named = f"the health endpoint {one_line(health or '', 80)!r}" if health else source
        return Address(url, health_address(_joined(url, health), allow_private=inputs.allow_private_hosts), source)
    except ValueError as error:
        return Nowhere(Lack.UNUSABLE, f"the address that {named} names must be {error}")


def _joined(base: str, endpoint: str | None) -> str:
    if not endpoint:
        return f"{base}/health"
    return endpoint if is_whole(endpoint) else f"{base}/{endpoint.lstrip('/')}"
