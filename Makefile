# The newsroom's commands. `make` lists them.
#
# Variables:
#   PORT=8000        port of `make demo` (default: the demo's own)
#   ARGS=...         more arguments for `make demo`, or for pytest in `make test` and `make pytest`
#   JOBS=3           test processes at once
#   PYTHON=python3   the Python that makes .venv, 3.11 or later
#   UPGRADE=1        let `make lock` take newer versions; without it only what pyproject.toml asks for changes
#   NEWSROOM_HOME    where this machine's data, servers and logs are kept (default: .newsroom)
#   DATABASE_URL, REDIS_URL   servers of your own instead of the embedded ones
#
# Every path is relative to this folder, because make would split an absolute one at a space.

PYTHON ?= python3
JOBS ?= 3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test quick install install-test lint types imports pytest bench bench-live bench-shelf bench-pictures bench-mail drill-mail
.PHONY: lock format clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

install:
	@$(PYTHON) newsroom/install.py --with embedded

install-test:
	@$(PYTHON) newsroom/install.py --with embedded --with test

demo: install ## run the newsroom with example stories, servers included
	@$(BIN)/python manage.py demo $(if $(PORT),--port $(PORT)) $(ARGS)

test: install-test ## check everything: style, imports, types, tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory imports
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory pytest

quick: install-test ## what one runs before a commit: no browser, none of the thorough tests
	@$(MAKE) --no-print-directory lint imports types
	$(BIN)/python -m pytest -n $(JOBS) -m "not browser and not thorough" $(ARGS)

lint: install-test ## style (ruff)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

imports: install-test ## who may import whom (import-linter)
	$(BIN)/lint-imports

types: install-test ## types (mypy)
	$(BIN)/python -m mypy

pytest: install-test ## tests alone; make pytest ARGS="-k withdraw"
	$(BIN)/python -m pytest -n $(JOBS) $(ARGS)

bench: install-test ## how fast a story page is made; board, search and write at 1,000 and 200,000 stories
	$(BIN)/python -m tests.benchmarks.story_vs_dict
	$(BIN)/python -m tests.benchmarks.scale
	$(BIN)/python -m tests.benchmarks.rendering

bench-live: install-test ## how soon five thousand open pages have what is published
	$(BIN)/python -m tests.benchmarks.open_pages

bench-shelf: install-test ## library, search, picker and the look for twins at 1,000 and 100,000 pictures
	$(BIN)/python -m tests.benchmarks.shelf

bench-mail: install-test ## letters a second through the ledger, beside Django's; memory, and a million people planned
	$(BIN)/python -m tests.benchmarks.mail

drill-mail: install-test ## a sending to 100,000 during which everything is killed: everybody has one letter
	$(BIN)/python -m tests.benchmarks.mail_drill

bench-pictures: install-test ## renditions a minute of one core, beside Pillow used plainly; two thousand files at once
	$(BIN)/python -m tests.benchmarks.pictures
	$(BIN)/python -m tests.benchmarks.many

lock: install-test ## write requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile pyproject.toml --extra embedded --extra faces --extra s3 --extra test --universal --python-version 3.11 \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
		$(if $(UPGRADE),--upgrade) --quiet --output-file requirements.lock

format: install-test ## put the code in the house style (ruff)
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

clean: ## delete .venv and caches; the data in .newsroom stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
