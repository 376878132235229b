"""Our side: training windows, sampling, and the limit of the machine."""

import time

import numpy as np

from lstmgen.kernels.compile import jit
from lstmgen.kernels.lanes import LANES
from lstmgen.kernels.threads import Threads
from lstmgen.kernels.vector import WIDTH, fma, spread, store
from lstmgen.network import Network, initialise
from lstmgen.settings import Architecture
from tests.bench.rows import BETAS, CLIP, EPSILON, RATE, Row, windows
from tests.bench.sides.serve import serve


class Side:
    """The network in hand."""

    def start(self, row, threads, weights):
        """Make the network and save its first weights for the other side."""
        self.row = Row(**row)
        r = self.row
        shape = Architecture(r.cell, r.V, r.E, r.H, r.L)
        self.network = Network(shape, initialise(shape, np.random.default_rng(1)), threads)
        np.savez(weights, **self.network.views)
        self.first, self.second = np.zeros_like(self.network.parameters), np.zeros_like(self.network.parameters)
        self.step, self.windows = 0, list(windows(r, 24))
        self.state = self.network.zero_state(r.B)
        return {"parameters": len(self.network.parameters)}

    def updates(self, count):
        """Train on `count` windows: losses and seconds."""
        losses, begun, n = [], time.perf_counter(), self.network
        for _ in range(count):
            x, y = self.windows[self.step % len(self.windows)]
            found = n.gradient(x, y, self.state)
            norm = n.global_norm(found.gradient)
            self.step += 1
            n.adamw(
                found.gradient, self.first, self.second, rate=RATE, beta1=BETAS[0], beta2=BETAS[1], epsilon=EPSILON,
                weight_decay=0.0, step=self.step, scale=min(1.0, CLIP / (norm + 1e-6)),
            )  # fmt: skip
            self.state = found.state
            losses.append(found.loss)
        return {"seconds": time.perf_counter() - begun, "losses": losses}

    def sample(self, count):
        """Draw `count` tokens of one text at temperature 0.8."""
        rng = np.random.default_rng(0)
        writer, state, last = self.network.writer(1), self.network.zero_state(1), np.full(1, -1, np.int32)
        begun = time.perf_counter()
        for _ in range(count // 32):
            ids, state = writer.write(last, state, rng.random((32, 1)), temperature=0.8)
            last = ids[-1]
        return {"seconds": time.perf_counter() - begun, "tokens": count // 32 * 32}

    def limit(self, threads, turns):
        """GFLOP/s of a multiply-add loop that never leaves the registers."""
        outs = [np.zeros(16 * LANES, np.float32) for _ in range(threads)]
        pool = Threads(threads)
        pool.split(threads, lambda a, b: [_multiply_add(10, out) for out in outs[a:b]])
        begun = time.perf_counter()
        pool.split(threads, lambda a, b: [_multiply_add(turns, out) for out in outs[a:b]])
        return {"gflops": threads * turns * 12 * 2 * WIDTH / (time.perf_counter() - begun) / 1e9}


@jit
def _multiply_add(turns, out):
    a, b = spread(np.float32(0.999)), spread(np.float32(0.001))
    c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = c8 = c9 = c10 = c11 = spread(np.float32(0))
    for _ in range(turns):
        c0, c1, c2, c3 = fma(c0, a, b), fma(c1, a, b), fma(c2, a, b), fma(c3, a, b)
        c4, c5, c6, c7 = fma(c4, a, b), fma(c5, a, b), fma(c6, a, b), fma(c7, a, b)
        c8, c9, c10, c11 = fma(c8, a, b), fma(c9, a, b), fma(c10, a, b), fma(c11, a, b)
    store(out, 0, c0 + c1 + c2 + c3 + c4 + c5)
    store(out, LANES, c6 + c7 + c8 + c9 + c10 + c11)


if __name__ == "__main__":
    side = Side()
    serve({name: getattr(side, name) for name in ("start", "updates", "sample", "limit")})
