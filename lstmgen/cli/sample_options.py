"""The options of `sample`: each one's flag, its panel in the help, its words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from lstmgen.terminal.options import BASICS, MODEL_HELP, OUTPUT, TEXT_INPUT, option


class _Precision(StrEnum):
    """Of the weights while writing."""

    float32 = "float32"
    bf16 = "bf16"


class _Unknown(StrEnum):
    """What to do with what the model never saw."""

    SKIP = "skip"
    ERROR = "error"


SampledModel = Annotated[
    str | None,
    option(
        BASICS,
        MODEL_HELP,
        "--model",
        "-m",
        metavar="NAME",
    ),
]
Prompt = Annotated[str | None, option(BASICS, "Text to continue.", "--prompt", "-p", metavar="TEXT")]
PromptFile = Annotated[
    str | None, option(BASICS, "Read the prompt from a file; - for standard input.", "--prompt-file", metavar="PATH")
]
Length = Annotated[
    int | None,
    option(BASICS, "Number of tokens to write. [default: 500 characters or 100 words]", "--length", "-n", metavar="N"),
]
NumSamples = Annotated[
    int | None,
    option(
        BASICS,
        "Number of texts to write (with a --lines model: of lines). [default: 1]",
        "--num-samples",
        metavar="N",
    ),
]
SampleSeed = Annotated[int | None, option(BASICS, "Random seed. [default: random, and shown]", "--seed", metavar="N")]

_CHOICE = "Choosing the next token"
Temperature = Annotated[
    float | None,
    option(
        _CHOICE,
        "Below 1 is more cautious, above 1 more adventurous; 0 always takes the most likely token. [default: 0.8]",
        "--temperature",
        metavar="X",
    ),
]
TopK = Annotated[
    int | None, option(_CHOICE, "Choose among the N most likely tokens. [default: 0, off]", "--top-k", metavar="N")
]
TopP = Annotated[
    float | None,
    option(
        _CHOICE,
        "Choose among the most likely tokens that together have probability P. [default: 1, off]",
        "--top-p",
        metavar="P",
    ),
]
MinP = Annotated[
    float | None,
    option(
        _CHOICE,
        "Drop tokens less likely than P times the most likely one. [default: 0, off; words: 0.05]",
        "--min-p",
        metavar="P",
    ),
]

WeightPrecision = Annotated[
    _Precision | None,
    option(
        _CHOICE,
        "bf16 halves the size of the weights: faster for large networks, on CPUs that support it. [default: float32]",
        "--precision",
    ),
]

_COPIES = "Copies of the training text"
ShowCopies = Annotated[
    bool, option(_COPIES, "Show how much was copied, compared with as much validation text.", "--copies", metavar="")
]
Novel = Annotated[
    int | None,
    option(
        _COPIES,
        "Copy at most N characters (words) in a row; longer copies are undone and drawn again.",
        "--novel",
        metavar="N",
    ),
]
AllowCopies = Annotated[
    bool,
    option(
        _COPIES,
        "With a --lines model, also write lines of the training text and repeats. [default: only new lines, each once]",
        "--allow-copies",
        metavar="",
    ),
]

PromptEncoding = Annotated[
    str | None,
    option(
        TEXT_INPUT,
        "Encoding of --prompt-file. [default: utf-8, or else that of the training text]",
        "--encoding",
        metavar="NAME",
    ),
]
StopText = Annotated[str | None, option(TEXT_INPUT, "Stop before this text.", "--stop", metavar="TEXT")]
UnknownText = Annotated[
    _Unknown | None,
    option(
        TEXT_INPUT,
        "For prompt characters or words that the model does not know: skip them with a note, or stop. [default: skip]",
        "--unknown",
    ),
]
NoEcho = Annotated[bool, option(OUTPUT, "Do not print the prompt.", "--no-echo", metavar="")]
SampleOut = Annotated[
    str | None, option(OUTPUT, "Write the text to this file; - for standard output.", "--out", "-o", metavar="PATH")
]
