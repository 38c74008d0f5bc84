from __future__ import annotations

import ast
from pathlib import Path

import graph.formation.verify as room

ALLOWED = ("graph.formation.verify", "graph.model", "graph.errors", "graph.policy", "graph.store")


def test_the_verifier_shares_no_code_with_the_planner() -> None:
    """Of the project, the verifier imports itself, the model, the errors, the profile and the store, and nothing else."""
    seen = 0
    for path in sorted(Path(room.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.name}: relative import"
                names = [str(node.module)]
            for name in names:
                if name.split(".")[0] in ("graph", "loaders", "viz", "api"):
                    assert name.startswith(ALLOWED), f"{path.name} imports {name}"
                    seen += 1
    assert seen > 20
