"""Our side: training windows, sampling, draws, and the limit of the machine."""

import inspect
import time
from pathlib import Path

import numpy as np

import lstmgen
from lstmgen.errors import LstmgenError
from lstmgen.kernels.compile import jit
from lstmgen.kernels.draw import draw
from lstmgen.kernels.lanes import BF16
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network import Network, initialise, parameter_views
from lstmgen.sampling.generator import tokens_per_call
from lstmgen.settings import Architecture
from tests.bench.rows import BETAS, CLIP, EPSILON, Row, windows
from tests.bench.sides.clock import kernels_timed
from tests.bench.sides.limits import LIMITS, made_room
from tests.bench.sides.serve import serve


class Side:
    """The network in hand."""

    def start(self, row, threads, weights, precision="float32"):
        """Make the network; its first weights are the file's, or are made and left there for the other sides."""
        self.row = r = Row(**row)
        shape = Architecture(r.cell, r.V, r.E, r.H, r.L)
        if Path(weights).exists():
            flat = np.zeros(shape.parameter_count(), np.float32)
            with np.load(weights) as kept:
                for name, view in parameter_views(shape, flat).items():
                    view[:] = kept[name]
        else:
            flat = initialise(shape, np.random.default_rng(1))
            np.savez(weights, **parameter_views(shape, flat))
        options = {} if precision == "float32" else {"precision": precision}
        self.network, self.pools = Network(shape, flat, threads, **options), {}  # pools: for the limit
        self.first, self.second = np.zeros_like(flat), np.zeros_like(flat)
        self.step, self.windows = 0, list(windows(r, 24))
        self.state = self.network.zero_state(r.B)
        return {"version": lstmgen.__version__, "bf16": BF16}

    def updates(self, count):
        """Train on `count` windows: losses and seconds."""
        losses, begun, n = [], time.perf_counter(), self.network
        for _ in range(count):
            x, y = self.windows[self.step % len(self.windows)]
            found = n.gradient(x, y, self.state)
            norm = n.global_norm(found.gradient)
            self.step += 1
            n.adamw(
                found.gradient, self.first, self.second, rate=self.row.rate, beta1=BETAS[0], beta2=BETAS[1],
                epsilon=EPSILON, weight_decay=0.0, step=self.step, scale=min(1.0, CLIP / (norm + 1e-6)),
            )  # fmt: skip
            self.state = found.state
            losses.append(found.loss)
        return {"seconds": time.perf_counter() - begun, "done": count, "losses": losses}

    def outside(self, count):
        """Train on `count` windows: the shares of all threads' time spent in kernels, in packing, in the optimiser."""
        with kernels_timed(self.network) as spent:
            seconds = self.updates(count)["seconds"] * self.network.threads.count
        return {name: sum(times) / seconds for name, times in spent.items()}

    def sample(self, count, temperature=0.8, top_k=0, top_p=1.0, min_p=0.0, precision="float32"):
        """Draw about `count` tokens, for B texts at once."""
        B, options = self.row.B, {}
        if precision != "float32":
            if "precision" not in inspect.signature(Network.sampler).parameters:
                return {"skipped": f"this version does not write in {precision}"}
            options["precision"] = precision
        try:
            sampler = self.network.sampler(B, **options)
        except (LstmgenError, ValueError) as error:
            return {"skipped": str(error).partition("\n")[0].rstrip(".")}
        rng, state, last = np.random.default_rng(0), self.network.zero_state(B), np.zeros(B, np.int32)
        call, written = tokens_per_call(self.network, B), []
        calls = max(1, count // (call * B))
        begun = time.perf_counter()
        for _ in range(calls):
            ids, state = sampler.next_tokens(last, state, rng.random((call, B)), temperature, top_k, top_p, min_p)
            written.append(ids)
            last = ids[-1]
        seconds = time.perf_counter() - begun
        return {"seconds": seconds, "done": calls * call * B, "ids": np.concatenate(written).ravel().tolist()}

    def draws(self, count, V, temperature=0.8, top_k=0, top_p=1.0, min_p=0.0):
        """Draw `count` times from logits as uneven as a trained network's over words (perplexity about 100)."""
        rng = np.random.default_rng(0)
        logits = (3 * rng.standard_normal((16, V))).astype(np.float32)
        scratch = np.zeros(V, np.float32), np.zeros(V, np.int32)
        uniforms, banned = rng.random(count), np.zeros(V, np.uint8)
        begun = time.perf_counter()
        _draws(logits, V, banned, temperature, top_k, top_p, min_p, uniforms, *scratch)
        return {"seconds": time.perf_counter() - begun, "done": count}

    def limit(self, threads, count, precision="float32"):
        """GFLOP/s of a loop of `count` turns, in this precision, that never leaves the registers."""
        turns, flop = LIMITS[precision]
        outs = [made_room() for _ in range(threads)]
        pool = self.pools.setdefault(threads, ThreadPool(threads))
        pool.split(threads, lambda a, b: [turns(10, out) for out in outs[a:b]])
        begun = time.perf_counter()
        pool.split(threads, lambda a, b: [turns(count, out) for out in outs[a:b]])
        return {"gflops": threads * count * flop / (time.perf_counter() - begun) / 1e9}


@jit
def _draws(logits, V, banned, temperature, top_k, top_p, min_p, uniforms, work, order):
    for n in range(len(uniforms)):
        draw(logits[n % len(logits)], V, banned, temperature, top_k, top_p, min_p, uniforms[n], work, order)


if __name__ == "__main__":
    side = Side()
    serve({name: getattr(side, name) for name in ("start", "updates", "outside", "sample", "draws", "limit")})
