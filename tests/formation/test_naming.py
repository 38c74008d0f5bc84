from __future__ import annotations

from graph.formation.naming import new_code


def test_a_code_that_is_taken_gets_more_digits() -> None:
    """A planned unit whose eight digits another bears already gets as many more of its own hash as tell them apart."""
    first = new_code(["B", "A"])
    assert first == new_code(["A", "B"])
    assert len(first) == len("NEW-") + 8
    second = new_code(["A", "B"], {first})
    assert second.startswith(first)
    assert len(second) == len(first) + 1
