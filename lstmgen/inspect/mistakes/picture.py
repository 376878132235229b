"""Tables of what nets got wrong and right: the book's mistakes, and the three tasks of holding on to something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.segment import Segment
from rich.style import Style

from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit, wrap
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.mistakes.measure import OPTIMUM, SENTENCE_KINDS, SENTENCES, WritingSample
from lstmgen.inspect.mistakes.memory_tasks import MOST_COUNTED, MOST_FILLERS, TaskResult

_NAME = 22  # cells of a net's name, at most
_DEFINITIONS = "same name: A saw A.  run-on: two or more saw.  fragment: none.  other: all else."
_TASKS = {
    "fillers": f'"Doug very very saw": % wrong ends, by number of very (taught 0-{MOST_FILLERS}; chance: 33)',
    "counting": f"aaabbb: % of lines right, by number of a (taught 1-{MOST_COUNTED})",
    "reber": "Embedded Reber grammar: % of last letters but one right, by length (chance: 50)",
}


@dataclass(frozen=True)
class MistakesResults:
    """All that was measured: writings of the book by net, results by task and net; training: settings of all nets."""

    writings: Mapping[str, WritingSample]
    tasks: Mapping[str, Mapping[str, TaskResult]] = field(default_factory=dict)
    training: Mapping[str, Any] | None = None

    @property
    def training_words(self) -> str:
        """How all nets were trained alike: "6,000 updates, seed 1"; "" where none was."""
        return "" if self.training is None else f"{self.training['steps']:,} updates, seed {self.training['seed']}"


def draw_mistakes(results: MistakesResults, frame: Frame) -> Picture:
    """One table a task. The nets' names are clean."""
    picture, width, colours = Picture(), frame.width, frame.colours
    name = max(min(_NAME, max(map(len, results.writings))), len("the best there can be"))
    _draw_book(picture, results, name, width, colours)
    picture.lines += [[Segment(line, FAINT)] for line in wrap(_remark(results), width)]
    for number, (task, nets) in enumerate(results.tasks.items()):
        if number:
            picture.add()
        _draw_task(picture, _TASKS[task], nets, name, width, colours)
    return picture.crop(width)


def _remark(results: MistakesResults) -> str:
    """What an LSTM is for, which the book alone does not show."""
    if results.tasks:
        return "What an LSTM is for: remembering for longer than this book needs, as in:"
    if results.training is not None:
        return "This book needs little memory; the tasks that need an LSTM follow without --quick."
    return ""


def _draw_book(picture: Picture, results: MistakesResults, name: int, width: int, colours: str | None) -> None:
    heads = [*SENTENCE_KINDS, "nats a token"]
    widths = [max(len(head), 5) + 2 for head in heads]
    picture.add(
        Segment(fit(f"Children's book: {SENTENCES:,} sentences, each word drawn by its probability", width), STRONG)
    )
    columns = "".join(f"{head:>{size}}" for head, size in zip(heads, widths, strict=True))
    picture.add(Segment(fill(results.training_words, name), FAINT), columns)
    short = False
    for net, writing in results.writings.items():
        cells = [Segment(fill(net, name))]
        for kind, size in zip(SENTENCE_KINDS, widths, strict=False):
            cells += _cell(f"{writing.counts[kind]:,}", size, writing.counts[kind] / max(writing.total, 1), colours)
        picture.add(*cells, f"{writing.loss:>{widths[-1]}.4f}")
        short |= writing.total < SENTENCES
    picture.add(Segment(f"{'the best there can be':<{name}}{OPTIMUM:>{sum(widths)}.4f}", FAINT))
    picture.add(Segment(fit(_DEFINITIONS, width), FAINT))
    if short:
        picture.add(
            Segment(fit("A row of fewer sentences: the net wrote on and on without a full stop.", width), FAINT)
        )


def _draw_task(
    picture: Picture, title: str, nets: Mapping[str, TaskResult], name: int, width: int, colours: str | None
) -> None:
    scale = next(iter(nets.values())).at
    size = max(4, max(map(len, scale)) + 1)
    picture.add(Segment(fit(title, width), STRONG))
    picture.add(" " * name + "".join(f"{at:>{size}}" for at in scale))
    for net, result in nets.items():
        cells = [Segment(fill(net, name))]
        for hits in result.hits:
            cells += _cell(whole_percent(hits, result.of), size, hits / result.of, colours)
        picture.add(*cells)


def whole_percent(hits: int, of: int) -> str:
    """ "7"; what is not quite none or all never reads as if it were: "<1", ">99"."""
    whole = round(100 * hits / of)
    return "<1" if whole == 0 and hits else ">99" if whole == 100 and hits < of else str(whole)


def _cell(text: str, size: int, share: float, colours: str | None) -> list[Segment]:
    style: Style | None = shade(share, signed=False, colours=colours) if colours else None
    return [Segment(" "), Segment(f"{text:>{size - 1}}", style)]


def mistakes_table(results: MistakesResults) -> Table:
    """A row for each number: which task, which net, what, the number, and of how many."""
    return Table(["task", "net", "what", "value", "of"], _rows(results))


def _rows(results: MistakesResults) -> Iterator[Sequence[Any]]:
    for net, writing in results.writings.items():
        for kind, count in writing.counts.items():
            yield ["book", net, kind, count, writing.total]
        yield ["book", net, "nats a token", writing.loss, None]
    yield ["book", "the best there can be", "nats a token", OPTIMUM, None]
    for task, nets in results.tasks.items():
        for net, result in nets.items():
            for at, hits in zip(result.at, result.hits, strict=True):
                yield [task, net, at, hits, result.of]
