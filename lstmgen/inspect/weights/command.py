"""`lstmgen inspect weights`: the matrices of a model as pictures and numbers, and which tokens are alike in them."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.labels import labels_of
from lstmgen.inspect.commands import options
from lstmgen.inspect.commands.source import layer_of
from lstmgen.terminal.streams import Messages

if TYPE_CHECKING:
    from lstmgen.api import Model
    from lstmgen.inspect.canvas.frame import Frame
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.weights.measure import Matrix
    from lstmgen.inspect.weights.picture import Look

_LARGEST = 1 << 21  # numbers in JSON or CSV
_PATIENT = 1024  # units from which on eigenvalues take more than a moment
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "·": " ", "↵": "\n", "→": "\t"}


class _Reduce(StrEnum):
    """What a block of weights is drawn as."""

    mean = "mean"
    max = "max"


_MatrixName = Annotated[
    str | None,
    options.option(
        options.WHAT, "One matrix alone: W.f, U.f (also i, o, g), embedding or output.W.", "--matrix", metavar="NAME"
    ),
]
_Token = Annotated[
    str | None,
    options.option(
        options.WHAT,
        "The tokens whose weights are most like this one's; \\n is a line end.",
        "--token",
        metavar="TOKEN",
    ),
]
_HowReduced = Annotated[
    _Reduce,
    options.option(
        options.PICTURE,
        "What stands for a block, where a matrix is too large: mean or max of the sizes in it.",
        "--reduce",
        show_default=True,
    ),
]


def weights(
    model: options.ModelName = None,
    matrix: _MatrixName = None,
    token: _Token = None,
    layer: options.Layer = None,
    reduce: _HowReduced = _Reduce.mean,
    json: options.Json = False,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """See the weights: what each gate takes from the input and from its own output.

    [bold]lstmgen inspect weights[/]                 a layer at a glance
    [bold]lstmgen inspect weights --matrix U.f[/]    one matrix, large
    [bold]lstmgen inspect weights --token e[/]       tokens whose weights are alike
    [bold]lstmgen inspect weights -o weights.npz[/]  every matrix, for numpy
    """
    from lstmgen.inspect.commands.output import deliver, form_of, forms_of

    form = form_of(out, json, forms_of(table=True, arrays=True))
    if matrix is not None and token is not None:
        raise UsageError("--matrix and --token are two different views; give one of them.")

    # Eigenvalues on all cores take many times as long while something else, such as training, runs on them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from lstmgen import api
    from lstmgen.terminal.streams import announce_model

    messages, loaded = Messages(quiet), api.load(model)
    announce_model(messages, loaded)
    chosen = layer_of(loaded, layer)
    if token is not None:
        finding = _neighbours(loaded, token)
    elif matrix is not None:
        finding = _matrix(loaded, matrix, chosen, form, reduce.value)
    else:
        if loaded.header["sizes"]["units"] > _PATIENT:
            messages.info("Reckoning eigenvalues of large matrices: this takes a while.")
        finding = _layer(loaded, chosen, reduce.value)
    return deliver(finding, form, out, messages)


def _look(frame: Frame, how: str = "mean") -> Look:
    from lstmgen.inspect.weights.picture import Look

    return Look(frame.width, frame.height, frame.colours, how)


def _title(loaded: Model, *words: str) -> str:
    return " · ".join(part for part in (loaded.name, *words) if part)


def _layer_words(loaded: Model, layer: int) -> str:
    layers = loaded.header["sizes"]["layers"]
    return f"layer {layer}" + (f" of 0-{layers - 1}" if layers > 1 else "")


def _layer(loaded: Model, chosen: int, how: str) -> View:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.weights.data import weights_arrays, weights_facts, weights_table
    from lstmgen.inspect.weights.measure import matrices_of, offsets_of, weigh
    from lstmgen.inspect.weights.picture import draw_layer

    header, arrays = loaded.header, loaded.file.arrays
    gates, everything = header["gates"], range(header["sizes"]["layers"])
    cell = loaded.network.architecture.facts
    shown = matrices_of(arrays, gates, [chosen])
    title = _title(loaded, _layer_words(loaded, chosen), f"{header['sizes']['units']} units", "weights")
    return View(
        title=f"Weights of {loaded.name}",
        draw=lambda frame: draw_layer(
            header["cell"],
            title,
            shown,
            [weigh(one) for one in shown],
            offsets_of(arrays, cell, [chosen]),
            _look(frame, how),
        ),
        make_data=lambda: {
            "model": str(loaded.path),
            **weights_facts(
                [weigh(one) for one in matrices_of(arrays, gates, everything)], offsets_of(arrays, cell, everything)
            ),
        },
        make_table=lambda: weights_table([weigh(one) for one in matrices_of(arrays, gates, everything)]),
        make_arrays=lambda: weights_arrays(matrices_of(arrays, gates, everything)),
    )


def _matrix(loaded: Model, name: str, chosen: int, form: str, how: str) -> View:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.weights.data import matrix_facts, matrix_table, weights_arrays
    from lstmgen.inspect.weights.measure import find_matrix, matrices_of, weigh
    from lstmgen.inspect.weights.picture import draw_matrix

    one = find_matrix(matrices_of(loaded.file.arrays, loaded.header["gates"], [chosen]), name)
    if form in ("json", "csv") and one.values.size > _LARGEST:
        raise UsageError(
            f"{one.name} has {one.values.size:,} numbers, too many for {form.upper()}.\nUse -o weights.npz."
        )
    rows, columns = _names(loaded, one)
    where = _layer_words(loaded, chosen) if one.layer is not None else ""
    return View(
        title=f"{one.name} of {loaded.name}",
        draw=lambda frame: draw_matrix(
            _title(loaded, where, _words(loaded, one)), one, weigh(one), rows, columns, _look(frame, how)
        ),
        make_data=lambda: {"model": str(loaded.path), **matrix_facts(one, weigh(one))},
        make_table=lambda: matrix_table(one),
        make_arrays=lambda: weights_arrays([one]),
    )


def _words(loaded: Model, one: Matrix) -> str:
    """What a matrix is for."""

    if one.layer is None:
        both = one.name == "embedding" and "output.W" not in loaded.file.arrays
        return f"{one.name}, a row a token" + (", to read and to write" if both else "")
    kind, _, letter = one.name.partition(".")
    entry = loaded.network.architecture.facts.quantity(letter)
    source = "own output" if kind == "U" else "input" if one.layer == 0 else "layer before"
    sense = f" (1 {entry.opens})" if entry.is_gate else ""
    return f"{one.name}: {source} to {entry.lecture}, {entry.textbook}{sense}"


def _names(loaded: Model, one: Matrix) -> tuple[list[str], list[str]]:
    """What rows and columns are: tokens where a token has one, else numbers."""
    tokens = labels_of(loaded.header["vocabulary"])
    rows, columns = ([str(k) for k in range(size)] for size in one.values.shape)
    if one.layer is None:
        return tokens, columns
    one_hot = one.name.startswith("W.") and one.layer == 0 and "embedding" not in loaded.file.arrays
    return rows, tokens if one_hot else columns


def _neighbours(loaded: Model, token: str) -> View:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspect.weights.data import neighbours_arrays, neighbours_facts, neighbours_table
    from lstmgen.inspect.weights.measure import neighbours_of
    from lstmgen.inspect.weights.picture import draw_neighbours

    tokens: list[str] = loaded.header["vocabulary"]
    place = find_token(tokens, token)
    if len(tokens) == 1:
        raise UsageError("This model knows a single token, which has no neighbours.\nLook at another model with -m.")
    found = neighbours_of(loaded.file.arrays, place)
    labels = labels_of(tokens)
    return View(
        title=f"Neighbours of a token in {loaded.name}",
        draw=lambda frame: draw_neighbours(
            _title(loaded, f"tokens whose weights are like those of  {labels[place]}"), found, labels, _look(frame)
        ),
        make_data=lambda: {
            "model": str(loaded.path),
            "token": tokens[place],
            "neighbours": neighbours_facts(found, tokens),
        },
        make_table=lambda: neighbours_table(found, tokens),
        make_arrays=lambda: neighbours_arrays(found, tokens),
    )


def find_token(tokens: list[str], text: str) -> int:
    """The id of a token as it is typed or shown. Raises UsageError with what is near."""
    import difflib

    for wanted in (text, _ESCAPES.get(text)):
        if wanted is not None and wanted in tokens:
            return tokens.index(wanted)
    near = difflib.get_close_matches(text, tokens, n=3, cutoff=0.5) if len(tokens) < _LARGEST else []
    near += [token for token in tokens if token.lower() == text.lower() and token not in near]
    hint = f"Near it: {', '.join(labels_of(near))}." if near else "lstmgen inspect model lists those it has."
    raise UsageError(f"The model has no token {text!r}.\n{hint}")
