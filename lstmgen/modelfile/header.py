"""The header of a model: made from sizes and facts about the text, checked key by key, turned back into sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import UsageError
from lstmgen.modelfile.archive import FOREIGN, Fault, abbreviated
from lstmgen.settings import LEVELS, Architecture
from lstmgen.text import Vocabulary

_FORMAT = "lstmgen"
VERSION = 1
_FEATURES = {"tied": "tied", "skip-sum": "skip_sum"}
"""What `requires` may name, each with its name in `Architecture`; a reader that lacks one would compute nonsense."""
_END = "end"  # a document's end is a token: required, since a reader without it would print it
_KNOWN = {*_FEATURES, _END, *(feature for facts in CELL_FACTS.values() for feature in facts.requires)}

HISTORY_COLUMNS = ("updates", "tokens", "rate", "train", "validation", "norm")
_NEWLINES = ("\n", "kept")
_LARGEST = 2**63 - 1


def make_header(
    architecture: Architecture,
    *,
    level: str,
    vocabulary: Sequence[str],
    lines: bool = False,
    newlines: str = "\n",
    unknown: int | None = None,
    end: int | None = None,
    corpus: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The header of a model of this architecture; `digest` is added when the file is written.

    corpus: names, characters, tokens, digest, split (the first token of the validation part), ...
    training: options, seed, updates, tokens, best_validation, lstmgen, numba, lanes, command, ...; {} when untrained.
    origin, where it began with another model's weights: name, digest, vocabulary (how many tokens that had).
    ngram, where a part was held back: the n-gram baseline there, as training/ngram_baseline.py has it.
    """
    return {
        "format": _FORMAT,
        "version": VERSION,
        "requires": [
            *(feature for feature, name in _FEATURES.items() if getattr(architecture, name)),
            *architecture.facts.requires,
            *([_END] if end is not None else []),
        ],
        "level": level,
        "lines": lines,
        "vocabulary": list(vocabulary),
        "newlines": newlines,
        "unknown": unknown,
        **({_END: end} if end is not None else {}),
        "cell": architecture.cell,
        "gates": list(architecture.facts.gates),
        "squashing": architecture.squashing,
        "sizes": {
            "vocabulary": architecture.vocabulary,
            "embedding": architecture.embedding,
            "units": architecture.units,
            "layers": architecture.layers,
        },
        "history": list(HISTORY_COLUMNS),
        "corpus": dict(corpus or {}),
        "training": dict(training or {}),
    }


def vocabulary_of(header: Mapping[str, Any]) -> Vocabulary:
    """The tokens of a model. ValueError where the header's are none."""
    return Vocabulary.from_header(header["level"], header["vocabulary"], header["unknown"], header.get(_END))


def architecture_of(header: Mapping[str, Any]) -> Architecture:
    """The sizes that fix every parameter's shape. Raises Fault for a header whose sizes make no network."""
    sizes = header["sizes"]
    try:
        return Architecture(
            cell=header["cell"],
            vocabulary=sizes["vocabulary"],
            embedding=sizes["embedding"],
            units=sizes["units"],
            layers=sizes["layers"],
            squashing=header["squashing"],
            **{name: feature in header["requires"] for feature, name in _FEATURES.items()},
        )
    except UsageError as error:
        raise Fault(f"its header makes no network: {error}") from error


def check_format(header: Mapping[str, Any], name: str = _FORMAT) -> None:
    """Raise Fault unless the header is ours, not newer than this program, and requires only what we know."""
    if header.get("format") != name:
        raise Fault("it was not written by lstmgen", FOREIGN)
    version, requires = header.get("version"), header.get("requires")
    if not _whole(version, 1):
        raise Fault(f"its version {abbreviated(version)} is no version")
    if version != VERSION:
        raise Fault(
            f"it needs a newer lstmgen: format version {version}, where {VERSION} is known here",
            "Get a newer lstmgen: pip install --upgrade lstmgen",
        )
    if not _texts(requires):
        raise Fault(f"its header has {abbreviated(requires)} for `requires`")
    missing = [feature for feature in requires if feature not in _KNOWN]
    if missing:
        raise Fault(
            f"it requires features that are not known here: {', '.join(abbreviated(feature) for feature in missing)}",
            "Get a newer lstmgen: pip install --upgrade lstmgen",
        )


def check_header(header: Mapping[str, Any]) -> Architecture:
    """Check every key for type and range; the architecture it describes. Raises Fault."""
    check_format(header)
    _require(header, _TOP)
    _require(header["sizes"], _SIZES, "sizes.")
    architecture = architecture_of(header)
    if header["gates"] != list(architecture.facts.gates):
        raise Fault(f"its header has the gates {abbreviated(header['gates'])} for the cell {architecture.cell}")
    if len(header["vocabulary"]) != architecture.vocabulary:
        raise Fault(f"its vocabulary has {len(header['vocabulary'])} tokens, not {architecture.vocabulary}")
    try:
        vocabulary_of(header)
    except ValueError as error:
        raise Fault(str(error)) from error
    if len(set(header["history"])) != len(header["history"]):
        raise Fault("its header names a column of the history twice")
    _require(header["corpus"], _CORPUS, "corpus.", optional=True)
    _require(header["training"], _TRAINING, "training.", optional=True)
    return architecture


def _require(values: Mapping[str, Any], rules: Mapping[str, Any], where: str = "", optional: bool = False) -> None:
    for key, right in rules.items():
        if key not in values:
            if optional:
                continue
            raise Fault(f"its header lacks `{where}{key}`")
        if not right(values[key]):
            raise Fault(f"its header has {abbreviated(values[key])} for `{where}{key}`")


def _whole(value: Any, low: int = 0, high: int = _LARGEST) -> bool:
    return type(value) is int and low <= value <= high


def _number_or_none(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value))


def _text(value: Any) -> bool:
    return type(value) is str


def _texts(value: Any) -> TypeGuard[list[str]]:
    return type(value) is list and all(type(item) is str for item in value)


def _record(value: Any) -> bool:
    return type(value) is dict


_TOP = {
    "level": lambda value: _text(value) and value in LEVELS,
    "lines": lambda value: type(value) is bool,
    "vocabulary": _texts,
    "newlines": lambda value: _text(value) and value in _NEWLINES,
    "unknown": lambda value: value is None or _whole(value),
    "cell": _text,
    "gates": _texts,
    "squashing": _text,
    "sizes": _record,
    "history": lambda value: _texts(value) and 0 < len(value) <= 64,
    "corpus": _record,
    "training": _record,
    "digest": _text,
}
_SIZES = dict.fromkeys(("vocabulary", "embedding", "units", "layers"), _whole)
_CORPUS = {
    "names": _texts,
    **dict.fromkeys(("characters", "tokens", "split", "longest_document"), _whole),
    "digest": _text,
}
_TRAINING = {
    "options": _record,
    "seed": _whole,
    **dict.fromkeys(("updates", "bf16_updates"), _whole),
    "tokens": _whole,
    "best_validation": _number_or_none,
    "softmax_temperature": _number_or_none,
    "lstmgen": _text,
    "numba": _text,
    "lanes": _whole,
    "command": _text,
    "origin": _record,
    "ngram": _record,
}
