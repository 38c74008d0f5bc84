"""What a changed value makes of a plan: ``plan --set``, and what continuing one moves: ``plan --from``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.cli.texts import Texts

Plan = dict[str, Any]


def compared(
    after: Plan, former: Plan | None, settings: list[str], again: Callable[[], Plan]
) -> dict[str, Any] | None:
    """Return the difference to another plan; ``None`` where there is nothing to compare with.

    Parameters
    ----------
    former : dict, optional
        The plan that ``--from`` names.
    settings : list of str
        What ``--set`` gave.
    again : callable
        Makes the plan without ``--set``; called where no plan was named.
    """
    from graph.formation.comparison import compare

    if former is not None:
        return {"with": "from", **compare(former, after)}
    if settings:
        return {"with": "without_set", **compare(again(), after)}
    return None


def lines(t: Texts, found: dict[str, Any]) -> list[str]:
    """Say the difference in words."""
    figures = found["figures"]
    values: dict[str, str] = {}
    for name, x in figures.items():
        digits = 6 if name in ("objective", "covered_cost", "gap") else 0
        values |= {
            f"{name}_before": f"{x['before']:,.{digits}f}",
            f"{name}_after": f"{x['after']:,.{digits}f}",
            f"{name}_difference": f"{x['difference']:+,.{digits}f}",
        }
    changed = ", ".join(
        f"{k} {_shown(v['before'])} → {_shown(v['after'])}" for k, v in found["changed"].items()
    )
    out = [t(f"compare.{found['with']}", units=f"{found['ledger_units']:,}")]
    if changed:
        out.append(t("compare.changed", changed=changed))
    out.append(t("compare.covered", **values))
    out.append(
        t(
            "compare.organizations", newly=f"{len(found['newly_covered']):,}",
            lost=f"{len(found['no_longer_covered']):,}", elsewhere=f"{found['elsewhere']:,}",
            settled=f"{len(found['settled']):,}",
        )
    )  # fmt: skip
    out.append(t("compare.cost", **values))
    return out


def _shown(value: Any) -> str:
    return f"{value:,.12g}" if isinstance(value, int | float) else str(value)
