"""What to train, chosen from the corpus, the budget and the machine's speed, each choice with its reason.

The rules are the tables on top; everything below only looks them up. With a budget of updates or passes nothing is
measured, so the same command makes the same plan on every machine.
"""

from __future__ import annotations

import itertools
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from lstmgen.kernels.threads import cores
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings
from lstmgen.text import Corpus
from lstmgen.training.budget import Budget, budget_for, duration, given_kind
from lstmgen.training.judge import PARTS
from lstmgen.training.memory import expected_growth
from lstmgen.training.schedule import FLOOR, peak_rate

Speed = Callable[[Architecture, int, int], float]
"""(architecture, rows, window) -> training tokens a second."""

LADDER = ((1, 16), (1, 32), (1, 64), (1, 128), (1, 192), (1, 256), (1, 384), (1, 512), (2, 512), (2, 768), (2, 1024))
"""(layers, units) from small to large: one layer up to about half a million parameters is better than two."""

WIDEST = ((200, 16), (1_000, 32), (20_000, 64), (100_000, 128), (400_000, 256), (3_000_000, 512), (math.inf, 1_024))
"""(tokens below which, most units): a small text is soon known by heart."""

UNMEASURED = (1, 256)
"""Largest (layers, units) chosen where the budget is updates or passes, whose price nobody has named."""

PASSES = ((1e3, 300.0), (1e4, 100.0), (1e6, 6.0), (1e7, 2.0), (1e8, 0.5))
"""(tokens, how often the largest model that is worth its time should see them); between them by logarithms."""

DROPOUT = ((3.0, 0.0), (8.0, 0.1), (20.0, 0.2), (math.inf, 0.3))
"""(passes below which, dropout): what is read often must be kept from being learned by heart."""

EMBEDDING = ((128, 0), (1_000, 64), (10_000, 128), (math.inf, 256))
"""(vocabulary up to which, embedding size); 0 is one-hot: each token has a full row of the first layer to itself."""

WINDOW, ROWS = 64, 32
"""T and B: as far as the gradient reaches, and as few rows as keep the processor busy (few rows learn better)."""

SCORED_SHARE, FEWEST_SCORED = 0.15, 1_024
"""Validation tokens scored for each token trained: forward costs a third of an update, so some 5 % of the time."""

SPEED_STEP = 1.25
"""Speeds are rounded to powers of this, so that a busy moment does not change the plan."""


@dataclass(frozen=True)
class Choice:
    """One row of the plan as shown: `hidden size`, `256`, `why`."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """Everything in force for a run. T = `window`, B = `rows`."""

    architecture: Architecture
    window: int
    rows: int
    rate: float  # the peak
    floor: float  # the last rate as a share of the peak
    dropout: float
    weight_decay: float
    clip_norm: float
    seed: int
    threads: int
    budget: Budget
    speed: float | None  # expected tokens a second; None where it was not measured
    passes: float  # expected, over the training part
    seconds: float | None  # expected
    parameters: int
    scored: int  # validation tokens looked at on the way
    memory: int  # expected growth of the process at its peak, bytes
    choices: tuple[Choice, ...]


def make_plan(corpus: Corpus, model: ModelSettings, training: TrainingSettings, speed: Speed | None = None) -> Plan:
    """Fill in whatever the settings leave open. `speed` measures; it is asked for time budgets only, if given."""
    tokens = max(1, len(corpus.training))
    window, rows = _shape(tokens, training)
    kind, amount = given_kind(training) or ("time", training.DEFAULT_TIME)
    budget = budget_for(kind, amount, tokens, window * rows)
    measure = _steadied(speed) if speed and kind == "time" else None
    architecture, size_reason, fastness = _size(corpus, model, budget, rows, window, measure)
    seen = _tokens_seen(budget, rows * window, fastness)
    passes = seen / tokens
    dropout = _below(DROPOUT, passes) if training.dropout is None else float(training.dropout)
    rate = peak_rate(architecture.units) if training.learning_rate is None else float(training.learning_rate)
    plan = Plan(
        architecture=architecture,
        window=window,
        rows=rows,
        rate=rate,
        floor=FLOOR,
        dropout=dropout,
        weight_decay=float(training.weight_decay),
        clip_norm=float(training.clip_norm),
        seed=secrets.randbelow(2**31) if training.seed is None else training.seed,
        threads=training.threads or cores(),
        budget=budget,
        speed=fastness,
        passes=passes,
        seconds=budget.seconds,
        parameters=architecture.parameter_count(),
        scored=_scored(budget, seen, len(corpus.validation)),
        memory=expected_growth(architecture, rows, window),
        choices=(),
    )
    return _with_choices(plan, corpus, model, training, size_reason)


def _below(table: tuple[tuple[float, float], ...], value: float) -> float:
    return next(found for limit, found in table if value < limit)


def wanted_passes(tokens: int) -> float:
    """From the table `PASSES`, straight lines between logarithms, level beyond its ends."""
    points = [(math.log(a), math.log(b)) for a, b in PASSES]
    x = min(max(math.log(max(1, tokens)), points[0][0]), points[-1][0])
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x <= x1:
            return math.exp(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    return PASSES[-1][1]


def _steadied(speed: Speed) -> Speed:
    def measure(architecture: Architecture, rows: int, window: int) -> float:
        raw = max(speed(architecture, rows, window), 1e-6)
        return float(SPEED_STEP ** round(math.log(raw, SPEED_STEP)))

    return measure


def _shape(tokens: int, training: TrainingSettings) -> tuple[int, int]:
    window = training.seq_length or min(WINDOW, max(1, tokens))
    rows = training.batch_size or min(ROWS, max(1, tokens // (2 * window)))
    return window, rows


def embedding_size(vocabulary: int, units: int) -> int:
    """From the table; never wider than the layer it feeds."""
    chosen = int(next(size for limit, size in EMBEDDING if vocabulary <= limit))
    return min(chosen, units)


def _tokens_seen(budget: Budget, per_update: int, speed: float | None) -> float:
    if budget.steps is not None:
        return float(budget.steps * per_update)
    return budget.amount * speed if speed else 0.0


def _scored(budget: Budget, seen: float, validation: int) -> int:
    """So many that evaluating costs about a twentieth of the time, at least a handful."""
    between = seen / (PARTS if budget.steps is None else min(PARTS, budget.steps))
    return min(validation, max(FEWEST_SCORED, int(SCORED_SHARE * between)))


def _candidates(corpus: Corpus, model: ModelSettings, measured: bool) -> list[Architecture]:
    """From small to large, what was asked for fixed."""
    vocabulary = len(corpus.vocabulary)
    widest = _below(WIDEST, len(corpus.training))
    found: list[Architecture] = []
    for layers, units in LADDER if measured else [r for r in LADDER if r <= UNMEASURED]:
        if units > widest and model.hidden_size is None and found:
            continue
        if model.hidden_size is not None and model.num_layers is None and layers > 1:
            continue
        H, L = model.hidden_size or units, model.num_layers or layers
        embedding = embedding_size(vocabulary, H) if model.embedding_size is None else model.embedding_size
        one = Architecture(model.cell, vocabulary, embedding, H, L, model.squashing)
        if one not in found:
            found.append(one)
    return found


def _size(
    corpus: Corpus, model: ModelSettings, budget: Budget, rows: int, window: int, measure: Speed | None
) -> tuple[Architecture, str, float | None]:
    """The architecture, why, and its speed where that was measured."""
    candidates = _candidates(corpus, model, measure is not None)
    if measure is None:
        return candidates[-1], "as much as a text of this length can fill", None
    tokens = len(corpus.training)
    wanted = wanted_passes(tokens)
    needed = wanted * tokens / budget.amount  # tokens a second
    chosen, speed = candidates[0], measure(candidates[0], rows, window)
    for one in candidates[1:]:
        if speed * work(chosen) / work(one) * 2.0 < needed:
            break  # far too slow: not even tried
        found = measure(one, rows, window)
        if found < needed:
            break
        chosen, speed = one, found
    if chosen == candidates[-1]:
        reason = "as much as a text of this length can fill"
    else:
        reason = f"the largest that reads the text {wanted:.2g} times in {duration(budget.amount)}"
    return chosen, f"{reason}, at about {speed:,.0f} tokens/s", speed


def work(sizes: Architecture) -> float:
    """Multiplications an update needs for a token; the first layer's input is a look-up."""
    H, G = sizes.units, sizes.gates
    return 3.0 * (G * H * H * (2 * sizes.layers - 1) + H * sizes.vocabulary)


def _with_choices(
    plan: Plan, corpus: Corpus, model: ModelSettings, training: TrainingSettings, size_reason: str
) -> Plan:
    sizes, asked = plan.architecture, "asked for"
    kinds = "characters" if corpus.level == "char" else "words"
    part = f"{len(corpus.validation):,} tokens held back at the end" if len(corpus.validation) else "too short to check"
    sizes_asked = model.hidden_size is not None and model.num_layers is not None
    rows = [
        ("text", f"{len(corpus.training):,} tokens", f"{len(corpus.vocabulary):,} different {kinds}; {part}"),
        ("cell", sizes.cell, "asked for" if sizes.cell != "lstm" else "holds on longest for its price"),
        ("size", f"{sizes.layers} x {sizes.units} units", asked if sizes_asked else size_reason),
        ("input", f"{sizes.embedding} values" if sizes.embedding else "one-hot", _input_reason(model, sizes)),
        ("window", f"{plan.window} tokens", asked if training.seq_length else "as far as the gradient reaches"),
        (
            "rows",
            f"{plan.rows} side by side",
            asked if training.batch_size else "few learn better, more are faster",
        ),
        ("rate", f"{plan.rate:g}", asked if training.learning_rate else "wide networks want smaller steps"),
        ("dropout", f"{plan.dropout:g}", asked if training.dropout is not None else f"about {plan.passes:.2g} passes"),
        ("budget", plan.budget.describe(), asked if given_kind(training) else "the default; --time changes it"),
        ("seed", str(plan.seed), asked if training.seed is not None else "drawn; --seed repeats it"),
    ]
    return replace(plan, choices=tuple(Choice(*row) for row in rows))


def _input_reason(model: ModelSettings, sizes: Architecture) -> str:
    if model.embedding_size is not None:
        return "asked for"
    return "for this many kinds of token" if sizes.embedding else "few kinds of token need no embedding"
