"""Writing: the network's tokens become text, piece by piece, several samples side by side.

Sample k draws from its own stream of random numbers and a row of a batch does not know its neighbours, so a sample is
the same however many are asked for.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstmgen.errors import ModelFileError
from lstmgen.network import Network, Writes
from lstmgen.sampling.request import Request, prepare
from lstmgen.sampling.stop import StopText
from lstmgen.settings import SamplingSettings
from lstmgen.text.tokens import Decoder, Vocabulary

Ids = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

BLOCK = 48  # tokens a kernel call for one sample: a few milliseconds of a large network, and Python's part stays small
LONG_BLOCK, BLOCK_FLOP = 384, 3e8  # a small network takes as many more as come to a millisecond or two of work
SHORT_BLOCK = 8  # the same for many samples: a row whose sample has ended does not run on for long
SHORT_PROMPT = 256  # tokens
ROWS = 32  # samples side by side
BUFFER = 2**20  # tokens that may wait for the samples before them


@dataclass(frozen=True)
class Record:
    """A finished sample: `text` is what came after the prompt, `tokens` how many were drawn for it.

    stopped: "length", "stop" (the stop text came) or "line" (a line ended).
    """

    sample: int
    seed: int
    prompt: str
    text: str
    tokens: int
    stopped: str


@dataclass(frozen=True)
class Piece:
    """Some more text of a sample. Samples come one after the other; the last piece of each has its record."""

    sample: int
    text: str
    record: Record | None = None

    @property
    def last(self) -> bool:
        """Whether the sample ends with this piece."""
        return self.record is not None


def generate(
    network: Network,
    vocabulary: Vocabulary,
    settings: SamplingSettings,
    *,
    prompt: str = "",
    lines: bool = False,
    unknown: str = "skip",
    echo: bool = True,
) -> Iterator[Piece]:
    """Write `settings.num_samples` samples after `prompt`; with `lines` each ends where its line does.

    The request is checked before this returns (see `prepare` for the errors); text is made as it is asked for.
    """
    request = prepare(vocabulary, settings, prompt=prompt, lines=lines, unknown=unknown, echo=echo)
    return write(network, vocabulary, request)


def write(network: Network, vocabulary: Vocabulary, request: Request) -> Iterator[Piece]:
    """Write what was prepared. Raises ModelFileError where the weights are not finite."""
    count = request.settings.num_samples
    rows = min(count, ROWS, max(1, BUFFER // max(1, request.length)))
    batch = _Batch(network, vocabulary, request, rows)
    waiting: deque[_Sample] = deque()
    started = 0
    while started < count or waiting:
        for row in batch.free_rows():
            if started < count:
                waiting.append(batch.start(row, started))
                started += 1
        yield from _ready(waiting)
        batch.advance()
        yield from _ready(waiting)


def _ready(waiting: deque[_Sample]) -> Iterator[Piece]:
    """The new text of the first sample and, where that has ended, of those after it; ended ones leave the queue."""
    while waiting:
        sample = waiting[0]
        text, sample.fresh = "".join(sample.fresh), []
        if text or sample.record is not None:
            yield Piece(sample.index, text, sample.record)
        if sample.record is None:
            return
        waiting.popleft()


class _Sample:
    """The text side of one sample: ids in; text, and in the end a record, out."""

    def __init__(self, index: int, request: Request, decoder: Decoder) -> None:
        self.index = index
        self.uniform = np.random.Generator(np.random.PCG64(np.random.SeedSequence([request.seed, index])))
        self.fresh = [request.prompt] if request.echo and request.prompt else []
        self.record: Record | None = None
        self._request = request
        self._decoder = decoder
        self._stop = StopText(request.settings.stop)
        self._text: list[str] = []
        self.tokens = 0
        if request.length == 0:
            self._add("", "length")

    @property
    def remaining(self) -> int:
        """Tokens it may still take."""
        return 0 if self.record is not None else self._request.length - self.tokens

    def take(self, ids: list[int]) -> None:
        """Add the text of these tokens; whatever comes after the sample's end is dropped."""
        parts, stopped = [], ""
        for token in ids[: self.remaining]:
            self.tokens += 1
            if token == self._request.newline:
                stopped = "line"
                break
            parts.append(self._stop.push(self._decoder.push(token)))
            if self._stop.found:
                stopped = "stop"
                break
        if not stopped and self.tokens == self._request.length:
            stopped = "length"
        if stopped:
            parts += [self._stop.push(self._decoder.flush()), self._stop.flush()]
        self._add("".join(parts), stopped)

    def _add(self, text: str, stopped: str) -> None:
        self.fresh.append(text)
        self._text.append(text)
        if stopped:
            request, text = self._request, "".join(self._text)
            self.record = Record(self.index, request.seed, request.prompt, text, self.tokens, stopped)


class _Batch:
    """The network side: rows of states, each at work for one sample."""

    def __init__(self, network: Network, vocabulary: Vocabulary, request: Request, rows: int) -> None:
        self._request = request
        self._decoder = vocabulary.decoder()  # as it stands after the prompt
        for token in request.ids.tolist():
            self._decoder.push(token)
        self._samples: list[_Sample | None] = [None] * rows
        self._writer = network.writer(rows, request.settings.precision)
        self._block = tokens_a_call(network, rows)
        read = _inputs(request)
        self._first = int(read[-1])  # read by the first call that writes
        self._origin = _state_after(network, self._writer, rows, read[:-1])
        self._last = np.full(rows, self._first, np.int32)
        self._state: Floats = np.repeat(self._origin, rows, axis=2)

    def free_rows(self) -> list[int]:
        """Rows whose sample has ended, or that never had one."""
        return [row for row, sample in enumerate(self._samples) if sample is None or sample.record is not None]

    def start(self, row: int, index: int) -> _Sample:
        """Give a free row to sample `index`."""
        sample = _Sample(index, self._request, copy.copy(self._decoder))
        self._samples[row] = sample
        self._last[row] = self._first
        self._state[:, :, row] = self._origin[:, :, 0]
        return sample

    def advance(self) -> None:
        """Draw the next tokens of every row."""
        n = min(self._block, max(sample.remaining for sample in self._samples if sample is not None))
        if n == 0:
            return
        uniforms = np.zeros((n, len(self._samples)))
        for row, sample in enumerate(self._samples):
            if sample is not None and sample.record is None:
                uniforms[:, row] = sample.uniform.random(n)
        how = self._request.settings
        ids, self._state = self._writer.write(
            self._last,
            self._state,
            uniforms,
            how.temperature,
            how.top_k,
            how.top_p,
            self._request.min_p,
            self._request.banned,
        )
        self._last = ids[-1].copy()
        for row, sample in enumerate(self._samples):
            if sample is not None and sample.record is None:
                if ids[:, row].min() < 0:
                    raise ModelFileError(
                        "The model's weights give no usable number: it was damaged or changed.\nTrain it again."
                    )
                sample.take(ids[:, row].tolist())


def tokens_a_call(network: Network, rows: int) -> int:
    """How many tokens of each of `rows` texts one kernel call writes."""
    whole = min(LONG_BLOCK, max(BLOCK, int(3 * BLOCK_FLOP / network.geometry.flop_per_token())))
    return max(min(BLOCK, SHORT_BLOCK), whole // rows)


def _inputs(request: Request) -> Ids:
    """What the network reads before it writes: "nothing yet" (-1), then the prompt.

    Where every line is a document of its own, a line's end is "nothing yet" again.
    """
    read = np.concatenate([np.array([-1], np.int32), request.ids])
    if request.newline is not None:
        read[read == request.newline] = -1
    return read


def _state_after(network: Network, writer: Writes, rows: int, read: Ids) -> Floats:
    """The state (S, L, 1, H) after these ids, from zero.

    A short text is read by the kernel that writes, so that no other has to be compiled; the state is the same.
    """
    if len(read) <= SHORT_PROMPT:
        state = network.zero_state(rows)
        for token in read:
            _, state = writer.write(np.full(rows, token, np.int32), state, np.zeros((1, rows)), temperature=0.0)
        return state[:, :, :1]
    state = network.zero_state(1)
    chunk = max(1, min(1024, 2**20 // network.architecture.vocabulary))  # logits of a chunk: at most 4 MB
    for begin in range(0, len(read), chunk):
        state = network.advance(read[begin : begin + chunk, None], state)
    return state
