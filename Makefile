# What a person runs. Every target makes the environment it needs from requirements.lock.
# Does not belong here: anything a command of the package can do itself.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 3
SNAPSHOT ?= demo-home/warehouse.duckdb
LATER ?=

ROWS ?= 1000000
RUNS ?= 3
CONTENDERS ?=
SCENARIOS ?=
SHARED ?=
BENCH_FOLDER ?=

FUZZ_SECONDS ?= 300
KILLS ?= 300
SEED ?= $(shell date +%s)
NIGHTS ?= 31

.PHONY: demo ui test check fuzz faults month format docs bench bench-postgres bench-reading lock clean

demo: $(READY)  ## write a synthetic programme, run two nights of it
	$(BIN)/vm-pipeline demo

ui: $(READY)  ## Dagster's UI on the demo
	@mkdir -p demo-home/dagster
	DAGSTER_HOME="$(CURDIR)/demo-home/dagster" VM_HOME="$(CURDIR)/demo-home" VM_FEEDS="$(CURDIR)/demo-feeds" \
		$(BIN)/dagster dev -w workspace.yaml

test: check  ## every check and every test
	$(BIN)/pytest -n $(WORKERS)

check: $(READY)  ## format, lint, types, import layers, definitions load
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -c "from vm_pipeline.definitions import defs; print(len(list(defs().resolve_all_asset_specs())), 'assets load')"

fuzz: $(READY)  ## read files that a fuzzer makes, for FUZZ_SECONDS; a find stays in crash-*
	$(BIN)/python -m vm_pipeline_tests.fuzz.any_file -max_total_time=$(FUZZ_SECONDS)

faults: $(READY)  ## kill nights at random moments, KILLS of them; SEED=… draws the same moments again
	$(BIN)/python -m vm_pipeline_tests.faults.kills --kills $(KILLS) --seed $(SEED)

month: $(READY)  ## a month of nights by Dagster's daemon on PostgreSQL, on a clock that is put forward; NIGHTS of it
	$(BIN)/python -m vm_pipeline_tests.month --nights $(NIGHTS)

format: $(READY)  ## write the format the check asks for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY)  ## write docs/reference and bi/superset from the declarations
	$(BIN)/python -m vm_pipeline.reference.column_lineage
	$(BIN)/python -m vm_pipeline.reference docs/reference
	$(BIN)/python -m vm_pipeline.warehouse.postgres.promise
	$(BIN)/python -m vm_pipeline.reference.superset bi/superset

bench: $(READY)  ## measure beside other programs, write docs/reference/benchmarks.md: ROWS="1000000 10000000" RUNS=3
	$(BIN)/python -m bench $(foreach rows,$(ROWS),--rows $(rows)) --runs $(RUNS) \
		$(foreach name,$(CONTENDERS),--contender $(name)) $(foreach name,$(SCENARIOS),--scenario $(name)) \
		$(foreach boards,$(PROVIDERS),--providers $(boards)) \
		$(if $(SHARED),--shared $(SHARED)) $(if $(BENCH_FOLDER),--folder $(BENCH_FOLDER))

bench-postgres: $(READY)  ## measure publishing to PostgreSQL: SNAPSHOT=a.duckdb LATER=the same with a month sent again
	$(BIN)/python -m bench.postgres $(SNAPSHOT) $(LATER)

bench-reading: $(READY)  ## measure how fast odd files become tables, and with how much memory
	$(BIN)/python -m bench.reading

lock: $(READY)  ## pin again what pyproject.toml asks for (needs uv)
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-emit-find-links \
		--no-header --no-annotate --no-strip-extras --python-version 3.11 -o requirements.lock

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## drop the demo and every cache; the environment stays
	rm -rf demo-home demo-feeds .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
