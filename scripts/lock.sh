#!/usr/bin/env bash
# Writes requirements.lock, requirements-dev.lock and requirements-bench.lock: every pin with its hashes, for Python 3.11 and newer, no address of any index.
# uv's own lock file holds addresses, so it is made anew each time: from the pins that the lock files have, for what is in them, or
# from the newest there is (`make lock UPGRADE=1`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=.venv/bin/uv
rm -rf build/lock
mkdir -p build/lock
cp pyproject.toml README.md build/lock/
if [ -z "${UPGRADE:-}" ]; then
  {
    printf '\n[tool.uv]\nconstraint-dependencies = [\n'
    sed -nE 's/^([A-Za-z][^\\]*==[^\\]*[^\\ ]) *\\?$/  "\1",/p' requirements-bench.lock
    printf ']\n'
  } >>build/lock/pyproject.toml
fi
"$uv" lock --quiet --no-progress --directory build/lock

export_lock() { # FILE WHAT UV-OPTIONS…
  local file=$1 what=$2
  shift 2
  {
    echo "# $what"
    echo "# written by \`make lock\` from pyproject.toml; don't edit"
    "$uv" export --quiet --directory build/lock --frozen --no-emit-project --no-header "$@"
  } >"build/lock/$file"
  if grep -q '://' "build/lock/$file"; then
    echo "lock: an address got into $file" >&2
    exit 1
  fi
  mv "build/lock/$file" "$file"
}
export_lock requirements.lock "what lianjian needs at run time, and the build backend of its editable install" --no-dev --group build
export_lock requirements-dev.lock "requirements.lock and the tools that check and test" --group dev
export_lock requirements-bench.lock "requirements-dev.lock and the peers that \`make bench\` measures" --group bench
# the jars of the servers that tests run on: exact versions in tests/neo4j_server/*/pom.xml, a SHA-256 of each jar beside them
.venv/bin/python -m tests.neo4j_server.jars
