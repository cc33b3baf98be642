# Everything a newcomer types. Needs Python 3.11 or newer and make; the rest is fetched into .venv and .data.
.DEFAULT_GOAL := help
.PHONY: help run test check format bench demo demo-clear screening-report faults screenshots icons lighthouse lock browser
SHELL := /bin/sh

# The newest suitable Python on the PATH; PYTHON=/path/to/python3.12 overrides it.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
# Each install leaves the lock file it was made from beside it: when the two differ, install again.
RUNTIME := $(VENV)/requirements.txt
TOOLS := $(VENV)/tests-requirements.txt

help: ## Show what can be typed
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

run: $(RUNTIME) ## Set everything up and serve the site on http://127.0.0.1:8000
	@exec $(BIN)/python manage.py serve

test: $(TOOLS) ## Run the whole test suite against a real PostgreSQL
	@$(BIN)/python -m pytest -n auto --dist worksteal

check: $(TOOLS) ## Formatting, lint, types, templates, migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/python manage.py check_pages --starter
	@$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run  # the warning: no database is running

format: $(TOOLS) ## Rewrite the code as `make check` wants it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(TOOLS) ## Print the benchmark table (a few minutes; loopback only)
	@$(BIN)/python -m benchmarks

demo: $(RUNTIME) ## Add clearly marked sample inquiries
	@$(BIN)/python manage.py demo

demo-clear: $(RUNTIME) ## Remove the sample inquiries
	@$(BIN)/python manage.py demo --clear

screening-report: $(TOOLS) ## Recall, specificity, misses and false alarms of the screening rules
	@$(BIN)/python tests/screening/report.py

faults: $(TOOLS) ## Kill processes 30 times while patients write, and count what was kept (a few minutes)
	@KILLS=$${KILLS:-30} $(BIN)/python -m pytest -s tests/faults/test_kills.py

screenshots: $(TOOLS) ## Take the pictures in docs/screenshots again
	@$(BIN)/python -m tests.screenshots

icons: $(TOOLS) ## Draw the icons and the picture for shared links again
	@$(BIN)/python -m tests.icons

lighthouse: $(TOOLS) ## Google's Lighthouse on every page, as on a phone (needs Node's npx; a few minutes)
	@$(BIN)/python -m tests.lighthouse

lock: $(TOOLS) ## Pin the newest releases, with hashes
	@$(BIN)/python .ci/lock.py

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Install it, or say where it is: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) ..."
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is incomplete here. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt | $(BIN)/python
	@echo "Installing the pinned packages (about a minute the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	@cp requirements.txt $@

$(TOOLS): tests/requirements.txt $(RUNTIME)
	@echo "Installing the pinned test tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r tests/requirements.txt
	@cp tests/requirements.txt $@
