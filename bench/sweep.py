"""A sweep of the whole ecosystem: phase `reconcile` against the design's loop of curl, and against curl in parallel.

Every service has a host name of its own, answers after 50 ms over TLS, and is asked twice: for its health, and through
the one gateway. What is timed is the whole program in a process of its own, start-up and report included, with the
real adapters; only names are resolved by a function that answers 127.0.0.1 for each. All clients share one core and the
server has another. Contestants take turns; medians are compared. The action never has more than 32 requests in flight
at a gateway, which is a floor for its time that curl does not have; so curl runs both as it is, and with the gateway
in a second process that is bounded the same way. Limits are the project's own; nothing fails by them, a reader does.
"""

from __future__ import annotations

import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trustme

from bench.ecosystem import CONNECT, GATEWAY, REGISTRY, ecosystem, service
from bench.server import LATENCY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bench.ecosystem import Server

ROOT = Path(__file__).resolve().parents[1]
FEW, MANY, CROWDED = 1_000, 10_000, 400
IN_THE_LOOP = 20
"""Services that the sequential loop asks in each round; a hundred of them in five rounds."""
ROUNDS, ROUNDS_OF_MANY = 5, 3
AT_ONCE, OF_ONE_HOST, OF_A_GATEWAY = 256, 8, 32
SLOW_DNS = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """What one run cost: wall and processor seconds, the most memory in MB, and what the server saw."""

    wall: float
    cpu: float
    memory: float
    traffic: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything is."""

    folder: Path
    server: Server
    curl: str

    def action(self, services: int, *, dns: float = 0.0, crowded: bool = False) -> Run:
        """Run the phase; every answer must be healthy.

        In a crowded ecosystem all services live at one host, and the gateway answers 429 once.
        """
        output, peak = self.folder / "output", self.folder / "peak"
        output.write_text("")
        self.server.traffic(throttles=crowded)
        command = (sys.executable, "-I", "-c", _CHILD, str(ROOT), str(dns), str(peak))
        wall, cpu = timed(command, self.environment(f"{'c' * crowded}{services}", output))
        told = output.read_text()
        unproxied = told.partition("unproxied<<")[2].split("\n")[1:2]
        if f'"healthy":{services},' not in told or unproxied != ["[]"]:
            raise SystemExit(f"not every service was seen healthy, directly and through the gateway:\n{told[:2_000]}")
        return Run(wall, cpu, int(peak.read_text()) / 1024, self.server.traffic())

    def environment(self, services: str, output: Path) -> dict[str, str]:
        """Return what the runner gives to the step."""
        port = self.server.port
        hub = {"CONNECT": CONNECT, "REGISTRY": REGISTRY, "API": GATEWAY}
        paths = {"CONNECT": f"/{services}", "REGISTRY": f"/{services}"}
        return {
            **{f"INPUT_{name}-URL": f"https://{host}:{port}{paths.get(name, '')}" for name, host in hub.items()},
            "INPUT_PHASE": "reconcile",
            "INPUT_CONCURRENCY": str(AT_ONCE),
            "INPUT_ALLOW-PRIVATE-HOSTS": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.folder),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "SSL_CERT_FILE": str(self.folder / "root.pem"),
            "PATH": os.environ["PATH"],
        }

    def loop(self) -> Run:
        """Run the design's loop, one curl after the other, with as many trusted roots as a runner has."""
        urls = [url for number in range(IN_THE_LOOP) for url in self.urls(number)]
        (self.folder / "loop").write_text("\n".join(urls))
        get = (*self.get("roots.pem"), "--output", os.devnull)
        self.server.traffic()
        wall, cpu = timed(("xargs", "--max-args=1", f"--arg-file={self.folder / 'loop'}", *get), {})
        return self.answered(Run(wall, cpu, 0, self.server.traffic()), len(urls))

    def parallel(self) -> Run:
        """Run one curl that has all URLs."""
        command = self.all_at_once("all", AT_ONCE, (url for number in range(FEW) for url in self.urls(number)))
        self.server.traffic()
        wall, cpu = timed(command, {})
        return self.answered(Run(wall, cpu, 0, self.server.traffic()), 2 * FEW)

    def bounded(self) -> Run:
        """Run two curls at once, of which one has the gateway and its share."""
        direct = self.all_at_once("direct", AT_ONCE - OF_A_GATEWAY, (self.urls(number)[0] for number in range(FEW)))
        gateway = self.all_at_once("gateway", OF_A_GATEWAY, (self.urls(number)[1] for number in range(FEW)))
        self.server.traffic()
        shell = f"{' '.join(direct)} & {' '.join(gateway)} && wait $!"
        wall, cpu = timed(("sh", "-c", shell), {})
        return self.answered(Run(wall, cpu, 0, self.server.traffic()), 2 * FEW)

    def urls(self, number: int) -> tuple[str, str]:
        """Return a service's health, and its proxy."""
        name, url = service(number, self.server.port)
        return f"{url}/health", f"https://{GATEWAY}:{self.server.port}/{name}/api/health"

    def get(self, roots: str) -> tuple[str, ...]:
        """Return a curl that goes to the server, whatever the host."""
        where = ("--connect-to", f"::127.0.0.1:{self.server.port}", "--cacert", str(self.folder / roots))
        return (self.curl, "--no-progress-meter", "--fail", "--http1.1", "--max-time", "30", *where)

    def all_at_once(self, name: str, at_once: int, urls: Iterable[str]) -> tuple[str, ...]:
        """Return a curl that asks for all of them, with one trusted root and no folder of roots to look into."""
        config = self.folder / name
        config.write_text("".join(f'url = "{url}"\noutput = "{os.devnull}"\n' for url in urls))
        roots = ("--capath", str(self.folder / "empty"))
        parallel = ("--parallel", "--parallel-max", str(at_once), "--config", str(config))
        return (*self.get("root.pem"), *roots, *parallel)

    @staticmethod
    def answered(run: Run, requests: int) -> Run:
        """Insist that all of them were made."""
        if run.traffic["requests"] != requests:
            raise SystemExit(f"curl made {run.traffic['requests']} requests instead of {requests}")
        return run


_CHILD = """\
import sys, time
from functools import partial
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import os
import chitty_action.__main__
import chitty_action.main as program
def look_up(host, seconds=float(sys.argv[2])):
    time.sleep(seconds)
    return ["127.0.0.1"]
program.Resolver = partial(program.Resolver, look_up=look_up)
code = program.main(os.environ)
status = Path("/proc/self/status").read_text()
Path(sys.argv[3]).write_text(status.partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""
"""The program as `entrypoint.py` starts it, but for the resolver; it notes its peak of memory, which an exec resets."""


def timed(command: tuple[str, ...], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a command that must succeed; return its wall and processor seconds, its children included."""
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, env={"PATH": os.environ["PATH"], **environment}, stdout=subprocess.DEVNULL, cwd=ROOT
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return wall, used.ru_utime + used.ru_stime


def rounds(count: int, contestants: Mapping[str, Callable[[], Run]]) -> dict[str, list[Run]]:
    """Let all take turns."""
    taken: dict[str, list[Run]] = {name: [] for name in contestants}
    for _ in range(count):
        for name, contestant in contestants.items():
            taken[name].append(contestant())
    return taken


def middle(runs: Iterable[Run], of: str = "wall") -> float:
    """Return the median of one figure."""
    figures: list[float] = [getattr(run, of) for run in runs]
    return statistics.median(figures)


def row(what: str, value: str, limit: str, remark: str = "") -> None:
    """Print one line of the table."""
    print(f"  {what:58} {value:>9}   {limit:28} {remark}".rstrip())


def against_curl(bench: Bench) -> list[Run]:
    """Compare a thousand services."""
    taken = rounds(
        ROUNDS,
        {
            "loop": bench.loop,
            "parallel": bench.parallel,
            "bounded": bench.bounded,
            "us": lambda: bench.action(FEW),
        },
    )
    us = taken["us"]
    wall, loop = middle(us), middle(taken["loop"]) * FEW / IN_THE_LOOP
    spread = ", ".join(
        f"{name} {min(run.wall for run in runs):.2f}-{max(run.wall for run in runs):.2f} s"
        for name, runs in taken.items()
    )
    print(f"a sweep of {FEW:,} services, two requests each, {LATENCY * 1000:.0f} ms, TLS, concurrency {AT_ONCE},")
    print(f"median of {ROUNDS} alternating rounds ({spread}, the loop for {IN_THE_LOOP} services)")
    row("design's loop of curl / us", f"{loop / wall:.0f}", "at least 60 (stretch 100)")
    row("us / curl --parallel, one root", f"{wall / middle(taken['parallel']):.2f}", "at most 1.3 (stretch 0.8)")
    row("us / curl --parallel, gateway bounded as ours", f"{wall / middle(taken['bounded']):.2f}", "")
    floor = FEW / OF_A_GATEWAY * LATENCY
    row(
        "us / what one gateway with 32 at once takes at least", f"{wall / floor:.2f}", "", f"the floor is {floor:.2f} s"
    )
    cpu = 1000 * middle(us, "cpu") / (2 * FEW)
    row("processor per request", f"{cpu:.2f} ms", "at most 1.6 (stretch 1.0)")
    curl = 1000 * middle(taken["parallel"], "cpu") / (2 * FEW)
    row("processor per request, curl --parallel", f"{curl:.2f} ms", "")
    return us


def scale(bench: Bench) -> None:
    """Compare ten times as many services, and slow names."""
    taken = rounds(
        ROUNDS_OF_MANY,
        {
            "few": lambda: bench.action(FEW),
            "slow": lambda: bench.action(FEW, dns=SLOW_DNS),
            "many": lambda: bench.action(MANY),
        },
    )
    few, slow, many = (taken[name] for name in ("few", "slow", "many"))
    print(f"as it grows, median of {ROUNDS_OF_MANY} alternating rounds")
    row(f"wall, {MANY:,} services / {FEW:,}", f"{middle(many) / middle(few):.1f}", "at most 11")
    row(f"processor per request, {MANY:,} services", f"{1000 * middle(many, 'cpu') / (2 * MANY):.2f} ms", "")
    row(f"peak of memory, {MANY:,} services", f"{middle(many, 'memory'):.0f} MB", "at most 120")
    grown = middle(many, "memory") / middle(few, "memory")
    row(f"peak of memory, {MANY:,} services / {FEW:,}", f"{grown:.2f}", "at most 1.3")
    row("wall, names that take 20 ms / at once", f"{middle(slow) / middle(few):.2f}", "at most 1.3")
    manners([*few, *slow, *many], bench.action(CROWDED, crowded=True))


def manners(runs: list[Run], crowded: Run) -> None:
    """Say what the server saw of the bounds."""
    print(f"seen by the server, the most of all runs; and with {CROWDED} services at one host")
    row("requests in flight", str(max(run.traffic["most"] for run in runs)), f"at most {AT_ONCE}")
    row("of them at the gateway", str(max(run.traffic["most_at"][GATEWAY] for run in runs)), f"at most {OF_A_GATEWAY}")
    row("of them at the one host", str(crowded.traffic["most_at"][""]), f"at most {OF_ONE_HOST}")
    calmed = crowded.traffic["calmed"]
    row("at the gateway after it answered 429 once", str(calmed), f"at most {OF_A_GATEWAY // 2}")


def main() -> None:
    """Start the server on one core, and everybody else on another."""
    curl = shutil.which("curl")
    if curl is None:
        print("a sweep against curl: not measured, because curl is not installed")
        return
    cores = sorted(os.sched_getaffinity(0))
    authority = trustme.CA()
    with tempfile.TemporaryDirectory(prefix="chitty-bench-") as name:
        folder = Path(name)
        (folder / "empty").mkdir()
        system = ssl.get_default_verify_paths().cafile
        (folder / "root.pem").write_bytes(authority.cert_pem.bytes())
        (folder / "roots.pem").write_bytes((Path(system).read_bytes() if system else b"") + authority.cert_pem.bytes())
        with ecosystem(folder, authority, {cores[-1]}) as server:
            os.sched_setaffinity(0, {cores[0]})
            bench = Bench(folder, server, curl)
            bench.action(FEW)  # the first one only warms
            against_curl(bench)
            scale(bench)


if __name__ == "__main__":
    main()
