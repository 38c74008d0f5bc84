#!/usr/bin/env bash
# Compiles what plans are made with (scripts/warm.py), once for what is installed: the first plan need not wait.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
installed=$({ cat .venv/.run .venv/.dev .venv/.bench 2>/dev/null || true; } | cksum)
if [ "$(cat .venv/.warm 2>/dev/null)" = "$installed" ]; then exit 0; fi
echo "lianjian: compiling what plans are made with (once; half a minute)" >&2
if .venv/bin/python scripts/warm.py >>.venv/setup.log 2>&1; then
  printf '%s\n' "$installed" >.venv/.warm
else
  echo "lianjian: that failed (.venv/setup.log); the first plan will compile it" >&2
fi
