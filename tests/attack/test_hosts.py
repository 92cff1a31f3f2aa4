from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chitty_action.adapters.resolve import Pinned, Refused, Resolver
from chitty_action.engine.survey import resolve_address
from chitty_action.model.address import web_address
from chitty_action.model.repository import Declared, Repository
from chitty_action.model.subject import Address
from tests.world import inputs

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLIC = [IPv4Address("1.1.1.1"), IPv4Address("8.8.8.8")]
PRIVATE = [IPv4Address(text) for text in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")]  # noqa: S104 - nothing listens there
V4 = st.integers(0, 2**32 - 1).map(IPv4Address) | st.sampled_from([*PUBLIC, *PRIVATE])
V6 = st.integers(0, 2**128 - 1).map(IPv6Address) | st.builds(
    lambda prefix, low: IPv6Address(int(IPv6Address(prefix)) | low),
    st.sampled_from(["2002::", "64:ff9b::", "64:ff9b:1::", "2001::", "fe80::", "fc00::", "::ffff:0:0", "::", "2a00::"]),
    st.integers(0, 2**80 - 1),
)
# Blocks that Python's ipaddress of some supported version calls global; from the IANA registries.
NOT_GLOBAL = [IPv6Network(text) for text in ("64:ff9b:1::/48", "3fff::/20", "5f00::/16", "fec0::/10")]


def _v4_is_public(address: IPv4Address) -> bool:
    """Judge by the standard library and the three blocks that the interface adds."""
    first, second, *_ = address.packed
    cloud = address.packed == bytes([168, 63, 129, 16])
    return address.is_global and not address.is_multicast and not cloud and not (first == 100 and 64 <= second < 128)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Judge an address by the interface's rule (section 3), with the embedded address taken from its bytes."""
    if isinstance(address, IPv4Address):
        return _v4_is_public(address)
    packed = address.packed
    if packed[:2] == b"\x20\x02":
        return _v4_is_public(IPv4Address(packed[2:6]))
    if packed[:12] in {bytes.fromhex("0064ff9b") + bytes(8), bytes(10) + b"\xff\xff"} or (
        packed[:12] == bytes(12) and int(address) > 1
    ):
        return _v4_is_public(IPv4Address(packed[12:]))
    return address.is_global and not address.is_multicast and not any(address in block for block in NOT_GLOBAL)


def _wide(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if character.isdigit() else character for character in text)


DRESSES: list[Callable[[str], str]] = [
    str,
    lambda text: f"{text}.",
    _wide,
    lambda text: quote(text, safe=""),
    lambda text: "".join(f"%{ord(character):02X}" for character in text),
    lambda text: text.replace(".", "\u3002"),
]


@st.composite
def spelled(draw: st.DrawFn, address: IPv4Address) -> str:
    """Spell an IPv4 address as browsers read it: one to four parts, each decimal, octal or hexadecimal."""
    count = draw(st.integers(1, 4))
    parts = [*address.packed[: count - 1], int.from_bytes(address.packed[count - 1 :], "big")]
    forms = [draw(st.sampled_from(["{:d}", "0{:o}", "0x{:x}", "0X{:X}", "0x000{:x}", "00{:o}"])) for _ in parts]
    text = ".".join(form.format(part) for form, part in zip(forms, parts, strict=True))
    return draw(st.sampled_from(DRESSES))(text)


@settings(deadline=None)
@given(data=st.data(), address=V4)
def test_an_address_is_known_in_every_spelling(data: st.DataObject, address: IPv4Address) -> None:
    """Integers, octal, hexadecimal, fewer than four parts, wide digits, percent signs: only a public one passes."""
    host = data.draw(spelled(address))
    try:
        accepted = web_address(f"https://{host}/", allow_private=False)
    except ValueError:
        # Wide digits and percent signs may be too odd for our rule; every other spelling of a public one is read.
        assert address not in PUBLIC or "%" in host or not host.isascii()
        return
    assert accepted.host == str(address)
    assert _is_public(address)


@settings(deadline=None)
@given(V6)
@example(IPv6Address("2002:7f00:1::"))
@example(IPv6Address("64:ff9b::a00:1"))
@example(IPv6Address("::ffff:169.254.169.254"))
def test_an_ipv6_literal_is_accepted_only_if_it_is_public(address: IPv6Address) -> None:
    """Mapped, compatible, 6to4 and NAT64 forms are judged by what is inside."""
    for text in (str(address), address.exploded, str(address).upper()):
        try:
            web_address(f"https://[{text}]:8443/x", allow_private=False)
        except ValueError:
            continue
        assert _is_public(address)


@settings(deadline=None)
@given(st.lists(V4 | V6, min_size=1, max_size=4))
async def test_a_name_is_pinned_only_if_all_its_addresses_are_public(
    addresses: list[IPv4Address | IPv6Address],
) -> None:
    """One bad one among them is enough to refuse."""
    answer = [str(address) for address in addresses]
    seen = await Resolver(allow_private=False, look_up=lambda _: answer).resolve("https", "service.example")
    if isinstance(seen, Pinned):
        assert all(map(_is_public, addresses))
        assert [ip_address(address) for address in seen.addresses] == list(dict.fromkeys(addresses))
    else:
        assert isinstance(seen, Refused)


PATHS = st.lists(
    st.sampled_from(["/", "\\", "..", ".", "%2e%2e", "%2f", "@", ":", "?", "#", "//", "evil.example", "up", "é", " ",
                     "\t", "\n", "\x00", "%", "%00", ";", "[", "]", "https:", "8443"])
    | st.text(max_size=3),
    max_size=8,
).map("".join)  # fmt: skip


@settings(deadline=None)
@given(PATHS, st.sampled_from(["", "/base"]))
@example("//evil.example/health", "")
@example("\\\\evil.example/health", "")
@example("/..//evil.example", "/base")
@example("@evil.example/", "")
@example(".evil.example/", "")
@example(":8443/health", "")
def test_a_health_path_never_names_another_host(endpoint: str, path: str) -> None:
    """`monitoring.health.endpoint` comes from a file: as a path, it stays at the service's own address."""
    assume("://" not in endpoint)
    own = f"https://alpha.example{path}"
    found = resolve_address(inputs(service_url=own), "alpha", Repository(health_endpoint=endpoint), None)
    if isinstance(found, Address):
        url = urlsplit(found.health)
        assert (url.scheme, url.netloc) == ("https", "alpha.example")
        assert found.url == own


@settings(deadline=None)
@given(PATHS | PATHS.map("alpha.example".__add__) | PATHS.map("https://alpha.example".__add__))
@example("https://alpha.example@evil.example/")
@example("alpha.example:443@evil.example")
@example("https://alpha.example\\@evil.example")
def test_a_declared_domain_is_read_as_everybody_reads_it(declared: str) -> None:
    """The address, the health URL and the standard library agree on the host, and on that nobody logs in there."""
    found = resolve_address(inputs(), "alpha", Repository(connect_domain=Declared(declared, "f")), None)
    if isinstance(found, Address):
        url, health = urlsplit(found.url), urlsplit(found.health)
        assert url.scheme == health.scheme == "https"
        assert url.netloc == health.netloc
        assert url.hostname
        assert (url.username, url.password, url.query, url.fragment) == (None, None, "", "")
