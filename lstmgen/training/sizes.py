"""The rules by which sizes are chosen: tables on top, and below what looks them up.

With a budget of updates or passes nothing is measured, so the same command makes the same plan on every machine. What
the tables rest on is measured in tests/bench/learning/DIAL.md, unless another page is named.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from lstmgen.cell_facts import CELL_FACTS, DEFAULT_CELL
from lstmgen.durations import spoken_duration
from lstmgen.settings import Architecture, ModelSettings, TrainingSettings
from lstmgen.text import Corpus
from lstmgen.training.evaluation_cost import multiplications_per_token
from lstmgen.training.precision import MOST_GAIN
from lstmgen.training.schedule import Budget

_Choice = TypeVar("_Choice")

Speed = Callable[[Architecture, int, int, str], float]
"""(architecture, rows, window, precision) -> training tokens a second."""

LADDER = (
    *((1, 16), (1, 32), (1, 64), (1, 128), (1, 192), (1, 256), (1, 384)),
    *((2, 256), (2, 384), (2, 512), (2, 768), (2, 1024)),
)
"""(layers, units) from small to large. In as long two narrow layers lose against a wider one, two wide ones win."""

_WIDEST = (
    *((200, (1, 16)), (1_000, (1, 32)), (20_000, (1, 64)), (100_000, (1, 128)), (400_000, (1, 256))),
    *((3_000_000, (2, 512)), (math.inf, (2, 1_024))),
)
"""(tokens below which, largest of the ladder): a small text is soon known by heart."""

_UNMEASURED = (1, 256)
"""Largest (layers, units) chosen where the budget is updates or passes, whose price nobody has named."""

_PASSES = ((1e3, 300.0), (1e4, 100.0), (1e6, 4.0), (1e7, 1.5), (1e8, 0.5))
"""(characters, how often the largest model that is worth its time should see them); between them by logarithms."""

NARROW, HURRIED = 128, 0.25
"""Units up to which so much of those passes is enough: narrower ones learn little, read as they may (REGRET.md)."""

_DROPPED = (
    (4.0, (0.0, 0.0)),
    (8.0, (0.1, 0.0)),
    (20.0, (0.2, 0.0)),
    (30.0, (0.3, 0.0)),
    (400.0, (0.4, 0.3)),
    (math.inf, (0.3, 0.5)),
)
"""(`memorization` below which, (dropout, weight-drop)): the more parameters read a text the more often, the sooner it
is known by heart."""

_OF_LINES = 0.5
"""Weight-drop where any is and each line stands alone."""

_FAMILIAR, _STRANGE = 0.1, 0.6
"""Shares of the held-back text's short sequences that training has not: up to the first nothing is dropped, from the
second on what the table says. Where all that comes was there before, to know it by heart is to know it."""

_WORN = 60.0, 400.0
"""`memorization` between which this ceases, since dice can be known by heart too: 3,600 in the children's book."""

_PEAKS = {
    "char": ((6.0, 2.4e-2), (12.0, 1.8e-2), (math.inf, 1.2e-2)),
    **dict.fromkeys(("word", "token"), ((math.inf, 8e-3),)),
}
_OTHER_PEAKS = ((math.inf, 4e-3),)
"""By level, and of cells that want no high rates (`run_length` below which, highest rate at 256 units): a short run has
to take large steps, a long one learns more with small ones."""

_UPDATES_A_PASS = 1_000
"""Of the texts of 1 MB that these rates were found on. A longer one has as many updates in fewer passes, and they want
the same rates, of 16 rows as of 64 (BATCHES.md)."""

_STEEPEST = 2.0
"""Times the rate at 256 units, for the narrowest: it falls with the square root of the width."""

_EMBEDDING = {
    "char": ((1_000, 0), (10_000, 128), (math.inf, 256)),
    **dict.fromkeys(("word", "token"), ((128, 0), (1_000, 64), (10_000, 128), (math.inf, 256))),
}
"""(vocabulary up to which, embedding size); 0 is one-hot, which learns more: each token has a row of W to itself."""

_DEFAULT_TIMES = ((30_000, 20.0), (100_000, 60.0), (400_000, 180.0), (math.inf, 300.0))
"""(characters up to which, seconds) where nobody says how long: more brings a short text nothing (SMALL.md)."""

USUAL_SEQ_LENGTH, USUAL_BATCH_SIZE = 64, 16
"""T and B: as far as the gradient reaches, and few rows: updates count for more than tokens."""

_ROWS_A_THREAD, _MOST_ROWS = 8, 64
"""Where time is the budget: rows that keep each thread busy (9 tenths of the speed of 16), and at most so many."""

_LARGEST_TRIED, _SHORT, _HIGHEST = 256, 2_500, 6.8e-2
"""Rows of a batch up to which the rate rises with more than `_MOST_ROWS` of them, updates from which on it does not,
and the highest that it gets: what was tried (BATCHES.md)."""

_TRIED_SECONDS, _TRIED_CHARACTERS = (20.0, 3_600.0), (400, 2_700_000)
"""Time and text, from least to most, that runs with these tables were made of (LEARNING.md, REGRET.md, DIAL.md)."""

UPDATING = 0.85
"""Share of the time that goes to updates as they were probed; evaluating, saving and showing take the rest."""

SPEED_STEP = 1.25
"""Speeds are rounded to powers of this, so that a busy moment does not change the plan."""


def _below(table: Iterable[tuple[float, _Choice]], value: float) -> _Choice:
    """What a table of (limit, value) says."""
    return next(choice for limit, choice in table if value < limit)


def target_passes(characters: int) -> float:
    """From the table `_PASSES`."""
    return interpolate(_PASSES, characters)


def interpolate(table: tuple[tuple[float, float], ...], value: float) -> float:
    """From a table of points, straight lines between logarithms, level beyond its ends."""
    points = [(math.log(a), math.log(b)) for a, b in table]
    x = min(max(math.log(max(1, value)), points[0][0]), points[-1][0])
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x <= x1:
            return math.exp(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    return table[-1][1]


def describe_extrapolation(budget: Budget, characters: int) -> str:
    """What lies beyond all that was tried, and how far that went; empty where nothing does. characters: of the text."""
    (shortest, longest), (least, most) = _TRIED_SECONDS, _TRIED_CHARACTERS
    beyond = []
    if budget.seconds is not None and not shortest <= budget.seconds <= longest:
        beyond.append(f"{spoken_duration(shortest)} to {spoken_duration(longest)}")
    if not least <= characters <= most:
        beyond.append(f"{least:,} to {most:,} characters")
    return f"these choices were only tested with {' and '.join(beyond)}" if beyond else ""


def two_digits(number: float) -> str:
    """Two digits of an estimate: 7.6, 110, 1,800."""
    return f"{float(f'{number:.2g}'):,g}"


def quantized(speed: Speed, tried: list[Architecture]) -> Speed:
    """Rounded to the ladder of speeds; what was measured is noted in `tried`."""

    def measure(architecture: Architecture, rows: int, window: int, precision: str) -> float:
        tried.append(architecture)
        raw = max(UPDATING * speed(architecture, rows, window, precision), 1e-6)
        return float(SPEED_STEP ** round(math.log(raw, SPEED_STEP)))

    return measure


def batch_shape(tokens: int, training: TrainingSettings, threads: int = 1) -> tuple[int, int]:
    """T and B: a text of a few words is read by fewer rows, for many threads there are more."""
    window = training.seq_length or min(USUAL_SEQ_LENGTH, max(1, tokens))
    busy = max(USUAL_BATCH_SIZE, min(_ROWS_A_THREAD * threads, _MOST_ROWS))
    rows = training.batch_size or min(busy, max(1, tokens // (2 * window)))
    return window, rows


def run_length(passes: float, updates: float) -> float:
    """How long a run is, in passes over a text of 1 MB, or over this one if it is shorter."""
    return max(passes, updates / _UPDATES_A_PASS)


def peak_rate(units: int, length: float, level: str = "char", cell: str = DEFAULT_CELL) -> float:
    """From `_PEAKS`, falling with the square root of the width; two significant digits kept. length: `run_length`."""
    peak = _below(_PEAKS[level] if CELL_FACTS[cell].high_rates else _OTHER_PEAKS, length)
    return rounded_rate(peak * min(math.sqrt(256 / units), _STEEPEST))


def times_larger(rows: int, updates: float, cell: str = DEFAULT_CELL) -> float:
    """How many times more rows a batch has than those that the rates are for: 1 up to 64 rows, at most 4.

    By so much longer the rate warms up, and by the square root of it the peak is higher (LEGW, You et al. 2019), in a
    run that is short for it; not of cells that want no high rates.
    """
    if not CELL_FACTS[cell].high_rates:
        return 1.0
    return max(1.0, min(rows / _MOST_ROWS, _LARGEST_TRIED / _MOST_ROWS, _SHORT / max(updates, 1.0)))


def rate_of_larger(rate: float, larger: float) -> float:
    """The peak of a batch that is so many times larger; two significant digits kept."""
    return rounded_rate(max(rate, min(rate * math.sqrt(larger), _HIGHEST)))


def rounded_rate(rate: float) -> float:
    """To two significant digits."""
    return float(f"{rate:.2g}")


def memorization(sizes: Architecture, passes: float, tokens: int) -> float:
    """How far a text can be learned by heart: parameters a token, times how often it is read again."""
    return sizes.parameter_count() * max(0.0, passes - 1.0) / tokens


def full_dropout(heart: float, lines: bool) -> tuple[float, float]:
    """Dropout and weight-drop, from `_DROPPED`, for a text of which nothing comes again."""
    outputs, weights = _below(_DROPPED, heart)
    return outputs, _OF_LINES if lines and weights else weights


def dropout_share_for(heart: float, novelty: float) -> float:
    """How much of that is dropped. novelty: share of the held-back text's short sequences that training has not."""
    strange = (novelty - _FAMILIAR) / (_STRANGE - _FAMILIAR)
    worn = math.log(max(heart, _WORN[0]) / _WORN[0]) / math.log(_WORN[1] / _WORN[0])
    return min(max(strange, worn, 0.0), 1.0)


def default_time(corpus: Corpus) -> float:
    """Seconds to train where nobody says how long."""
    if not len(corpus.validation):
        return TrainingSettings.TINY_TIME
    return next(seconds for characters, seconds in _DEFAULT_TIMES if corpus.characters <= characters)


def embedding_size(corpus: Corpus, units: int) -> int:
    """From the table; never wider than the layer it feeds."""
    vocabulary = len(corpus.vocabulary)
    chosen = int(next(size for limit, size in _EMBEDDING[corpus.level] if vocabulary <= limit))
    return min(chosen, units)


def _is_tied(corpus: Corpus, model: ModelSettings) -> bool:
    """Whether one table of words both reads and writes: on few occurrences a word it is learned twice as often."""
    if model.tied is not None:
        return model.tied
    return corpus.level != "char" and model.embedding_size is None and embedding_size(corpus, 1) > 0


def _width_asked(model: ModelSettings) -> int | None:
    """Units asked for, if only by the size of an embedding that is the output layer too."""
    return model.hidden_size or (model.embedding_size if model.tied else None)


def candidates(corpus: Corpus, model: ModelSettings, measured: bool) -> list[Architecture]:
    """From small to large, what was asked for fixed."""
    vocabulary, wanted = len(corpus.vocabulary), _width_asked(model)
    largest = min(_below(_WIDEST, len(corpus.training)), LADDER[-1] if measured else _UNMEASURED)
    shapes = [(model.num_layers or layers, units) for layers, units in LADDER if (layers, units) <= largest]
    if wanted is not None:
        shapes = [(model.num_layers or 1, wanted)]
    tied = _is_tied(corpus, model)
    architectures: list[Architecture] = []
    for L, H in dict.fromkeys(shapes):
        embedding = embedding_size(corpus, H) if model.embedding_size is None else model.embedding_size
        summed = L > 1 and model.skip_sum is not False  # deep networks learn sooner so (ABLATION.md)
        E = H if tied else embedding
        architectures.append(Architecture(model.cell, vocabulary, E, H, L, model.squashing, tied, summed))
    return architectures


def choose_size(
    corpus: Corpus,
    model: ModelSettings,
    budget: Budget,
    rows: int,
    window: int,
    measure: Speed | None,
    precision_of: Callable[[Architecture], str],
) -> tuple[Architecture, str, float | None]:
    """The architecture, why, and its speed where that was measured, in the precision that it would be trained in."""
    open_sizes = candidates(corpus, model, measure is not None)
    most = "asked for" if _width_asked(model) is not None else "the largest that a text of this length can use"
    if measure is None:
        return open_sizes[-1], most, None
    wanted = target_passes(corpus.training_characters)
    needed = wanted * len(corpus.training) / budget.amount  # tokens a second
    chosen, precision = open_sizes[0], precision_of(open_sizes[0])
    speed = measure(chosen, rows, window, precision)
    for one in open_sizes[1:]:
        least, before, precision = needed * (HURRIED if one.units <= NARROW else 1.0), precision, precision_of(one)
        hoped = 2.0 * (MOST_GAIN if precision != before else 1.0)
        if speed * multiplications_per_token(chosen) / multiplications_per_token(one) * hoped < least:
            break  # far too slow: not even tried
        its_speed = measure(one, rows, window, precision)
        if its_speed < least:
            break
        chosen, speed = one, its_speed
    largest = f"the largest that reads the text {two_digits(wanted)} times in {spoken_duration(budget.amount)}"
    if speed < needed:
        largest = f"smaller ones learn little, though reading the text {two_digits(wanted)} times would be better"
    return chosen, f"{most if chosen == open_sizes[-1] else largest}, at about {two_digits(speed)} tokens/s", speed
