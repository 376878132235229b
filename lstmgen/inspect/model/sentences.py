"""What a model's header says, in words, a sentence for each line of its page."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from lstmgen.arrays import Float64Array
from lstmgen.inspect.common.history import real, scored_whole, whole
from lstmgen.inspect.model.measure import Shapes, validation_of


def _count(values: Mapping[str, Any], key: str, text: str) -> str:
    """The text with a count in place of {}; nothing where there is no count, or none of it."""
    value = whole(values, key)
    return text.format(f"{value:,}") if value else ""


def validation_words(header: Mapping[str, Any]) -> str:
    """The same in words."""
    loss = validation_of(header)
    if loss is None:
        return "none: no part of the text was held out, or nothing has been measured yet"
    return (
        f"{loss['nats']:.4f} nats per token, {loss['bits_per_character']:.4f} bits per character, "
        f"perplexity {loss['perplexity']:,.2f}"
        + _count(header["training"], "final_tokens", ", over {} tokens")
        + _ngram(header)
    )


def _ngram(header: Mapping[str, Any]) -> str:
    """The n-gram baseline on the same tokens: those of the whole part once the model was scored on them."""
    training = header["training"]
    baseline = training.get("ngram", {})
    if not scored_whole(header):
        return ""
    names = ("nats", "bits") if "final_validation" in training else ("sample_nats", "sample_bits")
    order, (nats, bits) = whole(baseline, "order"), (real(baseline.get(name)) for name in names)
    if order is None or nats is None or bits is None:
        return ""
    return f"; baseline, a {order}-gram: {nats:.4f} nats, {bits:.4f} bits"


def cell_words(header: Mapping[str, Any]) -> str:
    """Which cell, its gates, and what it lets out."""
    gates = f"gates {' '.join(header['gates'])}" if len(header["gates"]) > 1 else "no gates, one squashed path"
    return f"{header['cell']}: {gates}, output squashing {header['squashing']}"


def size_words(header: Mapping[str, Any], shapes: Shapes) -> str:
    """Layers, units, input, and the number of parameters."""
    sizes = header["sizes"]
    layers = f"{sizes['layers']} layers" if sizes["layers"] != 1 else "1 layer"
    given = f"embedding of {sizes['embedding']}" if sizes["embedding"] else "one-hot input"
    if "tied" in header["requires"]:
        given += " shared with output.W"
    summed = ", their sum fed to the output" if "skip-sum" in header["requires"] else ""
    total = sum(math.prod(shape) for shape in shapes.values())
    return f"{layers} of {sizes['units']:,} units{summed}, {given}, {total:,} parameters"


def text_words(header: Mapping[str, Any]) -> str:
    """What it was trained on, and what of that was held back."""
    corpus = header["corpus"]
    tokens, split = whole(corpus, "tokens") or 0, whole(corpus, "split")
    parts = [", ".join(corpus.get("names", []))]
    parts.append(_count(corpus, "characters", "{} characters"))
    parts.append(_count(corpus, "tokens", "{} tokens"))
    if split is not None and split < tokens:
        pieces = whole(corpus, "pieces")
        where = f"in {pieces} pieces from all over it" if pieces else f"from token {split:,} on"
        parts.append(f"{'' if pieces else 'the last '}{tokens - split:,} {where} held out for validation")
    parts.append("every line a document" if header.get("lines") else "")
    parts.append("line ends kept" if header["newlines"] == "kept" else "")
    parts.append(f"digest {corpus['digest']}" if "digest" in corpus else "")
    return ", ".join(part for part in parts if part)


def training_words(header: Mapping[str, Any], clock: Float64Array) -> str:
    """How long it was trained; clock (n, 2): seconds and tokens/s."""
    training = header["training"]
    if not training:
        return "not trained by lstmgen"
    parts = [
        _origin(training),
        _count(training, "updates", "{} updates"),
        _count(training, "tokens", "{} tokens read"),
        f"in {clock[-1, 0]:,.0f} s" if len(clock) and math.isfinite(clock[-1, 0]) else "",
        _best(training),
        "the weights are a mean of the last ones" if training.get("averaged") is True else "",
        _temperature(training),
        "stopped early" if training.get("stopped_early") is True else "",
        _count(training, "undone", "{} updates undone"),
        _count(training, "halvings", "rate halved {} times"),
        _count(training, "bf16_updates", "the first {} updates in bf16, the rest in float32"),
        f"seed {training['seed']}" if "seed" in training else "",
    ]
    return ", ".join(part for part in parts if part)


def _origin(training: Mapping[str, Any]) -> str:
    origin = training.get("origin", {})
    name, digest = origin.get("name"), origin.get("digest")
    if not isinstance(name, str):
        return ""
    return f"from the weights of {name}" + (f" (digest {digest[:12]}...)" if isinstance(digest, str) else "")


def _temperature(training: Mapping[str, Any]) -> str:
    temperature = real(training.get("softmax_temperature"))
    return "" if temperature in (None, 1.0) else f"weights scaled to softmax temperature {temperature:.3f}"


def _best(training: Mapping[str, Any]) -> str:
    loss = real(training.get("best_validation"))
    nats = f" ({loss:.4f} nats on a part of the validation text)" if loss is not None else ""
    best = _count(training, "best_update", "best at update {}")
    return best + nats if best else ""


def maker_words(header: Mapping[str, Any]) -> str:
    """Versions, lanes and file format."""
    training = header["training"]
    parts = [f"{key} {training[key]}" for key in ("lstmgen", "numba", "lanes") if key in training]
    return ", ".join([*parts, f"file format {header.get('version', '?')}"])


_SAID = {
    "": {"format", "version", "requires", "level", "lines", "vocabulary", "newlines", "unknown", "end", "cell", "gates"}
    | {"squashing", "sizes", "history", "corpus", "training", "digest"},
    "corpus": {"names", "characters", "tokens", "split", "split_character", "digest", "repeats_together"}
    | {"document_ends", "longest_document", "unpack"},
    "training": {"options", "budget", "seed", "updates", "tokens", "best_update", "averaged", "stopped_early", "undone"}
    | {"halvings", "lstmgen", "numba", "lanes", "command", "final_validation", "final_bits_per_character"}
    | {"final_tokens", "best_validation", "origin", "ngram", "softmax_temperature", "bf16_updates"},
}


def other_words(header: Mapping[str, Any]) -> list[str]:
    """What the header says beyond the rest, so that nothing in it stays unseen."""
    words = [f"requires {' '.join(header['requires'])}"] if header.get("requires") else []
    for room, said in _SAID.items():
        values = header if not room else header[room]
        words += option_words({key: value for key, value in values.items() if key not in said})
    return words


def option_words(values: Mapping[str, Any]) -> list[str]:
    """Names and values, a phrase each."""
    plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    return [f"{key.replace('_', ' ')} {value}" for key, value in plain.items()]


def repeating_words(header: Mapping[str, Any]) -> str:
    """What the recorded command does: only runs of so many updates or passes are the same twice."""
    budget = header["training"].get("budget")
    if count := _count(header["training"], "bf16_updates", "{}"):
        return f"A command for a run like it (not the same: its first {count} updates were computed in bf16):"
    if isinstance(budget, dict) and budget.get("kind") == "time":
        return "A command for a run like it (timed runs differ a little; --steps repeats exactly):"
    return "The command that repeats it:"
