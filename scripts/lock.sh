#!/usr/bin/env bash
# Writes requirements.lock and requirements-dev.lock: every pin with its hashes, for Python 3.11 and newer, no address of any index.
# uv's own lock file holds addresses, so it lives in build/ only (it keeps the pins of the last run; `make lock UPGRADE=1` takes the newest).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv=.venv/bin/uv
mkdir -p build/lock
cp pyproject.toml README.md build/lock/
"$uv" lock --quiet --no-progress --directory build/lock ${UPGRADE:+--upgrade}

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
