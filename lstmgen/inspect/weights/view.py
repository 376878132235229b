"""What `weights` shows: the matrices of a layer, one matrix, or the tokens whose weights are most like another's."""

from __future__ import annotations

import difflib

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import UsageError
from lstmgen.inspect.canvas.labels import labels_of, layer_label, title_line
from lstmgen.inspect.canvas.view import View
from lstmgen.inspect.common.measures import chosen_layer
from lstmgen.inspect.weights import data
from lstmgen.inspect.weights.measure import (
    Matrix,
    find_matrix,
    list_matrices,
    measure_matrix,
    measure_vectors,
    nearest_tokens,
)
from lstmgen.inspect.weights.picture import draw_layer, draw_matrix, draw_neighbours
from lstmgen.inspect.weights.summary_picture import layer_summary, matrix_summary, neighbours_summary
from lstmgen.inspection.loaded import LoadedModel

_SLOW_UNITS = 1024  # from which on eigenvalues take more than a moment
_MOST_COMPARED = 1 << 21  # tokens among which a similar spelling is looked for
_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "·": " ", "↵": "\n", "→": "\t"}


def weights_view(
    model: LoadedModel,
    *,
    matrix: str | None = None,
    token: str | None = None,
    layer: int | None = None,
    reduce: str = "mean",
) -> View:
    """The view, as `Model.weights` says."""
    if matrix is not None and token is not None:
        raise UsageError("--matrix and --token are two different views; give one of them.")
    chosen = chosen_layer(layer, model.header["sizes"]["layers"])
    if token is not None:
        return _neighbours_view(model, token)
    return _layer_view(model, chosen, reduce) if matrix is None else _matrix_view(model, matrix, chosen, reduce)


def _layer_view(model: LoadedModel, chosen: int, reduce: str) -> View:
    header, arrays = model.header, model.file.arrays
    facts, sizes = CELL_FACTS[header["cell"]], header["sizes"]
    shown, layers = list_matrices(arrays, header["gates"], [chosen]), range(sizes["layers"])
    title = title_line(model.name, layer_label(chosen, sizes["layers"]), f"{sizes['units']} units", "weights")

    def every_matrix() -> list[Matrix]:
        return list_matrices(arrays, header["gates"], layers)

    return View(
        title=f"Weights of {model.name}",
        draw=lambda frame: draw_layer(
            title,
            facts,
            shown,
            [measure_matrix(one) for one in shown],
            measure_vectors(arrays, facts, [chosen]),
            frame,
            reduce,
        ),
        make_data=lambda: {
            "model": str(model.path),
            **data.weights_facts(
                [measure_matrix(one) for one in every_matrix()], measure_vectors(arrays, facts, layers)
            ),
        },
        make_table=lambda: data.weights_table([measure_matrix(one) for one in every_matrix()]),
        make_arrays=lambda: data.weights_arrays(every_matrix()),
        make_summary=lambda: layer_summary(
            facts, [measure_matrix(one) for one in shown], measure_vectors(arrays, facts, [chosen])
        ),
        hints=["Computing eigenvalues of large matrices takes a while."] if sizes["units"] > _SLOW_UNITS else [],
    )


def _matrix_view(model: LoadedModel, name: str, chosen: int, reduce: str) -> View:
    one = find_matrix(list_matrices(model.file.arrays, model.header["gates"], [chosen]), name)
    rows, columns = _axis_labels(model, one)
    where = layer_label(chosen, model.header["sizes"]["layers"]) if one.layer is not None else ""
    title = title_line(model.name, where, _matrix_words(model, one))
    return View(
        title=f"{one.name} of {model.name}",
        draw=lambda frame: draw_matrix(title, one, measure_matrix(one), rows, columns, frame, reduce),
        make_data=lambda: {"model": str(model.path), **data.matrix_facts(one, measure_matrix(one))},
        make_table=lambda: data.matrix_table(one),
        make_arrays=lambda: data.weights_arrays([one]),
        make_summary=lambda: matrix_summary(one, rows, columns),
    )


def _matrix_words(model: LoadedModel, one: Matrix) -> str:
    """What a matrix is for."""
    if one.layer is None:
        tied = one.name == "embedding" and "output.W" not in model.file.arrays
        return f"{one.name}, one row per token" + (", used for input and output" if tied else "")
    kind, _, letter = one.name.partition(".")
    entry = CELL_FACTS[model.header["cell"]].quantity(letter)
    source = "own output" if kind == "U" else "input" if one.layer == 0 else "layer before"
    sense = f" (1 {entry.opens})" if entry.is_gate else ""
    return f"{one.name}: {source} to {entry.lecture}, {entry.textbook}{sense}"


def _axis_labels(model: LoadedModel, one: Matrix) -> tuple[list[str], list[str]]:
    """What rows and columns are: tokens where a token has one, else numbers."""
    tokens = labels_of(model.header["vocabulary"])
    rows, columns = ([str(k) for k in range(size)] for size in one.values.shape)
    if one.layer is None:
        return tokens, columns
    one_hot = one.name.startswith("W.") and one.layer == 0 and "embedding" not in model.file.arrays
    return rows, tokens if one_hot else columns


def _neighbours_view(model: LoadedModel, token: str) -> View:
    tokens: list[str] = model.header["vocabulary"]
    place = find_token(tokens, token)
    if len(tokens) == 1:
        raise UsageError("This model knows a single token, which has no neighbours.\nLook at another model with -m.")
    neighbours = nearest_tokens(model.file.arrays, place)
    labels = labels_of(tokens)
    title = title_line(model.name, f"tokens whose weights are like those of  {labels[place]}")
    return View(
        title=f"Neighbours of a token in {model.name}",
        draw=lambda frame: draw_neighbours(title, neighbours, labels, frame),
        make_data=lambda: {
            "model": str(model.path),
            "token": tokens[place],
            "neighbours": data.neighbours_facts(neighbours, tokens),
        },
        make_table=lambda: data.neighbours_table(neighbours, tokens),
        make_arrays=lambda: data.neighbours_arrays(neighbours, tokens),
        make_summary=lambda: neighbours_summary(tokens[place], neighbours, tokens),
    )


def find_token(tokens: list[str], text: str) -> int:
    """The id of a token as it is typed or shown. Raises UsageError with what is near."""
    for wanted in (text, _ESCAPES.get(text)):
        if wanted is not None and wanted in tokens:
            return tokens.index(wanted)
    near = difflib.get_close_matches(text, tokens, n=3, cutoff=0.5) if len(tokens) < _MOST_COMPARED else []
    near += [token for token in tokens if token.lower() == text.lower() and token not in near]
    hint = f"Near it: {', '.join(labels_of(near))}." if near else "lstmgen inspect model lists those it has."
    raise UsageError(f"The model has no token {text!r}.\n{hint}")
