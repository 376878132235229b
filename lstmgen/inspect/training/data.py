"""How models learnt, for other programs: every evaluation of every model, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.common.history import COLUMNS, Course


def course_facts(name: str, course: Course) -> dict[str, Any]:
    """A model's columns by name, and how nats a token became bits a character."""
    return {"model": name, **course.columns, "characters_per_token": course.bits_per_character.characters_per_token}


def course_table(names: Sequence[str], courses: Sequence[Course]) -> Table:
    """A row for each model and evaluation."""

    def rows() -> Iterator[list[Any]]:
        for name, course in zip(names, courses, strict=True):
            for row in zip(*course.columns.values(), strict=True):
                yield [name, *row]

    return Table(["model", *COLUMNS], rows())


def course_arrays(names: Sequence[str], courses: Sequence[Course]) -> Iterator[tuple[str, AnyArray]]:
    """The same rows as arrays (n,): `model` is the place in `names`."""
    yield "names", np.array(names, dtype=np.str_)
    yield "model", np.repeat(np.arange(len(courses)), [len(course) for course in courses])
    for column in COLUMNS:
        yield column, np.concatenate([course[column] for course in courses])
