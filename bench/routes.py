"""Conflicts among many claims: the index against holding every claim against every other one, in one run, as ratios.

The claims are those of an account that has grown: custom domains, gateways with paths carved out of them, wildcards,
and some that conflict. The index is timed with proofs, notices and all, the pairs without. Limits are the project's
own; nothing fails by them, a reader does.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import TYPE_CHECKING

from bench.pairwise import pairwise
from chitty_action.model.route import Zone
from chitty_action.routes.conflicts import find
from chitty_action.routes.inventory import Inventory, custom_domain, route
from chitty_action.routes.silence import Silenced

if TYPE_CHECKING:
    from collections.abc import Callable

    from chitty_action.model.route import Claim

MANY, MOST = 10_000, 100_000
ROUNDS = 3
ZONE = Zone("chitty.cc", "1f")


def account(claims: int) -> Inventory:
    """Make an account with so many claims, the same in every run."""
    chance = random.Random(claims)  # noqa: S311 - the same account in every run, nothing secret
    made: list[Claim] = []
    number = 0
    while len(made) < claims:
        number += 1
        host, worker = f"s{number}.{chance.choice(('', 'agent.', 'eu.'))}chitty.cc", f"worker-{number}"
        match chance.randrange(10):
            case 0 | 1 | 2 | 3:
                made.append(custom_domain(host, worker, ZONE))
            case 4 | 5 | 6:
                made.append(route(f"{host}/*", worker, ZONE))
            case 7:
                made += [route(f"{host}/*", worker, ZONE), custom_domain(host, chance.choice((worker, "old")), ZONE)]
            case 8:
                paths = [route(f"{host}/v{path}/*", f"part-{path}", ZONE) for path in range(chance.randrange(1, 8))]
                made += [route(f"{host}/*", worker, ZONE), *paths]
            case _:
                made.append(route(f"*.{host}/{chance.choice(('', 'api/', 'mcp'))}*", worker, ZONE))
    kept = tuple(made[:claims])
    return Inventory("account", "", (ZONE,), kept, frozenset(one.worker for one in kept if one.worker))


def timed(do: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def middle(do: Callable[[], object]) -> float:
    """Return the median of several rounds."""
    return statistics.median(timed(do) for _ in range(ROUNDS))


def row(what: str, value: str, limit: str = "") -> None:
    """Print one line of the table."""
    print(f"  {what:58} {value:>9}   {limit}".rstrip())


def main() -> None:
    """Measure both, then the growth."""
    many, most = account(MANY), account(MOST)
    silent = Silenced({})
    ours, growing = middle(lambda: find(many, silent)), middle(lambda: find(most, silent))
    pairs = timed(lambda: pairwise(many.claims))
    found = find(many, silent)
    print(f"conflicts among {MANY:,} claims, median of {ROUNDS} rounds; the pairs once")
    row("conflicts found", f"{len(found.conflicts):,}")
    row("every pair / the index", f"{pairs / ours:.0f}", "at least 50")
    row(f"{MOST:,} claims / {MANY:,}", f"{growing / ours:.1f}", "at most 20")
    row("the index", f"{ours:.2f} s")


if __name__ == "__main__":
    main()
