"""Our recipe in PyTorch: the same network, first weights, text, windows, schedule and clock; its own loss at the end.

    python -m tests.bench.learning.torch_recipe train.txt held.txt --time 60 --seed 1 --plan plan.json

plan.json is a plan of ours ("plan" of a row in results.json, or of `train --json`). nn.LSTM and fused AdamW (0.9, 0.99)
with clipping, locked dropout, weight-drop, states carried from window to window, another rotation every epoch, the
rate by elapsed time. Evaluated as often as ours, on as large a sample of what is held back, and judged by the same
rules: when to stop early, whether the best weights or the mean of the last are kept, and at which softmax temperature.
Trained on as many threads as are quicker, one or all. What is not as in ours: no row starts anew inside an epoch
(nn.LSTM cannot in the middle of a window), and nothing is saved or shown on the way. Prints one JSON object: nats a
character over held.txt, one stream from zero state, every token.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from lstmgen.network import initialise
from lstmgen.settings import Architecture
from lstmgen.text import Streams, load_corpus
from lstmgen.training.early_stopping import record_evaluation
from lstmgen.training.evaluation import evaluation_due
from lstmgen.training.evaluation_cost import subset_size
from lstmgen.training.schedule import Budget, ScheduleSegment
from lstmgen.training.state import TrainingState, generators_from
from lstmgen.training.temperature import best_temperature_for
from lstmgen.training.update import ADAM_EPSILON, AVERAGING_START, BETA1, BETA2
from lstmgen.training.validation import significantly_above, validation_subset
from tests.bench.learning.store import cores
from tests.bench.learning.torch_network import Language, losses
from tests.bench.sides.pytorch import ORDER

KNOWN = {"cell", "vocabulary", "embedding", "units", "layers", "squashing", "skip_sum"}
PROBED = 1.5  # seconds a number of threads


class RecipeError(Exception):
    """The plan asks for what this twin does not have."""


class Recipe:
    """One training run. tokens: how many it is expected to see, which says how large a sample is evaluated."""

    def __init__(self, corpus, plan: dict, seed: int, budget: Budget, tokens: float) -> None:
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
        self.weights = in_one_piece(self.trained)
        groups = [
            {"params": [p for p in self.trained if (p.ndim > 1) == matrix], "weight_decay": decay}
            for matrix, decay in ((True, plan["weight_decay"]), (False, 0.0))
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=0.0, betas=(BETA1, BETA2), eps=ADAM_EPSILON, fused=True)
        live, none = self.weights.numpy(), np.zeros(0, dtype=np.float32)
        self.state = TrainingState(live, live.copy(), none, none, np.zeros_like(live), none, generators, {})
        self.carried = self.model.zero_state(rows)
        self.sample = sample_rows(corpus, budget, tokens)

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

    def leg(self) -> ScheduleSegment:
        """The stretch of the schedule."""
        return ScheduleSegment(stopped=self.state.counters.stopped)

    def update(self, seconds: float) -> None:
        """One window, at the rate of that second."""
        plan, counters = self.plan, self.state.counters
        place = self.leg().position(self.budget, counters.step, seconds)
        for group in self.optimiser.param_groups:
            group["lr"] = self.leg().rate(self.budget, counters.step, seconds, plan["rate"], plan["floor"])
        x, y = (torch.from_numpy(ids).long() for ids in self.streams.next_window())
        self.carried[:, :, :, x[0] < 0] = 0.0
        logits, carried = self.model(x, self.carried, self.masks(), self.weight_masks())
        loss = cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=-1)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, plan["clip_norm"])
        self.optimiser.step()
        self.carried, counters.step = carried.detach(), counters.step + 1
        if place.schedule >= AVERAGING_START:
            counters.averaged += 1
            torch.from_numpy(self.state.average).lerp_(self.weights, 1.0 / counters.averaged)

    def evaluate(self) -> None:
        """Score the sample; keep the weights where they are the best. It never stops early: ours does not here."""
        record_evaluation(self.state, float(losses(self.model, self.sample).mean()))

    def put(self, weights: np.ndarray) -> None:
        """Into the network."""
        self.weights.copy_(torch.from_numpy(weights))

    def go(self) -> float:
        """To the end of the budget; the network has the weights that are kept. Seconds used."""
        began, counters = time.perf_counter(), self.state.counters
        while not self.leg().position(self.budget, counters.step, counters.seconds).over:
            if counters.step and evaluation_due(counters, self.budget):
                self.evaluate()
            self.update(counters.seconds)
            counters.seconds = time.perf_counter() - began
        self.evaluate()
        self.choose()
        return counters.seconds

    def choose(self) -> None:
        """The mean of the last weights unless the best are surely better, at the temperature that suits the sample."""
        kept, counters = self.nats_of(self.state.best), self.state.counters
        if counters.averaged and not significantly_above(mean := self.nats_of(self.state.average), kept):
            self.state.best[:], counters.best_averaged, kept = self.state.average, True, mean
        self.put(self.state.best)
        found = best_temperature_for(lambda temperature: float(losses(self.model, self.sample, temperature).mean()))
        if significantly_above(kept, losses(self.model, self.sample, found).ravel()):
            counters.best_temperature = found

    def nats_of(self, weights: np.ndarray) -> np.ndarray:
        """Each token of the sample under these weights, which stay in the network."""
        self.put(weights)
        return losses(self.model, self.sample).ravel()


def in_one_piece(parameters: list) -> torch.Tensor:
    """One flat tensor (n,), of which all these are parts from here on."""
    flat = torch.cat([p.detach().flatten() for p in parameters])
    for p, part in zip(parameters, flat.split([p.numel() for p in parameters]), strict=True):
        p.data = part.view_as(p)
    return flat


def sample_rows(corpus, budget: Budget, tokens: float) -> np.ndarray:
    """As many of the tokens held back as ours looks at for so many tokens seen, (T, B)."""
    subset = validation_subset(corpus, subset_size(budget, tokens, len(corpus.validation)))
    if subset is None:
        raise RecipeError("nothing of this text is held back to measure with.")
    ids, rows = np.asarray(subset.ids[subset.scored], dtype=np.int64), len(subset.first)
    return np.ascontiguousarray(ids[: len(ids) // rows * rows].reshape(rows, -1).T)


def quickest(corpus, plan: dict, seed: int, choices: list[int]) -> dict:
    """Updates a second by number of threads, in a short trial of each."""
    speeds = {}
    for threads in choices:
        torch.set_num_threads(threads)
        trial = Recipe(corpus, plan, seed, Budget("time", 1e9), 0.0)
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
    updates = speeds[threads] * budget.amount if budget.steps is None else budget.steps
    run = Recipe(corpus, plan, seed, budget, updates * plan["rows"] * plan["window"])
    seconds, counters = run.go(), run.state.counters
    nats = float(losses(run.model, ids.astype(np.int64)[:, None], counters.best_temperature).mean())
    seen = counters.step * plan["rows"] * plan["window"]
    return {
        "nats": nats, "bits": nats / math.log(2), "tokens": len(ids), "step": counters.step, "seconds": seconds,
        "passes": seen / len(corpus.training), "tokens_per_second": seen / seconds, "threads": threads,
        "updates_per_second_by_threads": speeds, "averaged": counters.best_averaged,
        "temperature": counters.best_temperature,
        "torch": torch.__version__,
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
