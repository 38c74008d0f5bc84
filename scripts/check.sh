#!/usr/bin/env bash
# Everything `make test` promises, each part with its time; `check.sh all` adds the larger sizes.
# A part's output is shown where it fails; pytest's is always shown. Until the tests begin, parts run side by side.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
size=${1:-usual}
export PATH="$PWD/.venv/bin:$PATH"
WARM=later bash scripts/setup.sh dev || exit
times=build/times failed=build/failed
mkdir -p build
printf '%-22s %4d s  ok\n' set-up $SECONDS >"$times"
: >"$failed"

part() { # NAME quiet|shown COMMAND…
  local name=$1 how=$2 begin=$SECONDS rc=0 out
  shift 2
  if [ "$how" = shown ]; then
    "$@" || rc=$?
  else
    out=$("$@" 2>&1) || rc=$?
    [ "$rc" = 0 ] || printf '%s\n' "$out"
  fi
  printf '%-22s %4d s  %s\n' "$name" $((SECONDS - begin)) "$([ "$rc" = 0 ] && echo ok || echo "failed ($rc)")" >>"$times"
  [ "$rc" = 0 ] || echo "$name" >>"$failed"
}

{
  part "types" quiet mypy
  part "import directions" quiet lint-imports
  part "dependencies" quiet deptry .
} &
{
  part "web" quiet bash scripts/web.sh check
  part "generated files" quiet bash scripts/generated.sh --check
} &
part "system packages" shown bash scripts/system_packages.sh
part "format" quiet ruff format --check .
part "lint" quiet ruff check .
part "compiling" quiet bash scripts/warm.sh
wait
# a test that drives a browser is asked once more, three in all, and what it said the first time is shown (ADR 0058);
# `make test-all` asks nothing twice
again=(--browsers-again --max-suite-reruns 3 --rerun-show-tracebacks)
if [ "$size" = all ]; then some=(--hypothesis-profile=many); else some=(-m "not large" "${again[@]}"); fi
# one process has the Neo4j tests, half of whose time is the server's, and others wait for disks, services and browsers:
# four fill two processors
part "tests" shown pytest -q -n "${TEST_WORKERS:-4}" --dist loadgroup --durations=10 ${some[@]+"${some[@]}"}

echo
echo "time of each part"
sed 's/^/  /' "$times"
if [ -s "$failed" ]; then
  echo "failed: $(paste -sd ' ' "$failed")"
  exit 1
fi
echo "all parts passed in $SECONDS s"
