"""Walking through the steps of a text on a terminal: a key goes on, a key holds a gate, and the picture follows."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace

from rich.segment import Segment

from lstmgen.api import Model
from lstmgen.cell_facts import CELL_FACTS
from lstmgen.cleaning import clean
from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.picture import FAINT, Picture, fit
from lstmgen.inspect.commands.output import NARROWEST, SCREEN, colours_of_terminal
from lstmgen.inspect.step.picture import draw_step
from lstmgen.inspect.step.scene_picture import Scene
from lstmgen.inspect.step.view import Walk
from lstmgen.terminal.amounts import is_whole_number
from lstmgen.terminal.key_names import INPUT_ENDED, INTERRUPT, RESIZED, KeyReader
from lstmgen.terminal.keys import alternate_screen
from lstmgen.terminal.streams import console_for

_ON, _BACK = {"right", "n", " ", "enter", "l", "j"}, {"left", "p", "k", "backspace"}
_AWAY = {"q", "Q", INPUT_ENDED}
_TAKEN = _ON | _BACK | _AWAY | {"u", "r", "h", "?"}
_HELP = (
    "Keys",
    "",
    "  →  n  space     the next step            ←  p   the step before",
    "  home  end       the first, the last      number, then enter: go to that step",
    "",
    "{gates}",
    "  u               hold a unit's output: 3=1, or Doug=1 where units are words",
    "  r               release all that is held",
    "",
    "  h               this page                q   quit",
    "",
    "What is held is held from the first step on: the whole text is read again.",
    "",
    "Any key goes back to the picture.",
)
_LINE_OF_KEYS = 1


class _Player:
    """The state of a walk: where it stands, and what it says at the bottom."""

    def __init__(self, model: Model, walk: Walk, keys: KeyReader) -> None:
        self.model, self.walk, self.keys = model, walk, keys
        self.position, self.message = 0, ""
        self.scene: Scene = walk.scene
        facts = CELL_FACTS[self.scene.cell]
        letters = [letter for letter in facts.gates if letter not in facts.states]
        self.gates = {letter.upper() if letter in _TAKEN else letter: letter for letter in letters}
        gates = f"a gate: {' '.join(self.gates)}   " if self.gates else ""
        self.keys_line = f"→ on   ← back   {gates}u unit   r release   h help   q quit"

    def run(self) -> None:
        """Until somebody quits."""
        while True:
            self._draw()
            key = self.keys.read()
            if key == INTERRUPT:
                raise KeyboardInterrupt
            if key in _AWAY:
                return
            self.message = ""
            self._do(key)

    def _do(self, key: str) -> None:
        last = len(self.walk.trace) - 1
        if key in _ON or key in _BACK:
            wanted = self.position + (1 if key in _ON else -1)
            if not 0 <= wanted <= last:
                self.message = "This is the last step." if wanted > last else "This is the first step."
            self.position = min(max(wanted, 0), last)
        elif key in ("home", "end"):
            self.position = 0 if key == "home" else last
        elif key.isascii() and key.isdigit():
            self._go_to(self._ask("go to step ", key))
        elif key == "u" or key in self.gates:
            what = self.gates.get(key, key)
            self._clamp(what, self._ask(self._question(what)))
        elif key == "r":
            self._release()
        elif key in ("h", "?"):
            self._help()

    def _go_to(self, text: str | None) -> None:
        last = len(self.walk.trace) - 1
        if text and is_whole_number(text) and int(text) <= last:
            self.position = int(text)
        elif text:
            self.message = f"There is no step {text}: they are numbered 0 to {last}."

    def _question(self, key: str) -> str:
        unit = self.scene.vocabulary[-1] if self.scene.words else "3"
        if key == "u":
            return f"hold a unit's output, such as {unit}=1: "
        low = 0 if key in CELL_FACTS[self.scene.cell].valves else -1
        return f"hold gate {key} at, from {low} to 1, or that of one unit, such as {unit}=1: "

    def _clamp(self, key: str, text: str | None) -> None:
        """Clamp what was typed; a layer is the one that is looked at, unless another was named."""
        if not text:
            return
        layer, colon, rest = text.partition(":")
        what = rest if colon else text
        name, equals, value = what.partition("=")
        if equals and self.scene.words and name in self.scene.vocabulary:  # there a unit has a word's name
            what = f"{self.scene.vocabulary.index(name)}={value}"
        if key != "u":
            what = f"{key}.{what}" if "=" in what else f"{key}={what}"
        try:
            steered = self.model.clamped(f"{layer if colon else self.walk.layer}:{what}")
        except UsageError as error:
            self.message = str(error).partition("\n")[0]
            return
        self._follow(steered)

    def _release(self) -> None:
        if self.model.clamps:
            self._follow(Model(self.model.file, self.model.path))
            self.message = "Nothing is held any more."

    def _follow(self, model: Model) -> None:
        self.model, self.walk = model, self.walk.under(model, model.clamps)
        self.scene = replace(self.walk.scene, order=self.scene.order)

    def _ask(self, question: str, typed: str = "") -> str | None:
        """A line of typing at the bottom; None where it was given up."""
        while True:
            self._draw(f"{question}{typed}▁")
            key = self.keys.read()
            if key == INTERRUPT:
                raise KeyboardInterrupt
            if key in ("escape", INPUT_ENDED):
                return None
            if key == "enter":
                return typed.strip()
            if key == "backspace":
                typed = typed[:-1]
            elif len(key) == 1 and key.isprintable():
                typed += key

    def _help(self) -> None:
        page = Picture()
        gates = f"  {'  '.join(self.gates):<14}  hold that gate at a value; that of one unit: 3=0"
        for line in _HELP:
            if line != "{gates}" or self.gates:
                page.add(line.format(gates=gates))
        self._show(page, "")
        while self.keys.read() == RESIZED:
            self._show(page, "")

    def _draw(self, line: str | None = None) -> None:
        picture = draw_step(self.scene, self.walk.step(self.position), Frame(*_size(), colours_of_terminal()))
        self._show(picture, line or self.message or self.keys_line)

    def _show(self, picture: Picture, line: str) -> None:
        """The whole screen anew, its last line for the keys; without flicker, in one writing."""
        width, height = _size()
        page = Picture(picture.lines[: max(height - _LINE_OF_KEYS, 0)])
        while len(page.lines) < height - _LINE_OF_KEYS:
            page.add()
        page.add(Segment(fit(clean(line, one_line=True), width), FAINT if line == self.keys_line else None))
        console = console_for(sys.stdout, width=width)
        with console.capture() as captured:
            console.print(page.crop(width), end="", soft_wrap=True)
        body = captured.get().removesuffix("\n").replace("\n", "\x1b[K\r\n")
        sys.stdout.write(f"\x1b[H{body}\x1b[K\x1b[J")
        sys.stdout.flush()


def _size() -> tuple[int, int]:
    width, height = shutil.get_terminal_size(SCREEN)
    return max(width, NARROWEST), max(height, 1)


def play(model: Model, walk: Walk) -> None:
    """Walk until somebody quits; the terminal is as before then, after an error or Ctrl-C too."""
    with alternate_screen() as keys:
        _Player(model, walk, keys).run()
