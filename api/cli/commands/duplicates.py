"""Which codes may stand for one organization, and what speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.cli.options import (
    AsOfOption,
    InOption,
    JsonOption,
    LangOption,
    OutOption,
    ProfileOption,
    StoreOption,
)
from api.cli.output import Column, Listing, emit
from api.cli.progress import progress
from api.cli.session import Session
from api.settings import DEFAULT_PROFILE
from graph.model import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.duplicates import Pair


def duplicates(
    within: InOption = None,
    store: StoreOption = None,
    as_of: AsOfOption = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    out: OutOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> int:
    """Propose pairs of codes that may stand for one organization, with the weights that led there; nothing is merged."""
    session = Session.of(lang=lang, json=json, out=out, store=store, as_of=as_of, profile=profile)
    t = session.texts
    rules = session.profile()
    with session.store() as opened, progress(t("duplicates.working")):
        from graph.city import City
        from graph.duplicates import LEAST, WEIGHTS, propose

        city = City(opened, rules, session.listed_date(opened))
        proposed = propose(city, distinct=city.decisions.distinct, within=within)
        pairs = list(proposed)
        rows = city.organizations[["name", "address", "ledger_unit_name"]]
        some = {code for pair in pairs for code in (pair.a, pair.b)}
        said = rows[rows.index.isin(some)].astype(object).where(lambda x: x.notna(), None)
        known: dict[str, dict[str, Any]] = {
            str(code): dict(zip(said.columns, row, strict=True))
            for code, row in zip(said.index, said.to_numpy(dtype=object), strict=True)
        }

    def full(pair: Pair) -> dict[str, Any]:
        names = {
            f"{n}_{k}": known[code][n]
            for k, code in (("a", pair.a), ("b", pair.b))
            for n in ("name", "address")
        }
        return pair.as_json() | names

    payload = {
        "as_of": iso(city.as_of),
        "in": within,
        "pairs": [full(pair) for pair in pairs],
        "totals": {"pairs": len(pairs), "not_compared": proposed.skipped},
        "weights": dict(WEIGHTS),
        "least": LEAST,
    }
    columns = [
        Column("score", t("column.score"), "number"),
        *(
            Column(f"{n}_{k}", f"{t(f'column.{header}')} {k.upper()}")
            for k in "ab"
            for n, header in (("code", "id"), ("name", "name"), ("address", "address"))
        ),
        Column("evidence", t("column.evidence")),
    ]

    def lines() -> Iterator[list[Any]]:
        for pair in pairs:
            a, b = known[pair.a], known[pair.b]
            weighed = "; ".join(
                f"{t(f'evidence.{what}')} {weight:+d}" for what, weight in pair.evidence
            )
            yield [
                pair.score,
                pair.a,
                a["name"],
                a["address"],
                pair.b,
                b["name"],
                b["address"],
                weighed,
            ]

    summary = [t("duplicates.line", pairs=f"{len(pairs):,}", least=LEAST)]
    if proposed.skipped:
        summary.append(t("duplicates.skipped", rows=f"{proposed.skipped:,}"))
    emit(session, payload, [Listing(t("duplicates.pairs"), columns, lines())], summary)
    return 0
