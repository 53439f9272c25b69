# Two commands matter: `make demo` and `make test`. Both set everything up first; after that they need no network.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ROOMS := core registry ingest methods lineage expectations publication orchestration

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export DO_NOT_TRACK := 1

.PHONY: help setup demo test lint format bench lock clean

help: ## List the commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## Make .venv with the pinned dependencies and the senacs command

demo: setup ## Run the main job on the bundled sample campaigns
	$(BIN)/senacs demo

test: setup ## Run the tests, on as many cores as help
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: setup ## Check style, types, SQL, imports between rooms and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/sqlfluff lint dbt_project

format: setup ## Put the Python code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Measure a national-size campaign, stage by stage
	$(BIN)/python -m benchmarks

lock: $(VENV)/.dependencies ## Choose the versions again and write requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

clean: ## Forget the environment and the caches (var/ stays)
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)

# uv installs in seconds and compiles as it goes. It does not read pip's settings, so that where only pip can find
# the packages, pip does the same work from the same hashes.
$(VENV)/.dependencies: requirements.lock | $(VENV)/bin/python
	@echo "Installing the pinned dependencies (about a minute the first time)"
	@awk '/^uv==/ {ours = 1; print; next} /^[^ ]/ {ours = 0} ours' requirements.lock > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $(VENV)/uv.lock
	unset PYTHONDONTWRITEBYTECODE; \
	$(BIN)/uv pip sync --python $(BIN)/python --require-hashes --compile-bytecode --quiet requirements.lock \
	    || { $(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement requirements.lock; \
	         $(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true; }
	@touch $@

# The bytecode is written now: on a machine that never writes it, every start would pay for it. So is dbt's manifest.
$(VENV)/.ready: $(VENV)/.dependencies pyproject.toml
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	unset PYTHONDONTWRITEBYTECODE; $(BIN)/python -m compileall -q $(ROOMS)
	$(BIN)/python -m orchestration.prepare
	@touch $@
