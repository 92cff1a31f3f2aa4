"""Everybody on the list: which rows are services to look at, and where each of them is (interface, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from chitty_action.documents.health import describe, evidence
from chitty_action.engine.survey import resolve_address
from chitty_action.inputs.values import is_service_name
from chitty_action.model.address import (
    health_address,
    is_loopback,
    is_whole,
    literal_address,
    origin_of,
    path_of,
    refused,
    web_address,
)
from chitty_action.model.evidence import Evidence
from chitty_action.model.reading import Generation
from chitty_action.model.repository import Repository
from chitty_action.model.subject import PRODUCTION, Address, Lack, Nowhere
from chitty_action.model.text import in_quotes, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chitty_action.documents.discovery import Discovery, Entry
    from chitty_action.documents.health import HealthDocument
    from chitty_action.documents.services import Row, Services
    from chitty_action.inputs import Inputs
    from chitty_action.model.observation import Observation

ROW: Final = "list of services"
"""The source of an address that the row itself names."""
_ENTITY_TYPES: Final = ("P", "L", "T", "E", "A")
_SERVICE_SUBTYPES: Final = ("service", "mcp-server")
_HEALTH: Final = "/health"
_LOOPBACK: Final = "its row names a loopback address"


class Listed(Struct, frozen=True, gc=False):
    """One row of the list, whatever is in it.

    Attributes:
        position: counted from 1.
        name: the service's name, or `row <position>` where it has no usable one.
        where: where to look; None for a row that is not looked at at all.
        skipped: why it is not.
        oddities: what is wrong with the row itself, each a clause about the registry.
    """

    position: int
    name: str
    where: Address | Nowhere | None
    skipped: str | None = None
    oddities: tuple[str, ...] = ()


class _Places(Struct, frozen=True):
    """What else than its row says where a service is; discovery describes production."""

    discovery: Discovery | None
    generation: Generation | None
    inputs: Inputs


def roster(
    services: Services, generation: Generation | None, discovery: Discovery | None, inputs: Inputs
) -> tuple[Listed, ...]:
    """Return one value for each row, in their order; `generation` is that of the list which answered."""
    # The input service-url is about one service of one repository, not about everybody.
    described = discovery if inputs.environment == PRODUCTION else None
    places = _Places(described, generation, replace(inputs, service_url=None))
    first: dict[str, int] = {}
    listed = []
    for row in services.rows:
        name = row.name if row.name is not None and is_service_name(row.name) else None
        if reason := _other_kind(row):
            listed.append(Listed(row.position, name or f"row {row.position}", None, reason, _strange_type(row)))
        elif name is None:
            reason = _nameless(row)
            listed.append(Listed(row.position, f"row {row.position}", None, reason, (reason,)))
        elif (earlier := first.setdefault(name, row.position)) != row.position:
            reason = f"row {row.position} is a duplicate: row {earlier} has the name {name} already"
            listed.append(Listed(row.position, name, None, reason, (reason,)))
        else:
            listed.append(_located(row, name, places))
    return tuple(listed)


def look_of(listed: Listed) -> str | None:
    """Return the health URL at which a row's service is looked at; None where there is nothing to look at."""
    return listed.where.health if isinstance(listed.where, Address) else None


def class_of(listed: Listed, looks: Mapping[str, Observation[HealthDocument]]) -> tuple[Evidence, str]:
    """Return the one evidence class of a row, and why. Raises KeyError when its look was not taken."""
    if look := look_of(listed):
        return evidence(looks[look]), describe(looks[look])
    if isinstance(listed.where, Nowhere):
        return Evidence.UNPROBEABLE, listed.where.reason
    return Evidence.SKIPPED, listed.skipped or ""


def _other_kind(row: Row) -> str | None:
    if row.entity_type is not None and row.entity_type != "T":
        return f"entity_type {one_line(row.entity_type, 40)} is not a service"
    if row.subtype is not None and row.subtype not in _SERVICE_SUBTYPES:
        return f"subtype {one_line(row.subtype, 40)} is not a service"
    return None


def _strange_type(row: Row) -> tuple[str, ...]:
    if row.entity_type is None or row.entity_type in _ENTITY_TYPES:
        return ()
    return (f"row {row.position} has the entity_type {_quoted(row.entity_type)}, which is none of P, L, T, E and A",)


def _nameless(row: Row) -> str:
    if row.name is None:
        return f"row {row.position} has no name"
    return f"row {row.position} has the name {_quoted(row.name)}, which is no service name"


def _located(row: Row, name: str, places: _Places) -> Listed:
    """Find where a service is: its own whole URLs, else discovery, else its site, else the naming rule."""
    own, entry = _own_place(row, places.inputs), _entry(name, places.discovery)
    declared = Repository(health_endpoint=_health_path(row))
    found = resolve_address(places.inputs, name, declared, entry) if entry else None
    oddities = tuple(f"row {row.position}, {name}: {oddity}" for oddity in _oddities(row, own, found, places.inputs))
    if own and (_whole(row) or not found):
        where = own
    elif found:
        where = found
    elif row.is_deployed or places.generation is Generation.DEPLOYED:
        where = Nowhere(Lack.UNUSABLE, "its row names no address")
    else:
        where = resolve_address(places.inputs, name, declared, None)
    return Listed(row.position, name, where, oddities=oddities)


def _oddities(
    row: Row, own: Address | Nowhere | None, found: Address | Nowhere | None, inputs: Inputs
) -> Iterable[str]:
    if isinstance(own, Nowhere):
        yield own.reason
    elif _eligible(whole := _whole(row), inputs) != whole:
        yield f"{_LOOPBACK}, which is passed over"
    if isinstance(own, Address) and isinstance(found, Address):
        ours, theirs = _host(own.health), _host(found.health)
        if ours != theirs.rstrip("."):
            yield f"it is at {_shown(ours)}, and at {_shown(theirs)} according to the discovery document"


def _own_place(row: Row, inputs: Inputs) -> Address | Nowhere | None:
    """Return the place that the row itself names."""
    whole, path = _eligible(_whole(row), inputs), _health_path(row) or _HEALTH
    named = row.health if row.health in whole else _health_among(whole)
    if named:
        return _place(named, _base_of(named), None, inputs)
    if whole:
        return _place(whole[0].partition("#")[0], _origin(whole[0]), path, inputs)
    if row.site:
        site = row.site if is_whole(row.site) else f"https://{row.site}"
        return _place(site, site, path, inputs)
    return None


def _whole(row: Row) -> list[str]:
    return [text for text in (row.health, *row.endpoints) if text and is_whole(text)]


def _eligible(whole: list[str], inputs: Inputs) -> list[str]:
    """Leave out the endpoints on loopback where there are others; only a registry on loopback may mean them."""
    if is_loopback(_host(inputs.registry_url)):
        return whole
    return [url for url in whole if not _is_this_machine(_host(url))] or whole


def _health_path(row: Row) -> str | None:
    """Return the health endpoint that is named without a host."""
    if row.health:
        return None if is_whole(row.health) else row.health
    return _health_among([text for text in row.endpoints if text.startswith("/")])


def _health_among(endpoints: list[str]) -> str | None:
    """Return the endpoint whose path is `/health`, else one whose path ends so."""
    paths = [(_path(endpoint), endpoint) for endpoint in endpoints]
    exact = (endpoint for path, endpoint in paths if path == _HEALTH)
    nested = (endpoint for path, endpoint in paths if path.endswith(_HEALTH))
    return next(exact, None) or next(nested, None)


def _path(endpoint: str) -> str:
    try:
        return path_of(endpoint if is_whole(endpoint) else f"https://path.invalid/{endpoint.lstrip('/')}").rstrip("/")
    except ValueError:
        return ""


def _place(named: str, base: str, path: str | None, inputs: Inputs) -> Address | Nowhere:
    """Apply the rules for addresses to what a row names: a health URL, or another one with the path of its health."""
    private, host = inputs.allow_private_hosts, _host(named)
    if _is_this_machine(host) and not is_loopback(_host(inputs.registry_url)):
        return Nowhere(Lack.UNUSABLE, _LOOPBACK)
    if host.endswith("."):
        return Nowhere(Lack.UNUSABLE, "the address that its row names must be a URL whose host has no trailing dot")
    try:
        health = health_address(named, allow_private=private)
        url = web_address(base, allow_private=private).url
        if path is not None:
            health = health_address(f"{url}/{path.lstrip('/')}", allow_private=private)
    except ValueError as error:
        return Nowhere(Lack.UNUSABLE, f"the address that its row names must be {error}")
    return Address(url, health, ROW)


def _is_this_machine(host: str) -> bool:
    """Whether the host is loopback, however it is written: inside an IPv6 address, or as the unspecified address."""
    literal = literal_address(host)
    is_embedded = literal is not None and (literal.is_unspecified or (refused(literal) or "").startswith("loopback"))
    return is_embedded or is_loopback(host)


def _base_of(health: str) -> str:
    return health.removesuffix(_HEALTH) if health.endswith(_HEALTH) else _origin(health)


def _origin(url: str) -> str:
    try:
        scheme, host, port = origin_of(url)
    except ValueError:
        return url  # the rules for addresses say what is wrong with it
    return f"{scheme}://{host}:{port}"


def _host(url: str) -> str:
    try:
        return origin_of(url)[1]
    except ValueError:
        return ""


def _entry(name: str, discovery: Discovery | None) -> Entry | None:
    """Return the document's first entry of the name, if that says where the service is."""
    entry = discovery.entry(name) if discovery else None
    return entry if entry and (entry.url or (entry.health and is_whole(entry.health))) else None


def _quoted(text: str) -> str:
    return in_quotes(one_line(text, 60))


def _shown(host: str) -> str:
    return one_line(host, 80)
