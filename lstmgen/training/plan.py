"""What to train, chosen from the corpus, the budget and the machine's speed, each choice with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lstmgen.cell_facts import DEFAULT_CELL
from lstmgen.deprecated import Renamed
from lstmgen.records import written_as
from lstmgen.settings import PRECISIONS, TOKEN_NOUNS, Architecture, ModelSettings, TrainingSettings
from lstmgen.text import Corpus
from lstmgen.training.drops import choose_drops, choose_embedding_dropout
from lstmgen.training.evaluation_cost import subset_size
from lstmgen.training.fine_tuning import FINE_TUNING_WARM_UP, fine_tuning_factor, fine_tuning_rise
from lstmgen.training.memory import counting_growth, expected_growth, order_growth, probing_growth
from lstmgen.training.ngram_baseline import tokens_to_count
from lstmgen.training.plan_words import (
    counted_noun,
    embedding_in_words,
    embedding_reason,
    kinds_and_documents,
    layers_in_words,
)
from lstmgen.training.precision import choose_precision
from lstmgen.training.schedule import (
    FINAL_RATE_SHARE,
    WARM_UP_SHARE,
    Budget,
    make_budget,
    requested_budget,
)
from lstmgen.training.shards import check_exchange, rows_for
from lstmgen.training.sizes import (
    USUAL_BATCH_SIZE,
    Speed,
    batch_shape,
    candidates,
    choose_size,
    default_time,
    describe_extrapolation,
    peak_rate,
    quantized,
    rate_of_larger,
    rounded_rate,
    run_length,
    times_larger,
)


@dataclass(frozen=True)
class PlanRow:
    """One row of the plan as shown: `hidden size`, `256`, `why`."""

    name: str
    value: str
    reason: str


@dataclass(frozen=True)
class Origin:
    """The model whose weights a run began with: its name without a path, its arrays' digest, how many tokens it had."""

    name: str
    digest: str
    vocabulary: int


@dataclass(frozen=True)
class Plan:
    """Everything in force for a run. T = `seq_length`, B = `batch_size`."""

    architecture: Architecture
    seq_length: int = field(metadata=written_as("window"))
    batch_size: int = field(metadata=written_as("rows"))
    learning_rate: float = field(metadata=written_as("rate"))  # the peak
    final_rate_share: float = field(metadata=written_as("floor"))  # the last rate as a share of the peak
    dropout: float
    weight_drop: float
    weight_decay: float
    clip_norm: float
    seed: int
    threads: int
    budget: Budget
    speed: float | None  # expected tokens a second; None where it was not measured
    passes: float  # expected, over the training part
    seconds: float | None  # expected
    parameters: int
    subset_tokens: int = field(metadata=written_as("scored"))  # validation tokens that are scored on the way
    memory: int  # expected growth of the process at its peak, bytes
    choices: tuple[PlanRow, ...]
    origin: Origin | None = None
    baseline_tokens: int = field(default=0, metadata=written_as("counted"))  # in which n-grams are counted
    embedding_dropout: float = 0.0
    warm_up: float = WARM_UP_SHARE  # share of the budget in which the rate rises
    dropout_rise: float = field(default=0.0, metadata=written_as("drops_rise"))
    """Share of the budget in which dropout and weight-drop rise to what they are."""
    shards: int = 1  # parts of a batch whose gradients are summed by a fixed tree
    exchange: str = "float32"  # in what precision
    precision: str = "float32"  # of the factors in training's products

    window, rows, rate, floor = (
        Renamed("seq_length"),
        Renamed("batch_size"),
        Renamed("learning_rate"),
        Renamed("final_rate_share"),
    )
    scored, counted, drops_rise = Renamed("subset_tokens"), Renamed("baseline_tokens"), Renamed("dropout_rise")


def make_plan(
    corpus: Corpus,
    model: ModelSettings,
    training: TrainingSettings,
    speed: Speed | None = None,
    *,
    from_weights: bool = False,
    cores: int = 1,
    seed: int = 0,
    has_bf16: bool = False,
    ranks: int = 1,
) -> Plan:
    """Fill in whatever the settings leave open. `speed` measures; it is asked for time budgets only, if given.

    from_weights: the run begins with a model's, which a high rate or much left out at once would spoil. cores, seed:
    the threads and the seed of settings that name none. has_bf16: whether all ranks' CPUs have instructions for it.
    ranks: processes with so many threads each.
    """
    tokens, threads = max(1, len(corpus.training)), training.threads or cores
    budget, window, rows = _budget_and_shape(corpus, training, threads * ranks)
    kind = budget.kind
    shards = training.shards or 1
    check_exchange(training.exchange, shards)
    tried: list[Architecture] = []
    measure = quantized(speed, tried) if speed and kind == "time" else None

    def precision_of(sizes: Architecture) -> tuple[str, str]:
        return choose_precision(training.precision, kind, sizes, rows, window, has_bf16=has_bf16, ranks=ranks)

    architecture, size_reason, fastness = choose_size(
        corpus, model, budget, rows, window, measure, lambda sizes: precision_of(sizes)[0]
    )
    precision, precision_reason = precision_of(architecture)
    seen = _tokens_seen(budget, rows * window, fastness)
    passes = seen / tokens
    dropout, weight_drop, often = choose_drops(corpus, training, architecture, passes, from_weights)
    updates = seen / (rows * window)
    length = run_length(passes, updates)
    usual_rate = peak_rate(architecture.units, length, corpus.level, architecture.cell)
    larger = times_larger(rows, updates, architecture.cell)
    usual_rate = rate_of_larger(usual_rate, larger)
    if from_weights:
        usual_rate = rounded_rate(usual_rate * fine_tuning_factor(corpus.training_characters))
    rate = usual_rate if training.learning_rate is None else float(training.learning_rate)
    scored = subset_size(budget, seen, len(corpus.validation), precision)
    counted = tokens_to_count(budget, architecture, rows * window, len(corpus.training), len(corpus.validation))
    plan = Plan(
        architecture=architecture,
        seq_length=window,
        batch_size=rows,
        learning_rate=rate,
        final_rate_share=FINAL_RATE_SHARE,
        dropout=dropout,
        weight_drop=weight_drop,
        embedding_dropout=choose_embedding_dropout(architecture, training.embedding_dropout),
        weight_decay=float(training.weight_decay),
        clip_norm=float(training.clip_norm),
        seed=seed if training.seed is None else training.seed,
        threads=threads,
        budget=budget,
        speed=fastness,
        passes=passes,
        seconds=budget.seconds,
        parameters=architecture.parameter_count(),
        subset_tokens=scored,
        memory=max(
            expected_growth(architecture, rows, window, dropout, weight_drop, scored, shards, precision)
            + order_growth(len(corpus.training_starts)),
            counting_growth(architecture, counted),
            *(probing_growth(one, rows, window, precision_of(one)[0]) for one in [architecture, *tried]),
        ),
        choices=(),
        baseline_tokens=counted,
        warm_up=FINE_TUNING_WARM_UP if from_weights else WARM_UP_SHARE * larger,
        dropout_rise=fine_tuning_rise(passes) if from_weights else 0.0,
        shards=shards,
        exchange=training.exchange,
        precision=precision,
    )
    reasons = {"size": size_reason, "often": often, "precision": precision_reason}
    return _with_choices(plan, corpus, model, training, reasons)


def possible_precisions(
    corpus: Corpus,
    model: ModelSettings,
    training: TrainingSettings,
    *,
    cores: int = 1,
    has_bf16: bool = False,
    ranks: int = 1,
) -> tuple[str, ...]:
    """Those in which the sizes that the plan chooses among would be trained; the arguments are `make_plan`'s."""
    budget, window, rows = _budget_and_shape(corpus, training, (training.threads or cores) * ranks)
    found = {
        choose_precision(training.precision, budget.kind, sizes, rows, window, has_bf16=has_bf16)[0]
        for sizes in candidates(corpus, model, budget.kind == "time")
    }
    return tuple(sorted(found, key=PRECISIONS.index))


def _budget_and_shape(corpus: Corpus, training: TrainingSettings, threads: int) -> tuple[Budget, int, int]:
    """The budget, T and B, which no size decides."""
    tokens = max(1, len(corpus.training))
    kind, amount = requested_budget(training) or ("time", default_time(corpus))
    window, rows = batch_shape(tokens, training, threads if kind == "time" else 1)
    rows = rows_for(training.shards or 1, rows, training.batch_size is not None)
    return make_budget(kind, amount, tokens, window * rows), window, rows


def _tokens_seen(budget: Budget, per_update: int, speed: float | None) -> float:
    if budget.steps is not None:
        return float(budget.steps * per_update)
    return budget.amount * speed if speed else 0.0


def _with_choices(
    plan: Plan, corpus: Corpus, model: ModelSettings, training: TrainingSettings, reasons: dict[str, str]
) -> Plan:
    """reasons: of the size, of the drops (how often the text is read) and of the precision."""
    sizes, asked = plan.architecture, "asked for"
    kinds = f"{TOKEN_NOUNS[corpus.level]}s"
    where = "from all over the text" if corpus.validation_pieces else "at the end"
    if corpus.stand_alone:
        where = "whole lines" if corpus.lines else "whole documents"
    part = (
        f"{len(corpus.validation):,} more, {where}, for validation"
        if len(corpus.validation)
        else corpus.no_validation_reason
    )
    few, short = "smaller batches learn better, larger ones run faster", "enough for a short text"
    width = "peak; lower for wide networks and long runs"
    if plan.dropout_rise:
        width = f"{width}, and for short texts that start from a model"
    rising = ", rising" * bool(plan.dropout_rise)
    often = f"against memorizing; {reasons['often']}{rising}" if plan.dropout else f"none needed: {reasons['often']}"
    rows = [
        ("text", f"{len(corpus.training):,} {kinds}", f"{kinds_and_documents(corpus)}; {part}"),
        ("cell", sizes.cell, asked if sizes.cell != DEFAULT_CELL else "the default: remembers longest for its cost"),
        ("layers", layers_in_words(sizes), reasons["size"]),
        ("embedding", embedding_in_words(sizes), embedding_reason(model, sizes, kinds)),
        (
            "seq-length",
            f"{plan.seq_length} {kinds}",
            asked if training.seq_length else "how far back each update looks",
        ),
        (
            "batch-size",
            counted_noun(plan.batch_size, "sequence"),
            asked if training.batch_size else few if plan.batch_size >= USUAL_BATCH_SIZE else short,
        ),
        ("learning-rate", f"{plan.learning_rate:g}", asked if training.learning_rate else width),
        ("dropout", f"{plan.dropout:g}", asked if training.dropout is not None else often),
        (
            "budget",
            plan.budget.describe(),
            asked if requested_budget(training) else "the default for its length; --time changes it",
        ),
        ("precision", plan.precision, reasons["precision"]),
        ("seed", str(plan.seed), asked if training.seed is not None else "random"),
    ]
    hindered = [
        (name, f"{share:g}", f"against memorizing: {what} are left out at random{rising}" if given is None else asked)
        for name, share, what, given in (
            ("weight-drop", plan.weight_drop, "recurrent weights", training.weight_drop),
            ("embedding-dropout", plan.embedding_dropout, kinds, training.embedding_dropout),
        )
        if share or given is not None
    ]
    after = [name for name, *_ in rows].index("dropout") + 1
    rows[after:after] = hindered
    if plan.shards > 1:
        each = counted_noun(plan.batch_size // plan.shards, "sequence")
        rows.insert(
            -3, ("shards", f"{plan.shards} of {each}", "the result is the same however many processes share them")
        )
    if tried := describe_extrapolation(plan.budget, corpus.characters):
        rows.append(("note", "extrapolated", tried))
    return replace(plan, choices=tuple(PlanRow(*row) for row in rows))
