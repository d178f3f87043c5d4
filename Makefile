# Predlagator: `make` prints what it can do.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TOOLS  := $(VENV)/.tools
BENCH  := $(VENV)/.bench
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --use-pep517
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help demo sandbox run login unit test faults browser pooler clocks screenshots check lint types imports bench pins words clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 …"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --editable .
	@touch $(READY)

$(TOOLS): $(READY) requirements-dev.txt
	@echo "Setting up the tools for tests (once) …"
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $(TOOLS)

$(BENCH): $(READY) requirements-bench.txt
	@echo "Setting up what the benches compare with (once) …"
	@$(INSTALL) --require-hashes -r requirements-bench.txt
	@touch $(BENCH)

demo: $(READY) ## the whole product against a local Telegram (ARGS=--tour plays by itself)
	@$(BIN)/python -m demo $(ARGS)

sandbox: $(READY) ## a local Telegram alone, for any bot or Telethon program (docs/sandbox.md)
	@$(BIN)/python -m sandbox $(ARGS)

run: $(READY) ## the product on real Telegram, as .env says
	@$(BIN)/predlagator run $(ARGS)

login: $(READY) ## connect a sender account at the console
	@$(BIN)/predlagator login $(ARGS)

unit: $(TOOLS) ## the tests that need no aiogram, no socket and no database, in seconds
	@$(BIN)/pytest -n 2 tests/unit tests/test_house.py tests/test_imports.py $(ARGS)

test: $(TOOLS) browser pooler clocks ## all the tests, on a real (embedded) Postgres
	@$(BIN)/pytest -n auto --dist load --maxschedchunk 1 $(ARGS)

# Programs that some tests use: installed where apt and root are at hand. Without one its tests are
# skipped, loudly, and fail in CI.
define debian
	@PATH="$$PATH:/usr/sbin"; command -v $(1) >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing $(1) (once) …" && \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq --no-install-recommends $(2) >/dev/null; } || \
		echo "There is no $(1), and it cannot be installed from here: $(3)."
endef

browser:
	$(call debian,chromium,chromium fonts-dejavu-core fonts-noto-color-emoji,no browser is tested)

pooler:
	$(call debian,pgbouncer,pgbouncer,no pooler is tested)

clocks:
	$(call debian,faketime,faketime,no wrong clock is tested)

screenshots: $(TOOLS) browser ## play the campaign in a browser and take the README's pictures anew
	@$(BIN)/pytest tests/browser
	@$(BIN)/python -m tests.browser.pictures

faults: $(TOOLS) ## the fault matrix in its long form, about an hour (ARGS="--kills 50")
	@$(BIN)/pytest tests/faults --long --table docs/reliability.md $(ARGS)

check: lint types imports test ## what CI runs: format, lint, types, the law of imports, tests

lint: $(TOOLS)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(TOOLS)
	@$(BIN)/mypy

imports: $(TOOLS)
	@$(BIN)/lint-imports

bench: $(BENCH) ## measure the speed and write docs/performance.md (ARGS=sandbox: that one only)
	@$(BIN)/python -m benchmarks $(ARGS)

pins: $(TOOLS) ## compile the hashed pins anew from pyproject.toml
	@$(INSTALL) uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra dev pyproject.toml -o requirements-dev.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra bench pyproject.toml -o requirements-bench.txt

words: $(TOOLS) ## bring the catalogs of sentences up to date with the source
	@mkdir -p build
	@$(BIN)/pybabel -q extract --no-location --sort-output -k plural:1,2 -o build/messages.pot bot
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete -i build/messages.pot -d bot/locales

clean: ## remove the environment and the caches, keep the data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
