"""What a view has to show, in every form in which it can be had."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.lazy import cached_property
from lstmgen.output_file import write_file, write_text
from lstmgen.paths import checked_path

if TYPE_CHECKING:
    from lstmgen.inspect.canvas.picture import Picture
    from lstmgen.inspect.common.data import Arrays, Table

_FORMS = ("txt", "svg", "html", "json", "csv", "npz")
THEMED = ("svg", "html")  # the forms that have a ground, light or dark
Theme = Literal["light", "dark"]


def forms_of(table: bool = True, arrays: bool = False) -> tuple[str, ...]:
    """The forms that a view offers."""
    return tuple(form for form in _FORMS if (form != "csv" or table) and (form != "npz" or arrays))


@dataclass(frozen=True)
class View:
    """One look inside a model. Each form is made when it is asked for; a notebook shows the picture.

    title: cleaned; stands in SVG and HTML files for those who cannot see the picture. draw: the picture for a frame;
    make_data: what `data` gives; make_table, make_arrays: for CSV and .npz, None where the view has none. notes: what
    the reader should be told beside the picture, such as that the text was cut; hints: what matters less, which --quiet
    silences. make_summary: one sentence for beginners on what was seen, made of what was measured, cleaned; it ends the
    picture and is `summary` in the data.
    """

    title: str
    draw: Callable[[Frame], Picture]
    make_data: Callable[[], Any]
    make_table: Callable[[], Table] | None = None
    make_arrays: Callable[[], Arrays] | None = None
    notes: Sequence[str] = field(default=())
    hints: Sequence[str] = field(default=())
    make_summary: Callable[[], str] | None = None

    @cached_property
    def data(self) -> Any:
        """What was measured, as plain values, arrays and dataclasses; `json()` writes the same."""
        made = self.make_data()
        return {**made, "summary": self.summary} if self.summary and isinstance(made, Mapping) else made

    @cached_property
    def summary(self) -> str:
        """One sentence on what was seen; "" for a view without one."""
        return "" if self.make_summary is None else self.make_summary()

    def picture(self, frame: Frame) -> Picture:
        """The picture with the summary below it, which takes its lines from those of the frame."""
        from lstmgen.inspect.canvas.picture import wrap

        lines = wrap(f"In short: {self.summary}", frame.width) if self.summary else []
        picture = self.draw(replace(frame, height=max(1, frame.height - len(lines))))
        for line in lines:
            picture.add(line)
        return picture

    @property
    def forms(self) -> tuple[str, ...]:
        """Endings that `save` takes."""
        return forms_of(table=self.make_table is not None, arrays=self.make_arrays is not None)

    def text(self, width: int = 80, height: int = 22) -> str:
        """The picture in letters and digits, without colours."""
        return self.picture(Frame(width, height)).plain

    def svg(self, width: int = 80, height: int = 22, *, theme: Theme | None = None) -> str:
        """The picture in colour, as a whole SVG file. width, height: in cells and lines; theme: None is dark."""
        from lstmgen.inspect.canvas.svg import as_svg

        return as_svg(self._coloured(width, height), self.title, theme or "dark")

    def html(self, width: int = 80, height: int = 22, *, theme: Theme | None = None) -> str:
        """The picture in colour, as a whole page of HTML that fetches nothing; sizes and theme as for `svg`."""
        from lstmgen.inspect.canvas.webpage import as_webpage

        return as_webpage(self._coloured(width, height), self.title, theme or "dark")

    def _coloured(self, width: int, height: int) -> Picture:
        """No line is longer than `width`: a command that a terminal lets run on is folded."""
        return self.picture(Frame(width, height, "truecolor")).fold(width)

    def json(self) -> str:
        """`data` as JSON."""
        from lstmgen.plain_json import as_json

        return as_json(self.data) + "\n"

    def csv(self) -> str:
        """The table. Raises UsageError for a view without one."""
        from lstmgen.inspect.common.data import as_csv

        if self.make_table is None:
            raise self._without("csv")
        return as_csv(self.make_table())

    def save(self, path: str | Path, *, theme: Theme | None = None) -> None:
        """Write a file, whole or not at all, in the form that its ending names; UsageError for none of `forms`.

        theme: "light" or "dark", of a picture (.svg, .html); None is what `svg` and `html` have without.
        """
        target = checked_path(path)
        form = target.suffix.lower().removeprefix(".")
        if form not in self.forms:
            raise self._without(form)
        if form == "npz":
            from lstmgen.inspect.common.data import write_arrays

            assert self.make_arrays is not None  # else it is none of the forms
            arrays = self.make_arrays()
            write_file(target, lambda file: write_arrays(arrays, file))
        else:
            write_text(target, self.product(form, theme))

    def product(self, form: str, theme: Theme | None = None) -> str:
        """The view in one of the forms that are text; theme: of those that are pictures in colour."""
        if form in THEMED:
            return self.svg(theme=theme) if form == "svg" else self.html(theme=theme)
        return {"txt": self.text, "json": self.json, "csv": self.csv}[form]()

    def _without(self, form: str) -> UsageError:
        *others, last = self.forms
        return UsageError(f"This view cannot be written as {form!r}.\nIt can be .{', .'.join(others)} or .{last}.")

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in (*self.notes, *self.hints))
        return notes + self.svg(width=110, height=34)

    def __repr__(self) -> str:
        return f"<View: {self.title}>"
