# Every command of this repository, in one place. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
LINTERS := $(VENV)/.linters
PARTS := $(VENV)/.parts
MUTATION := $(VENV)/.mutation

.DEFAULT_GOAL := help
.PHONY: help setup test check demo integration e2e everything image bench mutation docs format lock

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "%-11s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP)  ## make .venv from the lock (again only when the lock changed)

$(STAMP): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "chitty-action needs Python 3.11 or newer; try 'make $(MAKECMDGOALS) PYTHON=python3.13'." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

$(LINTERS): requirements/lint.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/lint.txt
	@touch $(LINTERS)

$(PARTS): requirements/e2e.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/e2e.txt
	@touch $(PARTS)

$(MUTATION): requirements/mutation.txt $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/mutation.txt
	@touch $(MUTATION)

test: setup  ## run every test, with branch coverage
	$(BIN)/python -m pytest -n auto --cov --cov-report=term-missing:skip-covered

check: setup $(LINTERS)  ## lint, types, layers, generated pages, workflows, image: what CI insists on
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/docs.py --check
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/idea.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/actionlint -shellcheck $(BIN)/shellcheck
	$(BIN)/actionlint -shellcheck $(BIN)/shellcheck workflows/*.yml
	$(BIN)/zizmor --offline --persona auditor --strict-collection --quiet . workflows/*.yml
	$(BIN)/shellcheck .ci/run
	$(BIN)/hadolint Dockerfile

demo: setup  ## play deployments, an incident's life and a quarter against a small ChittyOS; leaves build/page
	$(BIN)/python -m sandbox.demo

integration: setup $(PARTS)  ## run the tests that need real parts: haproxy, GitHub's parser and an emulator of it (Node)
	$(BIN)/python -m pytest integration

e2e: setup $(PARTS)  ## run container and workflows on a Docker engine, as a runner does
	$(BIN)/python -m pytest e2e

everything: setup $(PARTS)  ## run test, integration and e2e as one, with one summary
	$(BIN)/python -m pytest -n auto --cov --cov-report=term-missing:skip-covered tests integration e2e

image: setup  ## build the image and report what each layer weighs
	@$(BIN)/python -m tools.image

bench: setup  ## measure against the alternatives, side by side, as ratios
	@$(BIN)/python -m bench.startup
	@$(BIN)/python -m bench.transports
	@$(BIN)/python -m bench.image
	@$(BIN)/python -m bench.sweep
	@$(BIN)/python -m bench.routes

mutation: setup $(MUTATION)  ## mutate the core and see whether its tests notice (7 to 20 minutes)
	$(BIN)/python -m tools.mutation

docs: setup  ## rewrite docs/checks.md, docs/status.schema.json and the README's tables
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
	$(UV_COMPILE) --group lint --output-file requirements/lint.txt
	$(UV_COMPILE) --group e2e --constraint requirements/dev.txt --output-file requirements/e2e.txt
	$(UV_COMPILE) --group mutation --constraint requirements/dev.txt --output-file requirements/mutation.txt
