# Two commands: `make run` and `make test`. Everything else is for those who work on Marquee.
PYTHON ?= python3
TRAIN ?= 1
BOOT = $(PYTHON) deploy/bootstrap.py $(if $(filter 0,$(TRAIN)),--no-train)
PY = .venv/bin/python

.PHONY: help run install test lint types unit e2e bench bench-formats openapi clean

help:
	@echo "make run    install what is missing and start Marquee (TRAIN=0: without PyTorch)"
	@echo "make test   install what is missing and run the whole suite"
	@echo "make bench  run the benchmarks; results go to docs/benchmarks (bench-formats: conversions beside other tools)"

run:
	@$(BOOT)
	@exec .venv/bin/marquee up

install:
	@$(BOOT) --dev

test:
	@$(BOOT) --dev
	@$(PY) tests/run_all.py

lint:
	@$(PY) tests/run_all.py lint

types:
	@$(PY) tests/run_all.py types

unit:
	@$(PY) tests/run_all.py unit

e2e:
	@$(PY) tests/run_all.py e2e

bench:
	@$(BOOT) --dev
	@$(PY) -m tests.benchmarks

bench-formats:
	@$(BOOT) --dev
	@$(PY) -m tests.benchmarks formats

openapi:
	@$(PY) manage.py spectacular --file docs/openapi.yaml --validate
	@$(PY) tests/run_all.py generate

clean:
	rm -rf .venv frontend/node_modules annotator/static/app
