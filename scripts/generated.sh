#!/usr/bin/env bash
# Every second copy is generated: `generated.sh` writes them, `generated.sh --check` fails where one is stale and says which.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=${1:---write}
python=.venv/bin/python
rc=0
if [ -e graph/schema.py ]; then "$python" -m graph.schema "$mode" || rc=1; fi
if [ -e graph/affiliation/findings.py ]; then "$python" -m graph.affiliation.findings "$mode" || rc=1; fi
if [ -e api/cli/reference.py ]; then "$python" -m api.cli.reference "$mode" docs/cli.md || rc=1; fi
exit $rc
