# make setup    the environment in .venv, so that the command is .venv/bin/lianjian, and the application in the browser
# make demo     the whole way once, on an invented city of 20,000 organizations, in demo/
# make test     set-up, format, lint, types, import directions, generated files, web application, tests
# make test-all the same with larger sizes
# make web      the application in the browser: built, its types and style checked, its unit tests run
# make neo4j    a Neo4j server for the second store, until Ctrl-C (VERSION=2026.08.1: the newest instead of the long-term one)
# make bench    the benchmarks, against their peers in the same run
# make pictures the README's pictures of the application, from an invented city of 4,000 organizations, by the system's Chromium
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

.PHONY: help setup setup-dev setup-bench demo web test test-all neo4j bench pictures format generate lock wheel clean

help:
	@sed -n 's/^# //p' Makefile | sed -n 1,8p

setup:
	@WARM=later bash scripts/setup.sh run
	@bash scripts/web.sh offer & bash scripts/warm.sh; wait

setup-bench:
	@bash scripts/setup.sh bench

setup-dev:
	@bash scripts/setup.sh dev

demo: setup
	@PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/lianjian demo

web: setup-dev
	@bash scripts/web.sh check

test:
	@bash scripts/check.sh

test-all:
	@bash scripts/check.sh all

neo4j: setup-dev
	@.venv/bin/python -m tests.neo4j_server $(VERSION)

bench: setup-bench
	@bash scripts/bench.sh

pictures: setup-dev
	@bash scripts/web.sh build
	@.venv/bin/python -m tests.browser.pictures

# after a change of the code that others are generated from, and before a commit
format: setup-dev
	@.venv/bin/ruff format -q . && .venv/bin/ruff check -q --fix .

generate: setup-dev
	@bash scripts/generated.sh --write

lock: setup-dev
	@bash scripts/lock.sh

wheel: setup-dev
	@bash scripts/web.sh build
	@.venv/bin/hatchling build -t wheel -d dist >/dev/null && ls dist/*.whl

clean:
	@rm -rf .venv build dist demo viz/assets/web viz/web/node_modules viz/web/src/generated .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
