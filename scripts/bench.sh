#!/usr/bin/env bash
# Runs every benchmark; each prints machine, versions, sizes and its ratio to a named peer measured in the same run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for bench in benchmarks/*.py; do
  case $(basename "$bench") in _*) continue ;; esac
  echo "== $bench"
  .venv/bin/python "$bench"
done
