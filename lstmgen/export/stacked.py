"""A layer with its gates one under another, in the order in which another program has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstmgen.arrays import AnyArray
from lstmgen.cell_facts import CellFacts
from lstmgen.errors import UsageError


@dataclass(frozen=True)
class GateOrder:
    """The name of a layer in another program, and the letters of its gates and peepholes in the order it has them."""

    name: str
    gates: str
    peepholes: str = ""


@dataclass(frozen=True)
class StackedLayer:
    """W (G H, D), U (G H, H), b (G H), recurrent_bias (G H) beside U h', p (3 H); None where there are no peepholes."""

    W: AnyArray
    U: AnyArray
    b: AnyArray
    recurrent_bias: AnyArray
    p: AnyArray | None


def gate_order(orders: Mapping[str, GateOrder], facts: CellFacts, form: str) -> GateOrder:
    """The order for this cell. Raises UsageError where the form has none."""
    order = orders.get(facts.name)
    if order is None or len(order.gates) != len(facts.gates):
        raise UsageError(f"A {form} file has no {facts.title}.\n`lstmgen export --list` says what each form can carry.")
    return order


def stacked_layer(arrays: Mapping[str, AnyArray], layer: int, facts: CellFacts, order: GateOrder) -> StackedLayer:
    """One layer of a model's arrays; arrays keep their type."""

    def stacked(name: str, have: tuple[str, ...], want: str) -> AnyArray:
        array = arrays[f"layers.{layer}.{name}"]
        return np.concatenate([array[have.index(letter)] for letter in want])

    bias = stacked("b", facts.gates, order.gates)
    recurrent = np.zeros_like(bias)
    if "b_hn" in facts.extra:
        units = len(bias) // len(order.gates)
        at = order.gates.index(facts.extra["b_hn"].gates[0]) * units
        recurrent[at : at + units] = arrays[f"layers.{layer}.b_hn"]
    return StackedLayer(
        stacked("W", facts.gates, order.gates),
        stacked("U", facts.gates, order.gates),
        bias,
        recurrent,
        stacked("p", facts.extra["p"].gates, order.peepholes) if "p" in facts.extra else None,
    )
