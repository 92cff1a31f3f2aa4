"""Write the pages that follow from the code: docs/checks.md, docs/status.schema.json, and the README's tables.

`python tools/docs.py` writes them; with `--check` it writes nothing and exits with 1 when one is not fresh.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import yaml

from chitty_action.site.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("Why", "Otherwise", "Remedy")
_LABEL = re.compile(rf"^({'|'.join(PARTS)}):\s+", re.MULTILINE)
_CHECKS_HEAD = """\
# Checks and changes

<!-- Made by `make docs` from the docstrings of chitty_action/checks and chitty_action/changes. -->

Each has an id, which stands in annotations, in the summary and in the output `findings`. No finding means: all is well.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """What the docstring of one check or change says; `parts` has the paragraphs of PARTS."""

    id: str
    summary: str
    parts: Mapping[str, str]


def section_of(module: Path) -> Section:
    """Read one module's docstring and its ID. Raises ValueError naming what is missing."""
    tree = ast.parse(module.read_text("utf-8"))
    docstring = ast.get_docstring(tree) or ""
    summary, *rest = _LABEL.split(docstring)
    parts = {label: " ".join(text.split()) for label, text in zip(rest[::2], rest[1::2], strict=True)}
    missing = [part for part in PARTS if not parts.get(part)]
    if not summary.strip() or missing:
        message = f"{module.name}: its docstring needs a first line and the paragraphs {', '.join(missing or PARTS)}"
        raise ValueError(message)
    return Section(_id_of(tree, module), " ".join(summary.split()), parts)


def _id_of(tree: ast.Module, module: Path) -> str:
    """Return the constant ID: what people read in findings and annotations."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="ID")], value=ast.Constant(value=str(text))):
                return text
    raise ValueError(f"{module.name}: it needs a constant ID")


def modules_of(package: Path) -> list[Path]:
    """Return the modules of a package that are checks or changes, by name."""
    return sorted(path for path in package.glob("*.py") if path.stem != "__init__")


def checks_page(root: Path) -> str:
    """Render docs/checks.md."""
    chapters = (
        ("Checks", "look and judge; they write nothing", root / "chitty_action" / "checks"),
        (
            "Changes",
            "write, and are safe to repeat; in a dry run they only say what they would do",
            root / "chitty_action" / "changes",
        ),
    )
    blocks = [_CHECKS_HEAD]
    for title, what, package in chapters:
        blocks.append(f"## {title}\n\n{title} {what}.\n")
        blocks.extend(_section_text(section_of(module)) for module in modules_of(package))
    return "\n".join(blocks)


def _section_text(section: Section) -> str:
    parts = "\n".join(f"- **{part}:** {section.parts[part]}" for part in PARTS)
    return f"### `{section.id}`\n\n{section.summary}\n\n{parts}\n"


def inputs_table(action: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    """Render action.yml's inputs as a Markdown table."""
    rows = ((f"`{name}`", _default(spec), spec["description"]) for name, spec in action["inputs"].items())
    return _table(("input", "default", "meaning"), rows)


def outputs_table(action: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    """Render action.yml's outputs as a Markdown table."""
    return _table(
        ("output", "meaning"), ((f"`{name}`", spec["description"]) for name, spec in action["outputs"].items())
    )


def _default(spec: Mapping[str, str]) -> str:
    if spec.get("required"):
        return "(required)"
    return f"`{spec['default']}`" if "default" in spec else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_table(page: str, name: str, table: str) -> str:
    """Put a table between the page's markers of that name. Raises ValueError when the page lacks them."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        message = (
            f"README.md lacks the line {begin} followed by the line {end}; `make docs` writes the table between them"
        )
        raise ValueError(message)
    return f"{before}{begin}\n{table}\n{end}{after}"


def status_schema() -> str:
    """Render docs/status.schema.json from the values that `status.json` is written from, and their docstrings."""
    schema = msgspec.json.schema(Status)
    for definition in schema["$defs"].values():
        summary, _, rest = inspect.cleandoc(definition["description"]).partition("\n\nAttributes:\n")
        definition["description"] = " ".join(summary.split())
        for name, meaning in re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", rest, re.MULTILINE):
            definition["properties"][name]["description"] = " ".join(meaning.split())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "status.json of chitty-action's page"}
    return json.dumps(head | schema, indent=2) + "\n"


def pages(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield every generated page and the text that it should have."""
    action = yaml.safe_load((root / "action.yml").read_text("utf-8"))
    readme = root / "README.md"
    text = with_table(readme.read_text("utf-8"), "inputs", inputs_table(action))
    yield readme, with_table(text, "outputs", outputs_table(action))
    yield root / "docs" / "checks.md", checks_page(root)
    yield root / "docs" / "status.schema.json", status_schema()


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the pages, or with `--check` show what is not fresh; return the exit code."""
    try:
        wanted = list(pages(root))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    stale = False
    for path, text in wanted:
        present = path.read_text("utf-8") if path.exists() else ""
        if text == present:
            continue
        name = str(path.relative_to(root))
        if "--check" in arguments:
            stale = True
            print(*difflib.unified_diff(present.splitlines(), text.splitlines(), name, "fresh", lineterm=""), sep="\n")
            print(f"{name} is not fresh; run `make docs` and commit what it writes", file=sys.stderr)
        else:
            path.write_text(text, "utf-8")
            print(f"wrote {name}")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
