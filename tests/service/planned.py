"""A plan that a job has left, without the minute that planning takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from api.jobs.folders import OUT, RECORD, folder, made
from api.jobs.model import Made
from api.jobs.records import Records


def leave(state: Path, id_: str, plan: dict[str, Any], *, by: str, within: list[str]) -> None:
    """Put a job that is done, and its plan, into the folder of a service that has not begun yet."""
    made(state)
    out = folder(state, id_) / OUT
    made(out)
    text = json.dumps(plan, ensure_ascii=False)
    (out / "plan.json").write_text(text, encoding="utf-8")
    records = Records(state / RECORD)
    records.add(
        id_, "plan", asked_by=by, lang="zh", asked={"in": within}, command=["plan"], uploads=[]
    )
    job = records.claim(1)
    assert job is not None
    files = [Made("plan.json", f"{OUT}/plan.json", len(text.encode()))]
    assert records.end(id_, job.attempt, "done", exit_code=0, files=files)
    records.close()
