"""What all stores that keep rows in a database say of imports: which is in force, and that one is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import StoreBusyError, UnknownIdError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.model import Batch


def in_force(batches: Iterable[Batch], number: int) -> Batch:
    """Return a batch by its number; ``UnknownIdError`` where there is none, or it was taken back."""
    for b in batches:
        if b.id == number and not b.undone:
            return b
    raise UnknownIdError(
        f"batch {number}: none in force; see lianjian status",
        f"批次 {number}：不存在或已撤销；见 lianjian status",
    )


def busy(url: str | None = None) -> StoreBusyError:
    """Return what to say where another import holds a store; without ``url`` it is this very process's."""
    where, ort = ("", "") if url is None else (f"store {url}: ", f"存储 {url}：")
    return StoreBusyError(
        f"{where}another import is under way; try again when it has ended",
        f"{ort}另一项导入正在进行，请稍后再试",
    )
