"""What to train, chosen from the corpus, the budget and the machine's speed, each choice with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lstmgen.cell_facts import DEFAULT_CELL
from lstmgen.deprecated import Renamed
from lstmgen.errors import UsageError
from lstmgen.records import written_as
from lstmgen.settings import TOKEN_NOUNS, Architecture, ModelSettings, TrainingSettings
from lstmgen.text import Corpus
from lstmgen.text.copies import unseen_sequence_share
from lstmgen.text.documents import MIN_SPLIT_TOKENS
from lstmgen.text.identity import DOCUMENT_ENDS
from lstmgen.training.evaluation_cost import subset_size
from lstmgen.training.fine_tuning import FINE_TUNING_WARM_UP, fine_tuning_factor, fine_tuning_rise
from lstmgen.training.memory import counting_growth, expected_growth, order_growth, probing_growth
from lstmgen.training.ngram_baseline import tokens_to_count
from lstmgen.training.schedule import (
    FINAL_RATE_SHARE,
    WARM_UP_SHARE,
    Budget,
    make_budget,
    requested_budget,
)
from lstmgen.training.shards import rows_for
from lstmgen.training.sizes import (
    USUAL_BATCH_SIZE,
    Speed,
    batch_shape,
    choose_size,
    default_time,
    describe_extrapolation,
    dropout_share_for,
    full_dropout,
    memorization,
    peak_rate,
    quantized,
    rounded_rate,
    two_digits,
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
) -> Plan:
    """Fill in whatever the settings leave open. `speed` measures; it is asked for time budgets only, if given.

    from_weights: the run begins with a model's, which a high rate or much left out at once would spoil. cores, seed:
    the threads and the seed of settings that name none.
    """
    tokens = max(1, len(corpus.training))
    kind, amount = requested_budget(training) or ("time", default_time(corpus))
    threads = training.threads or cores
    window, rows = batch_shape(tokens, training, threads if kind == "time" else 1)
    shards = training.shards or 1
    rows = rows_for(shards, rows, training.batch_size is not None)
    budget = make_budget(kind, amount, tokens, window * rows)
    tried: list[Architecture] = []
    measure = quantized(speed, tried) if speed and kind == "time" else None
    architecture, size_reason, fastness = choose_size(corpus, model, budget, rows, window, measure)
    seen = _tokens_seen(budget, rows * window, fastness)
    passes = seen / tokens
    dropout, weight_drop, often = _drops(corpus, training, architecture, passes, from_weights)
    usual_rate = peak_rate(architecture.units, passes, corpus.level, architecture.cell)
    if from_weights:
        usual_rate = rounded_rate(usual_rate * fine_tuning_factor(corpus.training_characters))
    rate = usual_rate if training.learning_rate is None else float(training.learning_rate)
    scored = subset_size(budget, seen, len(corpus.validation))
    counted = tokens_to_count(budget, architecture, rows * window, len(corpus.training), len(corpus.validation))
    plan = Plan(
        architecture=architecture,
        seq_length=window,
        batch_size=rows,
        learning_rate=rate,
        final_rate_share=FINAL_RATE_SHARE,
        dropout=dropout,
        weight_drop=weight_drop,
        embedding_dropout=_embedding_dropout(architecture, training.embedding_dropout),
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
            expected_growth(architecture, rows, window, dropout, weight_drop, scored, shards)
            + order_growth(len(corpus.training_starts)),
            counting_growth(architecture, counted),
            *(probing_growth(one, rows, window) for one in [architecture, *tried]),
        ),
        choices=(),
        baseline_tokens=counted,
        warm_up=FINE_TUNING_WARM_UP if from_weights else WARM_UP_SHARE,
        dropout_rise=fine_tuning_rise(passes) if from_weights else 0.0,
        shards=shards,
    )
    return _with_choices(plan, corpus, model, training, size_reason, often)


def _tokens_seen(budget: Budget, per_update: int, speed: float | None) -> float:
    if budget.steps is not None:
        return float(budget.steps * per_update)
    return budget.amount * speed if speed else 0.0


def _drops(
    corpus: Corpus, training: TrainingSettings, sizes: Architecture, passes: float, from_weights: bool
) -> tuple[float, float, str]:
    """Dropout and weight-drop, as asked or chosen, and why. Documents are learned as wholes, whatever comes again.

    A run from a model's weights on less than is ever validated drops nothing: with the usual drops such runs were seen
    to end far above where they began.
    """
    heart = memorization(sizes, passes, max(1, len(corpus.training)))
    outputs, weights = full_dropout(heart, corpus.lines)
    often = f"about {two_digits(passes)} times" if passes >= 1 else "less than once"
    why = f"the text is read {often}"
    if from_weights and len(corpus.ids) < MIN_SPLIT_TOKENS:
        outputs, weights, why = 0.0, 0.0, "so short a text that starts from a model can only be learned by heart"
    left_open = (outputs and training.dropout is None) or (weights and training.weight_drop is None)
    if left_open and len(corpus.validation) and not corpus.lines:
        new = unseen_sequence_share(corpus)
        why = f"{why}; {100 * new:.0f} % of the validation text is new"
        outputs, weights = (round(dropout_share_for(heart, new) * most, 2) for most in (outputs, weights))
    outputs = outputs if training.dropout is None else float(training.dropout)
    return outputs, weights if training.weight_drop is None else float(training.weight_drop), why


def _embedding_dropout(sizes: Architecture, given: float | None) -> float:
    """As asked, else none; UsageError where it is asked for and there is no embedding to drop from."""
    if given and not sizes.embedding:
        raise UsageError(
            "--embedding-dropout needs an embedding, and this network would have none.\n"
            "Add --embedding-size N, or leave it out."
        )
    return float(given or 0.0)


def _with_choices(
    plan: Plan, corpus: Corpus, model: ModelSettings, training: TrainingSettings, size_reason: str, often: str
) -> Plan:
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
    often = f"against memorizing; {often}{rising}" if plan.dropout else f"none needed: {often}"
    rows = [
        ("text", f"{len(corpus.training):,} {kinds}", f"{_kinds_and_documents(corpus)}; {part}"),
        ("cell", sizes.cell, asked if sizes.cell != DEFAULT_CELL else "the default: remembers longest for its cost"),
        ("layers", _layers(sizes), size_reason),
        ("embedding", _embedding(sizes), _embedding_reason(model, sizes, kinds)),
        (
            "seq-length",
            f"{plan.seq_length} {kinds}",
            asked if training.seq_length else "how far back each update looks",
        ),
        (
            "batch-size",
            _counted(plan.batch_size, "sequence"),
            asked if training.batch_size else few if plan.batch_size >= USUAL_BATCH_SIZE else short,
        ),
        ("learning-rate", f"{plan.learning_rate:g}", asked if training.learning_rate else width),
        ("dropout", f"{plan.dropout:g}", asked if training.dropout is not None else often),
        (
            "budget",
            plan.budget.describe(),
            asked if requested_budget(training) else "the default for its length; --time changes it",
        ),
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
        rows.insert(-2, ("shards", f"{plan.shards} of {_counted(plan.batch_size // plan.shards, 'sequence')}", asked))
    if tried := describe_extrapolation(plan.budget, corpus.characters):
        rows.append(("note", "extrapolated", tried))
    return replace(plan, choices=tuple(PlanRow(*row) for row in rows))


def _kinds_and_documents(corpus: Corpus) -> str:
    """How many tokens there are to choose among and, where their ends are learned, how many documents."""
    if DOCUMENT_ENDS not in corpus.load_options:
        return f"{len(corpus.vocabulary):,} different ones"
    return f"{len(corpus.vocabulary) - 1:,} different ones; {corpus.documents:,} documents, whose ends are learned"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _layers(sizes: Architecture) -> str:
    return f"{sizes.layers} x {sizes.units} units{', summed' * sizes.skip_sum}"


def _embedding(sizes: Architecture) -> str:
    tied = ", tied" if sizes.tied else ""
    return f"{sizes.embedding} values{tied}" if sizes.embedding else "none (one-hot)"


def _embedding_reason(model: ModelSettings, sizes: Architecture, kinds: str) -> str:
    if model.embedding_size is not None or model.tied:
        return "asked for"
    if sizes.tied:
        return f"for this many {kinds}; the output layer shares the table"
    return f"for this many {kinds}" if sizes.embedding else f"few different {kinds} need none"
