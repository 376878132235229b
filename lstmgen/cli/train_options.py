"""The options of `train`: each one's flag, its panel in the help, its words."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from lstmgen.cell_facts import CELL_FACTS, DEFAULT_CELL
from lstmgen.terminal.options import BASICS, OUTPUT, TEXT_INPUT, option

_MODEL, _TRAINING = "Model", "Training"  # panels of the help
_SQUASHED = next(facts for facts in CELL_FACTS.values() if len(facts.squashings) > 1)


class _Level(StrEnum):
    """What a token is."""

    CHAR = "char"
    WORD = "word"
    TOKEN = "token"


class _Cell(StrEnum):
    """The recurrent layer."""

    _ignore_ = "members name"
    members = vars()
    for name in CELL_FACTS:
        members[name.upper()] = name


class _Precision(StrEnum):
    """Of the factors in products while training."""

    AUTO = "auto"
    BF16 = "bf16"
    FLOAT32 = "float32"


class _Squashing(StrEnum):
    """What the memory passes on its way out."""

    TANH = "tanh"
    IDENTITY = "identity"


class _Exchange(StrEnum):
    """What is sent from process to process."""

    FLOAT32 = "float32"
    BF16 = "bf16"


class _Decoding(StrEnum):
    """What to do with bytes that are not text."""

    STRICT = "strict"
    REPLACE = "replace"
    IGNORE = "ignore"


CorpusPaths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CORPUS",
        help="Text files, folders, - for standard input, or the name of a shipped corpus.",
        rich_help_panel="What to learn from",
        show_default=False,
    ),
]
Time = Annotated[
    str | None,
    option(
        BASICS,
        "Train this long: 90, 90s, 5m, 1h30m. [default: 5m; less for a short text]",
        "--time",
        "-t",
        metavar="TIME",
    ),
]
ModelOut = Annotated[
    str | None,
    option(BASICS, "File to save the model in. [default: models/<corpus>.npz]", "--out", "-o", metavar="PATH"),
]
Resume = Annotated[
    bool, option(BASICS, "Continue an interrupted or finished run exactly where it stopped.", "--resume", metavar="")
]
FromModel = Annotated[
    str | None,
    option(
        BASICS,
        "Start from the weights of this model: a path, or a name in models/.",
        "--from",
        metavar="NAME",
    ),
]
ReplaceModel = Annotated[bool, option(BASICS, "Replace an existing model.", "--force", metavar="")]
DryRun = Annotated[bool, option(BASICS, "Only show the plan, including memory and time.", "--dry-run", metavar="")]

CellKind = Annotated[
    _Cell | None,
    option(_MODEL, f"Type of recurrent cell. [default: {DEFAULT_CELL}]", "--cell"),
]
HiddenSize = Annotated[int | None, option(_MODEL, "Units per layer.", "--hidden-size", metavar="N")]
NumLayers = Annotated[int | None, option(_MODEL, "Number of layers.", "--num-layers", metavar="N")]
EmbeddingSize = Annotated[
    int | None,
    option(_MODEL, "Size of the vector that stands for each token; 0: one-hot.", "--embedding-size", metavar="N"),
]
Tied = Annotated[
    bool | None,
    option(
        _MODEL,
        "Share one table between input embedding and output layer. [default: at word level]",
        "--tied/--untied",
        metavar="",
    ),
]
SkipSum = Annotated[
    bool | None,
    option(
        _MODEL,
        "Feed the sum of all layers to the output layer. [default: with 2 or more layers]",
        "--skip-sum/--no-skip-sum",
        metavar="",
    ),
]
OutputSquashing = Annotated[
    _Squashing | None,
    option(
        _MODEL,
        f"Function that the {_SQUASHED.name} cell's memory passes at the output. [default: {_SQUASHED.squashings[0]}]",
        "--output-squashing",
    ),
]

Steps = Annotated[
    int | None, option(_TRAINING, "Train for N updates; such a run is exactly repeatable.", "--steps", metavar="N")
]
Epochs = Annotated[float | None, option(_TRAINING, "Train for X passes over the text.", "--epochs", metavar="X")]
SeqLength = Annotated[
    int | None, option(_TRAINING, "Tokens per sequence: how far back each update looks.", "--seq-length", metavar="T")
]
BatchSize = Annotated[int | None, option(_TRAINING, "Sequences per batch.", "--batch-size", metavar="B")]
LearningRate = Annotated[float | None, option(_TRAINING, "Peak learning rate.", "--learning-rate", metavar="X")]
Dropout = Annotated[float | None, option(_TRAINING, "Share of layer outputs to drop.", "--dropout", metavar="P")]
WeightDrop = Annotated[
    float | None,
    option(_TRAINING, "Share of recurrent weights to drop, anew for each batch.", "--weight-drop", metavar="P"),
]
EmbeddingDropout = Annotated[
    float | None,
    option(_TRAINING, "Share of embedding rows to drop, anew for each batch.", "--embedding-dropout", metavar="P"),
]
WeightDecay = Annotated[
    float | None, option(_TRAINING, "Weight decay of the matrices. [default: 0.01]", "--weight-decay", metavar="X")
]
ClipNorm = Annotated[
    float | None, option(_TRAINING, "Clip the gradient to this norm. [default: 1]", "--clip-norm", metavar="X")
]
Seed = Annotated[int | None, option(_TRAINING, "Random seed. [default: random, and shown]", "--seed", metavar="N")]
Threads = Annotated[
    int | None, option(_TRAINING, "Number of threads; does not change the result.", "--threads", metavar="N")
]
Shards = Annotated[
    int | None,
    option(
        _TRAINING,
        "Compute each batch in N parts, a power of two: the result is then the same on 1, 2, 4 ... N processes. "
        "[default: 1; under mpiexec the number of processes]",
        "--shards",
        metavar="N",
    ),
]

Exchange = Annotated[
    _Exchange | None,
    option(_TRAINING, "Precision of gradients on their way from process to process. [default: float32]", "--exchange"),
]
TrainingPrecision = Annotated[
    _Precision | None,
    option(
        _TRAINING,
        "Precision of products: bf16 is faster on CPUs that support it; auto uses it only with --time. [default: auto]",
        "--precision",
    ),
]

LevelOfTokens = Annotated[
    _Level | None,
    option(
        TEXT_INPUT,
        "Learn characters, words, or whatever stands between spaces. [default: char; a shipped corpus knows its own]",
        "--level",
    ),
]
Lines = Annotated[
    bool | None,
    typer.Option(
        "--lines", help="Treat each line as a separate text: names, sentences.", rich_help_panel=TEXT_INPUT, metavar=""
    ),
]
DocumentSeparator = Annotated[
    str | None,
    option(
        TEXT_INPUT,
        "What separates the documents inside a file: blank-line, form-feed, the separating text itself, or "
        "re:EXPRESSION. [default: each file is one document]",
        "--documents",
        metavar="SEPARATOR",
    ),
]
MinCount = Annotated[
    int | None,
    option(TEXT_INPUT, "Leave out characters or words that occur fewer than N times.", "--min-count", metavar="N"),
]
Validation = Annotated[
    float | None,
    option(
        TEXT_INPUT,
        "Share of the text for validation, taken from its end. [default: 0.05, from all over the text]",
        "--validation",
        metavar="X",
    ),
]
Encoding = Annotated[
    str | None, option(TEXT_INPUT, "Encoding of the text files. [default: utf-8]", "--encoding", metavar="NAME")
]
Errors = Annotated[
    _Decoding | None,
    option(
        TEXT_INPUT, "For bytes that cannot be decoded: stop, insert �, or leave them out. [default: strict]", "--errors"
    ),
]
KeepNewlines = Annotated[
    bool, option(TEXT_INPUT, "Keep Windows and old Mac line endings as they are.", "--keep-newlines", metavar="")
]
MmapAbove = Annotated[
    float | None,
    option(
        TEXT_INPUT,
        "Keep texts larger than this in a temporary file instead of memory. [default: 1000]",
        "--mmap-above",
        metavar="MB",
    ),
]
JsonEvents = Annotated[bool, option(OUTPUT, "Print one JSON event per line, for other programs.", "--json", metavar="")]
