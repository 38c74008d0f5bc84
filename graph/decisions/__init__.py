"""What offices have decided: one organization or two, in the base or not, a departure approved, the frozen baseline.

A decision is a claim like any other (kind ``decision``), written by a batch of its own: it has a date from which it holds, an
office and a reason; it is taken back with its batch, and no ledger that comes later touches it.
"""

from graph.decisions.record import Decision, Decisions, read

__all__ = ["Decision", "Decisions", "read"]
