"""Which place a cell means: within the street, then the district, then the city; two that fit are a fault."""

from __future__ import annotations

from tests.loaders.city import Desk, codes, credit_code, firm, ledger


def building(desk: Desk, number: int) -> object:
    """Return the building that a firm's row names."""
    return desk.firm(number).get("building")


def test_names_and_codes_resolve_within_the_street_first(desk: Desk) -> None:
    """A building's code or name that several streets have means the one in the organization's street."""
    desk.with_places()
    report = desk.load(
        ledger(
            desk.folder / "一.csv",
            firm(1, 所在楼宇="001"),
            firm(2, 所属区="乙区", 所属街道="三街道", 所在楼宇="001"),
            firm(3, 所在楼宇="国际大厦"),
            firm(4, 所属区="乙区", 所属街道="三街道", 所在楼宇="国际大厦"),
            firm(5, 所在楼宇="building:420102001/002"),
        )
    )
    assert report.quarantined == 0
    assert [building(desk, n) for n in range(1, 6)] == [
        "building:420101001/001", "building:420102001/001", "building:420101001/001",
        "building:420102001/002", "building:420102001/002",
    ]  # fmt: skip


def test_then_the_district_then_the_city(desk: Desk) -> None:
    """Where the street has none, the district's one is meant, then the city's only one."""
    desk.with_places()
    desk.load(
        ledger(
            desk.folder / "一.csv",
            firm(1, 所属街道="二街道", 所在楼宇="国际大厦"),
            firm(2, 所属街道="二街道", 所在楼宇="科技大厦"),
        )
    )
    assert building(desk, 1) == "building:420101001/001"
    assert building(desk, 2) == "building:420102001/001"


def test_two_that_fit_are_a_fault(desk: Desk) -> None:
    """A name that two buildings fit equally well is a fault that names both."""
    desk.with_places()
    path = ledger(desk.folder / "一.csv", firm(1, 所属区="", 所属街道="", 所在楼宇="国际大厦"))
    report = desk.load(path)
    assert codes(report) == {(2, "所在楼宇", "ambiguous_place")}
    assert "building:420101001/001" in report.faults()[0].expected["en"]


def test_the_district_follows_from_what_is_named(desk: Desk) -> None:
    """A blank 所属区 is no fault where street, community, building or park tells it, and one where none does."""
    desk.with_places()
    rows = [
        firm(1, 所属区=""),
        firm(2, 所属区="", 所属街道="", 所属社区="湖滨社区"),
        firm(3, 所属区="", 所属街道="", 所在楼宇="科技大厦"),
        firm(4, 所属区="", 所属街道=""),
    ]
    report = desk.load(ledger(desk.folder / "一.csv", *rows))
    assert codes(report) == {(5, "所属区", "no_district")}
    from graph.city import City

    city = City(desk.store, desk.profile).organizations
    assert [city.at[credit_code(n), "at_district"] for n in (1, 2, 3)] == ["420101", "420101", "420102"]  # fmt: skip


def test_other_wordings_of_divisions(desk: Desk) -> None:
    """一街, 一街道办事处 and 甲 mean the street and the district that the 区划 sheet calls 一街道 and 甲区."""
    desk.with_places()
    rows = [
        firm(1, 所属街道="一街道办事处"),
        firm(2, 所属街道="420101002"),
        firm(3, 所属社区="花园社区居委会"),
    ]
    assert desk.load(ledger(desk.folder / "一.csv", *rows)).quarantined == 0
    assert desk.firm(1)["street"] == "420101001"
    assert desk.firm(2)["street"] == "420101002"
    assert desk.firm(3)["community"] == "420101001001"


def test_a_park_is_named_by_its_street_else_its_district(desk: Desk) -> None:
    """A park's identity is park:street/code, or park:district/code where it has no street; without either it is a fault."""
    desk.with_places()
    path = desk.folder / "园区.csv"
    path.write_text(
        "代码,名称,级别,所属区,所属街道\nP1,甲园,省级,甲区,二街道\nP2,乙园,区级,乙区,\nP3,丙园,其他,,\n",
        encoding="utf-8",
    )
    report = desk.load(path)
    assert desk.store.frame("park")["key"].tolist() == ["park:420101002/P1", "park:420102/P2"]
    assert codes(report) == {(4, "所属街道", "no_street")}
    desk.load(ledger(desk.folder / "一.csv", firm(1, 所属街道="二街道", 所在园区="甲园")))
    assert desk.firm(1)["park"] == "park:420101002/P1"
    assert desk.store.claims("organization")["ledger"].tolist() == ["非公企业|zone:P1"]


def test_a_place_keeps_its_identity_when_its_street_becomes_known(desk: Desk) -> None:
    """A building loaded under its street's name before the 区划 sheet is the same building afterwards."""
    path = desk.folder / "楼宇.csv"
    path.write_text("代码,名称,所属街道\n007,远洋大厦,一街道\n", encoding="utf-8")
    desk.load(path)
    desk.with_places()
    assert desk.load(path).batch is None
    assert desk.store.frame("building")["code"].tolist().count("007") == 1
    desk.load(ledger(desk.folder / "一.csv", firm(1, 所在楼宇="007")))
    assert str(building(desk, 1)).endswith("/007")
    assert "dangling_reference" not in {code for code, _ in desk.audit()}


def test_one_command_brings_everything_in_any_order(desk: Desk) -> None:
    """In one import divisions and places come first, whatever the files are called."""
    folder = desk.folder / "全部"
    folder.mkdir()
    ledger(folder / "a.csv", firm(1, 所在楼宇="国际大厦", 所属社区="花园社区"))
    from tests.loaders.city import places

    places(folder)
    (folder / "区划.csv").rename(folder / "z.csv")
    desk.load(folder)
    assert building(desk, 1) == "building:420101001/001"
    assert desk.firm(1)["community"] == "420101001001"
