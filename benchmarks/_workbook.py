"""A workbook of one big 非公企业 sheet, as a district's office would send it: 27 columns, every row different."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xlsxwriter

from loaders.synthetic.codes import uscc

DISTRICT, STREETS = "420101", 12


def write(path: Path, rows: int, seed: int = 2016) -> None:
    """Write the divisions and ``rows`` invented firms."""
    rng = np.random.default_rng(seed)
    streets = [f"{DISTRICT}{i + 1:03d}" for i in range(STREETS)]
    codes = uscc(["91"] * rows, ["429901"] * rows, np.arange(rows))
    at = rng.integers(0, STREETS, rows)
    staff = rng.geometric(0.03, rows)
    members = np.minimum(rng.geometric(0.4, rows) - 1, staff)
    lon = np.round(114.1 + rng.random(rows) * 0.4, 6)
    lat = np.round(30.4 + rng.random(rows) * 0.3, 6)
    pick = {
        "类别": ["私营企业", "港澳台企业", "外资企业", "混合所有制企业"],
        "行业代码": ["5211", "6510", "7211", "1310", "3911"],
        "规模": ["大型", "中型", "小型", "微型"],
        "经营状态": ["正常", "正常", "正常", "停业", "空壳"],
        "互联网或文化创意": ["是", "否"],
        "六清": ["1;2;3", "1;2;3;4;5;6", ""],
        "群团组织": ["工会", "工会;共青团", ""],
        "措施": ["培养发展", ""],
        "未建原因": ["人数不足", ""],
        "指导员": ["是", "否"],
    }
    drawn = {name: rng.integers(0, len(v), rows) for name, v in pick.items()}
    head = [
        "统一社会信用代码", "单位名称", "类别", "行业代码", "所属区", "所属街道", "地址", "经度", "纬度", "坐标系", "从业人数",
        "正式党员数", "预备党员数", "规模", "互联网或文化创意", "经营状态", "未建原因", "群团组织", "指导员", "六清", "措施",
        "责任单位", "填报单位", "填报日期",
    ]  # fmt: skip
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("区划")
    sheet.write_row(0, 0, ["代码", "名称", "级别", "上级"])
    sheet.write_row(1, 0, ["4201", "虚市", "市", ""])
    sheet.write_row(2, 0, [DISTRICT, "虚一区", "区", "4201"])
    for n, street in enumerate(streets):
        sheet.write_row(3 + n, 0, [street, f"虚{n + 1}街", "街道", DISTRICT])
    sheet = book.add_worksheet("非公企业")
    sheet.write_row(0, 0, head)
    for i in range(rows):
        cells = {
            "统一社会信用代码": codes[i], "单位名称": f"虚市第{i}号科技有限公司", "所属区": DISTRICT, "所属街道": streets[at[i]],
            "地址": f"虚路{i % 997}号", "经度": float(lon[i]), "纬度": float(lat[i]), "坐标系": "GCJ-02", "从业人数": int(staff[i]),
            "正式党员数": int(members[i]), "预备党员数": 0, "责任单位": "虚一区工商局", "填报单位": "虚一区",
            "填报日期": "2016-08-26",
            **{name: values[drawn[name][i]] for name, values in pick.items()},
        }  # fmt: skip
        sheet.write_row(i + 1, 0, [cells[h] for h in head])
    book.close()
