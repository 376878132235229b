"""The way out of what a view shows: terminal, pipe or file."""

from __future__ import annotations

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.view import FORMS, View
from lstmgen.inspect.commands.target import colours_of_terminal, screen, show
from lstmgen.terminal.output_file import write_file, write_text
from lstmgen.terminal.streams import Messages, OutputStream


def deliver(view: View, form: str, out: str | None, messages: Messages) -> None:
    """To the file `out`, else to standard output. `form` is what `form_of` made of the options."""
    for note in view.notes:
        messages.notice(note)
    if out is None and form == "txt":
        return show(view.draw(Frame(*screen(), colours_of_terminal())))
    if form == "npz":
        from lstmgen.inspect.common.data import write_arrays

        if out is None or view.make_arrays is None:
            raise UsageError("This view has no arrays to write.\nUse --json.")
        arrays = view.make_arrays()
        write_file(out, lambda stream: write_arrays(arrays, stream))
    elif out is None:
        product = OutputStream()
        product.write(view.product(form))
        return product.finish()
    else:
        write_text(out, view.product(form))
    return messages.info(f"wrote {out}")


def forms_of(table: bool = True, arrays: bool = False) -> tuple[str, ...]:
    """The forms that a view offers."""
    return tuple(form for form in FORMS if (form != "csv" or table) and (form != "npz" or arrays))
