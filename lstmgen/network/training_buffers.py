"""What a window needs to be learned from, beside its own buffers: gradients, and room for the sums over positions."""

from __future__ import annotations

from lstmgen.arrays import Float32Array
from lstmgen.cells.records import Gradients, Work
from lstmgen.cells.window_records import Backward, Beginning, Outputs, SumScratch, WeightGradients, WeightInputs
from lstmgen.kernels.lanes import NR
from lstmgen.kernels.product import SUMMED
from lstmgen.network.geometry import Geometry
from lstmgen.network.parameters import factor_zeros, zeros_aligned


class TrainingBuffers:
    """Those of a window of T steps and B rows, kept from update to update; scratch: of each of its threads.

    In bfloat16, what sums over positions read is put in pairs first, as `pair_rows` lays them out, in arrays of its
    own; else it is read where it stands.
    """

    def __init__(self, geometry: Geometry, T: int, B: int, bf16: bool, extra_rows: int, threads: int) -> None:
        g = self._geometry = geometry
        self._bf16, pairs = bf16, int(bf16)
        self._layer, self._step, self._paired_layer = (T + 1) * B * g.Hp, B * g.Hp, (T * B + T * B % 2) * g.Hp
        self._gradients = Gradients(
            zeros_aligned(g.L, self._layer), zeros_aligned(g.L, B, g.Hp), zeros_aligned(B, g.Hp)
        )
        self._DS = zeros_aligned(*((T, B, g.Hp) if g.skip_sum else (0,)))
        self._bias_size = g.L * g.P * NR
        self._vectors = zeros_aligned(self._bias_size + g.L * extra_rows * g.Hp)
        self._output_bias = zeros_aligned(g.Pv * NR)
        self._before = factor_zeros(bf16, pairs * g.L, self._paired_layer)
        self._below = factor_zeros(bf16, pairs * (g.L - 1), self._paired_layer)
        self._read = factor_zeros(bf16, pairs, self._paired_layer)
        self._sums = [zeros_aligned(max(g.Hp, g.Ep), NR) for _ in range(threads)]
        self._pairs = [factor_zeros(bf16, pairs * SUMMED, NR) for _ in range(threads)]
        self._tokens = -1

    def _make_room(self, count: int) -> None:
        """For so many distinct tokens."""
        if count <= self._tokens:
            return
        g = self._geometry
        some = self._tokens = min(g.V, max(2 * count, 64))
        embedded = some if g.E else 0
        self._table = factor_zeros(self._bf16, embedded, g.P, NR)
        self._embedding = zeros_aligned(embedded, g.Ep)
        self._embedded = factor_zeros(self._bf16, (embedded + embedded % 2) * self._bf16, g.Ep)
        rows = [zeros_aligned(some + 1, NR) for _ in self._sums]
        self.scratch = [SumScratch(*own) for own in zip(self._sums, self._pairs, rows, strict=True)]

    def backward(self, initial: Float32Array) -> Backward:
        """The record of the way back; initial (S, L, B, H) is filled."""
        g, gradients = self._geometry, self._gradients
        read, at = (self._DS, 0) if g.skip_sum else (gradients.dh, (g.L - 1) * self._layer + self._step)
        return Backward(gradients, self._DS, read, at, initial.reshape(-1))

    def sums(self, flat: Float32Array, work: Work, beginning: Beginning, outputs: Outputs) -> WeightGradients:
        """The record of the weights' gradients, of which flat (n,) is filled."""
        self._make_room(beginning.distinct)
        inputs = self._inputs(work, beginning, outputs)
        return WeightGradients(
            inputs, flat, self._table, self._vectors, self._bias_size, self._output_bias, self._embedding
        )  # fmt: skip

    def _inputs(self, work: Work, beginning: Beginning, outputs: Outputs) -> WeightInputs:
        if self._bf16:
            layer = self._paired_layer
            return WeightInputs(True, self._before, layer, self._below, -layer, layer, self._read, 0, self._embedded)
        layer, before = self._layer, work.states.rounded_before
        below = self._step - layer
        read, at = outputs.read, outputs.read_at
        return WeightInputs(False, before, layer, outputs.Y, below, layer, read, at, beginning.embedded)
