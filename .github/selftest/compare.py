"""Compare how the action ended with its row of selftest.yml.

Every difference becomes an annotation.
"""  # noqa: INP001 - a script of a workflow, not part of a package

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEYS = {"check", "subject", "level", "message", "hint"}


def differences(row: Mapping[str, Any], outcome: str, outputs: Mapping[str, str], *, read_only: bool) -> Iterator[str]:
    """Give a sentence for each thing that is not as the row says; of a read-only run, not what a write leaves."""
    expected = {**row["outputs"], **({} if read_only else row.get("written", {})), "phase": row["phase"]}
    if outcome != row["outcome"]:
        yield f"the step ended in {outcome}, not in {row['outcome']}"
    for name, value in expected.items():
        if outputs.get(name) != value:
            yield f"output {name} is {outputs.get(name)!r}, not {value!r}"
    findings = json.loads(outputs["findings"])
    if any(set(finding) != KEYS for finding in findings):
        yield f"a finding has other keys than {sorted(KEYS)}: {findings}"
    errors = [finding["check"] for finding in findings if finding["level"] == "error"]
    if errors != row["errors"]:
        yield f"these checks found errors: {errors}, not {row['errors']}"


def main() -> int:
    """Compare what the workflow put into the environment; 1 when something differs."""
    found = list(
        differences(
            json.loads(os.environ["ROW"]),
            os.environ["OUTCOME"],
            json.loads(os.environ["OUTPUTS"]),
            read_only=os.environ["READ_ONLY"] == "true",
        )
    )
    sys.stdout.writelines(f"::error title=selftest::{difference}\n" for difference in found)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
