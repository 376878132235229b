"""Our recipe in PyTorch: the same network, first weights, text, windows, schedule and clock; its own loss at the end.

    python -m tests.bench.learning.torch_recipe train.txt held.txt --time 60 --seed 1 --plan plan.json

plan.json is a plan of ours ("plan" of a row in results.json, or of `train --json`). nn.LSTM and fused AdamW (0.9, 0.99)
with clipping, locked dropout, weight-drop, states carried from window to window, another rotation every epoch, the
rate by elapsed time, the mean of the weights over the last part. Trained on as many threads as are quicker, one or all.
What is not as in ours: validation costs it nothing, no row starts anew inside an epoch (nn.LSTM cannot in the middle of
a window), and the mean is always kept, where ours keeps what validation prefers. Prints one JSON object: nats a
character over held.txt, one stream from zero state, every token.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy, embedding, one_hot

from lstmgen.network import initialise, views_of
from lstmgen.settings import Architecture
from lstmgen.text import Streams, load_corpus
from lstmgen.training.budget import Budget
from lstmgen.training.schedule import Leg
from lstmgen.training.state import generators_from
from lstmgen.training.update import AVERAGE_FROM, BETA1, BETA2, EPSILON
from tests.bench.learning.store import cores
from tests.bench.sides.pytorch import ORDER, take_layer

KNOWN = {"cell", "vocabulary", "embedding", "units", "layers", "squashing"}
PROBED = 1.5  # seconds a number of threads
SCORED = 512  # tokens at once


class RecipeError(Exception):
    """The plan asks for what this twin does not have."""


class Language(torch.nn.Module):
    """Our network: one-hot or embedded tokens, LSTM layers, an output layer."""

    def __init__(self, shape: Architecture, flat: np.ndarray) -> None:
        super().__init__()
        weights, self.shape = views_of(shape, flat), shape
        V, E, H = shape.vocabulary, shape.embedding, shape.units
        if E:
            self.embedding = torch.nn.Parameter(torch.from_numpy(weights["embedding"].copy()))
        self.layers = torch.nn.ModuleList(torch.nn.LSTM(H if k else E or V, H) for k in range(shape.layers))
        self.output = torch.nn.Linear(H, V)
        with torch.no_grad():
            for k, layer in enumerate(self.layers):
                take_layer(layer, 0, *(weights[f"layers.{k}.{name}"] for name in "WUb"))
            self.output.weight.copy_(torch.from_numpy(weights["output.W"]))
            self.output.bias.copy_(torch.from_numpy(weights["output.b"]))

    def zero_state(self, rows: int) -> torch.Tensor:
        """Nothing read yet: (L, 2, 1, B, H), h and c."""
        return torch.zeros(self.shape.layers, 2, 1, rows, self.shape.units)

    def forward(
        self, x: torch.Tensor, state: torch.Tensor, masks: torch.Tensor | None = None,
        weight_masks: torch.Tensor | None = None,
    ):  # fmt: skip
        """Logits (T, B, V) and the states after the window; x (T, B) of -1 is the zero vector. masks (L, B, H).

        weight_masks (L, 4 H, H): what each layer's U is multiplied with, in PyTorch's order of the gates.
        """
        there = (x >= 0).unsqueeze(-1)
        known = x.clamp(min=0)
        h = embedding(known, self.embedding) if self.shape.embedding else one_hot(known, self.shape.vocabulary)
        h, after = h * there.float(), []
        for k, layer in enumerate(self.layers):
            if weight_masks is None:
                h, both = layer(h, (state[k, 0], state[k, 1]))
            else:
                flat = [layer.weight_ih_l0, layer.weight_hh_l0 * weight_masks[k], layer.bias_ih_l0, layer.bias_hh_l0]
                h, *both = torch.lstm(h, (state[k, 0], state[k, 1]), flat, True, 1, 0.0, True, False, False)
            after.append(torch.stack(tuple(both)))
            if masks is not None:
                h = h * masks[k]
        return self.output(h), torch.stack(after)


class Recipe:
    """One training run."""

    def __init__(self, corpus, plan: dict, seed: int, budget: Budget) -> None:
        sizes = plan["architecture"]
        more = {name: value for name, value in sizes.items() if name not in KNOWN and value}
        if plan.get("embedding_dropout"):
            more["embedding_dropout"] = plan["embedding_dropout"]
        if more or sizes["cell"] != "lstm":
            raise RecipeError(f"this twin has no {more or sizes['cell']}.")
        shape = Architecture(**{name: sizes[name] for name in KNOWN})
        generators = generators_from(seed)
        flat = initialise(shape, generators["initialisation"], corpus.training_counts.astype(np.float64))
        self.plan, self.budget, self.model = plan, budget, Language(shape, flat)
        self.dropout, rows = generators["dropout"], plan["rows"]
        self.streams = Streams(
            corpus.training, corpus.training_starts, rows, plan["window"], generators["data"], restart=0.0
        )
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in self.trained if (p.ndim > 1) == matrix], "weight_decay": decay}
            for matrix, decay in ((True, plan["weight_decay"]), (False, 0.0))
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=0.0, betas=(BETA1, BETA2), eps=EPSILON, fused=True)
        self.state, self.steps, self.averaged = self.model.zero_state(rows), 0, 0
        self.average = [torch.zeros_like(p) for p in self.trained]

    def masks(self) -> torch.Tensor | None:
        """One for all steps of a window, (L, B, H)."""
        p, sizes = self.plan["dropout"], self.model.shape
        if not p:
            return None
        drawn = self.dropout.random((sizes.layers, self.plan["rows"], sizes.units), dtype=np.float32)
        return torch.from_numpy((drawn >= p).astype(np.float32) / np.float32(1.0 - p))

    def weight_masks(self) -> torch.Tensor | None:
        """Of U, for the whole window, (L, 4 H, H); in 256ths, as ours."""
        shut, sizes = round(256 * self.plan["weight_drop"]), self.model.shape
        if not shut:
            return None
        shape = (sizes.layers, len(ORDER["lstm"]), sizes.units, sizes.units)
        drawn = self.dropout.integers(0, 256, shape, dtype=np.uint8)[:, ORDER["lstm"]]
        kept = torch.from_numpy(drawn.reshape(sizes.layers, -1, sizes.units)) >= shut
        return kept.float() * (256 / (256 - shut))

    def update(self, seconds: float) -> None:
        """One window, at the rate of that second."""
        leg, plan = Leg(), self.plan
        for group in self.optimiser.param_groups:
            group["lr"] = leg.rate(self.budget, self.steps, seconds, plan["rate"], plan["floor"])
        x, y = (torch.from_numpy(ids).long() for ids in self.streams.next())
        self.state[:, :, :, x[0] < 0] = 0.0
        logits, state = self.model(x, self.state, self.masks(), self.weight_masks())
        loss = cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-1)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, plan["clip_norm"])
        self.optimiser.step()
        self.state, self.steps = state.detach(), self.steps + 1
        if leg.place(self.budget, self.steps, seconds).schedule >= AVERAGE_FROM:
            self.averaged += 1
            with torch.no_grad():
                for mean, now in zip(self.average, self.trained, strict=True):
                    mean.lerp_(now, 1.0 / self.averaged)

    def go(self) -> float:
        """To the end of the budget; the mean of the last weights stays in the network. Seconds used."""
        began, seconds = time.perf_counter(), 0.0
        while not Leg().place(self.budget, self.steps, seconds).over:
            self.update(seconds)
            seconds = time.perf_counter() - began
        if self.averaged:
            with torch.no_grad():
                for mean, now in zip(self.average, self.trained, strict=True):
                    now.copy_(mean)
        return seconds


def score(model: Language, ids: np.ndarray) -> float:
    """Nats a token over a text, one stream from zero state, every token scored."""
    state, nats = model.zero_state(1), 0.0
    x, y = (torch.from_numpy(a).long()[:, None] for a in (np.append(-1, ids[:-1]), ids))
    with torch.no_grad():
        for at in range(0, len(ids), SCORED):
            logits, state = model(x[at : at + SCORED], state)
            nats += float(cross_entropy(logits[:, 0].double(), y[at : at + SCORED, 0], reduction="sum"))
    return nats / len(ids)


def quickest(corpus, plan: dict, seed: int, choices: list[int]) -> dict:
    """Updates a second by number of threads, in a short trial of each."""
    speeds = {}
    for threads in choices:
        torch.set_num_threads(threads)
        trial = Recipe(corpus, plan, seed, Budget("time", 1e9))
        trial.update(0.0)
        began, done = time.perf_counter(), 0
        while (seconds := time.perf_counter() - began) < PROBED:
            trial.update(0.0)
            done += 1
        speeds[threads] = done / seconds
    return speeds


def learned(train: str, held: str, plan: dict, seed: int, budget: Budget, choices: list[int]) -> dict:
    """Train on one text, score over the other."""
    corpus = load_corpus([train])
    ids, unseen = corpus.vocabulary.encode(Path(held).read_text(encoding="utf-8"))
    if unseen:
        raise RecipeError(f"{held} has characters that were not trained: {unseen[:5]}.")
    speeds = quickest(corpus, plan, seed, choices)
    threads = max(speeds, key=lambda n: speeds[n])
    torch.set_num_threads(threads)
    run = Recipe(corpus, plan, seed, budget)
    seconds = run.go()
    nats, seen = score(run.model, ids), run.steps * plan["rows"] * plan["window"]
    return {
        "nats": nats, "bits": nats / math.log(2), "tokens": len(ids), "step": run.steps, "seconds": seconds,
        "passes": seen / len(corpus.training), "tokens_per_second": seen / seconds, "threads": threads,
        "updates_per_second_by_threads": speeds, "averaged": run.averaged, "torch": torch.__version__,
    }  # fmt: skip


def main() -> None:
    """Train, score, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.learning.torch_recipe", description=__doc__)
    parser.add_argument("train")
    parser.add_argument("held")
    parser.add_argument("--time", type=float, help="seconds")
    parser.add_argument("--steps", type=int, help="updates, instead of seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plan", type=Path, required=True)
    args = parser.parse_args()
    if (args.time is None) == (args.steps is None):
        parser.error("give --time or --steps")
    budget = Budget("time", args.time) if args.steps is None else Budget("steps", args.steps, args.steps)
    plan = json.loads(args.plan.read_text(encoding="utf-8"))
    print(json.dumps(learned(args.train, args.held, plan, args.seed, budget, sorted({1, cores()}))))


if __name__ == "__main__":
    main()
