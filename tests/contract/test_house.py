"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "chitty_action"
RULE_FILES = sorted(
    path for folder in ("checks", "changes") for path in (PACKAGE / folder).glob("*.py") if path.stem != "__init__"
)
MOST_LINES = 300
LONGER_MODULES: dict[str, str] = {}  # path: why it still has one job
STRANGE = re.compile(r"/(?:work|farm|tmp)/[\w.]+/|registry[.]npmjs|pypi[.]org|files[.]pythonhosted|deb[.]debian")


def _files(*patterns: str) -> list[Path]:
    """List what is or could be committed: tracked files, and new ones that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    """Paths of one machine and hosts of package registries mean nothing anywhere else."""
    found = []
    for path in _files():
        lines = path.read_text("utf-8", "replace").splitlines()
        found += [f"{_name(path)}:{number}: {line}" for number, line in enumerate(lines, 1) if STRANGE.search(line)]
    assert found == []


def test_modules_are_small() -> None:
    """A module of more than 300 lines has more than one job, unless a reason is listed."""
    lengths = {_name(path): len(path.read_text("utf-8").splitlines()) for path in _files("*.py")}
    assert {name for name, lines in lengths.items() if lines > MOST_LINES} == set(LONGER_MODULES)


def test_every_test_says_what_it_shows() -> None:
    """One sentence tells the reader of a red build what broke."""
    silent = [
        f"{_name(path)}: {node.name}"
        for path in _files("tests/**/test_*.py", "tests/test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_exclusion_from_coverage_has_a_reason() -> None:
    """`no cover` is followed by a dash and the reason."""
    bare = re.compile(r"pragma: no (?:cover|branch)(?! - \w)")
    assert [_name(path) for path in _files("chitty_action/*.py") if bare.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("rule", RULE_FILES, ids=_name)
def test_every_check_and_change_has_its_test(rule: Path) -> None:
    """One rule, one file, one test file of the same name."""
    assert (ROOT / "tests" / rule.parent.name / f"test_{rule.name}").is_file()


@pytest.mark.parametrize("rule", RULE_FILES, ids=_name)
def test_every_check_and_change_is_documented(rule: Path) -> None:
    """The id in its findings is a heading of docs/checks.md, so that a finding can be looked up."""
    module = import_module(f"chitty_action.{rule.parent.name}.{rule.stem}")
    headings = (ROOT / "docs" / "checks.md").read_text("utf-8").splitlines()
    assert f"### `{module.ID}`" in headings


def test_generated_pages_are_fresh() -> None:
    """What `make docs` would write is what is there."""
    command = [sys.executable, str(ROOT / "tools" / "docs.py"), "--check"]
    check = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert (check.returncode, check.stderr) == (0, "")


@pytest.mark.parametrize("module", sorted((PACKAGE / "adapters").rglob("*.py")), ids=_name)
def test_an_adapter_knows_one_library(module: Path) -> None:
    """So that a library can be replaced by replacing one module; msgspec is what our values are made of."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.partition(".")[0])
    assert len(imported - sys.stdlib_module_names - {"chitty_action", "msgspec"}) <= 1


def test_lock_has_every_dependency_with_its_hash() -> None:
    """A dependency that was added without `make lock` would be missing in the image."""
    lock = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==\S+(.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*)", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in project["dependencies"]}
    assert wanted <= set(pins)
    assert [name for name, hashes in pins.items() if "--hash" not in hashes] == []


def test_what_an_earlier_step_planted_is_not_run(tmp_path: Path) -> None:
    """Python's isolated mode ignores PYTHONPATH, so nobody's `sitecustomize` runs beside our tokens."""
    marker = tmp_path / "was-here"
    (tmp_path / "sitecustomize.py").write_text(f"open({str(marker)!r}, 'w').close()", "utf-8")
    environment = {"PYTHONPATH": str(tmp_path)}

    def run(*arguments: str) -> int:
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False).returncode  # noqa: S603 - our own program

    code = run("-I", str(ROOT / "entrypoint.py"))
    assert not marker.exists()
    assert code == 2, "without any input the program asks for `phase`"

    run("-c", "pass")
    assert marker.exists(), "the trap works: without -I it is sprung"


@pytest.mark.parametrize("address", ["192.0.2.1", "::ffff:192.0.2.1"])
def test_tests_cannot_leave_this_machine(address: str) -> None:
    """The guard of conftest.py stops a test that would talk to somebody."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as stranger, pytest.raises(pytest.fail.Exception, match="tests stay on loopback"):
        stranger.connect((address, 443))


def test_tests_cannot_ask_a_name_server() -> None:
    """The same guard stops a look-up, which would leak a name and wait for the network."""
    with pytest.raises(pytest.fail.Exception, match="tests stay on loopback"):
        socket.getaddrinfo("service.example", 443)


def test_every_value_is_frozen() -> None:
    """What was seen does not change afterwards; a struct is frozen only where its own class says so."""
    thawed = [
        f"{_name(path)}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(base) for base in node.bases} & {"Struct", "Look", "Document"}
        and "frozen=True" not in {ast.unparse(word) for word in node.keywords}
    ]
    assert thawed == []


def test_tests_run_without_xdist() -> None:
    """A debugger wants one process; the grouping of workers must not be in its way."""
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "--collect-only", "-q", "tests/model/test_change.py"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert run.returncode == 0, run.stdout + run.stderr
