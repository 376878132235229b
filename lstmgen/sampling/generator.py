"""Writing: the network's tokens become text, piece by piece, several samples side by side.

Sample k draws from its own stream of random numbers and a row of a batch does not know its neighbours, so a sample is
the same however many are asked for. What is drawn again comes from its own stream too; a line that may not be written
twice depends on the lines before it, so it is still the same for any number of samples after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np

from lstmgen.arrays import Float32Array, Float64Array, Int32Array, UInt8Array
from lstmgen.errors import ModelFileError, UsageError
from lstmgen.lazy import cached_property
from lstmgen.network import GenerativeNetwork, TokenSampler
from lstmgen.sampling.novel import MAX_LINE_TRIES, Backtracker, CopyGuard
from lstmgen.sampling.request import SamplingRequest
from lstmgen.sampling.sample import Sample, TextChunk
from lstmgen.text.tokens import Vocabulary

_BLOCK = 48  # tokens a kernel call for one sample: a few milliseconds of a large network, and Python's part stays small
_LONG_BLOCK, _BLOCK_FLOP = 384, 3e8  # a small network takes as many more as come to a millisecond or two of work
_SHORT_BLOCK = 8  # the same for many samples: a row whose sample has ended does not run on for long
_SHORT_PROMPT = 256  # tokens
_ROWS = 32  # samples side by side
_BUFFER = 2**20  # tokens that may wait for the samples before them


def generate(
    network: GenerativeNetwork,
    vocabulary: Vocabulary,
    request: SamplingRequest,
    guard: CopyGuard | None = None,
    samples: range | None = None,
) -> Iterator[TextChunk]:
    """Write the samples of a request; nothing that `guard` forbids, and no text that is taken back later.

    samples: the numbers of those that are written, where not all are.
    Raises ModelFileError where the weights are not finite, UsageError where no line that is allowed can be found.
    """
    guard = guard or CopyGuard()
    numbers = range(request.settings.num_samples) if samples is None else samples
    if not numbers:
        return
    rows = min(len(numbers), _ROWS, max(1, _BUFFER // max(1, request.length)))
    batch = _Batch(network, vocabulary, request, rows, guard)
    used = set[str]()
    waiting: deque[Sample] = deque()
    started = 0
    while started < len(numbers) or waiting:
        for row in batch.free_rows():
            if started < len(numbers):
                waiting.append(batch.start(row, numbers[started]))
                started += 1
        yield from _ready(waiting, used, request)
        batch.advance()
        batch.begin_copies_again(used)
        yield from _ready(waiting, used, request)


def _ready(waiting: deque[Sample], used: set[str], request: SamplingRequest) -> Iterator[TextChunk]:
    """The new text of the first sample and, where that has ended, of those after it; ended ones leave the queue.

    Of lines that must be new: whole ones, with what is `used` growing by each.
    """
    while waiting:
        sample = waiting[0]
        if not sample.accepted:
            if sample.record is None:
                return
            if sample.is_copy(used):
                if sample.exhausted:
                    raise _no_new_line(sample.index, request)
                return
            used.add(sample.record.line)
            sample.accepted = True
        text, sample.fresh = "".join(sample.fresh), []
        if text or sample.record is not None:
            yield TextChunk(sample.index, text, sample.record)
        if sample.record is None:
            return
        waiting.popleft()


class _Batch:
    """The network side: rows of states, each at work for one sample."""

    def __init__(
        self, network: GenerativeNetwork, vocabulary: Vocabulary, request: SamplingRequest, rows: int, guard: CopyGuard
    ) -> None:
        self._request, self._guard, self._network = request, guard, network
        self._decoder = vocabulary.decoder()  # as it stands after the prompt
        for token in request.ids.tolist():
            self._decoder.push(token)
        self._samples: list[Sample | None] = [None] * rows
        self._writer = network.sampler(rows, request.settings.precision)
        self._block = tokens_per_call(network, rows)
        self._banned_first = request.banned_first
        read = _inputs(request)
        self._first = int(read[-1])  # read by the first call that writes
        self._origin = _state_after(network, self._writer, rows, read[:-1])
        self._last = np.full(rows, self._first, np.int32)
        self._state: Float32Array = np.repeat(self._origin, rows, axis=2)

    def free_rows(self) -> list[int]:
        """Rows whose sample has ended for good, or that never had one."""
        return [row for row, s in enumerate(self._samples) if s is None or (s.record is not None and s.accepted)]

    def start(self, row: int, index: int) -> Sample:
        """Give a free row to sample `index`."""
        sample = Sample(index, self._request, self._decoder, self._guard)
        self._samples[row] = sample
        self._to_the_beginning(row)
        return sample

    def _to_the_beginning(self, row: int) -> None:
        self._last[row] = self._first
        self._state[:, :, row] = self._origin[:, :, 0]

    def begin_copies_again(self, used: set[str]) -> None:
        """Begin lines again that may not be written."""
        for row, sample in enumerate(self._samples):
            if sample is not None and sample.is_copy(used) and not sample.exhausted:
                sample.begin()
                self._to_the_beginning(row)

    def advance(self) -> None:
        """Draw the next tokens of every row."""
        n = self._block if self._guard.spans is None else 1
        n = min(n, max(sample.remaining for sample in self._samples if sample is not None))
        if n == 0:
            return
        uniforms = np.zeros((n, len(self._samples)))
        for row, sample in enumerate(self._samples):
            if sample is not None and sample.record is None:
                uniforms[:, row] = sample.uniform.random(n)
        last, state = self._last, self._state
        ids, self._state = self._draw(self._writer, last, state, uniforms, self._request.banned)
        self._last = ids[-1].copy()
        for row, sample in enumerate(self._samples):
            if sample is not None and sample.record is None:
                if sample.track is None and self._is_empty_line(sample, int(ids[0, row])):
                    ids[:, row] = self._not_empty(row, sample, state[:, :, [row]], last[[row]], uniforms[1:, [row]])
                if ids[:, row].min() < 0:
                    raise ModelFileError(
                        "The model's weights give no usable numbers: the file was damaged or changed.\nTrain it again."
                    )
                if sample.track is None:
                    sample.take(ids[:, row].tolist())
                else:
                    self._follow(row, sample, sample.track, state[:, :, [row]], last[[row]], uniforms[:, [row]])

    def _is_empty_line(self, sample: Sample, token: int) -> bool:
        """Whether a line would end with this token that no line can begin with."""
        return token == self._request.document_end and sample.nothing_yet and bool(self._banned_first[token])

    def _not_empty(
        self, row: int, sample: Sample, state: Float32Array, last: Int32Array, uniforms: Float64Array
    ) -> Int32Array:
        """A row's tokens (n,) drawn anew, the first by another random number and so that there is a line."""
        first = np.array([[sample.first_again()]])
        ids, after = self._draw(self._alone, last, state, first, self._banned_first)
        if len(uniforms) and ids[0, 0] >= 0:
            more, after = self._draw(self._alone, ids[-1], after, uniforms, self._request.banned)
            ids = np.concatenate((ids, more))
        self._last[row], self._state[:, :, row] = ids[-1, 0], after[:, :, 0]
        return np.full(1 + len(uniforms), -1, np.int32) if ids[0, 0] < 0 else ids[:, 0]

    def _draw(
        self, writer: TokenSampler, last: Int32Array, state: Float32Array, uniforms: Float64Array, banned: UInt8Array
    ) -> tuple[Int32Array, Float32Array]:
        how = self._request.settings
        return writer.next_tokens(
            last, state, uniforms, how.temperature, how.top_k, how.top_p, self._request.min_p, banned
        )

    def _follow(
        self,
        row: int,
        sample: Sample,
        track: Backtracker,
        state: Float32Array,
        last: Int32Array,
        uniforms: Float64Array,
    ) -> None:
        """Take the token that a row has drawn from `state`, or go back to where it is drawn again."""
        banned = (self._banned_first if sample.nothing_yet else self._request.banned).copy()
        banned[list(track.banned)] = 1
        if (banned > self._request.banned).any():
            ids, after = self._draw(self._alone, last, state, uniforms, banned)
            self._last[row], self._state[:, :, row] = ids[0, 0], after[:, :, 0]
        token = int(self._last[row])
        if token == self._request.document_end:
            sample.take([*track.settled(everything=True), token])
            return
        back = track.dead_end() if token < 0 else track.take(token, state, int(last[0]))
        if track.hopeless or (token < 0 and back is None):
            sample.end("copies")
        elif back is not None:
            self._state[:, :, [row]], self._last[row] = back
        else:
            sample.settle()

    @cached_property
    def _alone(self) -> TokenSampler:
        """Writes for one row, which may have tokens ruled out that others may draw."""
        return self._network.sampler(1, self._request.settings.precision)


def _no_new_line(written: int, request: SamplingRequest) -> UsageError:
    return UsageError(
        f"Only {written:,} of {request.settings.num_samples:,} lines could be written: {MAX_LINE_TRIES} attempts "
        "at the next one gave lines that are in the training text or had been written already.\n"
        "Try a higher --temperature, or allow repeats with --allow-copies."
    )


def tokens_per_call(network: GenerativeNetwork, rows: int) -> int:
    """How many tokens of each of `rows` texts one kernel call writes."""
    whole = min(_LONG_BLOCK, max(_BLOCK, int(3 * _BLOCK_FLOP / network.geometry.flop_per_token())))
    return max(min(_BLOCK, _SHORT_BLOCK), whole // rows)


def _inputs(request: SamplingRequest) -> Int32Array:
    """What the network reads before it writes: "nothing yet" (-1), then the prompt.

    Where every line is a document of its own, a line's end is "nothing yet" again.
    """
    read = np.concatenate([np.array([-1], np.int32), request.ids])
    if request.document_end is not None:
        read[read == request.document_end] = -1
    return read


def _state_after(network: GenerativeNetwork, writer: TokenSampler, rows: int, read: Int32Array) -> Float32Array:
    """The state (S, L, 1, H) after these ids, from zero.

    A short text is read by the kernel that writes, so that no other has to be compiled; the state is the same.
    """
    if len(read) <= _SHORT_PROMPT:
        state = network.zero_state(rows)
        for token in read:
            _, state = writer.next_tokens(np.full(rows, token, np.int32), state, np.zeros((1, rows)), temperature=0.0)
        return state[:, :, :1]
    state = network.zero_state(1)
    chunk = max(1, min(1024, 2**20 // network.architecture.vocabulary))  # logits of a chunk: at most 4 MB
    for begin in range(0, len(read), chunk):
        state = network.advance(read[begin : begin + chunk, None], state)
    return state
