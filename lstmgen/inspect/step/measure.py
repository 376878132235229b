"""One time step as the wires of a cell carry it, and what its wires say in words.

H units, V vocabulary. The wires are named by the letters of `CellFacts.wires`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, Int64Array
from lstmgen.cells.arithmetic import derived
from lstmgen.inspect.common.expected import softmax
from lstmgen.inspection.trace import Trace

if TYPE_CHECKING:
    from lstmgen.network import InferenceNetwork

_Weights = Mapping[str, Float32Array]


@dataclass(frozen=True)
class CellStep:
    """What one step of one layer does.

    position       of the token in the text, from 0
    token          its id; -1 where it is read as nothing, because a text starts anew there
    wires          (H,) each, by letter, from the bottom of the picture to its top; x is not among them
    probabilities  (V,): of the token that comes next
    """

    position: int
    token: int
    wires: dict[str, Float64Array]
    probabilities: Float64Array


@np.errstate(invalid="ignore", over="ignore")  # edited weights may give anything; it shows as it is
def measure_step(
    network: InferenceNetwork, trace: Trace, position: int, layer: int, *, document_end: int | None = None
) -> CellStep:
    """The step that reads token `position` of a text. document_end: the id that was read as nothing."""
    token = -1 if trace.ids[position] == document_end else int(trace.ids[position])
    own = {letter: values[position, layer].astype(np.float64) for letter, values in trace.values.items()}
    before = {letter + "'": _before(trace, letter, position, layer, anew=token < 0) for letter in trace.initial}
    states = np.stack([before[f"{letter}'"] for letter in trace.facts.states])[:, None].astype(np.float32)
    inputs = _inputs(network, trace, position, layer, token)
    squashed = network.architecture.squashing == "tanh"
    computed = network.cell.step(network.layer_weights(layer), inputs, states, not squashed)
    known = {letter: values[0].astype(np.float64) for letter, values in computed.items()} | before | own
    order = [wire.letter for wire in trace.facts.wires_with(network.architecture.squashing) if wire.letter != "x"]
    return CellStep(
        position, token, {letter: derived(letter, known) for letter in order}, softmax(trace.logits[position])
    )


def _before(trace: Trace, letter: str, position: int, layer: int, *, anew: bool) -> Float64Array:
    """A state before the step: of the step before, of nothing read yet, or zero where everything starts anew."""
    if anew:
        return np.zeros(trace.units)
    before = trace.initial[letter][layer] if position == 0 else trace.values[letter][position - 1, layer]
    return np.asarray(before, dtype=np.float64)


def _inputs(network: InferenceNetwork, trace: Trace, position: int, layer: int, token: int) -> Float32Array:
    """W x + b of the step, (1, G, H)."""
    weights = network.layer_weights(layer)
    inputs: Float32Array = weights["b"].copy()
    if layer:
        inputs += weights["W"] @ trace.values["h"][position, layer - 1]
    elif token >= 0:
        one_hot = not network.architecture.embedding
        inputs += weights["W"][..., token] if one_hot else weights["W"] @ network.views["embedding"][token]
    return inputs[None]


def units_are_words(weights: _Weights) -> bool:
    """Whether unit k of the last layer is token k and nothing else: output.W is a positive multiple of the identity."""
    output = weights["output.W" if "output.W" in weights else "embedding"]
    rows, columns = output.shape
    scale = output[0, 0]
    return bool(rows == columns and scale > 0 and np.array_equal(output, scale * np.eye(rows, dtype=output.dtype)))


def speaks_for(values: Float64Array, output: Float32Array, count: int) -> Int64Array:
    """The tokens that a wire (H,) of a layer that feeds the output raises most, read through output.W (V, H).

    Exact for what h adds to the logits; for what is not yet squashed and selected, only a reading: what it would say
    if it went out as it is. Strongest first; none that it does not raise.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        raised = output @ values.astype(np.float32)
        raised = np.nan_to_num(raised - raised.mean(), nan=-1.0)
    first = np.argsort(-raised, kind="stable")[:count]
    return np.asarray(first[raised[first] > 0], dtype=np.int64)


@np.errstate(invalid="ignore", over="ignore")
def strongest_units(network: InferenceNetwork, trace: Trace, layer: int) -> Int64Array:
    """All units of a layer, those first whose outputs, over the text, weigh most in what reads them; ties by number."""
    sizes = network.architecture
    above = [f"layers.{layer + 1}.W"] if layer < trace.layers - 1 else []
    above += [sizes.output_name] if sizes.feeds_output(layer) else []
    readers = np.concatenate([network.views[name].reshape(-1, trace.units) for name in above]).astype(np.float64)
    weight = np.abs(trace["h"][:, layer].astype(np.float64)).mean(axis=0) * np.sqrt((readers**2).sum(axis=0))
    return np.argsort(-np.nan_to_num(weight, nan=-1.0), kind="stable").astype(np.int64)
