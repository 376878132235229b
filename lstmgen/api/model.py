"""A trained model as an object: it writes, scores, steps, and shows its inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmgen.api.finding import find_model
from lstmgen.api.scored import Score
from lstmgen.arrays import Float32Array, Float64Array
from lstmgen.cell_facts import DEFAULT_CELL
from lstmgen.errors import ModelFileError, UsageError
from lstmgen.kernels.forks import Own
from lstmgen.lazy import cached_property
from lstmgen.modelfile import ModelFile, architecture_of, make_header, read_model, write_model
from lstmgen.paths import path_of
from lstmgen.settings import AidSettings, Architecture, ModelSettings, SamplingSettings

if TYPE_CHECKING:
    from lstmgen.api.aided import Aids
    from lstmgen.inspection.trace import Trace
    from lstmgen.network import Hold, Network
    from lstmgen.sampling.novel import Guard
    from lstmgen.sampling.request import Request
    from lstmgen.sampling.sample import Piece
    from lstmgen.text import Vocabulary


class Model:
    """A trained network with its vocabulary: writes, scores, and shows its inside.

    Attributes: header (everything said about it), history (structured by header["history"]), path (where it was read
    from or saved to), vocabulary, network. Several threads may use it at once, and a forked child as well.
    """

    def __init__(self, file: ModelFile, path: Path | None = None) -> None:
        self.file = file
        self.path = path
        self.aids: Aids | None = None
        self._network: Network | None = None
        self._making = Own(Lock)

    @property
    def header(self) -> dict[str, Any]:
        """What the model file says about itself."""
        return self.file.header

    @property
    def history(self) -> Float64Array:
        """A row at each evaluation, (n, k); header["history"] names the columns."""
        return self.file.history

    @property
    def network(self) -> Network:
        """The network itself, ready to run."""
        if self._network is None:
            with self._making():
                self._network = self._network or self._made_network()
        return self._network

    @network.setter
    def network(self, network: Network) -> None:
        self._network = network

    def _made_network(self) -> Network:
        from lstmgen.kernels.threads import cores
        from lstmgen.network import Network

        network = Network(architecture_of(self.header), threads=cores())
        for name, view in network.views.items():
            view[...] = self.file.arrays[name]
        network.refresh()
        return network

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Tokens in id order; text to ids and back."""
        from lstmgen.text import Vocabulary

        try:
            return Vocabulary.from_header(self.header["level"], self.header["vocabulary"], self.header["unknown"])
        except ValueError as error:
            raise ModelFileError(f"{self.path or 'The model'} cannot be used: {error}.\nTrain it again.") from error

    @property
    def lines(self) -> bool:
        """Whether every line of its text stood alone."""
        return bool(self.header.get("lines"))

    @property
    def newline(self) -> int | None:
        """The id after which everything starts anew; None where lines do not stand alone."""
        return self.vocabulary.newline(self.lines)

    def ready(self, precision: str = "float32") -> bool:
        """Whether the writing kernel is compiled on this machine; else the first text takes some seconds."""
        from lstmgen.network import HeldNetwork, held, writer

        by_token = isinstance(self.network, HeldNetwork) or (self.aids is not None and self.aids.counted is not None)
        return held.ready() if by_token else writer.ready(self.header["cell"], precision)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """What is held, as `held` was told."""
        from lstmgen.network import HeldNetwork

        return self.network.holds if isinstance(self.network, HeldNetwork) else ()

    def held(self, *what: str) -> Model:
        """The same model with gates or units held at a value: it writes, scores and is traced under that hand.

        what: "f=0" (a whole gate), "f.17=0" (of one unit), "17=1.0" (a unit's output h, after its cell has run), each
        with "LAYER:" before it where it is not the last layer. Raises UsageError for what the model has not.
        """
        from lstmgen.network import HeldNetwork, parse_hold, together

        holds = self.holds
        for text in what:
            holds = together(holds, parse_hold(text, self.network.architecture))
        model = Model(self.file, self.path)
        model.network, model.aids = HeldNetwork(self.network, holds), self.aids
        return model

    def adapted(self, text: str, rate: float | None = None) -> Model:
        """The same model after it has learned from a text as it read it; its file stays as it is.

        rate: how fast (None: fits the size). Raises TextError where it knows none of the text, UsageError of a held
        model.
        """
        from lstmgen.api.aided import adapted_to

        return adapted_to(self, self.vocabulary.encode(text)[0], rate)

    def mixed(self, weight: float | str = "auto", corpus: str | None = None) -> Model:
        """The same model beside an n-gram model of its training text: it writes and scores with both.

        weight: the n-gram's, from 0 to 1. "auto": writing, the one that fits what was held back in training; scoring,
        found on the way. corpus: where the training text is, if it is not found. UsageError where it is not.
        """
        from lstmgen.api.aided import mixed

        return mixed(self, weight, corpus)

    def request(self, prompt: str = "", *, echo: bool = True, unknown: str = "skip", **settings: Any) -> Request:
        """What `stream` will write, checked and completed: the seed drawn, the prompt as ids, notes on it."""
        from lstmgen.sampling.request import prepare

        wishes = SamplingSettings(**settings)
        return prepare(self.vocabulary, wishes, prompt=prompt, lines=self.lines, unknown=unknown, echo=echo)

    def write(self, request: Request, guard: Guard | None = None) -> Iterator[Piece]:
        """The pieces of a request, as they are made; the last piece of each sample has its record.

        guard: what `lstmgen.api.copies.guard_of` gives for the request, where that is there already.
        """
        from lstmgen.api.aided import writing_network
        from lstmgen.api.copies import guard_of
        from lstmgen.sampling.generator import write

        return write(writing_network(self), self.vocabulary, request, guard or guard_of(self, request))

    def stream(self, prompt: str = "", *, echo: bool = True, unknown: str = "skip", **settings: Any) -> Iterator[str]:
        """New text, piece by piece as it is made. The settings are those of `sample`; one sample."""
        request = self.request(prompt, echo=echo, unknown=unknown, **settings)
        return (piece.text for piece in self.write(request))

    def sample(self, prompt: str = "", *, echo: bool = True, unknown: str = "skip", **settings: Any) -> str:
        """New text after `prompt`, which it begins with unless `echo` is false.

        settings: length, temperature, top_k, top_p, min_p, stop, seed (None draws one), as `SamplingSettings` has them;
        novel, the longest run of tokens that may be copied, needs the training text where it was or beside the model.
        unknown: "skip" what the model never saw, or raise TextError at it with "error".
        """
        return "".join(self.stream(prompt, echo=echo, unknown=unknown, **settings))

    def samples(self, count: int, prompt: str = "", *, echo: bool = True, **settings: Any) -> list[str]:
        """So many texts at once, much faster than one after the other; number k is the same whatever the count.

        allow_copies=False: of a model of lines, only lines that are new and not written before; UsageError where it
        knows too few.
        """
        request = self.request(prompt, echo=echo, num_samples=count, **settings)
        records = [piece.record for piece in self.write(request) if piece.record is not None]
        return [(record.prompt if echo else "") + record.text for record in records]

    def trace(self, text: str) -> Trace:
        """Every gate, state and logit while the text is read from nothing."""
        from lstmgen.inspection.trace import trace_text

        return trace_text(self.network, self.vocabulary, text, lines=self.lines)[0]

    def score(self, text: str, *, adapt: bool = False, adapt_rate: float | None = None) -> Score:
        """How much the text, read from nothing (every line, if lines are documents), surprises the model.

        adapt: it learns from the text as it reads it; every token is scored before. Raises TextError where it knows
        none of it.
        """
        from lstmgen.api.aided import score_aided
        from lstmgen.inspection.passage import read_passage

        wishes = AidSettings(adapt=adapt, adapt_rate=adapt_rate)
        read = read_passage(self.vocabulary, [text], lines=self.lines)
        return Score(
            tokens=[self.vocabulary.tokens[k] for k in read.ids],
            nats=score_aided(self, read.ids, wishes).nats,
            characters=int(read.lengths.sum()),
            unseen=read.unseen,
            spelling=float(read.spelling.sum()),
        )

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
        target = path_of(path)
        write_model(target, self.file)
        self.path = target

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
        skip_sum: bool = False,
    ) -> Model:
        """A model from parameters made elsewhere, by the names and shapes of the model file (textbook notation).

        arrays: embedding (V, E) or none for one-hot; layers.K.W (G, H, D), .U (G, H, H), .b (G, H), .p (3, H);
        output.W (V, H), or none where the embedding stands for it (E = H); output.b (V,). Raises UsageError for names
        or shapes that do not fit. skip_sum: the logits are read out of the sum of all layers, not of the last alone.
        """
        given = {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}
        architecture = _architecture_from(given, len(vocabulary), cell, squashing, skip_sum)
        wanted = architecture.shapes()
        for name in sorted(wanted.keys() | given.keys()):
            if name not in given or name not in wanted or given[name].shape != wanted[name]:
                has = given[name].shape if name in given else "missing"
                raise UsageError(f"Array {name} is {has}; this architecture has {wanted.get(name, 'no such array')}.")
        header = make_header(architecture, level=level, vocabulary=vocabulary, lines=lines, unknown=unknown)
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
