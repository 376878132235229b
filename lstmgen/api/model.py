"""A trained model as an object: it writes, scores, steps, and shows its inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lstmgen.api.finding import find_model
from lstmgen.api.summary import summary_html, summary_line
from lstmgen.api.views import Views
from lstmgen.arrays import Float32Array
from lstmgen.cell_facts import DEFAULT_CELL
from lstmgen.errors import UsageError
from lstmgen.modelfile import ModelFile, make_header, read_model, write_model
from lstmgen.paths import checked_path
from lstmgen.settings import Architecture, ModelSettings

if TYPE_CHECKING:
    from lstmgen.inspect.canvas.view import View
    from lstmgen.inspection.trace import Trace


class Model(Views):
    """A trained network with its vocabulary: writes, scores, and shows its inside.

    Attributes: header (everything said about it), history (structured by header["history"]), path (where it was read
    from or saved to), vocabulary, network. Several threads may use it at once, and a forked child as well.
    """

    def __repr__(self) -> str:
        return summary_line(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return summary_html(self)

    def mistakes(self, *others: Model, seed: int = 1) -> View:
        """The lecture's three mistakes, counted in what this model and others of the children's book write.

        They stand beside a net without memory, the best that can be done from the last word alone. seed: of what is
        written. Raises UsageError for a model of another text.
        """
        from lstmgen.inspect.mistakes.measure import book, memoryless_net
        from lstmgen.inspect.mistakes.view import BOOK_SENTENCES, mistakes_of_models

        memoryless = Model.from_arrays(**memoryless_net(book(BOOK_SENTENCES, seed)))
        return mistakes_of_models([self, *others], memoryless, seed)

    def trace(self, text: str) -> Trace:
        """Every gate, state and logit while the text is read from nothing."""
        from lstmgen.inspection.trace import trace_text

        return trace_text(self.network, self.vocabulary, text, lines=self.lines)[0]

    def step(self, token: str | int | None, state: Float32Array | None = None) -> tuple[Float32Array, Float32Array]:
        """Read one token (None: nothing read yet); logits (V,) of the next one and the state after it.

        token: its text or its id. state: what the step before gave, or None for zero states.
        """
        x = np.array([[self._id(token)]], dtype=np.int32)
        before = self.network.zero_state(1) if state is None else state
        logits, after = self.network.logits(x, before)
        return logits[0, 0].copy(), after

    def _id(self, token: str | int | None) -> int:
        if token is None:
            return -1
        if isinstance(token, str):
            if token not in self.vocabulary.tokens:
                raise UsageError(f"The model has no token {token!r}.\nModel.vocabulary.tokens lists all it has.")
            return self.vocabulary.tokens.index(token)
        if not 0 <= int(token) < len(self.vocabulary):
            raise UsageError(f"There is no token {token}: they are numbered 0 to {len(self.vocabulary) - 1}.")
        return int(token)

    def save(self, path: str | Path) -> None:
        """Write the model file, whole or not at all."""
        target = checked_path(path)
        write_model(target, self.file)
        self.path = target

    def export(
        self,
        path: str | Path,
        *,
        weights: str | None = None,
        title: str = "",
        author: str = "",
        note: str = "",
        corpus: str | None = None,
    ) -> None:
        """Write the model as other programs read it; the ending of the path says the form (.html: a page that writes,
        .onnx, .safetensors, .py: a PyTorch module, with its .safetensors beside it; `lstmgen export --list` has all).

        weights: "float32", "float16", "int8", None for the form's default; what rounding costs is measured on the
        held-out text where the training text is found, first at `corpus`, and written into the file. Nothing the header
        says leaves but the network and its vocabulary; title, author and note are written where the form has a place.
        Raises UsageError for another ending, or what the form has no place for.
        """
        from lstmgen.api.exporting import prepare_export

        prepare_export(self, path, weights=weights, title=title, author=author, note=note, corpus=corpus).write(
            checked_path(path)
        )

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, npt.ArrayLike],
        vocabulary: Sequence[str],
        *,
        cell: str = DEFAULT_CELL,
        level: str = "char",
        squashing: str | None = None,
        lines: bool = False,
        unknown: int | None = None,
        end: int | None = None,
        skip_sum: bool = False,
    ) -> Model:
        """A model from parameters made elsewhere, by the names and shapes of the model file (textbook notation).

        arrays: embedding (V, E) or none for one-hot; layers.K.W (G, H, D), .U (G, H, H), .b (G, H), .p (3, H);
        output.W (V, H), or none where the embedding stands for it (E = H); output.b (V,). Raises UsageError for names
        or shapes that do not fit. skip_sum: the logits are read out of the sum of all layers, not of the last alone.
        unknown, end: ids of the token that stands for rare words, and of a document's end.
        """
        given = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
        architecture = _architecture_from(given, len(vocabulary), cell, squashing, skip_sum)
        wanted = architecture.shapes()
        for name in sorted(wanted.keys() | given.keys()):
            if name not in given or name not in wanted or given[name].shape != wanted[name]:
                has = given[name].shape if name in given else "missing"
                raise UsageError(f"Array {name} is {has}; this architecture has {wanted.get(name, 'no such array')}.")
        header = make_header(architecture, level=level, vocabulary=vocabulary, lines=lines, unknown=unknown, end=end)
        return cls(ModelFile(header, given))


def _architecture_from(
    arrays: Mapping[str, Float32Array], size: int, cell: str, squashing: str | None, skip_sum: bool
) -> Architecture:
    recurrent = arrays.get("layers.0.U")
    if recurrent is None or recurrent.ndim != 3:
        raise UsageError("layers.0.U is missing or not of the shape (gates, H, H).")
    embedding, units = arrays.get("embedding"), recurrent.shape[2]
    width = embedding.shape[1] if embedding is not None and embedding.ndim == 2 else 0
    return Architecture(
        cell=cell,
        vocabulary=size,
        embedding=width,
        units=units,
        layers=sum(name.endswith(".U") for name in arrays),
        squashing=squashing or ModelSettings(cell=cell).squashing,
        tied="output.W" not in arrays and width == units,
        skip_sum=skip_sum,
    )


def load(name: str | Path | None = None) -> Model:
    """The model of this name: a path, or a name in ./models; None is the newest there, else the shipped one."""
    path = find_model(name)
    return Model(read_model(path), path)
