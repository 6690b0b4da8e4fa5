# The two commands: make demo, make test. Both set up .venv first, with plain pip, from hashed pins.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
SAMPLE_CUSTOMERS := 2000
SAMPLE_SEED := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format sample lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## make .venv with cxlink in it

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cxlink needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $(READY)

demo: setup ## run the main job on the sample data
	$(BIN)/cxlink demo

# one thread of linear algebra a process: two processes with two each get in each other's way
test: setup ## run the tests
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

check: setup ## lint, format, types, imports, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.docs.lint_docstrings

format: setup ## put the code into its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sample: setup ## rebuild sample_data
	rm -rf sample_data.new
	$(BIN)/cxlink simulate sample_data.new --customers $(SAMPLE_CUSTOMERS) --seed $(SAMPLE_SEED) --compressed --decisions
	cp sample_data/README.md sample_data.new/
	rm -rf sample_data && mv sample_data.new sample_data

lock: ## pin the dependencies again (needs uv)
	uv pip compile pyproject.toml --quiet --universal --generate-hashes --extra dev --python-version 3.11 \
		--no-emit-index-url --no-header --upgrade --output-file requirements.lock

clean: ## remove what is not in git
	rm -rf .venv out cxlink-demo .mypy_cache .pytest_cache .ruff_cache .hypothesis
