from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING

import pytest

from chitty_action.adapters.clock import Deadline
from chitty_action.adapters.http import Http
from chitty_action.adapters.logs import EventLog
from chitty_action.adapters.resolve import Pinned, Refused, Resolver, Unresolved, proxy_for, system_look_up
from chitty_action.model.exchange import Failure, Mishap, Request

if TYPE_CHECKING:
    from collections.abc import Callable

SILENT = EventLog("error", [].append, colours=False)
PUBLIC = "93.184.215.14"


class NameServer:
    """Knows one name, by what was planned for each question."""

    def __init__(self, *answers: list[str] | OSError | UnicodeError) -> None:
        """Answer the nth question with the nth answer, the last one again and again."""
        self._answers = answers
        self.asked: list[str] = []

    def __call__(self, host: str) -> list[str]:
        """Look up."""
        answer = self._answers[min(len(self.asked), len(self._answers) - 1)]
        self.asked.append(host)
        if isinstance(answer, Exception):
            raise answer
        return answer


def slow_look_up(seconds: float) -> Callable[[str], list[str]]:
    """Make a name server that takes its time."""

    def look_up(_host: str) -> list[str]:
        time.sleep(seconds)
        return ["127.0.0.1"]

    return look_up


async def test_one_name_after_the_other_takes_one_thread() -> None:
    """A thread for each of ten thousand names would cost more than their answers do."""
    used: set[int] = set()

    def look_up(_host: str) -> list[str]:
        used.add(threading.get_ident())
        return [PUBLIC]

    resolver = Resolver(allow_private=False, look_up=look_up)
    for number in range(50):
        await resolver.resolve("https", f"service-{number}.example")
    assert len(used) == 1


async def test_a_name_is_asked_for_once_a_run() -> None:
    """Later answers of the name server cannot change where the run connects to."""
    names = NameServer([PUBLIC], ["127.0.0.1"])
    resolver = Resolver(allow_private=False, look_up=names)
    for _ in range(3):
        assert await resolver.resolve("https", "service.example") == Pinned((PUBLIC,))
    assert names.asked == ["service.example"]


async def test_a_refusal_stands_for_the_run() -> None:
    """A name that was private once is not asked for again until it is not."""
    names = NameServer(["10.0.0.1"], [PUBLIC])
    resolver = Resolver(allow_private=False, look_up=names)
    for _ in range(2):
        assert isinstance(await resolver.resolve("https", "service.example"), Refused)
    assert names.asked == ["service.example"]


async def test_a_failure_is_asked_again() -> None:
    """A fresh deployment's name may take a while to appear."""
    names = NameServer(socket.gaierror(socket.EAI_AGAIN, "try again"), [], [PUBLIC])
    resolver = Resolver(allow_private=False, look_up=names)
    seen = [await resolver.resolve("https", "service.example") for _ in range(3)]
    assert seen == [
        Unresolved("the name service.example does not resolve (try again)"),
        Unresolved("the name service.example has no address"),
        Pinned((PUBLIC,)),
    ]


@pytest.mark.parametrize(
    "private",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "168.63.129.16", "::1", "fe80::1%eth0", "junk"],
)
@pytest.mark.parametrize("last", [True, False])
async def test_one_private_address_refuses_the_name(private: str, *, last: bool) -> None:
    """Public ones beside it do not help, in whatever order they come."""
    answer = [PUBLIC, private] if last else [private, PUBLIC]
    resolution = await Resolver(allow_private=False, look_up=NameServer(answer)).resolve("https", "service.example")
    assert isinstance(resolution, Refused)
    assert resolution.reason.startswith(f"service.example resolves to {private}, which is ")


async def test_private_addresses_can_be_allowed() -> None:
    """All of them, in the order in which they are to be tried."""
    resolver = Resolver(allow_private=True, look_up=NameServer(["10.0.0.1", "10.0.0.2"]))
    assert await resolver.resolve("https", "service.internal") == Pinned(("10.0.0.1", "10.0.0.2"))


async def test_an_impossible_name_is_refused() -> None:
    """A label of 64 letters cannot be asked for; the system's own function says so."""
    resolution = await Resolver(allow_private=False).resolve("https", "a" * 64 + ".localhost")
    assert isinstance(resolution, Refused)


@pytest.mark.parametrize(
    ("host", "private"),
    [("127.0.0.1", True), ("[::1]", True), ("[::ffff:10.0.0.1]", True), ("[64:ff9b::7f00:1]", True), (PUBLIC, False)],
)
async def test_a_literal_is_judged_without_a_question(host: str, *, private: bool) -> None:
    """An address needs no name server, and is connected to as it stands."""
    names = NameServer([])
    resolution = await Resolver(allow_private=False, look_up=names).resolve("https", host)
    assert isinstance(resolution, Refused) if private else resolution == Pinned()
    assert names.asked == []


def test_the_system_knows_this_machine() -> None:
    """Each address comes once, although it is listed for every kind of socket."""
    found = system_look_up("localhost")
    assert {"127.0.0.1", "::1"} & set(found)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("variables", "scheme", "expected"),
    [
        ({}, "https", False),
        ({"https_proxy": "http://proxy.example:3128"}, "https", True),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "https", True),
        ({"https_proxy": "http://proxy.example:3128"}, "http", False),
        ({"ALL_PROXY": "http://proxy.example:3128"}, "https", True),
        ({"https_proxy": ""}, "https", False),
        ({"https_proxy": "http://proxy.example:3128", "no_proxy": "service.example"}, "https", False),
        ({"https_proxy": "http://proxy.example:3128", "NO_PROXY": ".example"}, "https", False),
        ({"https_proxy": "http://proxy.example:3128", "no_proxy": "*"}, "https", False),
    ],
)
def test_who_is_behind_a_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], scheme: str, *, expected: bool
) -> None:
    """As the environment says for the scheme and the host."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert (proxy_for(scheme, "service.example") is not None) is expected


async def test_a_hanging_name_server_does_not_outlive_the_timeout() -> None:
    """The request ends; the thread is left alone."""
    http = Http(Deadline(10), Resolver(allow_private=True, look_up=slow_look_up(3)), 0.2, {}, SILENT)
    try:
        began = time.monotonic()
        failure = await http.ask(Request("GET", "https://service.example/"))
        assert time.monotonic() - began < 1
    finally:
        await http.close()
    assert isinstance(failure, Failure)
    assert failure.mishap is Mishap.UNANSWERED


async def test_preparing_does_not_outlive_the_deadline() -> None:
    """All names are asked for at once before the first request; one that hangs holds nobody up for good."""
    http = Http(Deadline(0.3), Resolver(allow_private=True, look_up=slow_look_up(3)), 10, {}, SILENT)
    try:
        async with asyncio.timeout(1):
            await http.prepare(["https://service.example/"])
            failure = await http.ask(Request("GET", "https://service.example/"))
    finally:
        await http.close()
    assert isinstance(failure, Failure)
    assert failure.mishap is Mishap.UNFINISHED


def test_a_hanging_name_server_does_not_keep_the_process_alive() -> None:
    """The program ends when its phase does, not when the resolver gives up."""
    program = textwrap.dedent("""
        import asyncio, time
        from chitty_action.adapters.resolve import Resolver

        async def run():
            resolver = Resolver(allow_private=True, look_up=lambda host: time.sleep(30))
            try:
                async with asyncio.timeout(0.1):
                    await resolver.resolve("https", "service.example")
            except TimeoutError:
                print("gave up")

        asyncio.run(run())
    """)
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=10, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "gave up\n", "")


async def test_many_names_are_asked_for_together() -> None:
    """One slow answer does not hold up the others."""
    resolver = Resolver(allow_private=True, look_up=slow_look_up(0.2))
    async with asyncio.timeout(1.5):
        seen = await asyncio.gather(*(resolver.resolve("https", f"s{number}.example") for number in range(20)))
    assert seen == [Pinned(("127.0.0.1",))] * 20
