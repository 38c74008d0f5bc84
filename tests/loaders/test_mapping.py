"""Columns by their headings, and mappings for lists that are laid out otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from graph.schema import load_schema
from loaders import mapping
from loaders.canonical import canonical, normal_heading
from loaders.recognition import recognise
from loaders.rows import PARSERS
from tests.loaders.city import Desk, credit_code, firm, ledger

SHEETS = sorted(canonical().sheets)


@pytest.fixture(autouse=True)
def _own_mappings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No mappings of anyone's."""
    monkeypatch.setenv("LIANJIAN_MAPPINGS", str(tmp_path / "mappings"))


@pytest.mark.parametrize("kind", SHEETS)
def test_canonical_headers_are_known_whatever_the_sheet_is_called(kind: str) -> None:
    """A sheet with its canonical header is known as what it is; equal headers are told apart by the sheet's name only."""
    sheet = canonical().sheets[kind]
    plan = recognise([c.name for c in sheet.columns], "Sheet1", "x.xlsx")
    assert plan is not None
    if plan.tied:
        assert kind in plan.tied
        plan = recognise([c.name for c in sheet.columns], sheet.names[0], "x.xlsx")
        assert plan is not None
    assert plan.kind.id == kind
    assert not plan.tied
    assert not plan.unknown
    assert not plan.refused
    assert [c.column.name for c in plan.columns] == [c.name for c in sheet.columns]


@st.composite
def parts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Draw some headings of a kind, among them one that no other kind knows."""
    known = canonical()
    kind = known.sheets[draw(st.sampled_from(SHEETS))]
    wordings = [w for c in kind.columns for w in c.wordings]
    others = [k for k in SHEETS if k != kind.id]
    only = [w for w in wordings if not any(known.find(k, w) for k in others)]
    if (
        not only
    ):  # buildings, commercial streets and markets share all but the names of code and name
        return kind.id, []
    some = draw(st.lists(st.sampled_from(wordings), max_size=8))
    named = draw(st.permutations(sorted({draw(st.sampled_from(only)), *some})))
    return kind.id, list(named)


@given(parts(), st.sampled_from([n for k in SHEETS for n in canonical().sheets[k].names]))
def test_a_part_of_a_header_is_never_taken_for_another_kinds(
    part: tuple[str, list[str]], name: str
) -> None:
    """Headings of a kind, one of which only it knows, are read as that kind or not at all, whatever the sheet is called."""
    kind, headings = part
    for called in ("Sheet1", name):
        plan = recognise(headings, called, "x.csv")
        assert plan is None or (plan.kind.id, plan.tied) == (kind, ())


@pytest.mark.parametrize(
    ("headings", "name", "kind", "missing"),
    [
        ("单位名称 统一社会信用代码 从业人数 正式党员数", "行业协会", "organization", "类别 经营状态"),
        ("统一社会信用代码 单位名称 类别 从业人数", "Sheet1", "organization", "正式党员数 经营状态"),
        ("统一社会信用代码 协会名称 行业代码", "Sheet1", "association", ""),
        ("统一社会信用代码 单位名称 行业代码 会员", "Sheet1", "association", ""),
        ("统一社会信用代码 单位名称", "行业协会", "association", ""),
        ("来源 统一社会信用代码 单位名称 经营状态 类别 地址", "外部名录", "register", ""),
    ],
)  # fmt: skip
def test_headings_count_for_the_kinds_that_know_them(
    headings: str, name: str, kind: str, missing: str
) -> None:
    """A kind of few required columns doesn't win by leaving unread what another knows; what that one lacks is named."""
    plan = recognise(headings.split(), name, "x.csv")
    assert plan is not None
    assert (plan.kind.id, plan.tied, plan.missing) == (kind, (), tuple(missing.split()))


@pytest.mark.parametrize(
    ("headings", "kinds"),
    [
        ("统一社会信用代码 单位名称", ("association", "organization")),
        ("统一社会信用代码 单位名称 填报日期", ("association", "organization")),
        ("来源 统一社会信用代码 单位名称 经营状态 类别 地址", ("register", "organization")),
    ],
)
def test_a_header_that_may_be_either_kinds_is_refused_with_both(
    headings: str, kinds: tuple[str, ...], desk: Desk
) -> None:
    """Where names don't decide, nothing is loaded; the message says both kinds, what one lacks, and the two ways out."""
    plan = recognise(headings.split(), "Sheet1", "x.csv")
    assert plan is not None
    assert plan.tied == kinds
    path = desk.folder / "一.csv"
    path.write_text("\n".join([headings.replace(" ", ","), "甲"]), "utf-8")
    with pytest.raises(InputError) as refused:
        desk.load(path)
    for said, of in ((refused.value.en, 1), (refused.value.zh, 0)):
        assert all((s.zh, s.en)[of] in said for s in map(canonical().sheets.get, kinds) if s)
        assert "从业人数" in said
        assert "--map" in said


def test_a_plain_list_of_organizations_makes_no_associations(desk: Desk) -> None:
    """Its rows stay out, and the columns that organizations need are named."""
    path = desk.folder / "六.csv"
    path.write_text(
        f"单位名称,统一社会信用代码,从业人数,正式党员数\n甲,{credit_code(1)},9,1\n", "utf-8"
    )
    report = desk.load(path)
    assert (report.batch, report.total("loaded"), report.quarantined) == (None, 0, 1)
    assert [(f.code, f.column) for f in report.faults()] == [
        ("missing_column", "类别"), ("missing_column", "经营状态"),
    ]  # fmt: skip


def test_every_declared_column_can_be_read() -> None:
    """Each column's kind of cell has a parser, and its property is the schema's."""
    kinds = load_schema().kinds
    for sheet in canonical().sheets.values():
        for column in sheet.columns:
            assert column.cell in PARSERS
            assert column.prop in {"key", "dated", *kinds[sheet.kind].properties}


def test_every_property_of_a_kind_has_a_column() -> None:
    """What the schema holds of organizations and units can be loaded; only what we work out ourselves has no column."""
    made = {
        "line",
        "suggested_industry",
        "suggested_street",
        "suggested_district",
        "suggestion_basis",
    }
    for kind in ("organization", "unit"):
        have = {c.prop for c in canonical().sheets[kind].columns}
        assert set(load_schema().kinds[kind].properties) - made <= have


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"header": 3, "columns": {"法定代表人": "单位名称"}}, "entry 1: columns needs a `sheet`"),
        ({"leave_out": True, "ignore": ["甲"]}, "entry 1: ignore needs a `sheet`"),
        ({"header": 1, "when": 5}, "entry 1: when: give a list"),
        ({"sheet": "organization", "when": 5}, "sheet organization"),
    ],
)
def test_an_entry_that_says_where_a_header_is_says_nothing_else(
    entry: dict[str, object], said: str
) -> None:
    """What it would say of columns is not dropped unseen, and what is no list of headings is named."""
    with pytest.raises(InputError) as refused:
        mapping.parse({"sheets": [entry]}, "m", "m")
    assert said in refused.value.en


@pytest.mark.parametrize("kind", SHEETS)
def test_no_canonical_column_is_taken_for_personal(kind: str) -> None:
    """No wording of a canonical column is refused as personal."""
    for column in canonical().sheets[kind].columns:
        for wording in column.wordings:
            assert canonical().find(kind, wording) is not None


@pytest.mark.parametrize(
    "heading",
    [
        "法定代表人",
        "党组织书记姓名",
        "书记",
        "联系人",
        "联系电话",
        "手机号",
        "身份证号码",
        "E-mail",
        "电子邮箱",
        "政治面貌",
        "负责人/姓名",
        "法人",
    ],
)
def test_personal_headings_are_refused(heading: str) -> None:
    """Headings of persons, in whatever wording, are refused."""
    headings = [*(h for h in firm()), heading]
    plan = recognise(headings, "", "x.csv")
    assert plan is not None
    assert [h for _, h in plan.refused] == [heading]


def test_ticked_columns() -> None:
    """Several columns under one heading that are ticked are one property."""
    headings = [*firm(), "群团组织/工会", "群团组织/共青团", "群团组织/妇联"]
    plan = recognise(headings, "", "x.csv")
    assert plan is not None
    ticked = plan.plan("群团组织")
    assert ticked is not None
    assert ticked.ticks == ("工会", "共青团", "妇联")


def test_ticks_make_a_list_and_two_ticks_of_one_choice_a_fault(desk: Desk) -> None:
    """Ticks of 群团组织 join to a list; ticks in two columns of 规模 are a fault."""
    rows = [
        firm(1, **{"群团组织/工会": "√", "群团组织/妇联": "√", "规模/大型": "√", "规模/小型": ""}),
        firm(2, **{"群团组织/工会": "", "群团组织/妇联": "×", "规模/大型": "√", "规模/小型": "√"}),
        firm(
            3, **{"群团组织/工会": "也许", "群团组织/妇联": "", "规模/大型": "", "规模/小型": "是"}
        ),
    ]
    report = desk.load(ledger(desk.folder / "一.csv", *rows))
    assert [f.code for f in report.faults()] == ["several_ticked", "not_tick"]
    assert desk.firm(1)["mass_organizations"] == "工会;妇联"
    assert desk.firm(1)["size"] == "大型"


REGISTER = """
zh: 登记名单
en: registrations
sheets:
  - sheet: organization
    columns: {name: 单位名称, id: 统一社会信用代码, addr: 地址}
    set: {line: enterprise}
    constants: {经营状态: 正常}
    absent: [类别, 所属区, 从业人数, 正式党员数]
    identifiers: any
    widths: {统一社会信用代码: 6}
    ignore: [capital]
    skip: {单位名称: ["*分公司"]}
"""


def test_a_mapping_reads_a_list_that_is_no_ledger(desk: Desk) -> None:
    """A mapping declares absent columns, other identifiers, digit widths, constants and rows that are none; nothing is planned."""
    from graph.city import City

    path = desk.folder / "list.csv"
    path.write_text(
        "id,name,addr,capital,phone\n42,甲公司,一街,1,13800138000\nB7,乙公司,二街,2,\n43,甲分公司,,,\n",
        encoding="utf-8",
    )
    chosen = desk.folder / "registrations.yaml"
    chosen.write_text(REGISTER, encoding="utf-8")
    report = desk.load(path, mapping=str(chosen))
    sheet = next(report.sheets())
    assert (sheet.loaded, sheet.quarantined, sheet.left_out) == (2, 0, 1)
    assert sheet.refused == [("phone", 1)]
    assert sheet.ignored == ["capital"]
    frame = desk.store.frame("organization")
    assert frame["key"].tolist() == ["000042", "B7"]
    assert frame["status"].tolist() == ["正常", "正常"]
    assert City(desk.store, desk.profile).organizations["action"].tolist() == ["unknown"] * 2


def test_a_mapping_saved_by_name_is_used_again(desk: Desk) -> None:
    """Suggestions taken and saved under a name let the same layout load the next time."""
    from loaders.pipeline import gather

    row = firm(1)
    row["从业人员数量"] = row.pop("从业人数")
    path = desk.folder / "一.csv"
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    assert desk.load(path).quarantined == 1
    sheets = gather([path]).sheets
    made = mapping.as_read("我区", [(s.known, s.raw.headings()) for s in sheets])
    mapping.save(made, "我区")
    assert "我区" in mapping.names()
    assert desk.load(path, mapping="我区").total("loaded") == 1
    assert desk.firm(1)["staff"] == 10
    assert mapping.load("我区").sheets == made.sheets


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sheets: [{sheet: nothing}]", "nothing"),
        ("sheets: [{sheet: unit, colums: {}}]", "colums"),
        ("sheets: [{sheet: unit, columns: {a: 没有的列}}]", "没有的列"),
        ("sheets: [{sheet: unit, identifiers: mine}]", "mine"),
        ("sheet: []", "sheets"),
        ("sheets: [", "while parsing"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    """A mapping file with an unknown key, sheet or column is refused in one line that names it."""
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        mapping.load(str(path))
    assert named in refused.value.en
    assert "\n" not in refused.value.en


@pytest.mark.parametrize("name", ["../x", "a/b", "con", "", "x" * 65, "canonical", "a\0b"])
def test_mapping_names_are_names(name: str) -> None:
    """A mapping's name is no path, no device and no reserved word."""
    with pytest.raises(InputError):
        mapping.save(mapping.CustomMapping("x", "x", "x", ()), name)


def test_headings_are_compared_without_marks_and_units() -> None:
    """Width, spaces, line breaks, stars, numbering and units in a heading don't matter."""
    assert (
        len(
            {
                normal_heading(h)
                for h in (
                    "从业人数",
                    "*从业\n人数",
                    "３．从业人数（人）",
                    "从业人数（必填）",
                    " 从 业 人 数 ",
                )
            }
        )
        == 1
    )


def test_sheets_that_fit_two_kinds_are_not_guessed(desk: Desk) -> None:
    """楼宇, 商业街区 and 市场 have one header: the sheet's or file's name tells them apart, else the sheet is left and said so."""
    text = "代码,名称,所属街道\n001,示例,420101001\n"
    (desk.folder / "数据.csv").write_text(text, encoding="utf-8")
    (desk.folder / "专业市场.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        desk.load(desk.folder / "数据.csv")
    assert "楼宇" in refused.value.zh
    desk.load(desk.folder / "专业市场.csv")
    assert desk.store.frame("market")["key"].tolist() == ["market:420101001/001"]
    report = desk.load(desk.folder / "数据.csv", ledger(desk.folder / "一.csv", firm(1)))
    assert not report.complete
    assert credit_code(1) in set(desk.store.frame("organization")["key"])
