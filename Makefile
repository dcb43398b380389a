# Two commands: `make demo` shows companion at work on an invented programme, `make test` checks everything.
PYTHON ?= python3
DEMO_HOME ?= .demo

.PHONY: demo test clean

demo: .venv/.installed
	@.venv/bin/companion --home "$(DEMO_HOME)" demo

# The mark is written last: an interrupted installation is simply done again.
.venv/.installed: pyproject.toml
	@echo "Installing companion into .venv (about 2 GB, a few minutes the first time) ..."
	@$(PYTHON) -c 'import sys; sys.exit("companion needs Python 3.11 or newer; set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@rm -rf .venv && $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --disable-pip-version-check -e .
	@touch $@

test:
	@tests/system-packages
	@rm -rf .venv-test && $(PYTHON) -m venv .venv-test
	@.venv-test/bin/python -m pip install --disable-pip-version-check --quiet -e '.[dev]'
	@.venv-test/bin/python -m pip install --disable-pip-version-check --quiet --no-deps -r tests/evals/requirements.txt
	@.venv-test/bin/ruff check .
	@.venv-test/bin/ruff format --check .
	@.venv-test/bin/mypy
	@.venv-test/bin/lint-imports
	@.venv-test/bin/companion model pull
	@.venv-test/bin/python -m pytest -n 2 --dist loadfile -m "not bench and not eval and not model"
	@.venv-test/bin/python -m pytest -m "model and not bench and not eval"

clean:
	rm -rf .venv .venv-test .demo
