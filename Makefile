# Every command of this repository, in one place. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp

.DEFAULT_GOAL := help
.PHONY: help setup test check demo bench docs format lock

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP)  ## make .venv from the lock (again only when the lock changed)

$(STAMP): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "chitty-action needs Python 3.11 or newer; try 'make $(MAKECMDGOALS) PYTHON=python3.13'." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

test: setup  ## run every test, with branch coverage
	$(BIN)/python -m pytest -n auto --cov --cov-report=term-missing:skip-covered

check: setup  ## lint, types, layers, generated pages, action.yml: what CI insists on
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/docs.py --check
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml

demo: setup  ## play a deployment against a small ChittyOS on this machine
	$(BIN)/python -m sandbox.demo

bench: setup  ## measure against the alternatives, side by side, as ratios
	$(BIN)/python bench/transports.py

docs: setup  ## rewrite docs/checks.md and the README's tables
	$(BIN)/python tools/docs.py

format: setup  ## let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The locks hold what the public registry offers for every platform, so no local configuration may have a say.
UV_COMPILE = $(BIN)/uv pip compile --no-config --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: setup  ## resolve the dependencies anew and write requirements/*.txt
	$(UV_COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(UV_COMPILE) --group build --output-file requirements/build.txt
	$(UV_COMPILE) pyproject.toml --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
