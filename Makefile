# What a person types. Every target first makes the environment (dev/setup.py), which takes no time when nothing changed.
PYTHON ?= python3
RUN := .venv/bin/python -m

.PHONY: help setup demo up test lint format bench bench-language stories docs screenshots clean

help:
	@echo "make demo   play whole consultations on real Temporal, PostgreSQL and Redis, and show what happened"
	@echo "make up     keep everything running for a person to play with"
	@echo "make test   check style, types and imports, then run all tests on the same real parts"
	@echo "make lint   only style, types and imports"
	@echo "make format put the code into its style"
	@echo "make bench  measure ours against the bare thing, a line a measure; make bench-language: the checker and the core"
	@echo "make stories  the demo clinic's own tests of its pathways, on the core and on a real Temporal"
	@echo "make docs   write anew what of docs/ is made from the code; make screenshots: its pictures (needs chromium and npm)"
	@echo "make clean  remove data, caches and the environment"

setup:
	@$(PYTHON) dev/setup.py

demo: setup
	@$(RUN) cli demo

up: setup
	@$(RUN) cli up

lint: setup
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy .
	.venv/bin/lint-imports

test: lint
	$(RUN) pytest

format: setup
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: setup
	@$(RUN) dev.bench

bench-language: setup
	@$(RUN) dev.bench.language

stories: setup
	@$(RUN) cli test pathways/shipped
	@$(RUN) cli test pathways/shipped --temporal

docs: setup
	@$(RUN) dev.docs

screenshots: setup
	@$(RUN) dev.docs.screenshots

clean:
	rm -rf data build .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
