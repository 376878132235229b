"""A trace as a terminal picture: for each gate and state a few units (or all), tokens from left to right.

In colour a cell's colour is its value. Without colour it is a digit, the value's tenths; what has a sign gets two rows
a unit, positive values above and negative ones below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.arrays import Float32Array
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.columns import Columns, split_columns
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import layer_label, title_line
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.measures import measure
from lstmgen.inspect.gates.band_picture import Band, GateOptions, make_band
from lstmgen.inspect.gates.heading_picture import extremes, heading
from lstmgen.inspection.trace import Trace

_EDGE_LINES = 4  # title, token axis (in colour: how to read the cells), extremes, scale
_BY_WORDS = "Each cell is the mean over a word; the percentages count single characters."
_HOW_TO_READ = "Each line is one unit: its number, then the text in the colours of its values."


def draw_gates(
    trace: Trace,
    labels: Sequence[str],
    options: GateOptions,
    frame: Frame,
    title: str = "",
    *,
    measured: Trace | None = None,
) -> Picture:
    """The picture. labels: each token of the trace as it may be shown, cleaned; title: cleaned likewise.

    measured: the tokens that the headings' percentages count, where `trace` holds means over words.
    """
    measures, entries, remark = measure(measured or trace, options.layer), trace.facts.traced, trace.facts.remark
    digits = len(str(trace.units - 1))
    blocks = split_columns(labels, frame.width - digits - 2, spaced=options.spaced)
    edge_lines = _EDGE_LINES + bool(remark) + (measured is not None and not frame.colours)
    room = (frame.height - edge_lines) // len(entries) - 1
    bands = [
        make_band(
            trace, entry, measures[entry.letter], options,
            coloured=frame.colours is not None, room=room, stop=blocks[0].stop,
        )
        for entry in entries
    ]  # fmt: skip
    shown = blocks if options.units is not None else blocks[:1]
    picture = Picture()
    picture.add(Segment(fit(_title(trace, options, bands, shown, title, measured), frame.width), STRONG))
    for line in (remark, _BY_WORDS if measured is not None else _HOW_TO_READ if frame.colours else ""):
        if line:
            picture.add(Segment(fit(line, frame.width), FAINT))
    for number, block in enumerate(shown):
        if number:
            picture.add()
        _draw_block(picture, block, bands, frame, digits)
    if options.units is not None or len(picture.lines) + 2 <= frame.height:
        picture.add(Segment(fit(extremes(entries, measures, frame.width), frame.width), FAINT))
    whole = shown[-1].stop == len(trace) and len(bands[0].units) == trace.units
    more = "" if whole or options.units is not None else "   More: --units all"
    picture.add(*_key(frame, not any(entry.is_gate for entry in entries), more))
    return picture.crop(frame.width)


def _title(
    trace: Trace,
    options: GateOptions,
    bands: Sequence[Band],
    shown: Sequence[Columns],
    name: str,
    measured: Trace | None,
) -> str:
    """What is seen: "storybook · layer 0 · the most varying of 128 units · tokens 0-74 of 240"."""
    count = max(len(band.units) for band in bands)
    if count == trace.units:
        units = f"all {count} units"
    elif options.units is not None:
        units = f"{count} of {trace.units} units"
    else:
        units = f"the {_ORDERS[options.sort or 'varying']} of {trace.units} units"
    last = shown[-1].stop
    kind = "tokens" if measured is None else "words"
    tokens = f"{kind} 0-{last - 1} of {len(trace)}" if last < len(trace) else f"all {last} {kind}"
    return title_line(name, layer_label(options.layer, trace.layers), units, tokens)


_ORDERS = {"varying": "most varying", "mean": "highest", "number": "first"}


def _draw_block(picture: Picture, block: Columns, bands: Sequence[Band], frame: Frame, digits: int) -> None:
    if not frame.colours:  # in colour the tokens stand on the cells
        picture.add(" " * (digits + 2) + block.row(block.labels))
    for band in bands:
        picture.add(*_heading(band, frame))
        for unit in band.units:
            if frame.colours:
                values = band.values[block.start : block.stop, unit]
                picture.add(Segment(f"{unit:>{digits}}  ", FAINT), *_coloured(values, block, band, frame.colours))
            else:
                for row, (mark, texts) in enumerate(band.rows(unit, block.start, block.stop)):
                    number = unit if row == 0 else ""
                    picture.add(f"{number:>{digits}}{mark} {block.row(texts)}")


def _heading(band: Band, frame: Frame) -> tuple[Segment, ...]:
    """Names, findings and, where a full cell is not 1, what it is."""
    names, findings = heading(band.entry, band.measures, full=band.scale)
    names = fit(names, frame.width)
    return Segment(names, STRONG), Segment(fit(f": {findings}", max(1, frame.width - cell_len(names))))


def _coloured(values: Float32Array, block: Columns, band: Band, colours: str) -> Iterator[Segment]:
    for value, width, label in zip(values.tolist(), block.widths, block.labels, strict=True):
        yield Segment(
            fill(label, width), shade(value, signed=not band.entry.is_gate, scale=band.scale, colours=colours)
        )
        if block.gap:
            yield Segment(" " * block.gap)


def _key(frame: Frame, signs_only: bool, more: str) -> list[Segment]:
    """How to read the cells, and how to see more of them."""
    if not frame.colours:
        return [Segment(fit(f"Digits are tenths; signed values have + and - rows.{more}", frame.width), FAINT)]
    steps = [step / 12 for step in range(13)]
    gates = [Segment("0 ", FAINT), *_swatches(steps, False, frame.colours), Segment(" 1   ", FAINT)]
    states = [-step for step in reversed(steps[1:])] + steps
    signed = [Segment("-1 ", FAINT), *_swatches(states, True, frame.colours), Segment(" 1", FAINT)]
    return [*([] if signs_only else gates), *signed, Segment(more, FAINT)]


def _swatches(values: Sequence[float], signed: bool, colours: str) -> list[Segment]:
    return [Segment(" ", shade(value, signed=signed, colours=colours)) for value in values]
