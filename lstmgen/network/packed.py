"""The weights in the kernels' packing, made anew from the flat vector after every update."""

from __future__ import annotations

import numpy as np

from lstmgen.kernels.lanes import NR
from lstmgen.kernels.pack import pack_backward, pack_forward
from lstmgen.kernels.threads import Threads
from lstmgen.network.geometry import Geometry
from lstmgen.network.parameters import Floats, new, offsets_of
from lstmgen.settings import Architecture

_PADDED_LOGIT = -1e30  # what a column beyond the vocabulary weighs: nothing


class Packed:
    """U, W, bias and p of all layers and the output layer, flat; `w_at[k]` is where layer k's W begins."""

    def __init__(self, architecture: Architecture) -> None:
        g = self.geometry = Geometry.of(architecture)
        self.starts = offsets_of(architecture)
        self.output_at = self.starts[architecture.output_name]
        self.inputs = [g.Ep] + [g.Hp] * (g.L - 1)  # padded input sizes; 0: looked up in W itself
        self.u_size, self.ut_size = g.P * g.Hp * NR, g.Q * g.P * NR * NR
        self.w_at = [0, *np.cumsum([g.P * d * NR for d in self.inputs]).tolist()]
        self.wt_at = [0, *np.cumsum([-(-d // NR) * g.P * NR * NR for d in self.inputs]).tolist()]
        self.U, self.UT = new(g.L * self.u_size), new(g.L * self.ut_size)
        self.W, self.WT = new(self.w_at[-1]), new(self.wt_at[-1])
        self.bias, self.p = new(g.L * g.P * NR), new(g.L * 3 * g.Hp)
        self.output, self.outputT = new(g.Pv * g.Hp * NR), new(g.Q * g.Pv * NR * NR)
        self.output_bias = new(g.Pv * NR)

    def fill(self, flat: Floats, threads: Threads, backward: bool) -> None:
        """Pack `flat`; the transposes too if `backward`."""
        g, at = self.geometry, self.starts

        def panels(p0: int, p1: int) -> None:
            for k in range(g.L):
                D = g.H if k else g.E
                u, w = at[f"layers.{k}.U"], at[f"layers.{k}.W"]
                pack_forward(flat, u, self.U, k * self.u_size, g.G, g.H, g.H, g.Hp, p0, p1)
                if D:
                    pack_forward(flat, w, self.W, self.w_at[k], g.G, g.H, D, self.inputs[k], p0, p1)
                if backward:
                    pack_backward(flat, u, self.UT, k * self.ut_size, g.G, g.H, g.H, g.Hp, p0, p1)
                    if D:
                        pack_backward(flat, w, self.WT, self.wt_at[k], g.G, g.H, D, self.inputs[k], p0, p1)

        def output(p0: int, p1: int) -> None:
            pack_forward(flat, self.output_at, self.output, 0, 1, g.V, g.H, g.Hp, p0, p1)
            if backward:
                pack_backward(flat, self.output_at, self.outputT, 0, 1, g.V, g.H, g.Hp, p0, p1)

        parts = threads.count if len(flat) > 200_000 else 1
        threads.split(g.P, panels, parts)
        threads.split(g.Pv, output, parts)
        for k in range(g.L):
            b = flat[at[f"layers.{k}.b"] :][: g.G * g.H].reshape(g.G, g.H)
            _put_bias(b, self.bias[k * g.P * NR :][: g.P * NR])
            if f"layers.{k}.p" in at:
                p = flat[at[f"layers.{k}.p"] :][: 3 * g.H].reshape(3, g.H)
                self.p.reshape(g.L, 3, g.Hp)[k, :, : g.H] = p
        self.output_bias[: g.V] = flat[at["output.b"] :][: g.V]
        self.output_bias[g.V :] = _PADDED_LOGIT


def _put_bias(b: Floats, row: Floats) -> None:
    """A bias (G, H) as one row of P NR numbers, in the order of the panels' columns."""
    G, H = b.shape
    per = NR // G
    padded = np.zeros((G, len(row) // G), np.float32)
    padded[:, :H] = b
    row.reshape(-1, G, per)[:] = padded.reshape(G, -1, per).transpose(1, 0, 2)


def take_bias_panel(row: Floats, b: Floats, p: int) -> None:
    """Panel p of a bias's gradient, NR numbers, into the bias's place (G, H)."""
    G, H = b.shape
    per = NR // G
    units = slice(p * per, min((p + 1) * per, H))
    b[:, units] = row.reshape(G, per)[:, : units.stop - units.start]
