# Bandstand's commands. `make demo` and `make test` set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT

.PHONY: demo demo-reset setup setup-dev test core journeys fmt lint types bench requirements adr help

help: ## Say what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

demo: setup ## Set up, load real device and network facts, open the demo shop.
	$(BIN)/bandstand up

demo-reset: setup ## Throw the demo shop's database away.
	$(BIN)/bandstand demo reset --yes

setup: $(VENV)/.runtime ## Make .venv with the CLI at .venv/bin/bandstand.

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup-dev: $(VENV)/.dev ## Add linters, test tools and a browser.

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

test: setup-dev ## Everything CI runs, in this order.
	$(BIN)/python tools/run_checks.py

core: setup-dev ## The pure core: no database, seconds.
	$(BIN)/pytest -q tests/kernel tests/timespan tests/money tests/radio

journeys: setup-dev ## Real browsers against a running shop.
	$(BIN)/python tools/ensure_chromium.py
	$(BIN)/pytest -q tests/journeys

fmt: setup-dev ## Format.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade --target-version 5.2 $$(git ls-files 'templates/*.html')

lint: setup-dev ## All linters.
	$(BIN)/python tools/run_checks.py --only lint

bench: setup-dev ## Measure; prints figure, ceiling and ratio.
	for script in bench/*.py; do $(BIN)/python $$script || exit 1; done

requirements: ## Compile the pinned requirements (needs uv).
	for name in build runtime dev; do \
	  uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 \
	    requirements/$$name.in -o requirements/$$name.txt; done

adr: ## Start a decision record: make adr TITLE="Decision as a sentence"
	$(PYTHON) tools/new_adr.py "$(TITLE)"
