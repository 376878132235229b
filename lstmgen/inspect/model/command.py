"""`lstmgen inspect model`: all that a model file says of itself."""

from __future__ import annotations

from pathlib import Path

from lstmgen.cleaning import on_one_line
from lstmgen.inspect.commands import options
from lstmgen.terminal.streams import Messages


def model(
    name: options.ModelName = None,
    json: options.Json = False,
    out: options.OutNoTable = None,
    quiet: options.Quiet = False,
) -> None:
    """See what a model is, how well it does, how it was trained, and the command that repeats it.

    [bold]lstmgen inspect model[/]                  the newest in models/
    [bold]lstmgen inspect model -m storybook[/]     another
    """
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of

    form = form_of(out, json, forms_of(table=False))

    from lstmgen import api
    from lstmgen.inspect.model.picture import draw_model, model_facts

    loaded = api.load(name)
    assert loaded.path is not None  # it was read from there
    path, size = str(loaded.path), loaded.path.stat().st_size
    messages = Messages(quiet)
    messages.info(f"model {on_one_line(path)}")
    for note in loaded.file.notes:
        messages.notice(note)
    header, history, clock = loaded.header, loaded.history, loaded.file.clock
    shapes = {key: array.shape for key, array in loaded.file.arrays.items()}
    finding = View(
        title=f"What {loaded.name} says of itself",
        draw=lambda frame: draw_model(
            header, history, clock, shapes, name=Path(path).name, size=size, clean=on_one_line, width=frame.width
        ),
        make_data=lambda: model_facts(header, history, clock, shapes, name=path, size=size),
    )
    return deliver(finding, form, out, messages)
