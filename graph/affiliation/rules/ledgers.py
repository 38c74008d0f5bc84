"""Who keeps which ledger, and what ledgers say of one another (S15–S18, S42, S46)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from graph.affiliation.calendar import plain
from graph.affiliation.facts import Facts
from graph.affiliation.offices import means
from graph.affiliation.registers import asked, compared, gone
from graph.affiliation.registry import Hit, Outcome, Population, Row, Words, no_repair, node, rule
from graph.columns import mask, numbers, positions, texts
from graph.model import iso
from graph.schema import load_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

OWNER_CLAUSE = {"street": "S15", "zone": "S15", "district": "S16", "dept": "S18"}

NOT_COMPARED = frozenset(
    (
        "reported_by",
        "suggested_industry",
        "suggested_street",
        "suggested_district",
        "suggestion_basis",
    )
)
"""What differs between ledgers by nature, or is our own suggestion and no source's."""

COMPARED_KINDS = (
    "organization", "unit", "division", "park", "building", "commercial_street", "market", "association",
)  # fmt: skip


@rule(
    "wrong_ledger_owner",
    clauses="S15 S16 S17 S18",
    severity="warning",
    title=("台账单位不符", "ledger kept by the wrong office"),
    says=(
        "{subject} {name} 由 {by} 填报，应由{owner}建账",
        "{subject} {name} is reported by {by}; its ledger belongs to {owner}",
    ),
    clean=(
        "基数内 {checked} 家写明填报单位的单位中 {clean} 家由应建账的单位填报",
        "{clean} of {checked} organizations with a reporting office are reported by the right one",
    ),
    needs="organization",
)
def wrong_ledger_owner(facts: Facts) -> Outcome:
    """Find organizations of the base whose 填报单位 is not the office that has to keep their ledger.

    Non-public firms and rural entities: the provincial-or-higher zone they lie in, else their street or township (S15). Social
    organizations: the organization department of their district (S16); municipal ones their supervising body (S18), without
    one the civil-affairs bureau (S17). Read literally: an aggregated ledger of a district's firms that names the district's
    department as 填报单位 is kept by the wrong office. A blank 填报单位 is not judged (the ledger is then the ledger
    unit's own), nor is an organization whose ledger unit is unknown.
    """
    facts.require_column("reported_by")
    o = facts.organizations
    judged = (
        facts.base
        & o["reported_by"].notna().to_numpy(dtype=bool)
        & o["ledger_unit"].notna().to_numpy(dtype=bool)
    )
    some = o.loc[judged, ["reported_by", "ledger_unit", "ledger_unit_name"]]
    pair, pairs = pd.factorize(pd.MultiIndex.from_frame(some[["reported_by", "ledger_unit"]]))
    first = np.unique(pair, return_index=True)[1] if len(some) else np.empty(0, dtype=np.int64)
    names = some["ledger_unit_name"].to_numpy(dtype=object)[first]
    right = np.array(
        [_owns(str(by), str(unit), name) for (by, unit), name in zip(pairs, names, strict=True)],
        dtype=bool,
    )
    bad = np.flatnonzero(judged)[~right[pair]] if len(some) else np.empty(0, dtype=np.int64)
    repair = no_repair("由应建账的单位重新填报", "the right office has to report it")
    wrong = np.zeros(len(o), dtype=bool)
    wrong[bad] = True
    civil = plain(facts.profile.audit.civil_affairs)
    by, unit, owner = (texts(o[c]) for c in ("reported_by", "ledger_unit", "ledger_unit_name"))

    def hit(row: Row) -> Hit:
        kind = str(unit[row.at]).partition(":")[0]
        bureau = kind == "dept" and plain(owner[row.at]) == civil
        return Hit(
            row.code,
            {"name": row.name, "by": by[row.at], "owner": owner[row.at]},
            (node(row.code, "organization", reported_by=by[row.at], ledger_unit=unit[row.at]),),
            (row.claim,),
            repair,
            clause="S17" if bureau else OWNER_CLAUSE[kind],
        )

    hits = facts.organization_hits(wrong, hit)
    return Outcome(Population.of_organizations(judged), hits)


def _owns(by: str, unit: str, name: object) -> bool:
    """Say whether a reporting office is the one that a ledger unit names."""
    kind, _, code = unit.partition(":")
    named = name if isinstance(name, str) else code
    if kind == "street":
        return means(by, "street", code, named)
    if kind == "zone":
        return means(by, "zone", code, named)
    if kind == "district":
        return means(by, "district", code, named)
    return means(by, "dept", code, named)


# -- which ledger lists what ---------------------------------------------------------------------------------------


@rule(
    "listed_twice",
    clauses="S15 S42",
    severity="error",
    title=("重复列入台账", "listed in two ledgers"),
    says=(
        "{subject} {name} 同时列入 {n} 本同类台账：{ledgers}",
        "{subject} {name} stands in {n} ledgers of one kind: {ledgers}",
    ),
    clean=(
        "基数内 {checked} 家单位中 {clean} 家只列入一本台账",
        "{clean} of {checked} organizations of the base stand in one ledger",
    ),
    needs="organization",
)
def listed_twice(facts: Facts) -> Outcome:
    """Find organizations of the base that stand in two ledgers of one kind (of sheet) now.

    A ledger is (kind of sheet, 填报单位 or else the ledger unit its rows lie in); it lists what its newest edition lists. One
    that moved from one ledger to another, and that the first no longer lists, stands in one only. Two rows in one ledger
    are ``conflicting_sources`` where they differ.
    """
    now = facts.listings[facts.listings["current"]]
    called = facts.ledger_name
    # a row has one neighbour of its key at least: few do, and only those are compared
    several = now[now.duplicated("key", keep=False)]
    pairs = several.drop_duplicates(["key", "kind", "ledger"])
    twice = pairs[pairs.duplicated(["key", "kind"], keep=False)]
    hits = []
    for code, some in _of_base(facts, twice).groupby("key"):
        ledgers = sorted(str(x) for x in some["ledger"])
        zh, en = zip(*map(called, ledgers), strict=True)
        hits.append(
            Hit(
                str(code),
                {
                    "name": facts.organizations.at[code, "name"],
                    "n": len(ledgers),
                    "ledgers": Words("、".join(zh), ", ".join(en)),
                },
                (node(str(code), "organization", ledgers=ledgers),),
                tuple(("organization", int(c)) for c in sorted(some["claim"])),
                no_repair(
                    "由哪一本台账删去，须由人判断",
                    "which ledger is to drop it is for people to say",
                ),
            )
        )
    return Outcome(Population.of_organizations(facts.base), hits)


@rule(
    "missing_from_ledger",
    clauses="S21 S42",
    severity="warning",
    title=("新台账中缺失", "missing from the newer ledger"),
    says=(
        "{subject} {name} 最后列于{ledger} {last} 版，{newest} 版已无",
        "{subject} {name} was last listed in {ledger} of {last}; the edition of {newest} lacks it",
    ),
    clean=(
        "基数内 {checked} 家单位中 {clean} 家仍在台账",
        "{clean} of {checked} organizations of the base are still listed",
    ),
    needs="organization",
)
def missing_from_ledger(facts: Facts) -> Outcome:
    """Find organizations of the base that their ledger listed before and that its newest edition does not list.

    One that another ledger of the same kind lists now has moved and is not missing.
    """
    listings = facts.listings
    called = facts.ledger_name
    gone = listings[~listings["current"]]
    held = listings.loc[listings["current"] & listings["key"].isin(gone["key"]), ["key", "kind"]]
    held = held.drop_duplicates()
    at = pd.MultiIndex.from_frame(gone[["key", "kind"]])
    gone = gone[~at.isin(pd.MultiIndex.from_frame(held))]
    last = gone.sort_values(["key", "listed", "claim"]).drop_duplicates("key", keep="last")
    hits = [
        Hit(
            str(code),
            {
                "name": facts.organizations.at[code, "name"],
                "ledger": Words(*called(str(ledger))),
                "last": iso(int(listed)),
                "newest": iso(int(newest)),
            },
            (node(str(code), "organization", listed=iso(int(listed)), edition=iso(int(newest))),),
            (("organization", int(claim)),),
            no_repair(
                "核实去向后再补报或注明",
                "find out what became of it, then report it again or say so",
            ),
        )
        for code, ledger, listed, newest, claim in _of_base(facts, last)[
            ["key", "ledger", "listed", "newest", "claim"]
        ].itertuples(index=False)
    ]
    return Outcome(Population.of_organizations(facts.base), hits)


def _of_base(facts: Facts, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["key"].isin(facts.organizations.index[facts.base])]


# -- registers -------------------------------------------------------------------------------------------------------


@rule(
    "register_gap",
    clauses="S42",
    severity="warning",
    title=("与名录不一致", "register and ledger differ"),
    says=("{subject} {what}", "{subject} {what}"),
    clean=(
        "{checked} 家名录或台账单位中 {clean} 家两边都有",
        "{clean} of {checked} organizations stand in register and ledger alike",
    ),
    needs="register organization",
)
def register_gap(facts: Facts) -> Outcome:
    """Find what a register lists and the ledgers lack, and what the ledgers list and a register that should lacks.

    Forwards every entry counts, save those the register itself says are gone (注销, 吊销, 撤销, 迁出); any organization of the
    ledgers answers it, in the base or not. Backwards a register is asked only for what it lists in full
    (:data:`graph.affiliation.calendar.REGISTER_SCOPES`), for organizations of the base, in districts of which it
    lists an organization. One finding for each code, naming all registers.
    """
    o, register = facts.organizations, facts.frame("register")
    known = register["organization"].isin(o.index)
    words: dict[str, list[Words]] = {}
    evidence: dict[str, list[Any]] = {}
    claims: dict[str, list[tuple[str, int]]] = {}
    for code, name, source, claim in register.loc[
        ~known & ~gone(register), ["organization", "name", "register", "claim"]
    ].itertuples(index=False):
        label = name if isinstance(name, str) else ""
        words.setdefault(code, []).append(
            Words(
                f"{label} 在 {source} 名录而不在台账",
                f"{label} is in the register {source} and in no ledger",
            )
        )
        evidence.setdefault(code, []).append(node(code, "missing", register=source))
        claims.setdefault(code, []).append(("register", int(claim)))
    asked_of = positions(o.index, texts(register["organization"].drop_duplicates()))
    asked_any = np.zeros(len(o), dtype=bool)
    for name_of, rows in register.groupby("register"):
        source = str(name_of)
        found = asked(facts, source, rows)
        if found is None:
            continue
        wanted, listed = found
        asked_any |= wanted & ~listed
        some = o.loc[wanted & ~listed, ["name", "claim"]]
        for code, name, claim in zip(some.index, some["name"], some["claim"], strict=True):
            words.setdefault(code, []).append(
                Words(
                    f"{name} 在台账而不在 {source} 名录",
                    f"{name} is in the ledger and not in the register {source}",
                )
            )
            evidence.setdefault(code, []).append(node(code, "organization", absent_from=source))
            claims.setdefault(code, []).append(("organization", int(claim)))
    repair = no_repair("须核实后补报或更正", "to be checked, then reported or corrected")
    hits = [
        Hit(
            str(code),
            {"what": Words("；".join(w.zh for w in what), "; ".join(w.en for w in what))},
            tuple(evidence[code]),
            tuple(dict.fromkeys(claims[code])),
            repair,
        )
        for code, what in words.items()
    ]
    asked_any[asked_of[asked_of >= 0]] = True
    return Outcome(
        Population(organizations=np.flatnonzero(asked_any), others=int((asked_of < 0).sum())), hits
    )


# -- numbers and values that differ ------------------------------------------------------------------------------------


@rule(
    "count_mismatch",
    clauses="S46",
    severity="error",
    title=("党员数与记录不符", "counts differ from member records"),
    says=(
        "{subject} {name} 填报{what}",
        "{subject} {name} states {what}",
    ),
    clean=(
        "基数内 {checked} 家有党员记录的单位中 {clean} 家人数相符",
        "the counts of {clean} of {checked} organizations with member records agree",
    ),
    needs="organization member",
)
def count_mismatch(facts: Facts) -> Outcome:
    """Find organizations of the base whose member counts differ from the 党员 records that name them as employer.

    Judged where the 党员 sheet covers the organization: a record names it. A record counts once, whatever number of units it
    stands in; formal and probationary members are compared apart, a blank count not at all.
    """
    people = facts.members
    people = people[people["employer"].notna()].drop_duplicates(["member", "employer"])
    counted = people.groupby("employer")["formal"].agg(["sum", "size"])
    o = facts.organizations
    at = o.index.get_indexer(counted.index)
    in_base = (at >= 0) & facts.base[np.maximum(at, 0)]
    counted, at = counted[in_base], at[in_base]
    formal = counted["sum"].to_numpy(dtype=float)
    probationary = counted["size"].to_numpy(dtype=float) - formal
    stated = facts.formal_members[at]
    stated_p = numbers(o["probationary_members"])[at]
    with np.errstate(invalid="ignore"):
        bad_f = ~np.isnan(stated) & (stated != formal)
        bad_p = ~np.isnan(stated_p) & (stated_p != probationary)
    hits = []
    rows = people[people["employer"].isin(counted.index[bad_f | bad_p])]
    records = rows.groupby("employer")["claim"].agg(list)
    for j in np.flatnonzero(bad_f | bad_p):
        code = str(o.index[at[j]])
        parts = []
        if bad_f[j]:
            parts.append(_difference("正式党员", "formal members", stated[j], formal[j]))
        if bad_p[j]:
            parts.append(
                _difference("预备党员", "probationary members", stated_p[j], probationary[j])
            )
        hits.append(
            Hit(
                code,
                {
                    "name": o["name"].iloc[at[j]],
                    "what": Words("，".join(w.zh for w in parts), ", ".join(w.en for w in parts)),
                },
                (
                    node(
                        code,
                        "organization",
                        formal_members=_whole(stated[j]),
                        formal_records=int(formal[j]),
                        probationary_members=_whole(stated_p[j]),
                        probationary_records=int(probationary[j]),
                    ),
                ),
                (
                    ("organization", int(o["claim"].iloc[at[j]])),
                    *(("member", int(c)) for c in sorted(records[code])[:20]),
                ),
                no_repair(
                    "人数与记录哪个有误，须查原件",
                    "which of the two is wrong, the papers have to tell",
                ),
            )
        )
    return Outcome(Population(organizations=at), hits)


def _whole(number: float) -> int | None:
    return None if np.isnan(number) else int(number)


def _difference(zh: str, en: str, stated: float, counted: float) -> Words:
    return Words(
        f"{zh} {int(stated)} 名，记录 {int(counted)} 名",
        f"{int(stated)} {en}, the records hold {int(counted)}",
    )


@rule(
    "total_mismatch",
    clauses="S46",
    severity="error",
    title=("合计与明细不符", "a total differs from its rows"),
    says=(
        "{called}的“{column}”合计写 {stated}，各行之和为 {counted}",
        "{called} states a total of {stated} for {column}; its rows add up to {counted}",
    ),
    clean=(
        "{checked} 个合计中 {clean} 个与明细相符",
        "{clean} of {checked} totals agree with their rows",
    ),
    needs="stated_total",
    identity="ledger column stated",
)
def total_mismatch(facts: Facts) -> Outcome:
    """Find total rows (合计, 小计) whose number is not the sum of the rows they stand for; the subject is the total's key."""
    totals = facts.frame("stated_total")
    called = facts.ledger_name
    stated, counted = numbers(totals["stated"]), numbers(totals["counted"])
    bad = np.abs(stated - counted) > 1e-9
    hits = [
        Hit(
            str(key),
            {
                "ledger": ledger,
                "called": Words(*called(str(ledger))),
                "column": column,
                "stated": f"{s:g}",
                "counted": f"{c:g}",
            },
            (node(str(key), "stated_total", stated=float(s), counted=float(c)),),
            (("stated_total", int(claim)),),
            no_repair(
                "合计或某一行有误，须查原件",
                "the total or one of the rows is wrong: the papers have to tell",
            ),
        )
        for key, ledger, column, s, c, claim in zip(
            totals["key"][bad],
            totals["ledger"][bad],
            totals["column"][bad],
            stated[bad],
            counted[bad],
            totals["claim"][bad],
            strict=True,
        )
    ]
    return Outcome(Population(others=len(totals)), hits)


@rule(
    "conflicting_sources",
    clauses="S42 S46",
    severity="warning",
    title=("来源不一致", "sources disagree"),
    says=("{subject} 各来源不一致：{what}", "the sources disagree about {subject}: {what}"),
    clean=(
        "{checked} 个有多个来源的条目中 {clean} 个一致",
        "the sources of {clean} of {checked} entities with several agree",
    ),
    needs="",
)
def conflicting_sources(facts: Facts) -> Outcome:
    """Find entities of which two rows that stand now state different values for one column.

    Compared are the rows that the newest editions of ledgers list: those of several ledgers, and several rows in one. A
    blank states nothing; the reporting office differs by nature; lists are compared as sets. What a ledger said in an
    earlier edition is history, not a conflict. Organizations have to be in the base by one of their rows. Members are
    not compared: a member in two units is ``counted_twice``. A register is a source too, for organizations of the base: of the
    name (white space, width and punctuation apart), and of whether the organization is still there.
    """
    hits: list[Hit] = []
    at: dict[str, NDArray[np.int64]] = {}
    others = 0
    for kind in COMPARED_KINDS:
        rows = facts.standing_rows(kind)
        if kind == "organization" and len(rows):
            alive = rows.loc[rows["status"].eq("正常").fillna(False), "key"]
            excluded = facts.organizations.index[mask(facts.organizations["excluded"])]
            by_status = facts.organizations["status"].isin(("空壳", "僵尸", "影子"))
            struck = excluded.difference(facts.organizations.index[mask(by_status)])
            rows = rows[rows["key"].isin(alive) & ~rows["key"].isin(struck)]
        keys = texts(rows["key"].drop_duplicates())
        registers: dict[str, _ByRegisters] = {}
        if kind == "organization":
            registers, listed = _by_registers(facts)
            at[kind] = np.union1d(positions(facts.organizations.index, keys), listed)
        elif kind == "unit":
            at[kind] = positions(facts.units.index, keys)
        else:
            others += len(keys)
        hits += _conflicts(kind, rows, registers) if len(rows) or registers else []
    return Outcome(Population(at["organization"], at["unit"], others=others), hits)


@dataclass(slots=True)
class _ByRegisters:
    """What registers say otherwise of one organization: by column the ledger's value and theirs, and the rows that say so."""

    values: dict[str, list[str]] = field(default_factory=dict)
    claims: list[tuple[str, int]] = field(default_factory=list)


def _by_registers(facts: Facts) -> tuple[dict[str, _ByRegisters], Ints]:
    """Return what registers say otherwise of organizations of the base, by code, and which of these they list."""
    found: dict[str, _ByRegisters] = {}
    if not facts.holds("register"):
        return found, np.empty(0, dtype=np.int64)
    rows = compared(facts)
    rows = rows[rows["at"] >= 0]
    rows = rows[facts.base[rows["at"].to_numpy(np.int64)]]
    o = facts.organizations
    for name in ("name", "status"):
        for row in rows[rows[f"differs_{name}"]].sort_values("register").to_dict("records"):
            at = int(row["at"])
            this = found.setdefault(str(row["organization"]), _ByRegisters())
            said = this.values.setdefault(name, [str(o[name].iloc[at])])
            said.append(f"{row['register']}: {row[name]}")
            this.claims += [
                ("organization", int(o["claim"].iloc[at])),
                ("register", int(row["claim"])),
            ]
    return found, np.unique(rows["at"].to_numpy(np.int64))


def _conflicts(kind: str, rows: pd.DataFrame, registers: Mapping[str, _ByRegisters]) -> list[Hit]:
    """Compare the rows of each key column by column, and what registers say of it."""
    properties = load_schema().kinds[kind].properties
    differing: dict[str, list[str]] = {}
    for name, p in properties.items():
        if name in NOT_COMPARED or name not in rows:
            continue
        values = rows[name]
        if p.type == "list":
            values = values.map(lambda v: ";".join(sorted(str(v).split(";"))), na_action="ignore")
        known = rows.loc[values.notna(), ["key"]].assign(value=values.astype(object))
        distinct = known.drop_duplicates()
        for key in distinct.loc[distinct.duplicated("key"), "key"].unique():
            differing.setdefault(str(key), []).append(name)
    for key, beside in registers.items():
        known_names = differing.setdefault(key, [])
        known_names += [name for name in beside.values if name not in known_names]
    hits = []
    for key, names in differing.items():
        some = rows[rows["key"] == key]
        parts = []
        shown: dict[str, list[str]] = {}
        other = registers.get(key, _ByRegisters())
        for name in names:
            own = (_show(v) for v in some.get(name, ()) if not pd.isna(v))
            said = list(dict.fromkeys([*own, *other.values.get(name, ())]))
            shown[name] = said
            parts.append(
                Words(
                    f"{properties[name].zh}（{'；'.join(said)}）",
                    f"{properties[name].en} ({'; '.join(said)})",
                )
            )
        hits.append(
            Hit(
                key,
                {"what": Words("、".join(w.zh for w in parts), ", ".join(w.en for w in parts))},
                (node(key, kind, **shown),),
                tuple(
                    dict.fromkeys([*((kind, int(c)) for c in sorted(some["claim"])), *other.claims])
                ),
                no_repair(
                    "以哪个来源为准，须由人判断", "which source is right is for a person to say"
                ),
            )
        )
    return hits


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


@rule(
    "duplicate_organization",
    clauses="S41 S42",
    severity="warning",
    title=("疑似重复单位", "possible duplicate"),
    says=(
        "{n} 个代码的名称和地址相同：{codes}（{name}）",
        "{n} codes have one name and address: {codes} ({name})",
    ),
    clean=(
        "基数内 {checked} 家有地址的单位中 {clean} 家不重复",
        "{clean} of {checked} organizations with an address share it with none of the same name",
    ),
    needs="organization",
)
def duplicate_organization(facts: Facts) -> Outcome:
    """Find organizations of the base with the same name and address under two codes; subject: the least code.

    Names and addresses are compared without full-width forms, white space, punctuation and case; a blank one matches
    nothing. Nothing is merged: whether they are the same is for a person to decide (``lianjian decide merge``, ``distinct``);
    codes decided to be distinct from all others of their name are left out.
    """
    facts.require_column("address")
    o = facts.organizations
    pick = (
        facts.base
        & o["name"].notna().to_numpy(dtype=bool)
        & o["address"].notna().to_numpy(dtype=bool)
    )
    name, address = alike(o["name"][pick]), alike(o["address"][pick])
    both = pd.DataFrame({"code": o.index[pick], "name": name, "address": address})
    both = both[(both["name"] >= 0) & (both["address"] >= 0)]
    twice = both[both.duplicated(["name", "address"], keep=False)]
    hits = []
    for _, some in twice.groupby(["name", "address"]):
        codes = _undecided(sorted(str(c) for c in some["code"]), facts.city.decisions.distinct)
        if len(codes) < 2:
            continue
        hits.append(
            Hit(
                codes[0],
                {
                    "n": len(codes),
                    "codes": Words("、".join(codes[:10]), ", ".join(codes[:10])),
                    "name": o.at[codes[0], "name"],
                },
                tuple(node(c, "organization") for c in codes[:20]),
                tuple(facts.claims_of("organization", codes[:20])),
                no_repair(
                    "是否同一单位，须由人判断", "whether they are one is for a person to decide"
                ),
            )
        )
    return Outcome(Population(organizations=positions(o.index, texts(both["code"]))), hits)


def _undecided(codes: list[str], distinct: frozenset[tuple[str, str]]) -> list[str]:
    """Return the codes of which it is undecided whether one of the others is the same organization."""
    told = {code for pair in distinct for code in pair}.intersection(codes)
    return [
        a
        for a in codes
        if a not in told or any(a != b and (min(a, b), max(a, b)) not in distinct for b in codes)
    ]


def alike(values: pd.Series) -> NDArray[np.int64]:
    """Return texts as numbers, equal where they are compared as equal; -1 for those without a letter or digit.

    Compared are NFKC, lower case, without white space and punctuation.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(values.to_numpy(dtype=object), type=pa.large_string())
    texts = pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC"))
    texts = pc.replace_substring_regex(texts, pattern=r"[\s\p{P}\p{S}]", replacement="")
    found = texts.dictionary_encode()
    code = np.append(
        np.where(pc.equal(found.dictionary, ""), -1, np.arange(len(found.dictionary))), -1
    )
    return np.asarray(code[found.indices.fill_null(len(code) - 1)], dtype=np.int64)
