"""`lstmgen inspect model`: all that a model file says of itself."""

from __future__ import annotations

import sys

from lstmgen.cli.inspect import options
from lstmgen.cli.terminal import Talk, clean


def model(
    name: options.ModelName = None,
    json: options.Json = False,
    out: options.ModelOut = None,
    quiet: options.Quiet = False,
) -> None:
    """See what a model is, how well it does, how it was trained, and the command that repeats it.

    [bold]lstmgen inspect model[/]                  the newest in models/
    [bold]lstmgen inspect model -m storybook[/]     another
    """
    from lstmgen.cli.inspect.target import form_of, screen, show, write_file

    form = form_of(out, json, ("txt", "json"))

    from lstmgen import api
    from lstmgen.cli.jsonlines import dump
    from lstmgen.render.card import draw_model, model_facts

    loaded = api.load(name)
    assert loaded.path is not None  # it was read from there
    path, size = str(loaded.path), loaded.path.stat().st_size
    talk = Talk(quiet)
    talk.say(f"model {clean(path, one_line=True)}")
    for note in loaded.file.notes:
        talk.insist(note)
    shapes = {key: array.shape for key, array in loaded.file.arrays.items()}
    if form == "json":
        facts = model_facts(loaded.header, loaded.history, loaded.file.clock, shapes, name=path, size=size)
        product = dump(facts) + "\n"
    else:
        picture = draw_model(
            loaded.header,
            loaded.history,
            loaded.file.clock,
            shapes,
            name=loaded.path.name,
            size=size,
            clean=lambda text: clean(text, one_line=True),
            width=80 if out is not None else screen()[0],
        )
        if out is None:
            return show(picture)
        product = picture.plain
    if out is None:
        sys.stdout.write(product)
        return None
    write_file(out, lambda stream: stream.write(product.encode("utf-8", "backslashreplace")))
    return talk.say(f"wrote {out}")
