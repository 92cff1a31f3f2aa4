"""Mutate the core, run its tests on every mutant, and print how many of them the tests notice.

Every run begins anew, because mutmut does not see that a test has changed. Arguments go to `mutmut run`
(`--max-children 1` on a machine that others use). Exits with 1 when fewer than 85 % are noticed. What the survivors
are, and why each is left alone: docs/decisions/0007-mutation-testing.md.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).resolve().parent.parent
MUTMUT = Path(sys.executable).with_name("mutmut")
GOAL = 85.0
NOTICED = frozenset({"killed", "timeout"})


def main() -> int:
    """Run mutmut, print one line a package and the whole, and return the exit code."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    kept = None if sys.stdout.isatty() else subprocess.PIPE  # its spinner fills a log with thousands of lines
    run = subprocess.run(  # noqa: S603 - our own program
        [MUTMUT, "run", *sys.argv[1:]], cwd=ROOT, check=False, stdout=kept, stderr=kept, text=True
    )
    if run.returncode:
        print(run.stdout or "", run.stderr or "")
        return run.returncode
    results = subprocess.run(  # noqa: S603 - our own program
        [MUTMUT, "results", "--all", "true"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    packages = noticed_by_package(results.stdout.splitlines())
    whole = [noticed for package in packages.values() for noticed in package]
    for package, mutants in sorted(packages.items()):
        print(f"{package:12} {_told(mutants)}")
    print(f"{'in all':12} {_told(whole)}, the goal is {GOAL:g} %")
    print("The others: `mutmut results` lists them, `mutmut show NAME` shows one.")
    return int(_score(whole) < GOAL)


def noticed_by_package(lines: Iterable[str]) -> Mapping[str, list[bool]]:
    """Read lines such as `chitty_action.model.text.x_one_line__mutmut_3: killed`."""
    packages: defaultdict[str, list[bool]] = defaultdict(list)
    for line in lines:
        name, separator, status = line.strip().rpartition(": ")
        if separator:
            packages[name.split(".")[1]].append(status in NOTICED)
    return packages


def _told(mutants: list[bool]) -> str:
    return f"{_score(mutants):5.1f} %, {sum(mutants):4} of {len(mutants):4} mutants noticed"


def _score(mutants: list[bool]) -> float:
    return 100 * sum(mutants) / len(mutants) if mutants else 0.0


if __name__ == "__main__":
    sys.exit(main())
