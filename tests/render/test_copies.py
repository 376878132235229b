"""The sentences on copies."""

from dataclasses import replace

from lstmgen.cli.copies import copies_lines
from lstmgen.text.copies import Copies, CopyStatistics

FOUND = Copies(
    10, 90_000, True, 1, CopyStatistics(2_000, 31, 0.641, None), CopyStatistics(2_000, 27, 0.582, None), 17, "x" * 31
)


def test_beside_held_out_text() -> None:
    assert copies_lines(FOUND, "char") == [
        "Longest passage copied from the training text: 31 of 2,000 generated characters "
        "(in as much validation text: 27).",
        "10-character sequences that are new: 64.1 % (in validation text: 58.2 %).",
    ]


def test_what_is_less_than_that_is_said() -> None:
    assert copies_lines(replace(FOUND, whole=False, sequence=4, held_out=None), "word") == [
        "Longest passage copied from the training text (its last 90,000 words): 31 of 2,000 generated words.",
        "4-word sequences that are new: 64.1 %. There is no validation text to compare with.",
    ]
    assert copies_lines(replace(FOUND, whole=False, seconds=5.0), "char")[0] == (
        "Longest passage copied from the training text (its last 90,000 characters, "
        "as many as can be searched in 5 s): "
        "31 of 2,000 generated characters (in as much validation text: 27)."
    )
    assert copies_lines(replace(FOUND, held_out=CopyStatistics(500, 20, 0.6, None)), "char")[0] == (
        "Longest passage copied from the training text: 31 of 2,000 generated characters "
        "(in 500 validation characters: 20)."
    )


def test_lines() -> None:
    lines = replace(FOUND, texts=100, written=CopyStatistics(1, 1, None, 12), held_out=CopyStatistics(1, 1, None, 3))
    assert copies_lines(lines, "char") == [
        "Generated lines that are in the training text: 12 of 100 (of as many validation lines: 3).",
        "Longest passage copied from the training text: 1 of 1 generated character (in as much validation text: 1).",
    ]
