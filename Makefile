# Two commands do everything on a machine with Python and make: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: help demo test test-all versions databases editors vscode test-vscode formats node fuzz lint types layers docs bench ecosystem ground-truth drift-truth clean

help:
	@echo "make demo       install, and run ormlint on examples/"
	@echo "make test       install, and run all tests"
	@echo "make test-all   the same, and the longer ones: other Pythons, PostgreSQL, editors, formats, long fuzzing"
	@echo "make vscode     check, test and package the extension for Visual Studio Code: build/ormlint.vsix (Node.js)"
	@echo "make test-vscode  try it in a workbench in Chromium (Node.js 20, Chromium, ripgrep, a C++ compiler)"
	@echo "make docs       write the generated documents anew"
	@echo "make bench      measure speed beside other tools, into bench/RESULTS.md (DIR=only this folder)"
	@echo "make ecosystem  findings per rule over pinned packages, or over projects (DIRS=...)"
	@echo "make ground-truth  replayed migrations against really migrated databases (DIRS=...; needs PostgreSQL)"
	@echo "make drift-truth   what differs from the models there, by Alembic's compare_metadata and by ormlint (DIRS=...)"
	@echo "make clean      remove what make made"

$(VENV)/.installed: pyproject.toml src/ormlint/_version.py
	$(PYTHON) -c 'import sys; sys.exit("ormlint needs Python 3.10 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 10) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/ormlint check --exit-zero examples

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

test: lint types layers
	$(BIN)/python -m pytest -n $(JOBS)

versions: $(VENV)/.installed-dev
	bash tests/other_versions.sh

databases: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check psycopg2-binary
	ORMLINT_DATABASES=1 $(BIN)/python -m pytest tests/oracle/test_replayed_revisions.py tests/cli/test_revision.py

fuzz: $(VENV)/.installed-dev
	ORMLINT_FUZZ=long $(BIN)/python -m pytest tests/fuzz

editors: $(VENV)/.installed-dev
	bash tests/editors/neovim.sh
	bash tests/editors/emacs.sh
	bash tests/editors/helix.sh

vscode:
	bash editors/vscode/build.sh

test-vscode: vscode $(VENV)/.installed-dev
	bash tests/editors/vscode.sh

formats: $(VENV)/.installed-dev
	bash tests/formats/run.sh

# What needs Node.js, where there is one.
node: $(VENV)/.installed-dev
	bash tests/node.sh

test-all: test versions databases editors node fuzz

docs: $(VENV)/.installed-dev
	$(BIN)/python -m ormlint.dev generate

bench: $(VENV)/.installed-dev
	$(BIN)/python bench/run.py $(DIR)

ecosystem: $(VENV)/.installed-dev
	$(BIN)/python -m ormlint.dev ecosystem $(DIRS)

ground-truth: $(VENV)/.installed-dev
	$(BIN)/python -m ormlint.dev ground-truth $(DIRS)

drift-truth: $(VENV)/.installed-dev
	$(BIN)/python -m ormlint.dev drift-truth $(DIRS)

clean:
	rm -rf $(VENV) .ci-venvs .vscode-workbench editors/vscode/node_modules editors/vscode/dist tests/formats/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
