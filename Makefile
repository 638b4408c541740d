# Everything starts from a machine with Python 3.11, git and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: help serve test check format clean

help:
	@echo "make serve   install, build the index where it is stale, and serve http://127.0.0.1:8000"
	@echo "make test    install with the test tools, and run the whole suite"
	@echo "make check   format, lint, types and import contract"
	@echo "make format  write the format that make check wants"
	@echo "make clean   remove the installation"

serve: $(VENV)/.installed
	$(BIN)/normqa serve

test: $(VENV)/.installed-test
	$(BIN)/pytest

check: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV); the first time this takes minutes …"
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing the test tools …"
	$(PIP) --editable '.[test]'
	@touch $@
