"""What the store holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.model import iso

if TYPE_CHECKING:
    from graph.decisions.record import Decisions
    from graph.model import Batch
    from graph.store.base import Store


@dataclass(frozen=True, eq=False)
class Holdings:
    """Kinds, edges, ledgers, imports and merges of a store.

    Attributes
    ----------
    held : dict
        As :meth:`graph.store.base.Store.status`.
    batches : list of dict
    merges : Decisions
    invented : bool
        Whether it is a city of the generator's.
    """

    held: dict[str, Any]
    batches: list[dict[str, Any]]
    merges: Decisions
    invented: bool

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        held = self.held
        return {
            "store": held["store"],
            "latest": iso(held["latest"]) if self.batches else None,
            "kinds": held["kinds"],
            "edges": held["edges"],
            "ledgers": held["ledgers"],
            "merged": self.merges.merged,
            "invented": self.invented,
            "batches": self.batches,
        }


def holdings(store: Store) -> Holdings:
    """Tell what the store holds: kinds, edges, ledgers and imports."""
    from graph.decisions.record import merges

    held = store.status()
    batches = [batch_json(b) for b in store.batches()]
    return Holdings(held, batches, merges(store, held["latest"]), _invented(store))


def empty(store: Store) -> bool:
    """Say whether a store holds nothing: none was imported, or all of it was taken back."""
    return not any(store.status()["kinds"].values())


def _invented(store: Store) -> bool:
    """Say whether a city is one of the generator's: its division is none that there is."""
    from loaders.synthetic.names import CITY_CODE, CITY_NAME

    found = store.node("division", CITY_CODE)
    return found is not None and found.properties.get("name") == CITY_NAME


def batch_json(batch: Batch) -> dict[str, Any]:
    """Return an import as JSON has it."""
    return {
        "id": batch.id,
        "at": batch.at,
        "date": iso(batch.dated),
        "files": list(batch.files),
        "loaded": batch.loaded,
        "unchanged": batch.unchanged,
        "quarantined": batch.quarantined,
        "corrects": batch.corrects,
        "undone": batch.undone,
    }


@dataclass(frozen=True, eq=False)
class TakenBack:
    """An import that was taken back."""

    batch: Batch

    def as_json(self) -> dict[str, Any]:
        """Return what both sides say."""
        return batch_json(self.batch)


def undo(store: Store, batch: int) -> TakenBack:
    """Take one import back; later ones stay.

    Raises
    ------
    UnknownIdError
        There is none of that number, or it was taken back before.
    """
    return TakenBack(store.undo(batch))
