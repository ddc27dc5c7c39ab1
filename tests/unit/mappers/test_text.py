"""Names in a sentence."""

from __future__ import annotations

import pytest

from kolleno_netsuite.mappers.text import enumerated


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["S-UK"], "S-UK"),
        (["A", "B", "C", "D", "E"], "A, B, C, D, E"),
        (["A", "B", "C", "D", "E", "F"], "A, B, C, D, E…"),
    ],
)
def test_a_sentence_names_the_first_five(names: list[str], shown: str) -> None:
    assert enumerated(names) == shown
