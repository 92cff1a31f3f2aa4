from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chitty_action.model.address import (
    health_address,
    is_loopback,
    literal_address,
    origin_of,
    path_of,
    refused,
    web_address,
)

REFUSED = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "10.0.0.1": "not globally routable",
    "172.16.0.1": "not globally routable",
    "172.31.255.255": "not globally routable",
    "192.168.0.1": "not globally routable",
    "fc00::1": "not globally routable",
    "fd12:3456::1": "not globally routable",
    "0.0.0.0": "not globally routable",  # noqa: S104 - nothing listens there
    "0.1.2.3": "not globally routable",
    "::": "not globally routable",
    "192.0.2.1": "not globally routable",
    "198.18.0.1": "not globally routable",
    "198.51.100.1": "not globally routable",
    "203.0.113.1": "not globally routable",
    "240.0.0.1": "not globally routable",
    "255.255.255.255": "not globally routable",
    "100::1": "not globally routable",
    "2001:db8::1": "not globally routable",
    "2001::1": "not globally routable",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "168.63.129.16": "the cloud's own service address",
    "192.88.99.1": "a 6to4 relay",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "::2": "not globally routable, embedded in IPv6",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
}
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "168.63.129.15", "2606:4700::1111", "2a00:1450::1"]

V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
FORMS = {
    "mapped": lambda v4: IPv6Address(0xFFFF << 32 | int(v4)),
    "compatible": lambda v4: IPv6Address(int(v4)),
    "6to4": lambda v4: IPv6Address(0x2002 << 112 | int(v4) << 80 | 1),
    "nat64": lambda v4: IPv6Address(0x0064_FF9B << 96 | int(v4)),
}


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_what_is_not_public_is_refused_with_the_reason(address: str, reason: str) -> None:
    """A runner must not be talked into looking around in its own network."""
    assert refused(ip_address(address)) == reason


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    """Also those that border on a refused block."""
    assert refused(ip_address(address)) is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("address", [address for address in REFUSED if "." in address])
def test_a_refused_address_inside_ipv6_is_refused(address: str, form: str) -> None:
    """IPv4-mapped, IPv4-compatible, 6to4 and NAT64 forms lead to the same place."""
    assert refused(FORMS[form](IPv4Address(address))) is not None


@pytest.mark.parametrize("form", FORMS)
@given(address=V4)
def test_an_embedded_address_is_judged_as_it_would_be_alone(address: IPv4Address, form: str) -> None:
    """For every IPv4 address and every form that holds one."""
    embedded = refused(FORMS[form](address))
    alone = refused(address)
    if alone is None:
        assert embedded is None
    else:
        assert embedded in {f"{alone}, embedded in IPv6", "loopback", "not globally routable"}


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_what_the_standard_library_calls_private_is_never_public_here(address: IPv6Address) -> None:
    """Our own rules only add to it; forms that hold a public IPv4 address are judged by that."""
    if address.is_private and not address.ipv4_mapped and not address.sixtofour:
        assert refused(address) is not None


@pytest.mark.parametrize(
    ("text", "url", "host", "port"),
    [
        ("https://alpha.example", "https://alpha.example", "alpha.example", 443),
        ("https://alpha.example/", "https://alpha.example", "alpha.example", 443),
        ("https://alpha.example/api/v4//", "https://alpha.example/api/v4", "alpha.example", 443),
        ("https://alpha.example:8443/x", "https://alpha.example:8443/x", "alpha.example", 8443),
        ("https://alpha.example:443", "https://alpha.example", "alpha.example", 443),
        ("HTTPS://Alpha.Example/X", "https://alpha.example/X", "alpha.example", 443),
        ("https://alpha.example/a/../b", "https://alpha.example/b", "alpha.example", 443),
        ("https://bücher.example", "https://xn--bcher-kva.example", "xn--bcher-kva.example", 443),
        ("https://1.1.1.1", "https://1.1.1.1", "1.1.1.1", 443),
        ("https://[2606:4700::1111]", "https://[2606:4700::1111]", "[2606:4700::1111]", 443),
    ],
)
def test_an_accepted_address_is_canonical(text: str, url: str, host: str, port: int) -> None:
    """A path is kept; a trailing slash does not matter."""
    address = web_address(text, allow_private=False)
    assert (address.url, address.host, address.port) == (url, host, port)
    assert address.origin == ("https", host, port) == origin_of(text)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "2130706433", "127.0.0.1.", "127。0。0。1"),
        *("localhost", "LOCALHOST", "localhost.", "alpha.localhost", "ⓛocalhost"),
        *("10.0.0.1", "10.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "168.63.129.16", "0", "224.0.0.1"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::10.0.0.1]"),
        *("[fe80::1]", "[fd00::1]", "[ff02::1]", "[2002:7f00:1::]"),
    ],
)
def test_a_private_address_needs_permission_however_it_is_spelled(host: str) -> None:
    """The parser is the transport's own, so both read the same host."""
    with pytest.raises(ValueError, match=r"^a public address \(allow-private-hosts: true permits private ones\)$"):
        web_address(f"https://{host}/", allow_private=False)
    assert web_address(f"https://{host}/", allow_private=True).scheme == "https"


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:9", "a.localhost", "0x7f.1"])
def test_plain_http_is_for_loopback_with_permission(host: str) -> None:
    """A local trial needs no certificate."""
    assert web_address(f"http://{host}", allow_private=True).scheme == "http"
    with pytest.raises(ValueError, match="a public address"):
        web_address(f"http://{host}", allow_private=False)


@pytest.mark.parametrize("host", ["alpha.example", "10.0.0.1", "192.168.1.1", "1.1.1.1", "localhost.example"])
def test_plain_http_is_refused_elsewhere_even_with_permission(host: str) -> None:
    """Tokens travel to these addresses."""
    with pytest.raises(ValueError, match=r"^https "):
        web_address(f"http://{host}", allow_private=True)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("alpha.example", "a URL that begins with https://"),
        ("alpha", "a URL that begins with https://"),
        ("", "a URL that begins with https://"),
        ("https://", "a URL that begins with https://"),
        ("https://a b", "a URL that begins with https://"),
        ("https://alpha.example:99999", "a URL that begins with https://"),
        ("https://[::1", "a URL that begins with https://"),
        ("https://[fe80::1%25eth0]", "a URL that begins with https://"),
        ("https://1.2.3.4.5", "a URL that begins with https://"),
        ("https://256.1.1.1", "a URL that begins with https://"),
        ("ftp://alpha.example", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("javascript:alert(1)", "begins with https://"),
        ("https://user@alpha.example", "without user name and password"),
        ("https://user:secret@alpha.example", "^a URL without user name and password$"),
        ("https://:secret@alpha.example", "without user name and password"),
        ("https://alpha.example?", "without query and fragment"),
        ("https://alpha.example/?a=b", "without query and fragment"),
        ("https://alpha.example/#top", "^a URL without query and fragment$"),
    ],
)
def test_a_broken_rule_is_named(text: str, rule: str) -> None:
    """Each stands after "must be"."""
    with pytest.raises(ValueError, match=rule):
        web_address(text, allow_private=True)


@pytest.mark.parametrize(
    "text",
    [
        *("https:alpha.example", "https:/alpha.example", " https://alpha.example"),
        *("https:\\\\alpha.example", "https://alpha.example\\x", "https://alpha.example\\@evil.example"),
        *(
            "https://alpha.exam\tple",
            "https://alpha.example/\n",
            "https://alpha\u200b.example",
            "https://alpha.example\x00",
        ),
    ],
)
def test_what_a_parser_would_mend_is_refused(text: str) -> None:
    """A reader sees one host there, and the transport might see another."""
    with pytest.raises(ValueError, match=r"^a URL that begins with https://"):
        web_address(text, allow_private=True)


@given(st.text())
def test_any_text_is_an_address_or_breaks_a_rule(text: str) -> None:
    """Nothing else can happen."""
    try:
        address = web_address(text, allow_private=False)
    except ValueError:
        return
    assert address.scheme == "https"
    assert web_address(address.url, allow_private=False) == address


@pytest.mark.parametrize("text", ["", "/cdn-cgi/access/login", "alpha.example"])
def test_what_is_no_url_has_no_origin(text: str) -> None:
    """A relative redirect leads nowhere that a credential could belong to."""
    with pytest.raises(ValueError, match=r"."):
        origin_of(text)


@pytest.mark.parametrize("text", ["mailto:a@b.example", "foo://x"])
def test_what_has_no_host_or_port_has_no_origin(text: str) -> None:
    """Whatever else it is."""
    with pytest.raises(ValueError, match=r"^the URL has no host$"):
        origin_of(text)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example", "/"),
        ("https://a.example/api/context/../admin", "/api/admin"),
        ("https://a.example/api/%2e%2e/admin", "/admin"),
        ("https://a.example/x?y#z", "/x"),
    ],
)
def test_a_path_is_what_the_transport_would_send(url: str, path: str) -> None:
    """Dot segments are resolved, so that no path can pose as another."""
    assert path_of(url) == path


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.2", True), ("[::1]", True), ("localhost.", True)])
def test_loopback_is_known(*, host: str, loopback: bool) -> None:
    """As an address, or as a name that can mean nothing else."""
    assert is_loopback(host) is loopback
    assert not is_loopback(f"{host.strip('[].')}.example")


def test_only_an_address_is_a_literal() -> None:
    """A name is not, whatever it looks like."""
    assert literal_address("[::1]") == ip_address("::1")
    assert literal_address("10.0.0.1") == ip_address("10.0.0.1")
    assert literal_address("10.example") is None


@pytest.mark.parametrize(
    "address",
    ["192.0.0.8", "fec0::1", "64:ff9b:1::808:808", "5f00::1", "3fff::1", "4000::1", "200::1", "::ffff:0:7f00:1"],
)
def test_what_some_pythons_call_global_is_refused(address: str) -> None:
    """Not every supported version knows every special block."""
    assert refused(ip_address(address)) == "not globally routable"


def test_a_health_address_keeps_what_belongs_to_it() -> None:
    """A query and a trailing slash are part of what the service was told to answer."""
    assert health_address("https://a.example/health/?deep=1", allow_private=False) == "https://a.example/health/?deep=1"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("https://a.example/#x", "^a URL without fragment$"),
        ("https://u:p@a.example/", "^a URL without user name and password$"),
        ("https://10.0.0.1/", "^a public address "),
        ("nothing", "^a URL that begins with https://"),
    ],
)
def test_a_health_address_obeys_the_other_rules(text: str, rule: str) -> None:
    """As any address."""
    with pytest.raises(ValueError, match=rule):
        health_address(text, allow_private=False)


@pytest.mark.parametrize("text", ["https:///alpha.example", "https:////alpha.example", "https:/alpha.example"])
def test_slashes_are_not_mended(text: str) -> None:
    """The parser would read each of them as https://alpha.example, and a reader would not."""
    with pytest.raises(ValueError, match="begins with https://"):
        web_address(text, allow_private=False)
