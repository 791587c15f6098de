# Everything a person types. `make` alone lists it. Needs python3 and make, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
export PYTHONPATH := layers/core/python:.
export PYTHONUTF8 := 1
MARU_HOME ?= $(CURDIR)/.maru
export MARU_HOME
STAGE ?= dev
NAME ?= start imports relay gateway budgets cache conformance citations reader retrieval main_job
# Two cores and the whole system in one test: more workers would only wait for each other.
WORKERS ?= 2
PYTEST := $(PY) -m pytest

.PHONY: help run demo stop test test-all check lint types unit live console screenshots lock openapi synth deploy destroy smoke operator-key recover gpu-costs bench engine-costs redteam data-sql deps-debian clean _run _dev _console

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

_run:
	@env -u PYTHONPATH python3 -m scripts.bootstrap run
_dev:
	@env -u PYTHONPATH python3 -m scripts.bootstrap dev
_console: _run
	@$(PY) -m scripts.console

run: _console ## start the whole of Maru on this machine (MARU_HOME, MARU_PORT move it)
	@exec $(PY) -m local.run

demo: _run ## upload documents, ask in Korean and English, show cited answers as they stream
	@exec $(PY) -m local.demo

test: _dev _console ## lint, types, and all tests but the slow ones
	@$(PY) -m scripts.test

test-all: _dev _console ## the same with the slow tests
	@$(PY) -m scripts.test --slow

check: lint types ## what needs no engine: lint, types, unit, function and infra tests
	@$(PYTEST) -n $(WORKERS) -m "not live and not slow" tests

lint: _dev
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

types: _dev
	@$(PY) -m mypy

console: _dev ## build the console and run its own checks: format, lint, types, component tests, size
	@$(PY) -m scripts.console_checks

screenshots: _console ## a picture of every page of the console in both languages, in .cache/screenshots
	@$(PY) -m scripts.screenshots

lock: _dev ## resolve pyproject.toml into the lock files (UPGRADE=1 looks for newer versions)
	@$(PY) -m scripts.lock $(if $(UPGRADE),--upgrade)

openapi: _dev ## write the merged OpenAPI document that /openapi.json answers
	@$(PY) -m scripts.openapi

synth: _run ## synthesise STAGE (CONTEXT="-c vector_store=none" …); needs no credentials
	@$(PY) -m scripts.cdk synth --quiet -c stage=$(STAGE) $(CONTEXT)

deploy: _run ## deploy STAGE into the AWS account of your credentials
	@$(PY) -m scripts.cdk deploy -c stage=$(STAGE) $(CONTEXT)
	@$(PY) -m scripts.console_publish --stage $(STAGE) $(if $(REGION),--region $(REGION))

destroy: _run ## remove STAGE, naming what is kept
	@$(PY) -m scripts.cdk destroy -c stage=$(STAGE) $(CONTEXT)

operator-key: _run ## make STAGE's first operator key (REGION=…): kept in Secrets Manager, shown once
	@$(PY) -m scripts.operator_key --stage $(STAGE) $(if $(REGION),--region $(REGION))

recover: _run ## carry on STAGE's chain runs whose execution is gone, now (REGION=…)
	@$(PY) -m scripts.recover --stage $(STAGE) $(if $(REGION),--region $(REGION))

smoke: _run ## run the main job against any deployment: make smoke URL=https://… KEY=mk_…
	@$(PY) -m scripts.smoke --url "$(URL)" --key "$(KEY)"

gpu-costs: _run ## what each GPU endpoint of the catalogue costs per month: asleep, in office hours, always on (HOURS=…)
	@$(PY) -m scripts.gpu_costs $(if $(HOURS),--hours $(HOURS))

bench: _dev ## run the benchmarks that print figures (NAME=start for one, WRITE=1 puts them into the README and docs/figures)
	@for name in $(NAME); do echo "== $$name"; $(PY) -m bench.$$name $(if $(WRITE),--write) || exit 1; done

engine-costs: _run ## what each engine of vector stores costs a month while idle (ROWS=1 million)
	@$(PY) -m scripts.engine_costs --million-rows $(or $(ROWS),1)

redteam: _dev ## run the red-team cases through the guard (ARGS="--show", or --url URL --key KEY for a deployment)
	@$(PY) -m scripts.redteam $(ARGS)

data-sql: _run ## print the SQL by which your database serves the views of catalogue/data.yaml
	@$(PY) -m scripts.data_sql

deps-debian: ## install what the optional tests use and Debian has
	@if [ "$$(id -u)" = 0 ]; then S=; else S=sudo; fi; \
	$$S apt-get update -qq && $$S apt-get install -y --no-install-recommends python3-venv default-jdk-headless maven cargo curl tesseract-ocr tesseract-ocr-kor chromium fonts-noto-cjk

clean: ## forget caches and built things; data in .maru stays
	@rm -rf .cache cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis
