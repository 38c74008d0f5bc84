"""The commands, grouped as help shows them. A command stands here once what it needs exists; no name is reserved before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from api.cli.commands import (
    accounts,
    asking,
    auditing,
    backups,
    baselines,
    board,
    boundaries,
    campaign,
    connections,
    deciding,
    demonstration,
    duplicates,
    generating,
    handling,
    history,
    inspection,
    journal,
    ledgers,
    lookup,
    pictures,
    planning,
    profiles,
    reporting,
    serving,
    stores,
    surveying,
    templates,
    verifying,
    wall,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Commands under one heading of help.

    Parameters
    ----------
    panel : str
        Key of the heading's text.
    commands : mapping
        Name to function, or to the functions of its subcommands by name.
    """

    panel: str
    commands: Mapping[str, Callable[..., int] | dict[str, Callable[..., int]]]


GROUPS: tuple[Group, ...] = (
    Group("panel.start", {"demo": demonstration.demo}),
    Group(
        "panel.ledgers",
        {
            "template": templates.template,
            "generate": generating.generate,
            "preview": ledgers.preview,
            "import": ledgers.import_,
            "ledger": campaign.ledger,
            "status": stores.status,
            "undo": stores.undo,
            "copy": stores.copy,
            "backup": backups.backup,
            "restore": backups.restore,
        },
    ),
    Group("panel.lookup", {"find": lookup.find, "ask": asking.ask, "show": lookup.show}),
    Group(
        "panel.checking",
        {
            "survey": surveying.survey,
            "coverage": surveying.coverage,
            "report": reporting.report,
            "audit": auditing.audit,
            "diff": history.diff,
            "duplicates": duplicates.duplicates,
            "reconcile": inspection.reconcile,
            "sample": inspection.sample,
        },
    ),
    Group(
        "panel.desk",
        {
            "decide": {
                "merge": deciding.merge,
                "distinct": deciding.distinct,
                "exclude": deciding.exclude,
                "include": deciding.include,
                "departure": deciding.departure,
                "withdraw": deciding.withdraw,
                "list": deciding.list_,
            },
            "finding": handling.finding,
            "calendar": campaign.calendar,
            "board": {
                "list": board.list_,
                "show": board.show,
                "step": board.step,
                "back": board.back,
                "measure": board.measure,
                "lookback": board.lookback,
            },
            "inspection": {
                "draw": inspection.draw,
                "list": inspection.list_,
                "show": inspection.show,
                "record": inspection.record,
                "back": inspection.back,
            },
            "baseline": {
                "freeze": baselines.freeze,
                "show": baselines.show,
                "add": baselines.add,
                "remove": baselines.remove,
            },
        },
    ),
    Group(
        "panel.planning",
        {"candidates": planning.candidates, "plan": planning.plan, "verify": verifying.verify},
    ),
    Group(
        "panel.connections",
        {
            "chain": connections.chain,
            "path": connections.path,
            "neighbours": connections.neighbours,
        },
    ),
    Group(
        "panel.policy",
        {
            "profile": {
                "list": profiles.list_,
                "show": profiles.show,
                "copy": profiles.copy,
                "check": profiles.check,
            }
        },
    ),
    Group(
        "panel.pictures", {"map": pictures.map_, "wallmap": wall.wallmap, "export": pictures.export}
    ),
    Group(
        "panel.service",
        {
            "serve": serving.serve,
            "boundaries": {
                "load": boundaries.load,
                "list": boundaries.list_,
                "remove": boundaries.remove,
            },
            "journal": {"list": journal.list_, "head": journal.head, "verify": journal.verify},
            "user": {
                "add": accounts.add,
                "list": accounts.list_,
                "password": accounts.password,
                "disable": accounts.disable,
                "enable": accounts.enable,
            },
            "token": {
                "create": accounts.create_token,
                "list": accounts.list_tokens,
                "revoke": accounts.revoke,
            },
        },
    ),
)
"""Every command there is."""
