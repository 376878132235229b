"""Where a view goes: the terminal, a pipe, or a file whose ending says the form."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from lstmgen.cleaning import on_one_line
from lstmgen.errors import ModelFileError, UsageError
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.view import Theme, View
from lstmgen.paths import checked_path
from lstmgen.terminal.options import STDOUT
from lstmgen.terminal.streams import Messages, OutputStream, console_for, is_terminal, wants_colour
from lstmgen.terminal.working import working

if TYPE_CHECKING:
    from lstmgen.inspect.canvas.picture import Picture

SCREEN = (80, 24)  # where nobody says how large it is
OTHERS = 2  # lines of a screen that are not ours: the model's name on stderr, and the shell's next line
NARROWEST = 40


def form_of(out: str | None, as_json: bool, forms: tuple[str, ...]) -> str:
    """What is asked for: "txt" (the picture), "json", or another of `forms`. Raises UsageError before any work.

    Standard output, asked for by name, takes the first of `forms`.
    """
    if out in (None, STDOUT):
        return "json" if as_json else forms[0] if out == STDOUT else "txt"
    target = checked_path(out)
    form = target.suffix.lower().removeprefix(".")
    if form not in forms:
        raise UsageError(
            f"--out {out} must end in .{', .'.join(forms[:-1])} or .{forms[-1]}: the ending says the form."
        )
    if as_json and form != "json":
        raise UsageError(f"--json and --out {out} ask for different forms.\nName a .json file, or leave --json out.")
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "is in a folder that does not exist"
        raise UsageError(f"--out {out} {what}.\nName a file in a folder that is there.")
    if form == "npz" and _is_ours(target):
        raise UsageError(f"--out {out} is a model or a state and would be lost.\nGive another name.")
    return form


def deliver(view: View, form: str, out: str | None, messages: Messages, theme: Theme | None = None) -> None:
    """To the file `out`, else to standard output. `form` and `theme` are what `form_of` and `theme_of` made of them."""
    out = None if out == STDOUT else out
    for note in view.notes:
        messages.notice(note)
    for hint in view.hints:
        messages.info(hint)
    if out is not None:
        with working(messages, f"Writing {on_one_line(out)}"):
            view.save(out, theme=theme)
        messages.info(f"wrote {out}")
    elif form == "txt":
        with working(messages, "Drawing"):
            picture = view.picture(Frame(*screen(), colours_of_terminal()))
        show(picture)
    else:
        product = OutputStream()
        product.write(view.product(form))
        product.finish()


def _is_ours(path: Path) -> bool:
    from lstmgen.modelfile import peek_kind

    try:
        return path.exists() and peek_kind(path) in ("model", "state")
    except ModelFileError:
        return False


def colours_of_terminal() -> str | None:
    """ "truecolor" or "256" where the picture is shown in colour, None where it is not (or 16 are all there are)."""
    if not wants_colour(sys.stdout):
        return None
    system = console_for(sys.stdout).color_system
    return system if system in ("truecolor", "256") else None


def screen() -> tuple[int, int]:
    """Cells and lines that a picture may take."""
    width, height = shutil.get_terminal_size(SCREEN) if is_terminal(sys.stdout) else SCREEN
    return max(min(width, _widest.get()), NARROWEST), max(height - OTHERS, 1)


_widest: ContextVar[int] = ContextVar("widest", default=sys.maxsize)


@contextlib.contextmanager
def within(width: int) -> Iterator[None]:
    """Meanwhile no picture is drawn wider than so many cells."""
    before = _widest.set(width)
    try:
        yield
    finally:
        _widest.reset(before)


def show(picture: Picture) -> None:
    """On a terminal with colours, anywhere else as plain lines."""
    if is_terminal(sys.stdout):
        console_for(sys.stdout).print(picture, end="", soft_wrap=True)
    else:
        sys.stdout.write(picture.plain)
    sys.stdout.flush()
