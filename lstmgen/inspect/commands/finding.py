"""What a view found, in every form in which it can be had, and its way out: terminal, pipe or file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lstmgen.errors import UsageError
from lstmgen.inspect.commands.target import OTHERS, SCREEN, colours_of_terminal, screen, show
from lstmgen.terminal.outfile import write_file, write_text
from lstmgen.terminal.talk import Product, Talk

if TYPE_CHECKING:
    from lstmgen.inspect.canvas.picture import Picture
    from lstmgen.inspect.common.data import Arrays, Table

_FORMS = ("txt", "svg", "html", "json", "csv", "npz")


@dataclass(frozen=True)
class Frame:
    """What a picture is drawn for: cells and lines, and "truecolor", "256" or no colours."""

    width: int
    height: int
    colours: str | None


@dataclass(frozen=True)
class Finding:
    """Each form is made when it is asked for. picture: from a frame; facts: for JSON; table, arrays: for csv and npz.

    title: in the words of who looks, cleaned; stands in SVG and HTML files for those who cannot see the picture.
    """

    title: str
    picture: Callable[[Frame], Picture]
    facts: Callable[[], Any]
    table: Callable[[], Table] | None = None
    arrays: Callable[[], Arrays] | None = None


def deliver(finding: Finding, form: str, out: str | None, talk: Talk) -> None:
    """To the file `out`, else to standard output. `form` is what `form_of` made of the options."""
    if out is None and form == "txt":
        return show(finding.picture(Frame(*screen(), colours_of_terminal())))
    if form == "npz":
        from lstmgen.inspect.common.data import write_arrays

        if out is None or finding.arrays is None:
            raise UsageError("This view has no arrays to write.\nUse --json.")
        arrays = finding.arrays()
        write_file(out, lambda stream: write_arrays(arrays, stream))
    else:
        product = _text(finding, form)
        if out is None:
            shown = Product()
            shown.write(product)
            return shown.finish()
        write_text(out, product)
    return talk.say(f"wrote {out}")


def forms_of(table: bool = True, arrays: bool = False) -> tuple[str, ...]:
    """The forms that a view offers."""
    return tuple(form for form in _FORMS if (form != "csv" or table) and (form != "npz" or arrays))


def _text(finding: Finding, form: str) -> str:
    from lstmgen.inspect.canvas import svg, webpage
    from lstmgen.inspect.common import data

    if form == "json":
        return data.as_json(finding.facts())
    if form == "csv":
        assert finding.table is not None  # else it is none of the forms
        return data.as_csv(finding.table())
    frame = Frame(SCREEN[0], SCREEN[1] - OTHERS, None if form == "txt" else "truecolor")
    picture = finding.picture(frame)
    if form == "txt":
        return picture.plain
    return svg.as_svg(picture, finding.title) if form == "svg" else webpage.as_webpage(picture, finding.title)
