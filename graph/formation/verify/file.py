"""Reading a plan file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graph.errors import PlanError, word
from graph.formation.verify.shape import FAMILY, FORMAT


def load_plan(path: str | Path) -> dict[str, Any]:
    """Read a plan file.

    Raises
    ------
    PlanError
        The file is missing, is no JSON or is no plan; the message names it and the way out.
    """
    try:
        raw = Path(path).read_bytes()
        # cut off within a character, or overwritten in the middle, it is a plan none the less: JSON says where
        begun = FORMAT.encode() in raw[:1_000]
        text = raw.decode("utf-8-sig", "replace" if begun else "strict")
    except FileNotFoundError:
        raise PlanError(
            f"plan {path}: no such file; make one with: lianjian plan --out {word(path)}",
            f"方案 {path}：没有这个文件；可用 lianjian plan --out {word(path)} 生成",
        ) from None
    except (OSError, ValueError):
        raise PlanError(
            f"plan {path}: can't be read as text; give the .json file that plan --out wrote",
            f"方案 {path}：无法读取；请给出 plan --out 写出的 .json 文件",
        ) from None
    try:
        plan = json.loads(text)
    except (ValueError, RecursionError) as error:
        plan = None
        if FORMAT in text[:1_000]:
            line = getattr(error, "lineno", 1)
            raise PlanError(
                f"plan {path}: it is damaged or cut off (at line {line:,}); give a whole copy, or make it again",
                f"方案 {path}：文件损坏或不完整（第 {line:,} 行处）；请改用完整的文件，或重新生成",
            ) from None
    stated = plan.get("format") if isinstance(plan, dict) else None
    # another version of the format is a plan all the same: verify says what is wrong with it
    if isinstance(plan, dict) and isinstance(stated, str) and stated.startswith(FAMILY):
        return plan
    raise PlanError(
        f'plan {path}: not a plan (no "format": "{FORMAT}"); give the file that plan --out wrote',
        f"方案 {path}：不是方案文件（缺少 “format”: “{FORMAT}”）；请给出 plan --out 写出的文件",
    )
