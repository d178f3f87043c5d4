# Predlagator: `make` prints what it can do.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ARGS   ?=

.DEFAULT_GOAL := help
.PHONY: help demo sandbox run login test check lint types imports pins words clean

help: ## show this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 …"; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(READY)

demo: $(READY) ## the whole product against a local Telegram (ARGS=--tour plays by itself)
	@$(BIN)/python -m sandbox.demo $(ARGS)

sandbox: $(READY) ## a local Telegram alone, for any bot or Telethon program (docs/sandbox.md)
	@$(BIN)/python -m sandbox $(ARGS)

run: $(READY) ## the product on real Telegram, as .env says
	@$(BIN)/predlagator run $(ARGS)

login: $(READY) ## connect a sender account at the console
	@$(BIN)/predlagator login $(ARGS)

test: $(READY) ## all the tests, on a real (embedded) Postgres
	@$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

check: lint types imports test ## what CI runs: format, lint, types, the law of imports, tests

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports

pins: $(READY) ## compile the hashed pins anew from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --extra dev pyproject.toml -o requirements-dev.txt

words: $(READY) ## bring the catalogs of sentences up to date with the source
	@mkdir -p build
	@$(BIN)/pybabel -q extract --no-location --sort-output -k plural:1,2 -o build/messages.pot bot
	@$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete -i build/messages.pot -d bot/locales

clean: ## remove the environment and the caches, keep the data
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache *.egg-info
