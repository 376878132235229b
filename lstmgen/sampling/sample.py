"""One sample: its tokens become text, watched for where it ends."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from lstmgen.sampling.novel import MAX_LINE_TRIES, Backtracker, CopyGuard
from lstmgen.sampling.request import SamplingRequest
from lstmgen.sampling.stop import StopFilter
from lstmgen.text.tokens import Decoder


@dataclass(frozen=True)
class FinishedSample:
    """A finished sample: `text` is what came after the prompt, `tokens` how many were drawn for it.

    stopped: "length", "stop" (the stop text came), "line" (a line ended), "end" (a document ended) or "copies"
    (anything more would be a copy).
    again: how often the line, or a part of the text, was drawn again.
    """

    sample: int
    seed: int
    prompt: str
    text: str
    tokens: int
    stopped: str
    again: int = 0

    @property
    def line(self) -> str:
        """A line as it stands in a text: with the last line of its prompt before it."""
        return (self.prompt + self.text).rpartition("\n")[2]


@dataclass(frozen=True)
class TextChunk:
    """Some more text of a sample. Samples come one after the other; the last piece of each has its record."""

    sample: int
    text: str
    finished: FinishedSample | None = None

    @property
    def last(self) -> bool:
        """Whether the sample ends with this piece."""
        return self.finished is not None


class Sample:
    """The text side of one sample: ids in; text, and in the end a record, out."""

    def __init__(self, index: int, request: SamplingRequest, decoder: Decoder, guard: CopyGuard) -> None:
        self.index = index
        self.accepted = guard.lines is None  # whether what it writes may be shown
        self._request = request
        self._decoder_before = decoder
        self._guard = guard
        self._attempt = -1
        self.begin()

    def begin(self) -> None:
        """Begin, or begin again with other random numbers."""
        self._attempt += 1
        request, again = self._request, [self._attempt] if self._attempt else []
        self.uniform = np.random.Generator(np.random.PCG64(np.random.SeedSequence([request.seed, self.index, *again])))
        self._first: np.random.Generator | None = None
        self.fresh = [request.prompt] if request.echo and request.prompt else []
        self.record: FinishedSample | None = None
        self.track = Backtracker(self._guard.spans) if self._guard.spans is not None else None
        self._decoder = copy.copy(self._decoder_before)
        self._stop = StopFilter(request.settings.stop)
        self._text: list[str] = []
        self.tokens = 0
        if request.length == 0:
            self._add("", "length")

    def is_copy(self, used: set[str]) -> bool:
        """Whether it has ended as a line that may not be written."""
        if self.accepted or self.record is None or self._guard.lines is None:
            return False
        line = self.record.line
        return line in used or line in self._guard.lines or self.record.stopped == "copies"

    @property
    def nothing_yet(self) -> bool:
        """Whether no token is drawn that has not been taken back."""
        return self.tokens == 0 and (self.track is None or not self.track.pending)

    def first_again(self) -> float:
        """A random number for a first token that must be drawn again; the others' do not move for it."""
        if self._first is None:
            seeds = [self._request.seed, self.index, self._attempt, 1]
            self._first = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seeds)))
        return float(self._first.random())

    @property
    def exhausted(self) -> bool:
        """Whether it was begun as often as it may be."""
        return self._attempt == MAX_LINE_TRIES - 1

    @property
    def remaining(self) -> int:
        """Tokens it may still take."""
        return 0 if self.record is not None else self._request.length - self.tokens

    def take(self, ids: list[int]) -> None:
        """Add the text of these tokens; whatever comes after the sample's end is dropped."""
        parts, stopped = [], ""
        for token in ids[: self.remaining]:
            self.tokens += 1
            if token == self._request.document_end:
                stopped = "line" if self._request.lines else "end"
                break
            parts.append(self._stop.push(self._decoder.push(token)))
            if self._stop.has_come:
                stopped = "stop"
                break
        if not stopped and self.tokens == self._request.length:
            stopped = "length"
        if stopped:
            parts.append(self._stop.flush())
        self._add("".join(parts), stopped)

    def settle(self) -> None:
        """Take the tokens that will not be taken back any more: all of them, where the sample ends with the last."""
        assert self.track is not None
        pending = self.track.pending
        ended = len(pending) >= self.remaining or (bool(self._stop.stop) and self._stops(pending))
        self.take(self.track.settled(ended))

    def end(self, why: str) -> None:
        """End it here."""
        assert self.track is not None
        self.take(self.track.settled(everything=True))
        if self.record is None:
            self._add(self._stop.flush(), why)

    def _stops(self, pending: list[int]) -> bool:
        stop, decoder = copy.copy(self._stop), copy.copy(self._decoder)
        for token in pending:
            stop.push(decoder.push(token))
        return stop.has_come

    def _add(self, text: str, stopped: str) -> None:
        self.fresh.append(text)
        self._text.append(text)
        if stopped:
            request, text = self._request, "".join(self._text)
            again = self._attempt + (self.track.again if self.track is not None else 0)
            self.record = FinishedSample(self.index, request.seed, request.prompt, text, self.tokens, stopped, again)
