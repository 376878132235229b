"""The lesson model, models/lesson.npz: the lecture's children's book in a cell whose every unit is a word.

One layer, as many units as there are words, one-hot input. The output weights are not learned but fixed: SCALE times
the identity, no bias. So unit k of the prediction h is word k and nothing else: above zero it is raised, below held
down, and every wire of the cell can be read as words. Everything else is trained as ever.

    python models/make_lesson.py [SEED]
"""

from __future__ import annotations

import math
import sys
import time
from importlib import metadata
from pathlib import Path

import numpy as np

from lstmgen import __version__
from lstmgen.kernels.lanes import LANES
from lstmgen.modelfile import ModelFile, make_header, write_model
from lstmgen.network import Network, initialise
from lstmgen.settings import Architecture
from lstmgen.text import Corpus, load_corpus
from lstmgen.training.record import corpus_facts
from lstmgen.training.schedule import learning_rate_at

SCALE = 6.0  # with less, wrong words keep more than a hundredth; with more, nothing need be held down, only not raised
SEED = 24  # of several that learn it, one whose gates are nearly all open or shut and whose memory stays within 2
STEPS, ROWS, SENTENCES, ANEW = 12_000, 32, 4, 0.5  # ANEW: share of rows that begin a new story, a window
RATE, DECAY = 1e-2, 0.02
EVERY = 1_000  # updates between two evaluations
WORDS = 4  # of a sentence: Doug saw Jane .
OUT = Path(__file__).with_name("lesson.npz")


class Stories:
    """Windows of whole sentences, row by row with carried state; rows begin anew at random sentences."""

    def __init__(self, ids: np.ndarray, rng: np.random.Generator) -> None:
        self.ids, self.rng = ids[: len(ids) // WORDS * WORDS], rng
        self.place = self._anywhere()

    def _anywhere(self) -> np.ndarray:
        return self.rng.integers(len(self.ids) // WORDS, size=ROWS) * WORDS

    def next(self) -> tuple[np.ndarray, np.ndarray]:
        """x, y (T, B): each token and, before it, the one that is read; -1 where a story begins."""
        anew = self.rng.random(ROWS) < ANEW
        self.place = np.where(anew, self._anywhere(), self.place)
        at = (self.place + np.arange(SENTENCES * WORDS)[:, None]) % len(self.ids)
        x, y = self.ids[at - 1].astype(np.int32), self.ids[at].astype(np.int32)
        x[0, anew] = -1
        x[at == 0] = -1
        self.place = (self.place + len(at)) % len(self.ids)
        return x, y


def validation_loss(network: Network, ids: np.ndarray) -> float:
    """Mean nats of a text read from nothing."""
    x = np.concatenate([[-1], ids[:-1]]).astype(np.int32)
    nats, _ = network.losses(x[:, None], ids.astype(np.int32)[:, None], network.zero_state(1))
    return float(nats.mean())


def worst_mistake(network: Network, corpus: Corpus) -> float:
    """The highest probability that any word gets, anywhere in the book, which the grammar does not allow there."""
    ids, tokens = corpus.ids, corpus.vocabulary.tokens
    x = np.concatenate([[-1], ids[:-1]]).astype(np.int32)[:, None]
    logits = network.logits(x, network.zero_state(1))[0][:, 0].astype(float)
    found = np.exp(logits - logits.max(1, keepdims=True))
    found /= found.sum(1, keepdims=True)
    names = {tokens.index(name) for name in ("Doug", "Jane", "Spot")}
    for at in range(len(ids)):
        place = at % WORDS
        right = names if place == 0 else names - {int(ids[at - 2])} if place == 2 else {int(ids[at])}
        found[at, list(right)] = 0.0
    return float(found.max())


def train(corpus: Corpus, seed: int) -> tuple[Network, list[list[float]], list[list[float]]]:
    """The network, a row of history and one of clock at each evaluation."""
    V = len(corpus.vocabulary)
    # The sentences after the split are kept aside; it falls within a sentence, which belongs to neither part.
    held_back = corpus.ids[-(-corpus.split // WORDS) * WORDS :]
    init, data = (np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(2))
    architecture = Architecture("lstm", V, 0, V, 1)
    network = Network(architecture, initialise(architecture, init))
    network.views["output.W"][:] = SCALE * np.eye(V)
    network.views["output.b"][:] = 0.0
    fixed = V * V + V  # parameters at the end of the vector: output.W, output.b
    output = network.parameters[-fixed:].copy()
    stories, state = Stories(corpus.ids[: corpus.split], data), network.zero_state(ROWS)
    first, second = np.zeros_like(network.parameters), np.zeros_like(network.parameters)
    history, clock, losses, norms, began = [], [], [], [], time.perf_counter()
    for step in range(1, STEPS + 1):
        found = network.gradient(*stories.next(), state)
        found.gradient[-fixed:] = 0.0
        norm, rate = network.global_norm(found.gradient), learning_rate_at((step - 0.5) / STEPS, RATE)
        network.adamw(
            found.gradient, first, second, rate=rate, beta1=0.9, beta2=0.99, epsilon=1e-8, weight_decay=DECAY,
            step=step, scale=min(1.0, 1.0 / norm),
        )  # fmt: skip
        network.parameters[-fixed:] = output  # no decay either
        network.refresh()
        state = found.state.copy()
        losses.append(found.loss)
        norms.append(norm)
        if step % EVERY == 0:
            tokens, seconds = step * SENTENCES * WORDS * ROWS, time.perf_counter() - began
            recent = float(np.mean(losses[-EVERY:])), validation_loss(network, held_back)
            history.append([step, tokens, rate, *recent, float(np.mean(norms[-EVERY:]))])
            clock.append([seconds, tokens / seconds])
    return network, history, clock


def main(seed: int) -> None:
    """Train, check, write."""
    corpus = load_corpus(["childrens-book"], validation=0.05)
    network, history, clock = train(corpus, seed)
    worst = worst_mistake(network, corpus)
    print(f"seed {seed}: validation {history[-1][4]:.4f} nats a token; no wrong word above {worst:.4f}")
    if not worst < 0.01:
        sys.exit("a wrong word is too probable; nothing was written")
    held_back = len(corpus.ids) - -(-corpus.split // WORDS) * WORDS
    bits = history[-1][4] * held_back / math.log(2.0) / corpus.validation_characters
    header = make_header(
        network.architecture,
        level=corpus.level,
        vocabulary=corpus.vocabulary.tokens,
        newlines=corpus.newlines,
        unknown=corpus.vocabulary.unknown,
        corpus=corpus_facts(corpus),
        training={
            "options": {
                "cell": "lstm",
                "hidden-size": network.architecture.units,
                "embedding-size": 0,
                "seq-length": SENTENCES * WORDS,
                "batch-size": ROWS,
                "learning-rate": RATE,
                "weight-decay": DECAY,
                "output": f"fixed, {SCALE:g} times the identity",
            },
            "budget": {"kind": "steps", "amount": STEPS},
            "seed": seed,
            "updates": STEPS,
            "tokens": int(history[-1][1]),
            "final_validation": history[-1][4],
            "final_bits_per_character": bits,
            "final_tokens": held_back,
            "lstmgen": __version__,
            "numba": metadata.version("numba"),
            "lanes": LANES,
            "command": "python models/make_lesson.py" + (f" {seed}" if seed != SEED else ""),
        },
    )
    arrays = {name: view.copy() for name, view in network.views.items()}
    write_model(OUT, ModelFile(header, arrays, np.array(history), np.array(clock)))
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SEED)
