"""Faults of ledgers, registers and the campaign's reports (S12, S15–S22, S38, S42, S46–S48), and their near misses."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from graph.affiliation import calendar
from loaders.synthetic import names
from loaders.synthetic.city import AS_OF, City, Listing
from loaders.synthetic.organizations import (
    FIRM,
    FOREIGN,
    FOUNDATION,
    NORMAL,
    OVERSEAS,
    OWN,
    RURAL,
    SOCIAL,
    SUSPENDED,
)
from loaders.synthetic.truth import base, covered

_WORDINGS: Final = ("{}委组织部", "中共{}委组织部", "云渡市{}委组织部")


def plant(city: City) -> None:
    """Plant every fault of ledgers and reports."""
    for step in (
        _owners,
        _listed,
        _conflicts,
        _duplicates,
        _editions,
        _strikes,
        _registers,
        _reports,
    ):
        step(city)


def _owners(city: City) -> None:
    o = city.orgs
    k = city.quota(6)
    in_zone = (city.zone_of >= 0) & (o.line == FIRM)
    for i in city.take(city.zero & in_zone, k // 3):
        city.cells.setdefault(i, {})["填报单位"] = (
            f"{city.plan.street_name[int(o.street[i])]}办事处"
        )
        city.plant("wrong_ledger_owner", city.code[i])
    for i in city.take(city.zero & city.simple() & (o.line == FIRM), k - k // 3):
        city.cells.setdefault(i, {})["填报单位"] = (
            f"{city.plan.district_name[int(o.district[i])]}委组织部"
        )
        city.plant("wrong_ledger_owner", city.code[i])
    for i in city.take(city.zero & in_zone, k):
        city.near("wrong_ledger_owner", city.code[i])


def _later(city: City, i: int, *, line: int) -> int | None:
    """Return another ledger of the same kind that is read after the one that lists an organization."""
    streets = len(city.plan.street_name)
    district = city.plan.street_district
    homes = np.unique(city.home[(city.orgs.line == line) & (city.home < streets)])
    later = homes[district[homes] > city.orgs.district[i]]
    return int(city.rng.choice(later)) if len(later) else None


def _listed(city: City) -> None:
    k = city.quota()
    firms = city.zero & city.simple() & (city.orgs.line == FIRM)
    for i in city.take(firms, k):
        other = _later(city, i, line=FIRM)
        if other is not None:
            city.again.append(Listing(i, other, {"填报单位": city.office_of(other)}))
            city.plant("listed_twice", city.code[i])


def _conflicts(city: City) -> None:
    k = city.quota(6)
    o = city.orgs
    firms = city.zero & city.simple() & (o.line == FIRM)
    for j, i in enumerate(city.take(firms, k)):
        cells: dict[str, Any] = {"从业人数": int(o.staff[i]) + 7}
        if j % 2:
            other = _later(city, i, line=FIRM)
            if other is None:
                continue
            cells["填报单位"] = city.office_of(other)
            city.again.append(Listing(i, other, cells))
            city.plant("listed_twice", city.code[i])
        else:
            city.again.append(Listing(i, int(city.home[i]), cells))
        city.plant("conflicting_sources", city.code[i])
    # the same row again, and one with a blank cell, contradict nothing
    for j, i in enumerate(city.take(firms, k)):
        city.again.append(Listing(i, int(city.home[i]), {} if j % 2 else {"地址": ""}))
        city.near("conflicting_sources", city.code[i])
        city.near("listed_twice", city.code[i])
    for _, unit in city.take_own(city.quota(2)):
        city.doubled.append((unit, {"党组织名称": f"{unit.name}（曾用名）"}))
        city.plant("conflicting_sources", unit.code)


def _duplicates(city: City) -> None:
    o = city.orgs
    k = city.quota()
    firms = city.zero & city.simple() & (o.line == FIRM)
    for j in range(k):
        pair = city.take(firms, 2)
        if len(pair) == 2:
            a, b = pair
            name, address = f"云渡重名（示例{j}）商贸有限公司", f"示范路 {100 + j} 号"
            city.cells.setdefault(a, {}).update({"单位名称": name, "地址": address})
            # other widths of the same characters
            city.cells.setdefault(b, {}).update(
                {
                    "单位名称": name.replace("（", "(").replace("）", ")"),
                    "地址": address.replace(" ", ""),
                }
            )
            city.plant("duplicate_organization", min(city.code[a], city.code[b]))
    for j in range(k):
        pair = city.take(firms, 2)
        if len(pair) == 2:
            for i, number in zip(pair, (7, 8), strict=True):
                city.cells.setdefault(i, {}).update(
                    {"单位名称": f"云渡同名{j}百货有限公司", "地址": f"连锁路{number}号"}
                )
                city.near("duplicate_organization", city.code[i])


def _editions(city: City) -> None:
    """Keep the first edition of a few ledgers: some of what it lists has gone since, some has only changed (S42)."""
    o = city.orgs
    firms = (o.line == FIRM) & (o.status == NORMAL)
    homes, sizes = np.unique(city.home[firms & city.simple()], return_counts=True)
    order = homes[np.argsort(-sizes, kind="stable")]
    count = min(len(order), max(1, city.quota(3))) if city.quota(3) else 0
    # middling ledgers: large enough to lose something, small enough to be kept twice
    chosen = order[len(order) // 3 :][:count].tolist()
    k = city.quota(6)
    for n, home in enumerate(chosen):
        share = k // count + (n < k % count)
        here = city.home == home
        lost = city.take(city.zero & firms & here, share)
        for i in lost:
            city.left.add(i)
            city.plant("missing_from_ledger", city.code[i])
        changed = set(city.take(city.zero & firms & here, share))
        for i in np.flatnonzero(here & (o.line == FIRM)).tolist():
            if i in city.cells or city.struck[i]:
                continue
            cells: dict[str, Any] = {"从业人数": int(o.staff[i]) + 3} if i in changed else {}
            city.earlier.append(Listing(i, int(home), cells))
        for i in changed:
            city.near("conflicting_sources", city.code[i])
        # moved to another ledger: listed here before, there now
        moved = city.take(city.zero & firms & city.simple() & ~here, share)
        for i in moved:
            city.earlier.append(Listing(i, int(home), {"填报单位": city.office_of(int(home))}))
            city.near("missing_from_ledger", city.code[i])


def _strikes(city: City) -> None:
    """Strike off what the campaign formed: formed, verified, struck off, looked at again (S22, S38)."""
    o = city.orgs
    fresh = np.zeros(len(o), dtype=bool)
    for i, unit in city.own.items():
        fresh[i] = 20160801 <= unit.founded <= 20161231 and o.status[i] == NORMAL
    k = city.quota()
    bare = set(city.take(fresh, k))
    blind = set(city.take(fresh, k))
    back = set(city.take(fresh, k))
    # where the campaign formed too few, older units were taken into its list
    for group in (bare, blind, back):
        if len(group) < k:
            group.update(city.take((o.role == OWN) & (o.status == NORMAL), k - len(group)))
    some = sorted(set(np.flatnonzero(fresh & ~city.struck).tolist()) | bare | blind | back)
    for n, i in enumerate(some):
        office = f"{city.plan.district_name[int(o.district[i])]}委组织部"
        days = [20161008, 20161024, 20161110, 20161212]
        states = ["已组建", "已核实", "已销号", "回头看"]
        if n % 5 == 0:
            states[2:] = ["销号", "已回头看"]
        if n % 7 == 0:
            days[3] = days[2]
        for state, day in zip(states, days, strict=True):
            if i in blind and state.endswith("回头看"):
                if n % 2:
                    continue
                day = 20161109
            basis = "组建批复" if state == "已组建" else "核查记录"
            if (i in bare or i in back) and "销号" in state:
                basis = ""
            city.strikes.append(
                {"代码": city.code[i], "状态": state, "依据": basis, "日期": day, "单位": office}
            )
        if i in back:
            city.strikes.append(
                {"代码": city.code[i], "状态": "撤回", "依据": "", "日期": 20161220, "单位": office}
            )
            # taken back, and the strike-off itself had no evidence and was not looked at again
            city.strikes = [
                s
                for s in city.strikes
                if s["代码"] != city.code[i] or not s["状态"].endswith("回头看")
            ]
            city.near("no_recheck", city.code[i])
            city.near("struck_off_without_evidence", city.code[i])
        if i in bare:
            city.plant("struck_off_without_evidence", city.code[i])
        elif i in blind:
            city.plant("no_recheck", city.code[i])
        elif n % 7 == 0:
            city.near("no_recheck", city.code[i])


def _registers(city: City) -> None:
    """Make external registers of one district each, and one that is read in one direction only (S42)."""
    o = city.orgs
    order = np.argsort(
        np.bincount(o.district, minlength=len(city.plan.district_name)), kind="stable"
    )
    scopes = (
        ("市工商局登记名录", (o.line == FIRM)),
        ("市民政局登记名录", (o.line == SOCIAL) & (o.category <= FOUNDATION)),
        ("市农业局名录", o.line == RURAL),
        ("市商务局外资名录", (o.category == OVERSEAS) | (o.category == FOREIGN)),
    )
    k = city.quota(3)
    in_base = base(city)
    for n, (source, scope) in enumerate(scopes):
        here = scope & (o.district == order[n % len(order)])
        absent = set(city.take(here & in_base & city.zero, k if n < 2 else 0))
        outside = set(city.take(here & (o.status == SUSPENDED), k))
        for i in np.flatnonzero(here).tolist():
            if i in absent:
                city.plant("register_gap", city.code[i])
            elif i in outside:
                city.near("register_gap", city.code[i])
            else:
                city.registers.append(_entry(source, city.code[i], _name(city, i), "存续"))
        for j in range(k if n < 2 else 0):
            code = city.stranger()
            city.registers.append(_entry(source, code, f"云渡未报{n}{j}商贸有限公司", "存续"))
            city.plant("register_gap", code)
            code = city.stranger()
            city.registers.append(
                _entry(source, code, f"云渡已迁{n}{j}商贸有限公司", ("注销", "迁出")[j % 2])
            )
            city.near("register_gap", code)
    large = np.flatnonzero((o.line == FIRM) & (o.staff >= 100) & in_base)[:200].tolist()
    known = [i for i in large if not city.used[i]]
    otherwise, alike = known[:k], known[k : 2 * k]
    for i in large:
        name, status = _name(city, i), "正常"
        if i in otherwise:
            name, status = (f"{name}二厂", status) if otherwise.index(i) % 2 else (name, "吊销")
            city.plant("conflicting_sources", city.code[i])
        elif i in alike:
            name = f" {name} "
            city.near("conflicting_sources", city.code[i])
        city.registers.append(_entry("市经信委规上名录", city.code[i], name, status))
    city.used[otherwise + alike] = True


def _name(city: City, i: int) -> str:
    """Return the name by which an organization's ledger has it."""
    return str(city.cells.get(i, {}).get("单位名称", city.name[i]))


def _entry(source: str, code: str, name: str, status: str) -> dict[str, Any]:
    return {"来源": source, "代码": code, "名称": name, "状态": status}


# -- reports -----------------------------------------------------------------------------------------------------------


def _reports(city: City) -> None:
    """Write what the offices have handed in: nearly all of it, nearly all in time (S12, S20, S47, S48)."""
    o = city.orgs
    districts = sorted(set(o.district.tolist()))
    submitters = [(f"{city.plan.district_name[d]}委组织部", d) for d in districts]
    if bool(o.municipal.any()):
        submitters += [(names.ORGANS_COMMITTEE, -1), (names.CIVIL_AFFAIRS, -2)]
    due: list[tuple[str, str, str, int]] = []
    for office, d in submitters:
        due.append((office, calendar.ANNEX_2, calendar.PERIOD_OF[calendar.ANNEX_2], 20160826))
        if d >= 0:
            due.append((office, calendar.ANNEX_1, calendar.PERIOD_OF[calendar.ANNEX_1], 20160826))
            due.append(
                (office, calendar.WORK_PLAN, calendar.PERIOD_OF[calendar.WORK_PLAN], 20160826)
            )
    due += [
        (office, calendar.DUTY_REPORT, calendar.PERIOD_OF[calendar.DUTY_REPORT], 20161130)
        for office, _ in calendar.DEPARTMENTS
    ]
    lacking = _pick(city, due, city.quota())
    for n, row in enumerate(due):
        if row in lacking:
            city.plant("submission_missing", row[0])
        else:
            late = n % 4 == 0
            if late:
                city.near("submission_missing", row[0])
            _submit(city, row[0], row[1], row[2], _late(row[3]) if late else row[3] - 1)
    right = _rates(city, submitters)
    # each date on which a rate was reported is a date as of which it is recounted
    _semi_monthly(city, [office for office, _ in submitters], right if len(o) <= 30_000 else {})


def _late(date: int) -> int:
    """Return a day some days after a date at a month's end or before."""
    return date + 3 if date % 100 <= 25 else (date // 100 + 1) * 100 + 2


def _pick(
    city: City, rows: list[tuple[str, str, str, int]], k: int
) -> set[tuple[str, str, str, int]]:
    """Return up to ``k`` rows of different offices."""
    chosen: dict[str, tuple[str, str, str, int]] = {}
    for n in city.rng.permutation(len(rows)).tolist():
        if len(chosen) < k:
            chosen.setdefault(rows[n][0], rows[n])
    return set(chosen.values())


def _semi_monthly(city: City, offices: list[str], rates: dict[str, str]) -> None:
    faulty = dict.fromkeys(
        [
            offices[n]
            for n in city.rng.permutation(len(offices))[
                : min(city.quota(6), len(offices) - 1)
            ].tolist()
        ]
    )
    for office in faulty:
        faulty[office] = int(city.rng.integers(0, 9))
    for n, office in enumerate(offices):
        for period, date in enumerate(calendar.SEMI_MONTHLY_DATES):
            text = f"{date // 10000}-{date // 100 % 100:02d}-{date % 100:02d}"
            if n % 3 == 1:
                text = f"第{period + 1}期"
            if faulty.get(office) == period:
                city.plant("report_late", office)
                if n % 2:
                    _submit(city, office, "半月报", text, date + 1)
            else:
                on_the_day = (n + period) % 3 == 0
                if on_the_day and office not in faulty:
                    city.near("report_late", office)
                rate = rates.get(office, "") if period == 8 else ""
                _submit(city, office, "半月报", text, date if on_the_day else date - 1, rate)


def _rates(city: City, submitters: list[tuple[str, int]]) -> dict[str, str]:
    """Report each office's rate at the year's end, as recounted here, rounded; a few are too fine (S46).

    Returns what is right, to one decimal.
    """
    right: dict[str, str] = {}
    o = city.orgs
    in_base, has = base(city), covered(city)
    wrong = set(city.rng.permutation(len(submitters))[: city.quota(6)].tolist())
    for n, (office, d) in enumerate(submitters):
        if d >= 0:
            mine = (o.district == d) & ~o.municipal
        else:
            mine = o.municipal & ((o.department >= 0) if d == -1 else (o.department < 0))
        count = int((mine & in_base).sum())
        if not count:
            continue
        rate = int((mine & in_base & has).sum()) / count
        if n in wrong:
            stated = rate + 0.07 if rate < 0.9 else rate - 0.07
            city.plant("rate_differs", office)
        else:
            stated = rate
            city.near("rate_differs", office)
        right[office] = f"{100 * rate:.1f}%"
        _submit(city, office, "年终统计", "2016", AS_OF, f"{100 * stated:.{n % 2 + 1}f}%")
    return right


def _submit(city: City, office: str, kind: str, period: str, date: int, rate: str = "") -> None:
    n = len(city.submissions)
    if office.endswith("区委组织部"):
        office = _WORDINGS[n % 3].format(office.removesuffix("委组织部"))
    city.submissions.append(
        {"报送单位": office, "种类": kind, "期次": period, "日期": date, "覆盖率": rate}
    )
