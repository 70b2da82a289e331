# The words of this house. `make run` needs Python 3.11 to 3.13, make, sh and coreutils; the rest it installs into .venv.
#   run    installs, builds the front end, prepares the database, serves http://127.0.0.1:8000
#   test   installs all, runs the checks and the tests, on SQLite and, where it is installed, on PostgreSQL
#   check  looks and never writes        fix    writes what check would complain about
#   setup  installs all, runs nothing    front  builds styles and scripts anew where their sources changed
#   bench  measures the promised times   locks  makes requirements/ anew    clean  removes what make made
#   soak, kill, fuzz  the long trials of deliveries, whole and resumable (20 minutes, 200 kills, 30 minutes)
# PORT and DATABASE_URL pass through from the environment; ARGS goes to pytest (make test ARGS="-k verdict").

PY = .venv/bin/python
# Checks read the settings, which keep a secret and a database; neither is to be the one in var/.
ASIDE = IETVARS_VAR=.venv/aside DATABASE_URL=sqlite://:memory: DJANGO_SETTINGS_MODULE=ietvars.settings

.PHONY: run setup test check fix bench soak kill fuzz locks front words clean has-dev
.PHONY: check-format check-lint check-floor-plan check-templates check-words check-types check-migrations

run: .venv/bin/python
	@$(PY) tools/install.py run
	@$(PY) tools/build_front.py
	@$(PY) tools/compile_words.py
	@exec .venv/bin/ietvars run

setup: .venv/bin/python
	@$(PY) tools/install.py dev
	@$(PY) tools/build_front.py
	@$(PY) tools/compile_words.py

test: setup
	@$(MAKE) --no-print-directory check
	@$(PY) tools/run_tests.py $(ARGS)

# `make -k check` goes on after the first fault.
check: check-format check-lint check-floor-plan check-templates check-words check-types check-migrations

check-format check-lint check-floor-plan check-templates check-words check-types check-migrations: has-dev

has-dev: .venv/bin/python
	@$(PY) tools/install.py dev

check-format:
	@.venv/bin/ruff format --check --quiet --output-format concise .

check-lint:
	@.venv/bin/ruff check --quiet --output-format concise .

check-floor-plan:
	@.venv/bin/lint-imports --no-logo

check-templates:
	@$(PY) tools/templates.py --check

check-words:
	@$(PY) tools/words.py --check

check-types:
	@$(ASIDE) .venv/bin/mypy

check-migrations:
	@$(ASIDE) $(PY) -m django makemigrations --check --dry-run

fix: .venv/bin/python
	@$(PY) tools/install.py dev
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .
	@$(PY) tools/templates.py
	@$(PY) tools/words.py

bench: setup
	@$(PY) tools/install.py scale
	@$(PY) tools/bench.py $(ARGS)

soak kill fuzz: setup
	@$(PY) tools/$@.py $(ARGS)

front: .venv/bin/python
	@$(PY) tools/install.py run
	@$(PY) tools/build_front.py

words: .venv/bin/python
	@$(PY) tools/install.py run
	@$(PY) tools/compile_words.py

locks: .venv/bin/python
	@$(PY) tools/install.py dev
	@$(PY) tools/make_locks.py $(ARGS)

clean:
	rm -rf .venv .venv-bench .bench .make .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	@echo "Kept: var/ (your database). Remove it by hand if you want to begin anew."

# A Python counts when it is of the right age and can make a venv; the first that does is taken.
.venv/bin/python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; then \
	    if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then exec "$$python" -m venv --clear .venv; fi; \
	    bare="$$python"; \
	  fi; \
	done; \
	if [ -n "$$bare" ]; then \
	  echo "$$bare cannot make a virtual environment: install its venv module (on Debian: apt-get install python3-venv)." >&2; \
	else \
	  echo "Ietvars needs Python 3.11, 3.12 or 3.13, and none was found: install one, or name it with make PYTHON=/path/to/python." >&2; \
	fi; exit 1
