# The commands that people and CI use. Every target sets up what it needs; a second call does nothing that is done.
#
#   make run          set up and start Noctule               make lint     every static check
#   make test         set up and pass all tests              make bench    what is measured (bench/README.md)
#   make setup        the environment and the page           make build    the wheels, the page inside
#   make screenshots  pictures of the page, for people       make clean    forget everything that was built
#
# ARGS goes to the command: make run ARGS="--port 9000", make test ARGS="tests/unit -k config".

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

ARGS ?=
BIN := .venv/bin
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .tools/uv/bin/uv)
PAGE := src/noctule/http/static/.vite/manifest.json
PAGE_SOURCES := $(shell find web -path web/node_modules -prune -o -type f -print)

export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: help setup page run lint format test test-tools bench screenshots build clean

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

# --- environments ----------------------------------------------------------------------------------------------------

setup: .venv/.stamp $(PAGE)

.tools/uv/bin/uv:
	./scripts/install_uv.sh .tools/uv

# --inexact: what notebooks installed with %pip stays.
.venv/.stamp: $(filter .tools/%,$(UV)) uv.lock pyproject.toml agent/pyproject.toml
	$(UV) sync --frozen --inexact
	touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

page: $(PAGE)

$(PAGE): web/node_modules/.stamp $(PAGE_SOURCES)
	cd web && npm run build
	touch $@

# --- use -------------------------------------------------------------------------------------------------------------

run: setup
	$(BIN)/noctule serve $(ARGS)

build: setup
	rm -rf dist
	$(UV) build --all-packages --wheel --out-dir dist

# --- checks ----------------------------------------------------------------------------------------------------------

lint: .venv/.stamp web/node_modules/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/generate_wire_types.py --check
	$(BIN)/python scripts/generate_openapi.py --check
	$(BIN)/python scripts/check_docs.py
	$(BIN)/python scripts/document_problems.py --check
	cd web && npm run lint

format: .venv/.stamp web/node_modules/.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python scripts/generate_wire_types.py
	$(BIN)/python scripts/generate_openapi.py
	$(BIN)/python scripts/check_docs.py --write
	$(BIN)/python scripts/document_problems.py
	cd web && npm run format

# Two processes, but for the simulation, which uses all cores by itself. Tests of one file in a browser stay together: they share a
# server. `make test ARGS=...` runs pytest so.
test: setup test-tools
ifeq ($(ARGS),)
	$(BIN)/pytest -n 2 --dist loadgroup tests/unit tests/integration agent/tests
	$(BIN)/pytest tests/sim
	$(BIN)/pytest -n 2 --dist loadfile tests/e2e
else
	$(BIN)/pytest $(ARGS)
endif
	cd web && npm test

# The browser and the database server that tests need come from the system.
test-tools:
	./scripts/install_test_tools.sh

# --- measurements and pictures ---------------------------------------------------------------------------------------

bench: setup
	$(UV) sync --frozen --inexact --group bench --compile-bytecode
	$(BIN)/python -m bench $(ARGS)

screenshots: setup test-tools
	$(BIN)/python scripts/screenshots.py $(ARGS)

clean:
	rm -rf .venv .tools web/node_modules src/noctule/http/static dist
	find . -name __pycache__ -prune -exec rm -rf {} +
