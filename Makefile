# People, CI and the README use these targets and nothing else. `make` alone lists them.

BIN := .venv/bin
CACHE := $(or $(LAKELEDGER_CACHE),.cache)
DATA ?= ../shared/data
PACKAGES := .venv/.complete
JAVA := $(CACHE)/.complete
# The longest first: two workers then end at about the same time.
TESTS := tests/scenarios tests/faults tests/integration tests/unit
# Modules tested at once, each worker with an engine of its own: about 3 GB and a core each.
WORKERS ?= 2
PARALLEL = --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
SQL := models snapshots tests/dbt resources/dashboards
# What setup itself works with, locked like the rest: the installer, and what builds from source.
BUILD_TOOLS := uv setuptools editables

# dbt's packages: from the hub where `make deps` has installed them, else the stand-in.
HUB := $(wildcard dbt_packages/dbt_expectations/dbt_project.yml)
DBT_PACKAGES_INSTALL_PATH ?= $(if $(HUB),dbt_packages,offline_packages)
export DBT_PACKAGES_INSTALL_PATH

.PHONY: help setup demo real live console test test-full test-unit test-integration drills faults bench soak lint audit format lock lock-airflow lock-peers metrics deps docs \
	site sql warehouse-start warehouse-stop dbt clean clean-all packages-note

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s%s\n", $$1, $$2 }' Makefile

setup: $(JAVA) ## Install everything that is needed, once
	@echo "setup: complete"

$(PACKAGES): bootstrap.sh pyproject.toml requirements.lock
	@./bootstrap.sh
	@touch $@

$(JAVA): $(PACKAGES)
	@$(BIN)/python -m warehouse.java
	@$(BIN)/python -m warehouse.jars
	@$(BIN)/python -m operations.warm_up
	@touch $@

demo: $(JAVA) packages-note ## From simulated telemetry to a bill, in the terminal
	@$(BIN)/lakeledger demo

# A home of its own, so that delivered files and simulated ones never meet in one bill.
real: $(JAVA) packages-note ## The same over delivered files: DATA=../shared/data
	@LAKELEDGER_HOME=$(CURDIR)/.lakeledger/real LAKELEDGER_PORT=0 $(BIN)/lakeledger run \
		--source-path billable_usage=$(DATA)/databricks_billable_usage \
		--source-path audit_logs=$(DATA)/databricks_audit \
		--source-path spark_events=$(DATA)/databricks_spark_eventlogs \
		--source-path cloudtrail=$(DATA)/cloudtrail

# A home of its own, made anew: what is compared at its end are the sums of one run.
live: $(JAVA) packages-note ## Orders live on a broker, watched, billed and compared; ARGS="--rate 200 --seconds 300"
	@rm -rf $(CURDIR)/.lakeledger/live
	@LAKELEDGER_HOME=$(CURDIR)/.lakeledger/live LAKELEDGER_PORT=0 $(BIN)/lakeledger live $(ARGS)

console: $(JAVA) packages-note ## Pages for whoever is on duty, in the browser; the demo first where nothing is built
	@$(BIN)/lakeledger console --demo $(ARGS)

test: $(JAVA) packages-note ## Run the tests, without the longest: an hour
	$(BIN)/pytest $(PARALLEL) -m "not full" --durations 20 $(TESTS)

test-full: $(JAVA) packages-note ## Run every test: two hours
	$(BIN)/pytest $(PARALLEL) --durations 20 $(TESTS)

test-unit: $(JAVA) ## Run the tests that need no Spark, in seconds
	$(BIN)/pytest tests/unit

test-integration: $(JAVA) packages-note ## Run the tests against the embedded lakehouse
	$(BIN)/pytest tests/integration tests/scenarios tests/faults

drills: $(JAVA) packages-note ## Follow every runbook, a close under kills, a million orders under kills, whole shops, models of customers, quality of tables, pages of the console, alerts, a disaster: three hours
	$(BIN)/pytest tests/drills

faults: $(JAVA) packages-note ## Play 200 random fault sequences, about an hour; ARGS="--seed 7 --sequences 20"
	$(BIN)/python -m tests.faults $(ARGS)

bench: $(JAVA) packages-note ## Measure each stage beside its floor, growth, memory, the endpoint, dashboards; ARGS=--quick for minutes
	$(BIN)/python -m tests.benchmarks $(ARGS)

# A home of its own, made anew; the machine should have nothing else to do.
soak: $(JAVA) packages-note ## Let files land for 20 minutes, in bursts too, and see how fresh tables stay; ARGS="--minutes 3"
	@$(BIN)/python -m tests.benchmarks.soak $(ARGS)

lint: $(PACKAGES) ## Check Python, types and SQL
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar $(SQL)

audit: $(PACKAGES) ## Hold the locked packages against the known advisories, where they can be reached
	@$(BIN)/python -m operations.audit

format: $(PACKAGES) ## Rewrite Python and SQL the way lint wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --disable-progress-bar $(SQL)

lock: $(PACKAGES) ## Compile requirements.lock from pyproject.toml; ARGS=--upgrade for newer versions
	@printf '%s\n' $(BUILD_TOOLS) | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make lock' \
		--extra dev $(ARGS) pyproject.toml - --output-file requirements.lock
	@! grep -n '://' requirements.lock || { echo 'lock: an address got into requirements.lock'; exit 1; }

# Airflow runs elsewhere and brings pins of its own; the drills try the DAGs with these.
lock-airflow: $(PACKAGES) ## Compile resources/airflow/requirements.lock; ARGS=--upgrade for newer versions
	@printf 'apache-airflow>=3.3,<3.4\napache-airflow-providers-databricks>=7.23,<8\n' | $(BIN)/uv pip compile --quiet \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock-airflow' $(ARGS) - --output-file resources/airflow/requirements.lock

# What benchmarks are held against runs in an environment of its own.
lock-peers: $(PACKAGES) ## Compile tests/benchmarks/peers/requirements.lock; ARGS=--upgrade for newer versions
	@printf 'dlt[deltalake,filesystem]>=1.31,<2\nduckdb>=2.0,<3\ndeltalake>=1.6,<2\n' | $(BIN)/uv pip compile --quiet \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock-peers' $(ARGS) - --output-file tests/benchmarks/peers/requirements.lock

# MetricFlow is asked for SQL only, and locked apart: nothing else here needs what it brings.
metrics: $(PACKAGES) ## Write the SQL of the metrics again (resources/metrics), after a change of models/metrics
	@$(BIN)/python -m operations.metrics parse target/metrics
	@printf 'metricflow>=0.213,<0.214\n' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command 'make metrics' $(ARGS) \
		- --output-file resources/metrics/requirements.lock
	@PYTHONPATH=. $(BIN)/uv run --quiet --no-project --isolated --python $(BIN)/python \
		--with-requirements resources/metrics/requirements.lock python -m operations.metrics write target/metrics

deps: $(PACKAGES) ## Install dbt's packages from the hub, in place of the stand-in
	@DBT_PACKAGES_INSTALL_PATH=dbt_packages $(BIN)/dbt deps --profiles-dir profiles || \
		{ echo 'deps: the dbt hub could not be reached; the stand-in stays in use'; exit 1; }

packages-note:
	@case $(DBT_PACKAGES_INSTALL_PATH) in offline_packages) \
		echo 'dbt: the stand-in for dbt_expectations is used (offline_packages); make deps installs the real one';; esac

docs: $(JAVA) packages-note ## Make dbt's documentation and serve it on this machine
	@$(BIN)/lakeledger dbt docs generate
	@$(BIN)/lakeledger dbt docs serve --host 127.0.0.1

# Every column is declared with type and description, and SQL is compiled as of a first build, so no table is asked; make
# docs has sizes.
site: $(PACKAGES) packages-note ## Build the docs site, these pages, dbt's and column lineage, into one folder: site/
	@$(BIN)/dbt --quiet docs generate --static --empty-catalog --no-populate-cache --profiles-dir profiles \
		--select resource_type:model resource_type:snapshot --exclude resource_type:test resource_type:unit_test \
		--target-path target/site
	@LAKELEDGER_DOCS_MANIFEST=target/site/manifest.json NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@$(BIN)/python -m operations.docs_site target/site site/dbt/index.html
	@echo 'site: open site/index.html'

sql: $(JAVA) ## Ask the lakehouse: an SQL shell
	@$(BIN)/lakeledger sql

warehouse-start: $(JAVA) ## Start the embedded lakehouse in the background
	@$(BIN)/lakeledger warehouse start

warehouse-stop: ## Stop it
	@if [ -x $(BIN)/lakeledger ]; then $(BIN)/lakeledger warehouse stop; fi

dbt: $(JAVA) packages-note ## Run dbt against the lakehouse: make dbt ARGS='build --select gold'
	@$(BIN)/lakeledger dbt $(ARGS)

clean: warehouse-stop ## Start over: delete the tables and what dbt and the tools wrote
	rm -rf .lakeledger target logs site .pytest_cache .mypy_cache .ruff_cache .hypothesis

clean-all: clean ## Delete the environment and all that was fetched, too
	rm -rf .venv .cache dbt_packages package-lock.yml
