"""`lstmgen list`: which models there are."""

from __future__ import annotations

import shutil
import sys

from lstmgen.terminal import options
from lstmgen.terminal.streams import Messages, OutputStream, is_terminal


def list_models(json: options.JsonObject = False) -> None:
    """List the models: those in models/, newest first, and the bundled ones.

    [bold]lstmgen list[/]           what they are, how good, how old
    [bold]lstmgen list --json[/]    for other programs

    The first one is what sample and inspect take where no --model is given. bits/char: of the validation text, at the end of training; lower is better.
    """  # noqa: E501 # the help breaks lines itself
    from lstmgen.cli.model_list import listed_models, model_table, models_as_json

    models = listed_models()
    product = OutputStream()
    if json:
        product.write(models_as_json(models))
    elif models:
        product.write(model_table(models, shutil.get_terminal_size().columns if is_terminal(sys.stdout) else None))
    else:
        Messages().notice("There is no model yet.\nTrain one first: lstmgen train corpus.txt")
    product.finish()
