"""Runs inside the image, on its interpreter: say as JSON what is there. Nothing imports it."""

import importlib.metadata
import importlib.util
import json
import pathlib
import pkgutil
import shutil
import sys

import chitty_action

ENVIRONMENT = pathlib.Path("/opt/venv")
COMPILERS = ("cc", "gcc", "g++", "clang", "ld", "make", "rustc", "cargo")
LAZY = ("github", "rich.table")  # what the program loads only where it needs it
UNCHECKED_HASH = 0b01  # PEP 552: bytecode that is used without a look at its source


def state_of(source: pathlib.Path) -> str:
    """Say whether a module's bytecode is there, of the right kind, and made from this very source."""
    bytecode = pathlib.Path(importlib.util.cache_from_source(source))
    if not bytecode.exists():
        return "missing"
    head = bytecode.read_bytes()[:16]
    if int.from_bytes(head[4:8], "little") != UNCHECKED_HASH:
        return "wrong kind"
    return "fresh" if head[8:] == importlib.util.source_hash(source.read_bytes()) else "stale"


ours = [module.name for module in pkgutil.walk_packages(chitty_action.__path__, "chitty_action.")]
for name in (*ours, *LAZY):
    importlib.import_module(name)
files = [getattr(module, "__file__", None) for name, module in sys.modules.items() if name != "__main__"]
loaded = [pathlib.Path(file) for file in files if file and file.endswith(".py")]
json.dump(
    {
        "bytecode": {str(path): state_of(path) for path in (*loaded, *ENVIRONMENT.rglob("*.py"))},
        "compilers": [name for name in COMPILERS if shutil.which(name)],
        "distributions": {found.name: found.version for found in importlib.metadata.distributions()},
        "environment": [str(path.relative_to(ENVIRONMENT)) for path in ENVIRONMENT.rglob("*")],
        "flags": {"isolated": sys.flags.isolated, "optimize": sys.flags.optimize},
        "path": sys.path,
    },
    sys.stdout,
)
