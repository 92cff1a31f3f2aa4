"""The rules for addresses: which URLs are accepted, and which IP addresses are never connected to.

URLs are read by the very parser (WHATWG, Rust's `url`) that the HTTP transport uses, so that both agree on the host:
`https://0x7f.1/`, `https://2130706433/` and `https://127.0.0.1./` are all 127.0.0.1 here as there.
Source of the rules: interface, sections 2 and 3.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from sys import intern

from msgspec import Struct
from pyreqwest.http import Url

IPAddress = IPv4Address | IPv6Address

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_BEGINNING = re.compile(r"https?://[^/]", re.IGNORECASE)
_FORM = "a URL that begins with https://, such as https://name.chitty.cc"
_REFUSED: dict[IPv4Network | IPv6Network, str] = {
    IPv4Network("100.64.0.0/10"): "carrier-grade NAT",
    IPv4Network("168.63.129.16/32"): "the cloud's own service address",
    IPv4Network("192.88.99.0/24"): "a 6to4 relay",
    IPv4Network("192.0.0.0/29"): "not globally routable",
    IPv4Network("192.0.0.8/32"): "not globally routable",
    IPv6Network("3fff::/20"): "not globally routable",
}
"""Beyond what Python's `is_global` of every supported version knows."""
_GLOBAL_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = IPv6Network("::/96")


def is_whole(text: str) -> bool:
    """Whether the text is a whole URL; a path may have one in its query."""
    return _SCHEME.match(text) is not None


class WebAddress(Struct, frozen=True):
    """An accepted URL: canonical, without a trailing slash, user info, query or fragment."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port; what a credential is bound to."""
        return (self.scheme, self.host, self.port)


def web_address(text: str, *, allow_private: bool) -> WebAddress:
    """Read a base URL.

    Raises:
        ValueError: with the rule that was broken, to stand after "must be".
    """
    url, host = _accepted(text, allow_private=allow_private)
    if url.query_string is not None or url.fragment is not None:
        raise ValueError("a URL without query and fragment")
    return WebAddress(str(url).rstrip("/"), url.scheme, host, url.port_or_known_default or 0)


def health_address(text: str, *, allow_private: bool) -> str:
    """Read a health URL as a repository or a document names it: a query and a trailing slash are kept.

    Raises:
        ValueError: with the rule that was broken, to stand after "must be".
    """
    url, _ = _accepted(text, allow_private=allow_private)
    if url.fragment is not None:
        raise ValueError("a URL without fragment")
    return str(url)


def _accepted(text: str, *, allow_private: bool) -> tuple[Url, str]:
    if not _BEGINNING.match(text) or "\\" in text or not text.isprintable():
        raise ValueError(_FORM)  # the parser would mend it, and a reader would not
    try:
        url = Url(text)
    except ValueError:
        raise ValueError(_FORM) from None
    host = url.host_str
    if url.scheme not in {"https", "http"} or not host:
        raise ValueError(_FORM)
    if url.username or url.password:
        raise ValueError("a URL without user name and password")
    loopback = is_loopback(host)
    if (loopback or _refused_literal(host)) and not allow_private:
        raise ValueError("a public address (allow-private-hosts: true permits private ones)")
    if url.scheme == "http" and not loopback:
        raise ValueError("https (plain http is accepted only for loopback hosts with allow-private-hosts: true)")
    return url, host


@lru_cache(maxsize=1024)  # one sweep asks for the same few again and again, while it goes through thousands
def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of a URL that was accepted before. Raises ValueError for anything else."""
    parsed = Url(url)
    if parsed.host_str is None or parsed.port_or_known_default is None:
        raise ValueError("the URL has no host")
    # The parser makes a new text of the scheme each time; the thousands that are kept share one.
    return (intern(parsed.scheme), parsed.host_str, parsed.port_or_known_default)


def path_of(url: str) -> str:
    """Return the canonical path of a URL; dot segments are resolved as the transport resolves them."""
    return Url(url).path or "/"


def literal_address(host: str) -> IPAddress | None:
    """Return the IP address when the host is one, in brackets or not."""
    bare = host.strip("[]")
    if ":" not in bare and not bare[-1:].isdigit():
        return None  # neither IPv6 nor IPv4; most hosts are names, and ipaddress is slow to say so
    try:
        return ip_address(bare)
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Whether the host is a loopback address or a name that can only mean one (RFC 6761)."""
    address = literal_address(host)
    if address is None:
        name = host.rstrip(".").lower()
        return name == "localhost" or name.endswith(".localhost")
    return address.is_loopback


def _refused_literal(host: str) -> str | None:
    address = literal_address(host)
    return refused(address) if address else None


def refused(address: IPAddress) -> str | None:
    """Say why an address is never connected to without `allow-private-hosts`; None when it may be."""
    embedded = _embedded(address) if isinstance(address, IPv6Address) else None
    if embedded is not None:
        reason = refused(embedded)
        return f"{reason}, embedded in IPv6" if reason else None
    kinds = (
        (address.is_loopback, "loopback"),
        (address.is_link_local, "link-local"),
        (address.is_multicast, "multicast"),
        *((address in network, reason) for network, reason in _REFUSED.items()),
        (not address.is_global, "not globally routable"),
        (isinstance(address, IPv6Address) and address not in _GLOBAL_V6, "not globally routable"),
    )
    return next((reason for applies, reason in kinds if applies), None)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside an IPv4-mapped, IPv4-compatible, 6to4 or NAT64 address."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
