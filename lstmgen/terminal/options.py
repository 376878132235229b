"""Every option of `train` and `sample`: its flag, its panel in the help, its words. Nothing is decided here.

A default of None leaves the choice to the settings or to the plan; ranges are checked by `lstmgen.settings`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any

import typer

from lstmgen.cell_facts import CELL_FACTS, DEFAULT_CELL

_SQUASHED = next(facts for facts in CELL_FACTS.values() if len(facts.squashings) > 1)
_BASICS, _MODEL, _TRAINING, _TEXT, OUTPUT = "Basics", "Model", "Training", "Text", "Output"


class _Level(StrEnum):
    """What a token is."""

    CHAR = "char"
    WORD = "word"


class _Cell(StrEnum):
    """The recurrent layer."""

    _ignore_ = "members name"
    members = vars()
    for name in CELL_FACTS:
        members[name.upper()] = name


class _Squashing(StrEnum):
    """What the memory passes on its way out."""

    TANH = "tanh"
    IDENTITY = "identity"


class _Decoding(StrEnum):
    """What to do with bytes that are not text."""

    STRICT = "strict"
    REPLACE = "replace"
    IGNORE = "ignore"


class _Precision(StrEnum):
    """Of the weights while writing."""

    float32 = "float32"
    bf16 = "bf16"


class _Unknown(StrEnum):
    """What to do with what the model never saw."""

    SKIP = "skip"
    ERROR = "error"


_DEFAULT = re.compile(r"\[(default: [^]]*)\]")
MODEL_HELP = "Model: a path, or a name in models/. [default: the newest in models/, else the bundled model]"
CORPUS_HELP = "Path of the training text. [default: looked for where it was, beside the model and here]"


def option(
    panel: str, text: str, *flags: str, metavar: str | None = None, show_default: bool = False, **more: Any
) -> Any:
    """An option: its panel in the help, its words, its flags. A default that is named in the words is shown dimmed."""
    text = _DEFAULT.sub(r"[dim]\\[\1][/dim]", text)
    return typer.Option(*flags, help=text, rich_help_panel=panel, metavar=metavar, show_default=show_default, **more)


# --- train ---
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
        _BASICS,
        "Train this long: 90, 90s, 5m, 1h30m. [default: 5m; 20s for a tiny text]",
        "--time",
        "-t",
        metavar="TIME",
    ),
]
ModelOut = Annotated[
    str | None,
    option(_BASICS, "File to save the model in. [default: models/<corpus>.npz]", "--out", "-o", metavar="PATH"),
]
Resume = Annotated[
    bool, option(_BASICS, "Continue an interrupted or finished run exactly where it stopped.", "--resume", metavar="")
]
FromModel = Annotated[
    str | None,
    option(
        _BASICS,
        "Start from the weights of this model: a path, or a name in models/.",
        "--from",
        metavar="NAME",
    ),
]
ReplaceModel = Annotated[bool, option(_BASICS, "Replace an existing model.", "--force", metavar="")]
DryRun = Annotated[bool, option(_BASICS, "Only show the plan, including memory and time.", "--dry-run", metavar="")]

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

LevelOfTokens = Annotated[
    _Level | None,
    option(_TEXT, "Learn characters or words. [default: char, or what the shipped corpus is made for]", "--level"),
]
Lines = Annotated[
    bool | None,
    typer.Option(
        "--lines", help="Treat each line as a separate text: names, sentences.", rich_help_panel=_TEXT, metavar=""
    ),
]
MinCount = Annotated[
    int | None,
    option(_TEXT, "Leave out characters or words that occur fewer than N times.", "--min-count", metavar="N"),
]
Validation = Annotated[
    float | None,
    option(
        _TEXT,
        "Share of the text for validation, taken from its end. [default: 0.05, from all over the text]",
        "--validation",
        metavar="X",
    ),
]
Encoding = Annotated[
    str | None, option(_TEXT, "Encoding of the text files. [default: utf-8]", "--encoding", metavar="NAME")
]
Errors = Annotated[
    _Decoding | None,
    option(_TEXT, "For bytes that cannot be decoded: stop, insert �, or leave them out. [default: strict]", "--errors"),
]
KeepNewlines = Annotated[
    bool, option(_TEXT, "Keep Windows and old Mac line endings as they are.", "--keep-newlines", metavar="")
]
MmapAbove = Annotated[
    float | None,
    option(
        _TEXT,
        "Keep texts larger than this in a temporary file instead of memory. [default: 1000]",
        "--mmap-above",
        metavar="MB",
    ),
]

Quiet = Annotated[bool, option(OUTPUT, "Show only warnings and errors.", "--quiet", "-q", metavar="")]
JsonEvents = Annotated[bool, option(OUTPUT, "Print one JSON event per line, for other programs.", "--json", metavar="")]

# --- sample ---
SampledModel = Annotated[
    str | None,
    option(
        _BASICS,
        MODEL_HELP,
        "--model",
        "-m",
        metavar="NAME",
    ),
]
Prompt = Annotated[str | None, option(_BASICS, "Text to continue.", "--prompt", "-p", metavar="TEXT")]
PromptFile = Annotated[
    str | None, option(_BASICS, "Read the prompt from a file; - for standard input.", "--prompt-file", metavar="PATH")
]
Length = Annotated[
    int | None,
    option(_BASICS, "Number of tokens to write. [default: 500 characters or 100 words]", "--length", "-n", metavar="N"),
]
NumSamples = Annotated[
    int | None,
    option(
        _BASICS,
        "Number of texts to write (with a --lines model: of lines). [default: 1]",
        "--num-samples",
        metavar="N",
    ),
]
SampleSeed = Annotated[int | None, option(_BASICS, "Random seed. [default: random, and shown]", "--seed", metavar="N")]

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

_STEERING = "Steering"
SetGate = Annotated[
    list[str] | None,
    option(
        _STEERING,
        "Clamp a gate to a value while writing: f=0; f.17=0 for one unit; 0:f=0 in a lower layer. Repeatable.",
        "--set-gate",
        metavar="GATE=X",
    ),
]
SetUnit = Annotated[
    list[str] | None,
    option(
        _STEERING,
        "Clamp the output h of a unit: 17=1; 0:17=1 in a lower layer. Repeatable.",
        "--set-unit",
        metavar="UNIT=X",
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

StopText = Annotated[str | None, option(_TEXT, "Stop before this text.", "--stop", metavar="TEXT")]
UnknownText = Annotated[
    _Unknown | None,
    option(
        _TEXT,
        "For prompt characters or words that the model does not know: skip them with a note, or stop. [default: skip]",
        "--unknown",
    ),
]
NoEcho = Annotated[bool, option(OUTPUT, "Do not print the prompt.", "--no-echo", metavar="")]
JsonObject = Annotated[bool, option(OUTPUT, "Print one JSON object, for other programs.", "--json", metavar="")]
SampleOut = Annotated[str | None, option(OUTPUT, "Write the text to this file.", "--out", "-o", metavar="PATH")]
