"""What was measured of units, as a value that is drawn, and for other programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lstmgen.arrays import Float32Array
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.units.detail import Detail, detail_of
from lstmgen.inspect.units.measure import Association, UnitStates, Verdict


@dataclass(frozen=True)
class Study:
    """What was measured: the model's name, the text in words, cleaned; states of units; one association a property."""

    name: str
    text: str
    states: UnitStates
    associations: Sequence[Association]
    layers: int

    @property
    def values(self) -> Float32Array:
        """States (U, T)."""
        return self.states.values

    def label(self, index: int, direction: int = 0) -> str:
        """ "c 139", with its layer where there are several, and with its direction if that is given: "1:c 139 low"."""
        letter, layer, unit = self.states.names[index]
        where = f"{layer}:" if self.layers > 1 else ""
        return f"{where}{letter} {unit}{' high' if direction > 0 else ' low' if direction < 0 else ''}"


def study_facts(study: Study, *, every: bool) -> dict[str, Any]:
    """For machines: each property with its verdict and best unit; with `every` the ranking of all units too."""
    return {
        "text": study.text,
        "tokens": study.values.shape[1],
        "properties": [
            {
                "name": association.wanted.name,
                "words": association.wanted.words,
                "numeric": association.numeric,
                "measure": "rank correlation" if association.numeric else "AUROC",
                "mean": float(association.wanted.values.mean()),
                "verdict": association.verdict,
                "found": association.verdict == Verdict.FOUND,
                "token": association.token,
                "echo": association.permuted,
                "lead": association.margin,
                "error": association.error,
                "shifted": association.shifted,
                "p": association.p,
                "best": _unit_facts(study, association, association.best) if association.measured else None,
                **(
                    {"units": [_unit_facts(study, association, k) for k in association.order.tolist()]}
                    if every and association.measured
                    else {}
                ),
            }
            for association in study.associations
        ],
    }


def _unit_facts(study: Study, association: Association, unit: int) -> dict[str, Any]:
    letter, layer, number = study.states.names[unit]
    direction = association.direction(unit)
    detail = (
        detail_of(study.values[unit], association.wanted, direction)
        if association.measured
        else Detail(None, None, math.nan)
    )
    return {
        "state": letter,
        "layer": layer,
        "unit": number,
        "direction": direction,
        **{
            half: association.oriented(float(getattr(association, half)[unit]), unit)
            for half in ("all", "first", "second")
        },
        "f1": detail.f1,
        "threshold": detail.threshold,
        "bits": detail.bits,
    }


def study_table(study: Study, *, every: bool) -> Table:
    """A row for each property's best unit, or for every unit in the order of its rank."""
    names = ("state", "layer", "unit", "direction", "all", "first", "second", "f1", "threshold", "bits")

    def rows() -> Iterator[list[Any]]:
        for association in study.associations:
            for unit in association.order.tolist() if every and association.measured else [association.best]:
                facts = _unit_facts(study, association, unit) if association.measured else {}
                yield [association.wanted.name, association.verdict, *(facts.get(name) for name in names)]

    return Table(["property", "verdict", *names], rows())
