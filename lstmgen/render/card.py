"""All that a model file says of itself, on a page: what it is, how well it does, how it came to be."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.segment import Segment

from lstmgen.render.curve import Series, draw_curve
from lstmgen.render.picture import FAINT, STRONG, Picture

LABEL = 12  # cells of the words at the left
TOKENS_SHOWN = 60
CURVES = (("validation", "color(214)"), ("train", "color(75)"))

Clean = Callable[[str], str]
Shapes = Mapping[str, Sequence[int]]


def draw_model(
    header: Mapping[str, Any],
    history: npt.NDArray[np.float64],
    shapes: Shapes,
    *,
    name: str,
    size: int,
    clean: Clean,
    width: int = 80,
) -> Picture:
    """The page. history (n, k): columns as header["history"] names them; size: bytes of the file; name, header: raw."""
    picture = Picture()
    picture.add(Segment(clean(name), STRONG), f"  {size:,} bytes")
    facts = _Facts(picture, clean, width)
    facts.say("cell", _cell(header))
    facts.say("size", _sizes(header, shapes))
    facts.say("vocabulary", _vocabulary(header, clean))
    facts.say("text", _text(header))
    facts.say("training", _training(header))
    facts.say("validation", validation_words(header))
    facts.say("made with", _made_with(header))
    facts.say("options", ", ".join(_words(header["training"].get("options", {}))))
    facts.say("also", ", ".join(_also(header)))
    facts.say("digest", str(header.get("digest", "")))
    _add_curve(picture, header, history, width)
    _add_parameters(picture, shapes)
    command = header["training"].get("command")
    if command:
        picture.add()
        picture.add("The command that repeats it:")
        picture.add("  " + clean(str(command)))
    return picture


def model_facts(
    header: Mapping[str, Any],
    history: npt.NDArray[np.float64],
    clock: npt.NDArray[np.float64],
    shapes: Shapes,
    *,
    name: str,
    size: int,
) -> dict[str, Any]:
    """The same for machines: plain values, the history by column."""
    columns = {key: history[:, k].tolist() for k, key in enumerate(header["history"])}
    times = {"seconds": clock[:, 0].tolist(), "tokens_per_second": clock[:, 1].tolist()}
    parameters = {key: {"shape": list(shape), "numbers": math.prod(shape)} for key, shape in shapes.items()}
    return {
        "model": name,
        "bytes": size,
        "parameters": parameters,
        "validation": validation_of(header),
        "header": dict(header),
        "history": columns,
        "clock": times,
    }


def validation_of(header: Mapping[str, Any]) -> dict[str, float] | None:
    """Nats a token, bits a character and perplexity on the text held back; None where nothing was measured.

    Of the finished model, over the whole part, if the file has it; else the best while training. Bits are reckoned from
    the tokens a character where the file does not say them.
    """
    training, corpus = header["training"], header["corpus"]
    nats = training.get("final_validation")
    bits = training.get("final_bits_per_character")
    if nats is None:
        nats, bits = training.get("best_validation"), None
    if not isinstance(nats, int | float) or not math.isfinite(nats):
        return None
    if not isinstance(bits, int | float):
        tokens = corpus.get("tokens", 0) - corpus.get("split", 0)
        characters = corpus.get("characters", 0) - corpus.get("split_character", 0)
        bits = nats / math.log(2) * (tokens / characters if tokens > 0 and characters > 0 else 1.0)
    return {"nats": nats, "bits_per_character": bits, "perplexity": math.exp(min(nats, 700.0))}


def validation_words(header: Mapping[str, Any]) -> str:
    """The same in words."""
    found = validation_of(header)
    if found is None:
        return "none: no part of the text was held back, or nothing has been measured yet"
    tokens = header["training"].get("final_tokens")
    return (
        f"{found['nats']:.4f} nats a token, {found['bits_per_character']:.4f} bits a character, "
        f"perplexity {found['perplexity']:,.2f}" + (f", over {tokens:,} tokens" if tokens else "")
    )


class _Facts:
    """Lines of a label and a sentence, wrapped beside it."""

    def __init__(self, picture: Picture, clean: Clean, width: int) -> None:
        self.picture, self.clean, self.width = picture, clean, width

    def say(self, label: str, text: str) -> None:
        if not text:
            return
        for number, line in enumerate(textwrap.wrap(self.clean(text), max(20, self.width - LABEL))):
            self.picture.add(Segment(f"{label if number == 0 else '':<{LABEL}}", FAINT), line)


def _cell(header: Mapping[str, Any]) -> str:
    gates = f"gates {' '.join(header['gates'])}" if len(header["gates"]) > 1 else "no gates, one squashed path"
    return f"{header['cell']}: {gates}, output squashing {header['squashing']}"


def _sizes(header: Mapping[str, Any], shapes: Shapes) -> str:
    sizes = header["sizes"]
    layers = f"{sizes['layers']} layers" if sizes["layers"] != 1 else "1 layer"
    given = f"embedding of {sizes['embedding']}" if sizes["embedding"] else "one-hot input"
    total = sum(math.prod(shape) for shape in shapes.values())
    return f"{layers} of {sizes['units']:,} units, {given}, {total:,} parameters"


def _vocabulary(header: Mapping[str, Any], clean: Clean) -> str:
    tokens, unknown = header["vocabulary"], header["unknown"]
    kind = "characters" if header["level"] == "char" else "words"
    some = [json.dumps(clean(token), ensure_ascii=False) for token in tokens[:TOKENS_SHOWN]]
    rest = f" and {len(tokens) - TOKENS_SHOWN:,} more" if len(tokens) > TOKENS_SHOWN else ""
    stands = (
        f"; {json.dumps(clean(tokens[unknown]), ensure_ascii=False)} stands for all others"
        if unknown is not None
        else ""
    )
    return f"{len(tokens):,} {kind}{stands}: {' '.join(some)}{rest}"


def _text(header: Mapping[str, Any]) -> str:
    corpus = header["corpus"]
    parts = [", ".join(corpus.get("names", []))]
    if "characters" in corpus:
        parts.append(f"{corpus['characters']:,} characters")
    if "tokens" in corpus:
        parts.append(f"{corpus['tokens']:,} tokens")
    held = corpus.get("tokens", 0) - corpus.get("split", corpus.get("tokens", 0))
    if held > 0:
        parts.append(f"the last {held:,} from token {corpus['split']:,} on held back for validation")
    parts.append("every line on its own" if header.get("lines") else "")
    parts.append("line ends kept" if header["newlines"] == "kept" else "")
    parts.append(f"digest {corpus['digest']}" if "digest" in corpus else "")
    return ", ".join(part for part in parts if part)


def _training(header: Mapping[str, Any]) -> str:
    training = header["training"]
    if not training:
        return "not trained by lstmgen"
    parts = [f"{training['updates']:,} updates" if "updates" in training else ""]
    parts.append(f"{training['tokens']:,} tokens read" if "tokens" in training else "")
    parts.append(_best(training))
    parts.append("mean of the last weights" if training.get("averaged") else "")
    parts.append("stopped early" if training.get("stopped_early") else "")
    parts.append(f"{training['undone']:,} updates undone" if training.get("undone") else "")
    parts.append(f"rate halved {training['halvings']:,} times" if training.get("halvings") else "")
    parts.append(f"seed {training['seed']}" if "seed" in training else "")
    return ", ".join(part for part in parts if part)


def _best(training: Mapping[str, Any]) -> str:
    update, loss = training.get("best_update"), training.get("best_validation")
    nats = f" ({loss:.4f} nats on a part of the validation text)" if isinstance(loss, int | float) else ""
    return f"best at update {update:,}{nats}" if isinstance(update, int) else ""


def _made_with(header: Mapping[str, Any]) -> str:
    training = header["training"]
    parts = [f"{key} {training[key]}" for key in ("lstmgen", "numba", "lanes") if key in training]
    return ", ".join([*parts, f"file format {header.get('version', '?')}"])


_SAID = {
    "": {"format", "version", "requires", "level", "lines", "vocabulary", "newlines", "unknown", "cell", "gates"}
    | {"squashing", "sizes", "history", "corpus", "training", "digest"},
    "corpus": {"names", "characters", "tokens", "split", "split_character", "digest"},
    "training": {"options", "seed", "updates", "tokens", "best_update", "averaged", "stopped_early", "undone"}
    | {"halvings", "lstmgen", "numba", "lanes", "command", "final_validation", "final_bits_per_character"}
    | {"final_tokens", "best_validation"},
}


def _also(header: Mapping[str, Any]) -> list[str]:
    """What the header says beyond the rest, so that nothing in it stays unseen."""
    found = [f"requires {' '.join(header['requires'])}"] if header.get("requires") else []
    for room, said in _SAID.items():
        values = header if not room else header[room]
        found += _words({key: value for key, value in values.items() if key not in said})
    return found


def _words(values: Mapping[str, Any]) -> list[str]:
    plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    return [f"{key.replace('_', ' ')} {value}" for key, value in plain.items()]


def _add_curve(picture: Picture, header: Mapping[str, Any], history: npt.NDArray[np.float64], width: int) -> None:
    columns = {key: history[:, k] for k, key in enumerate(header["history"])}
    places = columns.get("updates")
    series = [Series(key, columns[key], colour) for key, colour in CURVES if key in columns]
    if places is None or not series:
        return
    curve = draw_curve(places, series, width=width)
    if curve.lines:
        picture.add()
        picture.add(f"Loss, nats a token, over {int(places[-1]):,} updates")
        picture.lines += curve.lines


def _add_parameters(picture: Picture, shapes: Shapes) -> None:
    picture.add()
    names = max(len(name) for name in shapes)
    for name, shape in shapes.items():
        sizes = " x ".join(str(size) for size in shape)
        picture.add(f"{name:<{names}}  {sizes:<16} {math.prod(shape):>12,}")
