from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chitty_action import ecosystem
from chitty_action.inputs.values import is_service_name
from chitty_action.main import _rights
from chitty_action.model.reading import Credential
from tests.world import HUB, inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from chitty_action.adapters.http import Right
    from chitty_action.model.reading import Reading

# URLs

READINGS: dict[str, Callable[[str], Reading[Any]]] = {
    "registry.example/api/services/{}": lambda name: ecosystem.registered(HUB, name),
    "api.example/{}/api/health": lambda name: ecosystem.proxied_health(HUB, name, None),
    "mcp.example/{}/mcp/tools/list": lambda name: ecosystem.mcp_tools(HUB, name),
}
NAMES = (
    st.text(st.characters(exclude_categories=[]), max_size=8)
    | st.from_regex(r"[a-z0-9-]{1,64}", fullmatch=True)
    | st.sampled_from(
        [
            "a\n",
            "a/b",
            "..",
            "%2e%2e",
            "a?b",
            "a#b",
            "a\\b",
            "\uff41",
            "a\u00ad",
            "\u0131",
            "a@b",
            "a:b",
            "a;b",
            "-",
            "a--b",
        ]
    )
)


@settings(deadline=None)
@given(NAMES)
def test_a_name_is_one_segment_of_one_path_or_no_name(name: str) -> None:
    """Whoever reads the URL back finds this host and these segments, or the name was never accepted."""
    if not is_service_name(name):
        return
    urls = {expected: reading(name).sources[0].url for expected, reading in READINGS.items()}
    urls["register.example/api/services/{}/status"] = ecosystem.status_url(HUB, name)
    for expected, text in urls.items():
        url = urlsplit(text)
        segments = [unquote(segment) for segment in url.path.split("/")]
        assert [url.netloc, *segments[1:]] == [part.format(name) for part in expected.split("/")]
        assert (url.scheme, url.query, url.fragment) == ("https", "", "")


# Credentials, by the table of the interface, section 8

TOKENS = {"register_token": "register-token-1", "api_key": "api-key-2", "admin_token": "admin-token-3"}
HOSTS = {name: f"https://{name}.example/base" for name in ("register", "api", "connect", "mcp", "registry")}
ALLOWED = {
    Credential.REGISTER_TOKEN: [("register.example", "/base")],
    Credential.API_KEY: [
        ("api.example", "/base/api/context"),
        ("connect.example", "/base/api/context"),
        ("connect.example", "/base/api/admin/routes"),
        ("mcp.example", "/base"),
    ],
    Credential.ADMIN_TOKEN: [("connect.example", "/base/api/admin")],
}
SEGMENTS = st.sampled_from(
    [
        "base",
        "api",
        "context",
        "admin",
        "routes",
        "tasks",
        "contexts",
        "base2",
        "a",
        "..",
        ".",
        "%2e%2e",
        "%2E.",
        "%2e",
        "",
    ]
)
PORTS = st.sampled_from(["", ":443", ":8443", ":80"])


@pytest.fixture(scope="module")
def rights() -> dict[Credential, Right]:
    """Build the map as `main` does."""
    return _rights(inputs(**TOKENS, **{f"{name}_url": url for name, url in HOSTS.items()}))


def _segments(path: str) -> list[str]:
    """Resolve dot segments, percent-encoded ones too, as RFC 3986, section 5.2.4, and the URL standard say."""
    resolved: list[str] = []
    for segment in path.split("/")[1:]:
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            resolved = resolved[:-1]
        elif plain != ".":
            resolved.append(segment)
    return resolved


def _may(credential: Credential, url: str) -> bool:
    """Say whether the interface lets a credential travel there."""
    parts = urlsplit(url)
    segments = _segments(parts.path)
    return parts.scheme == "https" and any(
        parts.hostname == host and parts.port in {None, 443} and segments[: len(wanted)] == wanted
        for host, prefix in ALLOWED[credential]
        if (wanted := prefix.split("/")[1:])
    )


@settings(deadline=None)
@given(
    credential=st.sampled_from([*ALLOWED]),
    scheme=st.sampled_from(["https", "http"]),
    host=st.sampled_from([*HOSTS, "evil", "api.example.evil", "xapi"]),
    port=PORTS,
    path=st.lists(SEGMENTS, max_size=7).map("/".join),
    tail=st.sampled_from(["", "?q=/base/api/context", "#/base/api/context", "?", "/"]),
)
@example(Credential.API_KEY, "https", "connect", "", "base/api/context/../admin/refresh-discovery", "")
@example(Credential.API_KEY, "https", "connect", "", "base/api/admin/routes2", "")
@example(Credential.ADMIN_TOKEN, "https", "connect", ":8443", "base/api/admin/x", "")
def test_a_credential_goes_where_the_interface_says_and_nowhere_else(  # noqa: PLR0913, PLR0917 - the parts of a URL
    rights: dict[Credential, Right], credential: Credential, scheme: str, host: str, port: str, path: str, tail: str
) -> None:
    """The model is the interface's table over the standard library's parser; ours reads URLs by another one."""
    url = f"{scheme}://{host}.example{port}/{path}{tail}"
    assert rights[credential].covers(url) is _may(credential, url)


def test_every_look_and_write_of_ours_is_covered(rights: dict[Credential, Right]) -> None:
    """What the program asks with a credential is what it may."""
    hub = HUB.__class__(*(HOSTS[name] for name in ("connect", "registry", "register", "api", "mcp")))
    assert all(rights[Credential.API_KEY].covers(f"{url}/some-task") for url in ecosystem.tasks_urls(hub))
    assert rights[Credential.REGISTER_TOKEN].covers(ecosystem.registration_url(hub))
    assert rights[Credential.REGISTER_TOKEN].covers(ecosystem.submission_url(hub))
    assert rights[Credential.REGISTER_TOKEN].covers(ecosystem.status_url(hub, "alpha"))
    for reading in (ecosystem.route_conflicts(hub, "alpha"), ecosystem.mcp_tools(hub, "alpha")):
        for source in reading.sources:
            assert source.credential is not None
            assert rights[source.credential].covers(source.url)
