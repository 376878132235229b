"""The text that a view measures rather than shows: a given one, the held-out part, or the model's own writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lstmgen.cli.inspect.source import name_of, on_one_line
from lstmgen.cli.terminal import Talk
from lstmgen.errors import TextError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lstmgen.api import Model
    from lstmgen.inspection.properties import Reading

OWN_SEED = 0  # the same text every time, so that two looks can be compared
CHARACTERS_A_TOKEN = 64  # more than words have
LATE = 4  # a held-out part begins at a line, if one begins in the first quarter of what is read


@dataclass(frozen=True)
class Measured:
    """reading: the text; ids (T,) int32: its tokens; newline: id that ends a document, or None; words: what it is."""

    reading: Reading
    ids: npt.NDArray[np.int32]
    newline: int | None
    words: str


def measured_text(model: Model, given: str | None, longest: int, talk: Talk) -> Measured:
    """The text to measure, cut, with a word, to `longest` tokens. Raises TextError for one without a known token."""
    if given is not None:
        return _given(model, given, longest, talk)
    from lstmgen.api.heldout import held_out

    ids = held_out(model)
    if ids is None:
        return _own_writing(model, longest, talk)
    names = ", ".join(on_one_line(str(name)) for name in model.header["corpus"].get("names", [])) or name_of(model)
    part = _from_a_line(model, ids, longest)
    if len(part) == len(ids):
        return _decoded(model, part, f"all {len(part):,} held-out tokens of {names}")
    return _decoded(model, part, f"{len(part):,} held-out tokens of {names}")


def _given(model: Model, given: str, longest: int, talk: Talk) -> Measured:
    import numpy as np

    from lstmgen.inspection.properties import Reading
    from lstmgen.text import words

    level, vocabulary = model.header["level"], model.vocabulary
    part = given[: longest * (CHARACTERS_A_TOKEN if level == "word" else 2)]
    request = model.request(part, seed=OWN_SEED, length=0)
    for note in request.notes:
        talk.insist(note)
    text = _as_the_corpus_was(part, vocabulary.tokens)
    pieces = list(text) if level == "char" else words.split(text)
    ids, _ = vocabulary.encode(text)
    spaces = [0, *(int(level == "word" and words.understood(a, b)) for a, b in pairwise(pieces))]
    ends = np.cumsum([len(piece) + space for piece, space in zip(pieces, spaces, strict=False)])
    if vocabulary.unknown is None:
        known = set(vocabulary.tokens)
        kept = [k for k, piece in enumerate(pieces) if piece in known]
    else:
        kept = list(range(len(pieces)))
    if not kept:
        raise TextError("There is no token to look at: the text is empty, or the model never saw any of it.")
    if len(part) < len(given) or len(kept) > longest:
        talk.insist(f"The text was cut: only its first {min(longest, len(kept)):,} tokens are measured.")
        kept = kept[:longest]
        text = text[: int(ends[kept[-1]])]
    reading = Reading(text, [pieces[k] for k in kept], np.asarray(ends[kept], np.int64))
    return Measured(reading, ids[: len(kept)], _newline_of(model), f"{len(kept):,} tokens of your text")


def _own_writing(model: Model, longest: int, talk: Talk) -> Measured:
    talk.say("The text it was trained on is not here; its own writing is measured.")
    wishes: dict[str, Any] = {"seed": OWN_SEED, "length": longest, "temperature": 1.0}
    if model.lines:
        written: list[str] = []
        while sum(map(len, written)) < longest and len(written) < longest // 2:
            wishes["seed"] = OWN_SEED + len(written)
            written += [f"{line}\n" for line in model.samples(200, **wishes)]
        text = "".join(written)
    else:
        text = model.sample(**wishes)
    ids, _ = model.vocabulary.encode(text)
    if not len(ids):
        raise TextError("There is no token to look at: the model writes nothing.\nGive a text with --text or --file.")
    part = ids[:longest]
    return _decoded(model, part, f"{len(part):,} tokens of its own writing")


def _from_a_line(model: Model, ids: npt.NDArray[np.int32], longest: int) -> npt.NDArray[np.int32]:
    """So many tokens, from the first line that begins in them: where the text was cut may be inside of anything."""
    import numpy as np

    tokens = model.vocabulary.tokens
    if "\n" in tokens and not model.lines and len(ids) > longest:
        ends = np.flatnonzero(ids[: longest // LATE] == tokens.index("\n"))
        if len(ends):
            run = int(ends[0]) + 1
            while run < len(ids) and ids[run] == tokens.index("\n"):
                run += 1
            return ids[run : run + longest]
    return ids[:longest]


def _decoded(model: Model, ids: npt.NDArray[np.int32], words: str) -> Measured:
    import numpy as np

    from lstmgen.inspection.properties import Reading

    tokens = [model.vocabulary.tokens[k] for k in ids]
    ends = np.cumsum(model.vocabulary.characters_of(ids))
    return Measured(Reading(model.vocabulary.decode(ids), tokens, ends), ids, _newline_of(model), words)


def _newline_of(model: Model) -> int | None:
    tokens = model.vocabulary.tokens
    return tokens.index("\n") if model.lines and "\n" in tokens else None


def _as_the_corpus_was(text: str, tokens: Sequence[str]) -> str:
    """Bytes that are no UTF-8 as U+FFFD; line ends plain unless the model knows others."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if any("\r" in token for token in tokens):
        return whole
    return whole.replace("\r\n", "\n").replace("\r", "\n")
