# `make run`, `make test`, `make check`, `make dagster`, `make docs`, `make models`, `make lock`

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTHON ?= python3
export DAGSTER_HOME := $(CURDIR)/outputs/.dagster

.PHONY: run test check dagster docs models lock clean

## read corpus/, publish the tables in outputs/ and write the site that shows them
run: $(READY)
	$(BIN)/passerelle run --corpus corpus --outputs outputs --models models
	$(BIN)/passerelle observatory --outputs outputs

## every check: formatting, types, layers, tests
test: check
	$(BIN)/pytest -q

check: $(READY)
	$(BIN)/ruff check pipeline tests benchmarks models
	$(BIN)/mypy
	$(BIN)/lint-imports

## the Dagster UI on http://127.0.0.1:3000: assets, checks, schedule and sensor
dagster: $(READY) $(DAGSTER_HOME)/dagster.yaml
	$(BIN)/dagster dev -m pipeline.definitions -h 127.0.0.1 -p 3000

$(DAGSTER_HOME)/dagster.yaml: dagster.yaml
	mkdir -p $(DAGSTER_HOME)
	cp dagster.yaml $@

## the README's section on the tables, from their declaration
docs: $(READY)
	$(BIN)/python -m pipeline.tables.dictionary README.md

## every learned model of models/, from its recipe; torch comes first and alone, in its build for processors
models: $(READY)
	$(BIN)/pip install --quiet "torch==2.13.0"
	$(BIN)/pip install --quiet -e ".[train]"
	$(MAKE) -C models

## pin the exact versions of everything
lock: $(READY)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements.lock

## the environment, made again only when its list of packages changes
$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --version > /dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
