# The commands of this project. Each target first creates the environment it needs; only Python 3.11 or later must be there.
#   make demo      closes tickets and publishes the pages about them, on this machine
#   make serve     keeps the same region running, with a Jira board in the browser
#                  (both with a real model: make serve ARGS="--model-url http://localhost:11434/v1 --model qwen2.5:7b")
#   make try       shows what Kinexus would propose for tickets of your own site: make try ARGS="PAY-12" (docs/trying.md)
#   make test      runs every check and all tests (`make check` runs only ruff, bandit, zizmor, mypy and pip-audit)
#   make unit      runs the tests of the rules, and the main stories of each use case, with few examples of each property: the quick answer
#   make coverage  runs the tests and prints the line coverage
#   make fuzz      searches for inputs that break the storage format or the three routes, and runs every hostile ticket
#   make crash-matrix  stops the process at every external call of every story (half an hour; STORIES="swept deleted" plays two of them)
#   make bench     runs all benchmarks and writes docs/benchmarks.md (CORPUS=DIR names the corpora of real changes)
#   make engine    runs the program by the Pulumi engine in the local region (needs the Pulumi CLI)
#   make graph     draws the stack from its resource graph into docs/stack.md
#   make lock      pins the packages of the layer and of the deployment, with their hashes
#   make sbom      writes the software bills of materials of the layer and of the deployment
#   make docs      writes docs/components, the settings of docs/configuration.md and the states of docs/architecture.md from the code
#   make clean     removes what the other targets made

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
RUN_STAMP := $(VENV)/installed-run
TEST_STAMP := $(VENV)/installed-test

COMPILE := $(VENV)/bin/uv pip compile --quiet --no-python-downloads --generate-hashes --only-binary :all: \
    --custom-compile-command "make lock"

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without kept bytecode, each process of the tests and of the local region compiles all packages again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo serve try test unit coverage check lint types audit fuzz crash-matrix bench engine graph lock sbom docs clean running testing region-env
.DEFAULT_GOAL := demo

demo: running
	@$(PY) -m local demo $(ARGS)

serve: running
	@$(PY) -m local serve $(ARGS)

try: running
	@$(PY) -m local try $(ARGS)

test: testing check
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What answers without the local region, a browser or a resource graph.
UNIT := tests/common tests/handlers/test_pipeline.py $(wildcard tests/handlers/*/page_selection tests/handlers/*/decision) \
    tests/stack/test_event_pattern.py tests/stack/test_refusals.py tests/stack/test_handler_file.py

unit: $(TEST_STAMP)
	@KINEXUS_EXAMPLES_SHARE=0.1 $(PY) -m pytest -q -n 2 --dist worksteal $(UNIT)

coverage: testing
	@$(PY) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered

# The audit mostly waits for the network, so it runs in parallel with lint and mypy.
check: $(TEST_STAMP)
	@$(MAKE) --no-print-directory -j 2 lint types audit

lint:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m bandit -q -c pyproject.toml -r __main__.py stack handlers common ops local preflight provider benchmarks examples
	@$(VENV)/bin/zizmor --offline --quiet .github/workflows

types:
	@$(PY) -m mypy

audit:
	@$(PY) -m tests.dependencies

fuzz: $(TEST_STAMP)
	@$(PY) -m tests.fuzz.storage_format
	@KINEXUS_EXAMPLES=1000 $(PY) -m pytest -q -n 2 tests/hostile

crash-matrix: $(TEST_STAMP)
	@$(PY) -m tests.crash --all $(if $(STORIES),--scenarios $(STORIES))

bench: testing
	@$(PY) -m benchmarks $(if $(CORPUS),--corpus $(CORPUS))

engine: running
	@$(PY) -m local engine

graph: $(TEST_STAMP)
	@$(PY) -m tests.stack.write_drawing

# Resolves for Lambda's platform, and for every platform that deploys, on any machine. Existing pins stay; to renew all, delete the lock file first.
lock: | $(PY)
	@$(PIP) install --quiet uv==0.13.9
	@$(COMPILE) --python-platform aarch64-manylinux2014 --python-version 3.13 \
	    handlers/requirements.in --output-file handlers/requirements.lock
	@$(COMPILE) --universal --python-version 3.11 requirements-deploy.in --output-file requirements-deploy.lock

sbom: $(TEST_STAMP)
	@$(PY) -m tests.bill_of_materials sbom

docs: $(TEST_STAMP)
	@$(PY) -m stack.docs_generator
	@$(PY) -m tests.common.domain.write_lifecycle

# The local region has its own virtual environment; both are installed in parallel.
running: | $(PY)
	@$(MAKE) --no-print-directory -j 2 $(RUN_STAMP) region-env

testing: | $(PY)
	@$(MAKE) --no-print-directory -j 2 $(TEST_STAMP) region-env

region-env: | $(PY)
	@$(PY) -c 'from local.region.ministack_venv import region_python; region_python()'

clean:
	rm -rf $(VENV) .region-env .build .kinexus demo-output try-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* sbom
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f"Kinexus needs Python 3.11 or later, and $(PYTHON) is {v[0]}.{v[1]}. Choose another one: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Creating the virtual environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The virtual environment could not be created. On Debian and Ubuntu, install python3-venv: apt-get install python3-venv"; exit 1; }

$(RUN_STAMP): requirements-run.txt | $(PY)
	@echo "Installing the packages to run Kinexus …"
	@$(PIP) install --quiet --no-compile -r requirements-run.txt
	@touch $@

$(TEST_STAMP): requirements.txt requirements-run.txt | $(PY)
	@echo "Installing the packages to test Kinexus …"
	@$(PIP) install --quiet --no-compile -r requirements.txt
	@touch $@ $(RUN_STAMP)
