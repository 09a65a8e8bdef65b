# Tirek from a fresh clone: Python 3.11 or later with venv, and make. Everything else is fetched into
# .tirek, which `make clean` removes. PYTHON=... chooses the interpreter, TIREK_PORT_...= moves a port.

PYTHON ?= python3
HOME_FOLDER = .tirek
RUN = $(HOME_FOLDER)/venv/bin/python
INSTALLED = $(HOME_FOLDER)/venv/installed
INSTALLED_DEV = $(HOME_FOLDER)/venv/installed-dev
PYTEST_ARGS ?=
# a worker holds a stack of its own; a module's tests stay together, in their order
PYTEST = $(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
WORKERS ?= 2
EXAMPLES ?= 100
SEED ?= 1
INCIDENTS ?= 10500
ONLY ?=
CAMPAIGN_ARGS ?=
BENCH ?=
REPLICAS ?= 1
SLOW ?=
EMPTY ?=
FOUNDING ?=
FULL ?=

.PHONY: help install demo smoke test test-pages screenshots quick fuzz bench campaign check style types imports migrations contracts \
        containers compose clean
.DEFAULT_GOAL = help

help:
	@echo "make demo    the whole of Tirek on this machine, sample incidents played live; Ctrl-C ends it"
	@echo "             SLOW=1: minutes to answer on a phone by hand; EMPTY=1: none played, for reports of your own"
	@echo "             FOUNDING=1: also fourteen committees with what they did in 2021-22, as if it were this year"
	@echo "make smoke   the same without staying up: fails unless every incident ends as it must; REPLICAS=3"
	@echo "make test    the test suite, on a real Kafka and a real PostgreSQL"
	@echo "make test-pages   every page in a real Chromium; FULL=1: three languages, two screens, no script"
	@echo "make quick   the part of it that needs neither, for while one works"
	@echo "make fuzz    each operation of each API with 100 requests, well-formed and not; EXAMPLES=500"
	@echo "make bench   how fast it is, against a floor; BENCH=pipeline one of them, BENCH_ROUNDS=3"
	@echo "make campaign   hours of faults, and what they cost, counted; ONLY=calm SEED=1"
	@echo "make check   style, types, boundaries, migrations, contracts"
	@echo "make compose writes docker-compose.yml from deploy/topology.py"
	@echo "make clean   removes $(HOME_FOLDER): packages, jars, data, keys, logs"
	@echo
	@echo "The first start fetches about 140 MB into $(HOME_FOLDER); later ones need no network."

install: $(INSTALLED)

demo: $(INSTALLED)
	@$(RUN) -m deploy.demo $(if $(filter-out 0,$(SLOW)),--slow) $(if $(filter-out 0,$(EMPTY)),--empty) $(if $(filter-out 0,$(FOUNDING)),--founding)

smoke: $(INSTALLED)
	@$(RUN) -m deploy.demo.smoke --replicas $(REPLICAS)

test: $(INSTALLED_DEV)
	@$(PYTEST) --ignore tests/pages $(PYTEST_ARGS)

# every page in a real Chromium (Debian: apt install chromium). FULL=1: all languages, screens, scripts
test-pages: $(INSTALLED_DEV)
	@FULL=$(FULL) $(RUN) -m pytest tests/pages $(PYTEST_ARGS)

# docs/screenshots, for README
screenshots: $(INSTALLED_DEV)
	@$(RUN) -m tests.pages.screenshots

quick: $(INSTALLED_DEV)
	@$(PYTEST) tests/unit tests/contract tests/architecture $(PYTEST_ARGS)

# `make test` sends a few to each
fuzz: $(INSTALLED_DEV)
	@EXAMPLES=$(EXAMPLES) $(RUN) -m pytest tests/integration/test_http_fuzz.py $(PYTEST_ARGS)

bench: $(INSTALLED_DEV)
	@$(RUN) -m benchmarks $(BENCH)

# Resumes: rounds that were played for this commit and seed stand. CAMPAIGN_ARGS="--fresh", "--list"
campaign: $(INSTALLED_DEV)
	@$(RUN) -m tests.campaign --seed $(SEED) --incidents $(INCIDENTS) --only "$(ONLY)" $(CAMPAIGN_ARGS)

check: style types imports migrations contracts containers

style: $(INSTALLED_DEV)
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

types: $(INSTALLED_DEV)
	@$(RUN) -m mypy

imports: $(INSTALLED_DEV)
	@$(HOME_FOLDER)/venv/bin/lint-imports

migrations: $(INSTALLED_DEV)
	@$(RUN) -m tests.migrations.check

contracts: $(INSTALLED_DEV)
	@$(RUN) -m tests.contract.check

# docker-compose.yml as the topology has it, and as Compose would take it
containers: $(INSTALLED_DEV)
	@$(RUN) -m deploy.containers.compose --check
	@$(HOME_FOLDER)/venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml

compose: $(INSTALLED)
	@$(RUN) -m deploy.containers.compose

clean:
	@$(PYTHON) deploy/local/clean.py

$(INSTALLED): requirements.lock
	@PYTHON='$(PYTHON)' sh deploy/local/install.sh requirements.lock '$@'

$(INSTALLED_DEV): requirements-dev.lock
	@PYTHON='$(PYTHON)' sh deploy/local/install.sh requirements-dev.lock '$@'
