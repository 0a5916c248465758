# Everything a newcomer needs. Wants Python 3.11+, make and a package index; the rest is made here.
#   make run [PORT=8501]   the application with its demo city; Ctrl-C ends it all
#   make test              lint, types, import rules, tests (browser tests too)
#   make test-slow         the tests that take long
#   make help              the rest

PYTHON ?= python3
PORT ?= 8501
WORKERS ?= 2
HISTORIES ?= 1000
BIN := .venv/bin
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
RUN_STAMP := .venv/.run-installed
DEV_STAMP := .venv/.dev-installed

.PHONY: help run install test test-slow lint soak soak-sync soak-boundaries bench bench-viewers screens forms clean-data chromium programs
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

run: $(RUN_STAMP) ## start everything on 127.0.0.1:$(PORT)
	@exec $(BIN)/python -m data_access run --port $(PORT)

install: $(DEV_STAMP) ## .venv with everything for running and testing

test: $(DEV_STAMP) ## everything but what takes long, browser tests included
	@$(MAKE) --no-print-directory -j2 lint programs
	$(PYTEST) -m "not slow" --durations=40 --durations-min=5

test-slow: $(DEV_STAMP) chromium ## what takes long: the full city, fifty redraws of each screen, more random histories
	$(PYTEST) -m slow

lint: $(DEV_STAMP) ## style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak-sync: $(DEV_STAMP) ## many random histories of source and sync with faults (HISTORIES=1000)
	OPS_HISTORIES=$(HISTORIES) $(BIN)/python -m pytest -m "not slow" tests/data_access/sync/test_histories.py tests/data_access/sync/test_faults.py

soak: $(DEV_STAMP) chromium ## a wall and a desk drawn anew SOAK_REDRAWS=5000 times: memory stays flat (tests/bench/soak.py)
	@$(BIN)/python -m tests.bench.soak

soak-boundaries: $(DEV_STAMP) ## a boundary file of BOUNDARY_MB=300 megabytes read within its memory limit
	BOUNDARY_MB=$(or $(BOUNDARY_MB),300) $(BIN)/python -m pytest -q tests/data_access/geo/boundaries/test_work.py -k large

bench-viewers: $(DEV_STAMP) ## many viewers before the running application, measured; BENCH_VIEWERS=500 (tests/bench/viewers.py)
	@$(BIN)/python -m tests.bench.viewers

bench: $(DEV_STAMP) ## goals of data, measured; BENCH_SIZE=small takes a minute, full an hour (tests/bench/run.py)
	@$(BIN)/python -m tests.bench.run

screens: $(DEV_STAMP) chromium ## pictures for docs/screens, from what `make run` serves (makes new demo passwords)
	@$(BIN)/python -m data_access demo passwords --json > .venv/demo-passwords.json
	@$(BIN)/python docs/screens/take.py http://127.0.0.1:$(PORT) .venv/demo-passwords.json; rm -f .venv/demo-passwords.json

forms: $(DEV_STAMP) ## samples of every form as Excel, CSV and PDF into out/forms/, from the running (or last) demo city
	@$(BIN)/python -m docs.forms.make out/forms

clean-data: $(RUN_STAMP) ## stop what runs on the data directory and remove it
	@$(BIN)/python -m data_access demo clean

chromium: $(DEV_STAMP)
	@.ci/chromium

programs: # one after the other: Debian installs for one caller at a time
	@.ci/chromium
	@.ci/mariadb
	@.ci/nginx

# Stamps say what is installed; they are older than requirements that changed.
$(RUN_STAMP): requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(RUN_STAMP)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Cần Python 3.11 trở lên (đặt PYTHON=…). / Python 3.11 or newer is needed (set PYTHON=…)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Thiếu mô-đun venv của Python (Debian: apt-get install python3-venv). / Python's venv module is missing (Debian: apt-get install python3-venv)."; exit 1; }
	$(PYTHON) -m venv .venv
