"""The public Python face: train a text, load a model, write with it, look inside.

import lstmgen
model = lstmgen.train("corpus.txt", time=60)
print(model.sample("Once upon a time", length=200))
model.save("models/corpus.npz")
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmgen.errors import UsageError
from lstmgen.modelfile import ModelFile, architecture_of, make_header, read_model, write_model
from lstmgen.settings import Architecture, ModelSettings

if TYPE_CHECKING:
    from lstmgen.network import Network
    from lstmgen.text import Vocabulary

MODELS = Path("models")  # where train leaves models and sample looks for them
STATE_ENDING = ".state.npz"
SCORED_AT_ONCE = 256  # tokens a window

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Score:
    """How much a text surprised a model.

    tokens, nats    each token and its surprise -ln p (nats), in the text's order
    unseen          what the model never saw and so was skipped
    """

    tokens: list[str]
    nats: npt.NDArray[np.float64]
    unseen: list[str]

    @property
    def mean(self) -> float:
        """Nats a token."""
        return float(self.nats.mean())

    @property
    def perplexity(self) -> float:
        """exp of the mean."""
        return float(np.exp(self.mean))

    @property
    def bits_per_character(self) -> float:
        """Bits in all, over the characters of the tokens scored."""
        return float(self.nats.sum() / np.log(2) / max(1, sum(map(len, self.tokens))))


class Model:
    """A trained network with its vocabulary: writes, scores, and shows its inside.

    Attributes: header (everything said about it), history (structured by header["history"]), path (where it was read
    from or saved to), vocabulary, network.
    """

    def __init__(self, file: ModelFile, path: Path | None = None) -> None:
        self.file = file
        self.path = path

    @property
    def header(self) -> dict[str, Any]:
        """What the model file says about itself."""
        return self.file.header

    @property
    def history(self) -> npt.NDArray[np.float64]:
        """A row at each evaluation, (n, k); header["history"] names the columns."""
        return self.file.history

    @cached_property
    def network(self) -> Network:
        """The network itself, ready to run."""
        from lstmgen.network import Network

        network = Network(architecture_of(self.header))
        for name, view in network.views.items():
            view[...] = self.file.arrays[name]
        network.refresh()
        return network

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Tokens in id order; text to ids and back."""
        from lstmgen.text import Vocabulary

        return Vocabulary.from_header(self.header["level"], self.header["vocabulary"], self.header["unknown"])

    def step(self, token: str | int | None, state: Floats | None = None) -> tuple[Floats, Floats]:
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
        target = Path(path)
        write_model(target, self.file)
        self.path = target

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, npt.ArrayLike],
        vocabulary: Sequence[str],
        *,
        cell: str = "lstm",
        level: str = "char",
        squashing: str | None = None,
        lines: bool = False,
        unknown: int | None = None,
    ) -> Model:
        """A model from parameters made elsewhere, by the names and shapes of the model file (textbook notation).

        arrays: embedding (V, E) or none for one-hot; layers.K.W (G, H, D), .U (G, H, H), .b (G, H), .p (3, H);
        output.W (V, H), output.b (V,). Raises UsageError for names or shapes that do not fit.
        """
        given = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
        architecture = _architecture_from(given, len(vocabulary), cell, squashing)
        wanted = architecture.shapes()
        for name in sorted(wanted.keys() | given.keys()):
            if name not in given or name not in wanted or given[name].shape != wanted[name]:
                has = given[name].shape if name in given else "missing"
                raise UsageError(f"Array {name} is {has}; this architecture has {wanted.get(name, 'no such array')}.")
        header = make_header(architecture, level=level, vocabulary=vocabulary, lines=lines, unknown=unknown)
        return cls(ModelFile(header, given))


def _architecture_from(arrays: Mapping[str, Floats], size: int, cell: str, squashing: str | None) -> Architecture:
    recurrent = arrays.get("layers.0.U")
    if recurrent is None or recurrent.ndim != 3:
        raise UsageError("layers.0.U is missing or not of the shape (gates, H, H).")
    embedding = arrays.get("embedding")
    return Architecture(
        cell=cell,
        vocabulary=size,
        embedding=embedding.shape[1] if embedding is not None and embedding.ndim == 2 else 0,
        units=recurrent.shape[2],
        layers=sum(name.endswith(".U") for name in arrays),
        squashing=squashing or ModelSettings(cell=cell).squashing,
    )


def load(name: str | Path | None = None) -> Model:
    """The model of this name: a path, or a name in ./models; None is the newest there, else the shipped one."""
    path = find_model(name)
    return Model(read_model(path), path)


def find_model(name: str | Path | None = None) -> Path:
    """The path of the model that `load` would read. Raises UsageError, with what there is, where there is none."""
    if name is None:
        return _newest_model()
    given = Path(name)
    for candidate in (given, MODELS / given, MODELS / f"{given}.npz"):
        if candidate.is_file():
            return candidate
    from lstmgen.shipped import shipped_model

    shipped = shipped_model()
    if shipped is not None and str(name) == shipped.stem:
        return shipped
    names = [path.stem for path in _models()] + ([shipped.stem] if shipped is not None else [])
    near = difflib.get_close_matches(str(name), names, n=1)
    if near:
        raise UsageError(f"There is no model {str(name)!r}.\nDid you mean {near[0]!r}?")
    have = f"There are: {', '.join(names)}." if names else "Train one first: lstmgen train corpus.txt"
    raise UsageError(f"There is no model {str(name)!r}: no such file, and none of that name in models/.\n{have}")


def _models() -> list[Path]:
    """Models in ./models, newest first; states, hidden files and unfinished writings are none."""
    try:
        found = [path for path in MODELS.iterdir() if path.suffix == ".npz" and path.is_file()]
        found = [path for path in found if not path.name.endswith(STATE_ENDING) and not path.name.startswith(".")]
        return sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))
    except OSError:
        return []


def _newest_model() -> Path:
    from lstmgen.shipped import shipped_model

    found = _models()
    newest = found[0] if found else shipped_model()
    if newest is None:
        raise UsageError("There is no model yet.\nTrain one first: lstmgen train corpus.txt")
    return newest
