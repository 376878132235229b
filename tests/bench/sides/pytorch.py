"""PyTorch's side: the same network from the same weights, Adam (fused), clipping by norm.

In bf16 the network runs under PyTorch's automatic mixed precision; weights and optimiser are float32, as ours are.
"""

import time

import numpy as np
import torch

from tests.bench.rows import BETAS, CLIP, EPSILON, Row, windows
from tests.bench.sides.serve import serve

ORDER = {"lstm": [1, 0, 3, 2], "rnn": [0]}  # ours f, i, o, g; PyTorch's i, f, g, o


def take_layer(layers, k: int, W, U, b) -> None:
    """Put one of our layers (G, H, D), (G, H, H), (G, H) into layer k of an nn.LSTM or nn.RNN, under no_grad."""
    order = ORDER["rnn" if len(W) == 1 else "lstm"]
    for given, theirs in ((W, "weight_ih"), (U, "weight_hh"), (b, "bias_ih")):
        target = getattr(layers, f"{theirs}_l{k}")
        target.copy_(torch.from_numpy(given[order].reshape(target.shape)))
    second_bias = getattr(layers, f"bias_hh_l{k}")
    second_bias.zero_()
    second_bias.requires_grad_(False)  # one bias a gate, as in the equations


class Language(torch.nn.Module):
    """Embedding, recurrent layers, output layer."""

    def __init__(self, row: Row, weights) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(row.V, row.E or row.V)
        kind = torch.nn.LSTM if row.cell == "lstm" else torch.nn.RNN
        self.layers = kind(row.E or row.V, row.H, row.L)
        self.output = torch.nn.Linear(row.H, row.V)
        with torch.no_grad():
            one_hot = torch.eye(row.V)
            self.embedding.weight.copy_(torch.from_numpy(weights["embedding"]) if row.E else one_hot)
            self.embedding.weight.requires_grad_(bool(row.E))
            for k in range(row.L):
                take_layer(self.layers, k, *(weights[f"layers.{k}.{name}"] for name in "WUb"))
            self.output.weight.copy_(torch.from_numpy(weights["output.W"]))
            self.output.bias.copy_(torch.from_numpy(weights["output.b"]))

    def forward(self, x, state):
        """Logits (T, B, V) and the states after the window."""
        h, state = self.layers(self.embedding(x), state)
        return self.output(h), state


class Side:
    """The network in hand."""

    def start(self, row, threads, weights, precision="float32"):
        """Make the network from our weights."""
        torch.set_num_threads(threads)
        self.mixed = precision == "bf16"
        self.row = r = Row(**row)
        self.model = Language(r, np.load(weights))
        trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimiser = torch.optim.Adam(trained, lr=r.rate, betas=BETAS, eps=EPSILON, fused=True)
        self.trained, self.step = trained, 0
        self.windows = [(torch.from_numpy(x).long(), torch.from_numpy(y).long()) for x, y in windows(r, 24)]
        zero = torch.zeros(r.L, r.B, r.H)
        self.state = (zero, zero.clone()) if r.cell == "lstm" else zero
        return {"version": torch.__version__, "vectors": torch.backends.cpu.get_cpu_capability()}

    def updates(self, count):
        """Train on `count` windows: losses and seconds."""
        losses, begun = [], time.perf_counter()
        for _ in range(count):
            x, y = self.windows[self.step % len(self.windows)]
            self.step += 1
            with torch.autocast("cpu", torch.bfloat16, enabled=self.mixed):
                logits, state = self.model(x, self.state)
                loss = torch.nn.functional.cross_entropy(logits.reshape(-1, self.row.V), y.reshape(-1))
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.trained, CLIP)
            self.optimiser.step()
            self.state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
            losses.append(loss.item())
        return {"seconds": time.perf_counter() - begun, "done": count, "losses": losses}


if __name__ == "__main__":
    side = Side()
    serve({"start": side.start, "updates": side.updates})
