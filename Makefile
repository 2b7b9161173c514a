# Two commands: `make demo` and `make test`. The rest is for people who change the program.
SHELL := /bin/sh
PYTHON ?= python3.11
BIN := .venv/bin
SERVE ?= 1
PORT ?= 8000
JOBS ?= auto

.PHONY: demo test lint bench lock messages clean

.venv/base: requirements/base.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	touch $@

.venv/dev: .venv/base requirements/dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: .venv/base
	$(BIN)/luoshi demo $(if $(DIRECTIVE),--directive "$(DIRECTIVE)")
	@if [ "$(SERVE)" != 0 ]; then LUOSHI_DATA=var/demo exec $(BIN)/luoshi serve --port $(PORT); fi

test: .venv/dev
	$(BIN)/python -m tests $(ARGS)

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/messages.py --check

bench: .venv/dev
	$(BIN)/python -m bench

messages: .venv/dev
	$(BIN)/python tools/messages.py

lock: .venv/dev
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header requirements/base.in -o requirements/base.txt
	$(BIN)/uv pip compile -q --upgrade --generate-hashes --no-header requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .venv var build
