#!/usr/bin/env bash
# Makes or refreshes .venv: `setup.sh run` with what the program needs, `setup.sh dev` with the checking tools too,
# `setup.sh bench` with the peers of the benchmarks as well.
# Instant where the stamp is newer than everything it was made from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
kind=${1:-run}
case $kind in
  run) lock=requirements.lock wider="dev bench" ;;
  dev) lock=requirements-dev.lock wider=bench ;;
  bench) lock=requirements-bench.lock wider= ;;
  *) echo "setup: run, dev or bench, not $kind" >&2; exit 2 ;;
esac
need() { echo "lianjian: $1" >&2; exit 3; }

# The stamps hold the checksum of what was installed. bench holds all of dev, dev all of run.
wanted=$(cat "$lock" pyproject.toml | cksum)
fresh() { [ -x .venv/bin/lianjian ] && [ "$(cat ".venv/.$1" 2>/dev/null)" = "$2" ]; }
if fresh "$kind" "$wanted"; then exit 0; fi
for other in $wider; do
  if fresh "$other" "$(cat "requirements-$other.lock" pyproject.toml | cksum)"; then exit 0; fi
done

python=${PYTHON:-}
if [ -z "$python" ]; then
  for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      python=$candidate
      break
    fi
  done
fi
if [ -z "$python" ]; then
  found=$(python3 --version 2>/dev/null || echo "no python3")
  need "Python 3.11 or newer is needed (found: $found); on Debian: apt-get install python3 python3-venv, elsewhere name one: make setup PYTHON=/path/to/python3.11"
fi
"$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
  need "$python has no venv module; on Debian: apt-get install python3-venv"

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
  rm -rf .venv
  "$python" -m venv .venv || need "could not make .venv with $python"
fi
echo "lianjian: installing $(grep -c '^[a-z].*==' "$lock") pinned packages into .venv (once; a minute or two)" >&2
rm -f .venv/.run .venv/.dev .venv/.bench
log=.venv/setup.log
if ! {
  .venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet --require-hashes -r "$lock" &&
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation --editable .
} >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  need "the installation failed (all of it: $log); a package index must be within reach of pip"
fi
echo "lianjian: compiling what plans are made with (once; half a minute)" >&2
.venv/bin/python scripts/warm.py 2>>"$log" || echo "lianjian: that failed ($log); the first plan will compile it" >&2
printf '%s\n' "$wanted" >".venv/.$kind"
