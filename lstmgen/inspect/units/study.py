"""What was found about units, as a value that is drawn, and for other programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lstmgen.arrays import Float32Array
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.units.detail import Detail, detail_of
from lstmgen.inspect.units.measure import FOUND, Candidates, Finding


@dataclass(frozen=True)
class Study:
    """What was measured: the model's name, the text in words, cleaned; states of units, and the findings."""

    name: str
    text: str
    candidates: Candidates
    findings: Sequence[Finding]
    layers: int

    @property
    def values(self) -> Float32Array:
        """States (U, T)."""
        return self.candidates.values

    def label(self, index: int, direction: int = 0) -> str:
        """ "c 139", with its layer where there are several and + or - for its direction: "1:c 139-"."""
        letter, layer, unit = self.candidates.names[index]
        where = f"{layer}:" if self.layers > 1 else ""
        return f"{where}{letter} {unit}{'+' if direction > 0 else '-' if direction < 0 else ''}"


def study_facts(study: Study, *, every: bool) -> dict[str, Any]:
    """For machines: each property with its verdict and best unit; with `every` the ranking of all units too."""
    return {
        "text": study.text,
        "tokens": study.values.shape[1],
        "properties": [
            {
                "name": found.wanted.name,
                "words": found.wanted.words,
                "numeric": found.numeric,
                "measure": "rank correlation" if found.numeric else "AUROC",
                "mean": float(found.wanted.values.mean()),
                "verdict": found.verdict,
                "found": found.verdict == FOUND,
                **{name: getattr(found, name) for name in ("token", "echo", "lead", "error", "shifted", "p")},
                "best": _unit_facts(study, found, found.best) if found.measured else None,
                **(
                    {"units": [_unit_facts(study, found, k) for k in found.order.tolist()]}
                    if every and found.measured
                    else {}
                ),
            }
            for found in study.findings
        ],
    }


def _unit_facts(study: Study, found: Finding, unit: int) -> dict[str, Any]:
    letter, layer, number = study.candidates.names[unit]
    direction = found.direction(unit)
    detail = detail_of(study.values[unit], found.wanted, direction) if found.measured else Detail(None, None, math.nan)
    return {
        "state": letter,
        "layer": layer,
        "unit": number,
        "direction": direction,
        **{half: found.turned(float(getattr(found, half)[unit]), unit) for half in ("all", "first", "second")},
        "f1": detail.f1,
        "threshold": detail.threshold,
        "bits": detail.bits,
    }


def study_table(study: Study, *, every: bool) -> Table:
    """A row for each property's best unit, or for every unit in the order of its rank."""
    names = ("state", "layer", "unit", "direction", "all", "first", "second", "f1", "threshold", "bits")

    def rows() -> Iterator[list[Any]]:
        for found in study.findings:
            for unit in found.order.tolist() if every and found.measured else [found.best]:
                facts = _unit_facts(study, found, unit) if found.measured else {}
                yield [found.wanted.name, found.verdict, *(facts.get(name) for name in names)]

    return Table(["property", "verdict", *names], rows())
