"""One time step as the lecture draws it: wires from the new information at the bottom up to the words predicted.

Each wire is a line: its place in the wiring, both its names, and its numbers, a column a unit. Where units are words
the columns are words; elsewhere a wire that is read out also says, roughly, which tokens it speaks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from lstmgen.cell_facts import CELL_FACTS, Quantity
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import layer_label, title_line
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit
from lstmgen.inspect.common.figures import NUMBER_CELLS, add_up, share, signed, unsigned
from lstmgen.inspect.step.measure import CellStep, speaks_for
from lstmgen.inspect.step.scene_picture import NAME_CELLS, READING_CELLS, Scene
from lstmgen.inspect.step.wiring import KEYS, NEXT, gutter

_CLAMPED = Style(bold=True, color="color(214)")
_HERE = Style(bold=True, color="color(16)", bgcolor="color(252)")
_BARS = " ▏▎▍▌▋▊▉█"
_SCREEN = 24  # lines of each of several steps, which are scrolled through
_AROUND = 6  # lines beside wires and keys: title, text, heads, what is predicted, and two blank ones


def draw_steps(scene: Scene, steps: Sequence[CellStep], frame: Frame) -> Picture:
    """The pictures of several steps, one below the other."""
    picture = Picture()
    each = frame if len(steps) == 1 else replace(frame, height=_SCREEN)
    for number, step in enumerate(steps):
        if number:
            picture.add()
        picture.lines += draw_step(scene, step, each).lines
    return picture


def draw_step(scene: Scene, step: CellStep, frame: Frame) -> Picture:
    """The picture of one step, 20 lines or fewer; without blank lines where the frame has no room for them."""
    picture, wires = Picture(), CELL_FACTS[scene.cell].wires_with(scene.squashing)
    roomy = len(wires) + len(list(_keys(scene))) + _AROUND <= frame.height
    picture.add(*_title(scene, step))
    picture.add(*_story(scene, step.position, frame))
    if roomy:
        picture.add()
    units = scene.units_within(frame.width)
    picture.add(*_heads(scene, units, frame))
    cells = _cells(scene, step, units)
    picture.add(*_next(scene, step, units, frame))
    for entry in reversed(wires):
        picture.add(*_wire(scene, step, entry, cells.get(entry.letter, []), frame))
    if roomy:
        picture.add()
    for line in _keys(scene):
        picture.add(Segment(fit(line, frame.width), FAINT))
    return picture.crop(frame.width)


def _title(scene: Scene, step: CellStep) -> Iterator[Segment]:
    where = f"step {step.position} of 0-{len(scene.tokens) - 1}"
    yield Segment(title_line(scene.title, layer_label(scene.layer, scene.layers), where), STRONG)
    if scene.clamps:
        short = [str(clamp) if scene.layers > 1 else str(clamp).partition(":")[2] for clamp in scene.clamps]
        yield Segment("   held: " + ", ".join(short), _CLAMPED)


def _story(scene: Scene, position: int, frame: Frame) -> Iterator[Segment]:
    """The text around the token that is read, which stands out; what is still to come is faint."""
    gap = " " if scene.spaced else ""
    tokens = list(scene.tokens)
    here = tokens[position] if frame.colours else f"[{tokens[position]}]"
    room = frame.width - cell_len(here) - 2
    before, after = "", ""
    for token in reversed(tokens[:position]):
        if cell_len(before) + cell_len(token) + 1 > room * 2 // 3:
            before = "…" + before
            break
        before = token + gap + before
    for token in tokens[position + 1 :]:
        if cell_len(before) + cell_len(after) + cell_len(token) + 1 > room:
            after += "…"
            break
        after += gap + token
    yield Segment(before)
    yield Segment(here, _HERE if frame.colours else STRONG)
    yield Segment(after, FAINT)


def _heads(scene: Scene, units: Sequence[int], frame: Frame) -> Iterator[Segment]:
    """Above each column the word its unit is, or its number."""
    said = "" if scene.words else "unit "
    yield Segment(f"{said:>{scene.left}}", FAINT)
    for unit in units:
        head = fit(scene.vocabulary[unit] if scene.words else str(unit), NUMBER_CELLS)
        yield Segment(" " + " " * (NUMBER_CELLS - cell_len(head)) + head, STRONG)
    if scene.reads and scene.reading_cells(frame.width) > READING_CELLS // 2:
        yield Segment(fit("  speaks for", scene.reading_cells(frame.width)), FAINT)


def _next(scene: Scene, step: CellStep, units: Sequence[int], frame: Frame) -> Iterator[Segment]:
    """The words predicted: under their units, or the likeliest in a row."""
    yield Segment(gutter(scene.cell, NEXT))
    next_one = "next word" if scene.spaced else "next character"
    above = "" if scene.layer == scene.layers - 1 else f", by way of layer {scene.layer + 1}"
    yield Segment(next_one, STRONG)
    yield Segment(fill(above or ", how probable", NAME_CELLS - len(next_one)), FAINT)
    probabilities = step.probabilities
    if scene.words:
        for unit in units:
            yield from _cell(share(float(probabilities[unit])), float(probabilities[unit]), frame.colours, signs=False)
        return
    room, parts = frame.width - scene.left, list[str]()
    for token in np.argsort(-probabilities, kind="stable").tolist():
        part = f"{scene.vocabulary[token]} {share(float(probabilities[token]))}"
        if cell_len("  ".join([*parts, part])) + 1 > room:
            break
        parts.append(part)
    yield Segment(" " + "  ".join(parts), STRONG)


@dataclass(frozen=True)
class _Number:
    """One number of a wire as it is printed; value: for its colour or bar."""

    text: str
    value: float
    signs: bool
    clamped: bool = False


def _cells(scene: Scene, step: CellStep, units: Sequence[int]) -> dict[str, list[_Number]]:
    """The numbers of every wire, by letter; a sum's parts and whole are rounded together."""
    facts = CELL_FACTS[scene.cell]
    numbers: dict[str, list[_Number]] = {}
    for letter, values in step.wires.items():
        gate = facts.quantity(letter).is_gate
        numbers[letter] = [
            _Number(unsigned(value) if gate else signed(value), value, not gate, _is_clamped(scene, letter, unit))
            for unit, value in ((unit, float(values[unit])) for unit in units)
        ]
    parts = next((*terms, result) for result, terms in facts.sums.items() if len(terms) == 2)
    for place in range(len(units)):
        three = [numbers[letter][place] for letter in parts]
        texts = add_up(three[0].value, three[1].value, three[2].value)
        for letter, number, text in zip(parts, three, texts, strict=True):
            numbers[letter][place] = _Number(text, number.value, True)
    if scene.words and scene.one_hot:
        numbers["x"] = [_Number(str(int(unit == step.token)), float(unit == step.token), False) for unit in units]
    return numbers


def _is_clamped(scene: Scene, letter: str, unit: int) -> bool:
    place = scene.layer, letter
    return any(clamp.target in ((*place, None), (*place, unit)) for clamp in scene.clamps)


def _wire(scene: Scene, step: CellStep, entry: Quantity, numbers: Sequence[_Number], frame: Frame) -> Iterator[Segment]:
    whole = next((clamp for clamp in scene.clamps if clamp.target == (scene.layer, entry.letter, None)), None)
    yield Segment(gutter(scene.cell, entry.letter, clamped=whole is not None and entry.is_gate))
    yield from _names(entry, f"held at {whole.value:g}" if whole is not None else "", _read(scene, step, entry))
    for number in numbers:
        yield from _cell(number.text, number.value, frame.colours, signs=number.signs, clamped=number.clamped)
    if scene.reads and not entry.is_gate and entry.letter in step.wires and scene.output is not None:
        room = scene.reading_cells(frame.width)
        tokens = [scene.vocabulary[k] for k in speaks_for(step.wires[entry.letter], scene.output, room).tolist()]
        text = ""
        for token in tokens:
            if cell_len(text) + cell_len(token) + 1 > room - 2:
                break
            text += (" " if text else "") + token
        yield Segment("  " + text)


def _read(scene: Scene, step: CellStep, entry: Quantity) -> str:
    """What stands for the new information: the token that is read."""
    if entry.letter != "x":
        return ""
    if scene.layer:
        return f"h of layer {scene.layer - 1}"
    return "nothing yet" if step.token < 0 else f'"{scene.vocabulary[step.token]}"'


def _names(entry: Quantity, clamped: str, more: str) -> Iterator[Segment]:
    """Both names, and the sense of a gate or that it is clamped; the textbook's name goes where there is no room."""
    lecture = f"{entry.lecture} {entry.letter}"
    sense = clamped or (f"1 {entry.opens}" if entry.is_gate else more)
    rest = f", {entry.textbook}" + (f": {sense}" if sense else "")
    if cell_len(lecture + rest) > NAME_CELLS:
        rest = f": {sense}" if sense else ""
    room = NAME_CELLS - cell_len(lecture)
    yield Segment(lecture, STRONG)
    if clamped:
        yield Segment(fill(rest, room), _CLAMPED)
    else:
        yield Segment(fill(rest, room), FAINT)


def _cell(text: str, value: float, colours: str | None, *, signs: bool, clamped: bool = False) -> Iterator[Segment]:
    """One number: on its colour, or with a small bar of its size."""
    shown = "=" + text if clamped else text
    if colours:
        yield Segment(" ")
        yield Segment(shown.rjust(NUMBER_CELLS), shade(value, signed=signs, colours=colours))
        return
    if len(shown) >= NUMBER_CELLS or text.endswith("%"):
        yield Segment(" " + shown.rjust(NUMBER_CELLS))
        return
    size = 0.0 if math.isnan(value) else min(abs(value), 1.0)
    bar = _BARS[round(size * (len(_BARS) - 1))]
    yield Segment(f" {shown:>{NUMBER_CELLS - 1}}{bar}")


def _keys(scene: Scene) -> Iterator[str]:
    yield KEYS[scene.cell]
    sums = CELL_FACTS[scene.cell].sums_with(scene.squashing)
    yield ",  ".join(f"{' + '.join(terms)} = {result}" for result, terms in sums.items()) + "."
    if scene.words:
        yield "Every unit is a word: + raises it, - holds it down."
    elif scene.reads:
        yield "Speaks for: tokens that a wire makes more probable (exact for h, else rough)."
    if remark := CELL_FACTS[scene.cell].remark:
        yield remark
