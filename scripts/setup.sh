#!/usr/bin/env bash
# Makes or refreshes .venv: `setup.sh run` with what the program needs, `setup.sh dev` with the checking tools too,
# `setup.sh bench` with the peers of the benchmarks as well.
# Instant where the stamp holds the checksum of everything it was made from. With WARM=later, what plans are made with is not compiled.
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
warm() { [ "${WARM:-yes}" = later ] || bash scripts/warm.sh; } # checks do other things meanwhile
if fresh "$kind" "$wanted"; then warm; exit; fi
for other in $wider; do
  if fresh "$other" "$(cat "requirements-$other.lock" pyproject.toml | cksum)"; then warm; exit; fi
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
echo "lianjian: installing $(grep -c '^[a-z].*==' "$lock") pinned packages into .venv (once; half a minute)" >&2
rm -f .venv/.run .venv/.dev .venv/.bench
log=.venv/setup.log
pip() { .venv/bin/python -m pip "$@" --disable-pip-version-check --no-input --quiet; }
told() { pip config get "global.$1" 2>/dev/null || true; }
# uv takes a sixth of pip's time. It is pinned like the rest, and told where pip was told to look; where it can't be had, pip does it all.
install() {
  awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' "$lock" >.venv/uv.lock
  pip install --require-hashes --no-deps -r .venv/uv.lock && quickly || pip install --require-hashes -r "$lock"
}
quickly() (
  set_as() { [ -n "${!1:-}" ] || [ -z "$2" ] || export "$1=$2"; }
  set_as UV_DEFAULT_INDEX "${PIP_INDEX_URL:-$(told index-url)}"
  set_as UV_INDEX "${PIP_EXTRA_INDEX_URL:-$(told extra-index-url)}"
  local links="${PIP_FIND_LINKS:-$(told find-links)}" # a folder that is not there is nothing to pip, and an error to uv
  [ ! -e "$links" ] || set_as UV_FIND_LINKS "$links"
  set_as SSL_CERT_FILE "${PIP_CERT:-$(told cert)}"
  .venv/bin/uv pip install --quiet --no-progress --python .venv/bin/python --require-hashes -r "$lock"
)
if ! { install && pip install --no-deps --no-build-isolation --editable .; } >"$log" 2>&1; then
  tail -n 5 "$log" >&2
  need "the installation failed (all of it: $log); a package index must be within reach of pip"
fi
printf '%s\n' "$wanted" >".venv/.$kind"
warm
