.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
# Everything in .venv comes from the hashes in requirements.lock; nothing else is fetched.
STAMP := .venv/.stamp
JOBS ?= 2
SEEDS ?= 2000
KILLS ?= 200
POSTS ?= 1000
SEED ?= 1

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "tgbitget needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@echo "Setting up .venv (once; a minute or two)"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup fmt lint types test cover run bench simulate chaos audit docs check clean help
setup: $(STAMP)  ## create .venv from requirements.lock and install the package (run and test depend on it)
fmt: $(STAMP)  ## format, and mend what ruff can mend
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
lint: $(STAMP)  ## ruff: format and rules
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
types: $(STAMP)  ## mypy --strict
	@$(BIN)/mypy
test: $(STAMP)  ## unit tests, properties, journeys on loopback; no network, no accounts
	@$(BIN)/pytest -n $(JOBS)
cover: $(STAMP)  ## the same with branch coverage, as HTML in htmlcov/
	@$(BIN)/pytest -n $(JOBS) --cov=tgbitget --cov-branch --cov-report=html --cov-report=term:skip-covered
run: $(STAMP)  ## the main job end to end on the embedded simulators, from post to closed position
	@$(BIN)/tgbitget demo
bench: $(STAMP)  ## our speed beside a floor and a minimal script, in one run
	@$(BIN)/tgbitget bench
simulate: $(STAMP)  ## SEEDS (2000) runs of the whole on a virtual clock, with faults; a broken promise prints its seed
	@cd tests && ../$(BIN)/python -m simulation --seeds $(SEEDS) --jobs $(JOBS)
chaos: $(STAMP)  ## kill a real listener KILLS (200) times over POSTS (1000), and compare
	@cd tests && ../$(BIN)/python -m chaos --kills $(KILLS) --posts $(POSTS) --seed $(SEED)
audit: $(STAMP)  ## known vulnerabilities of what is locked, as osv.dev knows them
	@$(BIN)/python .ci/audit.py requirements.lock
docs: $(STAMP)  ## check that docs/ names every command, key and setting
	@$(BIN)/pytest -q tests/test_docs.py
check: lint types test  ## what .ci/run runs
clean:  ## remove caches, build output and .venv
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov .coverage build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
help:  ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10
