"""What a user can choose: frozen records, checked on construction, each default with its reason.

Settings of the model, of training, of sampling and of inference, and `Architecture`: the sizes that fix the shape of
every parameter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from lstmgen.cell_facts import CELL_FACTS, DEFAULT_CELL, CellFacts
from lstmgen.deprecated import renamed_in
from lstmgen.errors import UsageError

TOKEN_NOUNS = {"char": "character", "word": "word", "token": "token"}  # what a token is called, level by level
LEVELS = tuple(TOKEN_NOUNS)
_SQUASHINGS = tuple(dict.fromkeys(name for facts in CELL_FACTS.values() for name in facts.squashings))
PRECISIONS = ("float32", "bf16")  # of the factors in products; sums are float32
_TRAINED_IN = ("auto", "bf16", "float32")
DEFAULT_MMAP_ABOVE = 1000.0  # MB, of ids: a thousand million characters still fit into a usual laptop


def _require(right: bool, message: str) -> None:
    if not right:
        raise UsageError(message)


def _whole(name: str, value: Any, low: int, high: int) -> None:
    right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    _require(right, f"{name} must be a whole number from {low:,} to {high:,}, not {value!r}.")


def _number(name: str, value: Any, low: float, high: float) -> None:
    right = isinstance(value, int | float) and not isinstance(value, bool)
    _require(
        right and math.isfinite(value) and low <= value <= high,
        f"{name} must be a number from {low:g} to {high:g}, not {value!r}.",
    )


def _cell_with(squashing: str) -> str:
    """The cell that can have this output squashing."""
    return next(name for name, facts in CELL_FACTS.items() if squashing in facts.squashings)


@dataclass(frozen=True)
class Architecture:
    """The sizes that fix the shape of every parameter (V vocabulary, E embedding, H units, L layers).

    `embedding` 0 means one-hot input: the first layer's W is looked up by token directly.
    `squashing` is sigma_h, the function that a cell state passes on its way out: tanh, or the identity as the peephole
    paper suggests (Gers, Schraudolph & Schmidhuber 2002).
    `tied`: the embedding is also output.W (Inan et al. 2017; Press & Wolf 2017), so E = H.
    `skip_sum`: the output layer reads the sum of all layers' outputs, not the last layer's alone.
    """

    cell: str
    vocabulary: int
    embedding: int
    units: int
    layers: int
    squashing: str = "tanh"
    tied: bool = False
    skip_sum: bool = False

    def __post_init__(self) -> None:
        _require(self.cell in CELL_FACTS, f"cell must be one of {', '.join(CELL_FACTS)}, not {self.cell!r}.")
        _whole("vocabulary", self.vocabulary, 1, 10_000_000)
        _whole("embedding size", self.embedding, 0, 65_536)
        _whole("hidden size", self.units, 1, 65_536)
        _whole("number of layers", self.layers, 1, 64)
        _require(self.squashing in _SQUASHINGS, f"output squashing must be tanh or identity, not {self.squashing!r}.")
        _require(
            self.squashing in self.facts.squashings,
            f"output squashing {self.squashing} belongs to the {_cell_with(self.squashing)} cell; "
            f"the {self.cell} has {self.facts.squashings[0]}.",
        )
        _require(
            not self.tied or self.embedding == self.units,
            f"an embedding that is output.W too is as wide as a layer: {self.embedding} values, {self.units} units.",
        )
        _require(not self.skip_sum or self.layers > 1, "a sum of all layers' outputs takes two layers or more.")

    def feeds_output(self, layer: int) -> bool:
        """Whether the output layer reads this layer."""
        return self.skip_sum or layer == self.layers - 1

    @property
    def output_name(self) -> str:
        """Name of the array (V, H) of the output layer's weights."""
        return "embedding" if self.tied else "output.W"

    @property
    def facts(self) -> CellFacts:
        """What its cell is."""
        return CELL_FACTS[self.cell]

    @property
    def num_gates(self) -> int:
        """G: how many pre-activations a unit has."""
        return len(self.facts.gates)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter array, in the order of the flat vector and of the model file."""
        V, E, H, G = self.vocabulary, self.embedding, self.units, self.num_gates
        shapes: dict[str, tuple[int, ...]] = {"embedding": (V, E)} if E else {}
        for layer in range(self.layers):
            D = (E or V) if layer == 0 else H
            shapes[f"layers.{layer}.W"] = (G, H, D)
            shapes[f"layers.{layer}.U"] = (G, H, H)
            shapes[f"layers.{layer}.b"] = (G, H)
            for name, extra in self.facts.extra.items():
                shapes[f"layers.{layer}.{name}"] = (len(extra.gates), H) if len(extra.gates) > 1 else (H,)
        if not self.tied:
            shapes["output.W"] = (V, H)
        shapes["output.b"] = (V,)
        return shapes

    def parameter_count(self) -> int:
        """Number of float32 values in the flat parameter vector."""
        return sum(math.prod(shape) for shape in self.shapes().values())


@dataclass(frozen=True)
class ModelSettings:
    """The network that a user asks for; None leaves the choice to the plan."""

    cell: str = DEFAULT_CELL
    hidden_size: int | None = None
    num_layers: int | None = None
    embedding_size: int | None = None  # 0: one-hot
    output_squashing: str | None = None  # None: the cell's own
    tied: bool | None = None  # input and output share the embedding; None: for words, unless its size is asked for
    skip_sum: bool | None = None  # the output layer reads the sum of all layers; None: from two layers on

    def __post_init__(self) -> None:
        _require(self.cell in CELL_FACTS, f"--cell must be one of {', '.join(CELL_FACTS)}, not {self.cell!r}.")
        if self.hidden_size is not None:
            _whole("--hidden-size", self.hidden_size, 1, 65_536)
        if self.num_layers is not None:
            _whole("--num-layers", self.num_layers, 1, 64)
        if self.embedding_size is not None:
            _whole("--embedding-size", self.embedding_size, 0, 65_536)
        if self.output_squashing is not None:
            _require(self.output_squashing in _SQUASHINGS, "--output-squashing must be tanh or identity.")
            own = CELL_FACTS[self.cell].squashings
            _require(
                self.output_squashing in own,
                f"--output-squashing {self.output_squashing} belongs to --cell {_cell_with(self.output_squashing)}; "
                f"the {self.cell} has {own[0]}.",
            )
        _require(
            not self.skip_sum or (self.num_layers or 0) > 1,
            "--skip-sum adds the outputs of several layers.\nGive --num-layers 2 or more with it, or leave it out.",
        )
        if self.tied:
            _require(
                self.embedding_size != 0,
                "--tied needs an embedding, but --embedding-size 0 means none.\nLeave one of the two out.",
            )
            _require(
                None in (self.embedding_size, self.hidden_size) or self.embedding_size == self.hidden_size,
                f"--tied uses the embedding as the output layer too, so both sizes must be equal, not "
                f"--embedding-size {self.embedding_size} and --hidden-size {self.hidden_size}.\n"
                "Leave one of the two out, or give --untied.",
            )

    @property
    def squashing(self) -> str:
        """sigma_h in force."""
        return self.output_squashing or CELL_FACTS[self.cell].squashings[0]


_TRAINING_NUMBERS = {  # the lowest and the highest value of each setting
    **{"time": (1e-3, 3.2e7), "epochs": (1e-6, 1e9), "learning_rate": (1e-9, 100.0), "weight_decay": (0.0, 10.0)},
    **dict.fromkeys(("dropout", "weight_drop", "embedding_dropout"), (0.0, 0.95)),
    **{"clip_norm": (1e-9, 1e9), "validation": (0.0, 0.9), "mmap_above": (0.0, 1e9)},
}
_TRAINING_COUNTS = {  # the same of whole numbers
    **{"steps": (1, 2**40), "seq_length": (1, 65_536), "batch_size": (1, 65_536), "seed": (0, 2**63 - 1)},
    **{"threads": (1, 1024), "shards": (1, 4096)},
}


@dataclass(frozen=True)
class TrainingSettings:
    """How to train; None leaves the choice to the plan. One of `time`, `steps`, `epochs` is the budget."""

    time: float | None = None  # seconds
    steps: int | None = None
    epochs: float | None = None
    seq_length: int | None = None  # T: tokens per window, as far as the gradient reaches
    batch_size: int | None = None  # B: sequences per batch
    learning_rate: float | None = None  # the peak
    dropout: float | None = None
    weight_drop: float | None = None
    embedding_dropout: float | None = None  # of words; characters have no embedding
    weight_decay: float = 0.01  # on matrices only; small, the dropout does the rest
    clip_norm: float = 1.0  # global norm of the mean loss's gradient
    validation: float | None = (
        None  # share of the text, at its end; None: 5 %, at most 200,000 tokens, from all over it
    )
    seed: int | None = None  # None: drawn and printed
    threads: int | None = None  # None: all cores this process may use
    shards: int | None = None  # parts of a batch whose gradients are summed by a fixed tree; None: one
    exchange: str = "float32"  # of these gradients; bf16 halves what goes from process to process
    precision: str = "auto"  # float32 under steps and epochs, which anybody can repeat; in a time what is faster
    mmap_above: float = DEFAULT_MMAP_ABOVE  # MB of ids that stay in memory; a longer text waits in a temporary file

    TINY_TIME = 20.0  # for a text without a validation part: it is soon memorized, and nothing would stop it

    def __post_init__(self) -> None:
        given = [n for n in ("time", "steps", "epochs") if getattr(self, n) is not None]
        _require(len(given) < 2, f"--{' and --'.join(given)} both set the budget; give only one of them.")
        needed = {name for name in vars(self) if getattr(TrainingSettings, name) is not None}  # None is no choice there
        for name, value in vars(self).items():
            option = f"--{name.replace('_', '-')}"
            if name in _TRAINING_NUMBERS and (value is not None or name in needed):
                _number(option, value, *_TRAINING_NUMBERS[name])
            if name in _TRAINING_COUNTS and value is not None:
                _whole(option, value, *_TRAINING_COUNTS[name])
        power = self.shards is None or self.shards.bit_count() == 1
        _require(power, f"--shards must be a power of two, not {self.shards}.\nGive 1, 2, 4 or 8, or leave it out.")
        _require(self.exchange in PRECISIONS, f"--exchange must be float32 or bf16, not {self.exchange!r}.")
        _require(self.precision in _TRAINED_IN, f"--precision must be auto, bf16 or float32, not {self.precision!r}.")


MODEL_KEYWORDS, TRAINING_KEYWORDS = (
    frozenset(one.name for one in fields(record)) for record in (ModelSettings, TrainingSettings)
)
"""The names of their settings, which are keywords of `train`."""


def model_settings(given: Mapping[str, Any]) -> ModelSettings:
    """The model settings among these keywords."""
    return ModelSettings(**{name: value for name, value in given.items() if name in MODEL_KEYWORDS})


def training_settings(given: Mapping[str, Any]) -> TrainingSettings:
    """The training settings among these keywords."""
    return TrainingSettings(**{name: value for name, value in given.items() if name in TRAINING_KEYWORDS})


@dataclass(frozen=True)
class SamplingSettings:
    """How text is sampled. Filters apply in this order: temperature, top-k, top-p, min-p."""

    length: int | None = None  # tokens after the prompt; None: 500 characters or 100 words
    temperature: float = 0.8  # a little below 1: fewer slips, still lively; 0 always takes the most likely token
    top_k: int = 0  # 0: off
    top_p: float = 1.0  # 1: off
    min_p: float | None = None  # None: off for characters, 0.05 for words
    num_samples: int = 1
    stop: str | None = None
    seed: int | None = None  # None: drawn and printed
    novel: int | None = None  # tokens in a row that may be copied from the training text; None: any number
    allow_copies: bool = True  # False: a --lines model writes no line twice and none of its training text
    precision: str = "float32"  # of the weights; bf16 halves what a large network reads for each token

    def __post_init__(self) -> None:
        _require(self.precision in PRECISIONS, f"--precision must be float32 or bf16, not {self.precision!r}.")
        if self.length is not None:
            _whole("--length", self.length, 0, 2**40)
        _number("--temperature", self.temperature, 0.0, 1e9)
        _whole("--top-k", self.top_k, 0, 2**40)
        _number("--top-p", self.top_p, 0.0, 1.0)
        if self.min_p is not None:
            _number("--min-p", self.min_p, 0.0, 1.0)
        _whole("--num-samples", self.num_samples, 1, 10_000_000)
        if self.novel is not None:
            _whole("--novel", self.novel, 1, 1_000_000)
        _require(self.stop is None or self.stop != "", "--stop must be a text of at least one character.")
        if self.seed is not None:
            _whole("--seed", self.seed, 0, 2**63 - 1)


@dataclass(frozen=True)
class InferenceSettings:
    """What helps a model while it reads or writes; its file never changes."""

    adapt: bool = False  # learn from the text while reading it
    adapt_rate: float | None = None  # None: chosen by the size of the layer
    ngram_weight: float | str | None = None  # of an n-gram model mixed in; "auto": found by scoring

    def __post_init__(self) -> None:
        if self.adapt_rate is not None:
            _require(self.adapt, "--adapt-rate only has an effect with --adapt.\nAdd --adapt, or leave it out.")
            _number("--adapt-rate", self.adapt_rate, 1e-9, 1.0)
        if self.ngram_weight is not None and self.ngram_weight != "auto":
            right = "--ngram-weight must be auto or a number from 0 to 1"
            _require(not isinstance(self.ngram_weight, str), f"{right}, not {self.ngram_weight!r}.")
            _number("--ngram-weight", self.ngram_weight, 0.0, 1.0)


if not TYPE_CHECKING:  # a checker is to find the old names
    __getattr__ = renamed_in(__name__, {"AidSettings": "InferenceSettings"})
