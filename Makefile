# The two commands of README: `make demo`, `make test`. Both install what they need from the lock files.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin

.PHONY: demo test lint unit test-slow test-trainers docs lock bench bench-full test-wheel clean

demo: .venv/demo.stamp
	@$(BIN)/soar2cot run --run-dir runs/demo --yes || test $$? -eq 3
	@$(BIN)/soar2cot export --run-dir runs/demo --out out/demo
	@echo "The data set is in out/demo (README.md there says what is in it). Read one record:"
	@echo "  head -n 1 out/demo/jsonl/messages/train-00000-of-00001.jsonl | $(BIN)/python -m json.tool"
	@echo "Look at all of it in a browser: $(BIN)/soar2cot view --run-dir runs/demo"

test: .venv/dev.stamp lint unit

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/basedpyright

unit: .venv/dev.stamp
	$(BIN)/pytest -n 2 --dist worksteal

test-slow: .venv/dev.stamp
	$(BIN)/pytest -m slow

# A step of training on every view; torch has an environment of its own.
test-trainers: .venv-trainers/stamp
	.venv-trainers/bin/python -m pytest -m slow tests/acceptance/test_export_trainers.py

# The site of docs/, in site/. A link that leads nowhere ends it.
docs: .venv/dev.stamp
	$(BIN)/python tools/make_site.py

.venv/demo.stamp: requirements/demo.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "soar2cot needs Python 3.11 or newer; none was found on PATH. Install one, or say make PYTHON=/where/it/is"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@echo "Installing the locked dependencies into .venv (a minute, once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/demo.stamp requirements/dev.lock
	@echo "Installing the locked development dependencies (minutes, once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	@touch $@

.venv-trainers/stamp: .venv/dev.stamp
	@test -x .venv-trainers/bin/python || "$(PYTHON)" -m venv .venv-trainers
	.venv-trainers/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/trainers.in --editable '.[all]'
	@touch $@

# Needs uv (https://docs.astral.sh/uv/). The locks name versions and hashes, never a place to fetch from.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--extra web pyproject.toml requirements/build.in -o requirements/demo.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--all-extras --group dev --group docs --excludes requirements/excludes.in -c requirements/demo.lock pyproject.toml requirements/build.in -o requirements/dev.lock

# Everything that is measured, beside what others do; peers get environments of their own, made once.
bench: .venv/dev.stamp
	$(BIN)/python benchmarks/bench.py

bench-full: .venv/dev.stamp
	$(BIN)/python benchmarks/bench.py --full

# The tests against the wheel as it would be published, in an environment of its own.
test-wheel: .venv/dev.stamp
	$(BIN)/python tools/test_wheel.py

clean:
	rm -rf .venv .venv-trainers out build dist site
