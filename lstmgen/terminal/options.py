"""Every option of `train` and `sample`: its flag, its panel in the help, its words. Nothing is decided here.

A default of None leaves the choice to the settings or to the plan; ranges are checked by `lstmgen.settings`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

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


def _option(panel: str, text: str, *flags: str, metavar: str | None = None) -> object:
    return typer.Option(*flags, help=text, rich_help_panel=panel, metavar=metavar, show_default=False)


# --- train ---
Corpus = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CORPUS",
        help="Text files, folders, - for standard input, or a shipped corpus by name.",
        rich_help_panel="What to learn from",
        show_default=False,
    ),
]
Time = Annotated[
    str | None,
    _option(
        _BASICS,
        "Train this long: 90, 90s, 5m, 1h30m. Without a budget: 5m, 20s for a tiny text.",
        "--time",
        "-t",
        metavar="TIME",
    ),
]
Out = Annotated[
    str | None,
    _option(_BASICS, "Where the model goes. Without it: models/<corpus>.npz.", "--out", "-o", metavar="PATH"),
]
Resume = Annotated[
    bool, _option(_BASICS, "Go on exactly where an interrupted or finished run stopped.", "--resume", metavar="")
]
FromModel = Annotated[
    str | None,
    _option(
        _BASICS,
        "Begin with the weights of this model: a path, or a name in models/.",
        "--from",
        metavar="NAME",
    ),
]
Force = Annotated[bool, _option(_BASICS, "Replace a model that is there.", "--force", metavar="")]
DryRun = Annotated[bool, _option(_BASICS, "Only show the plan, with memory and time.", "--dry-run", metavar="")]

CellKind = Annotated[
    _Cell | None,
    _option(_MODEL, f"Kind of recurrent layer. Without it: {DEFAULT_CELL}.", "--cell"),
]
HiddenSize = Annotated[int | None, _option(_MODEL, "Units in a layer.", "--hidden-size", metavar="N")]
NumLayers = Annotated[int | None, _option(_MODEL, "Layers.", "--num-layers", metavar="N")]
EmbeddingSize = Annotated[
    int | None, _option(_MODEL, "Numbers that stand for a token; 0 is one-hot.", "--embedding-size", metavar="N")
]
Tied = Annotated[
    bool | None,
    _option(_MODEL, "Read and write with one table. Without it: for words.", "--tied/--untied", metavar=""),
]
SkipSum = Annotated[
    bool | None,
    _option(_MODEL, "Write from all layers' sum. Without it: of 2 or more.", "--skip-sum/--no-skip-sum", metavar=""),
]
OutputSquashing = Annotated[
    _Squashing | None,
    _option(
        _MODEL,
        f"Of the {_SQUASHED.name} cell's memory. Without it: {_SQUASHED.squashings[0]}.",
        "--output-squashing",
    ),
]

Steps = Annotated[
    int | None, _option(_TRAINING, "Budget in updates; such a run repeats exactly.", "--steps", metavar="N")
]
Epochs = Annotated[float | None, _option(_TRAINING, "Budget in passes over the text.", "--epochs", metavar="X")]
SeqLength = Annotated[int | None, _option(_TRAINING, "Tokens in a window.", "--seq-length", metavar="T")]
BatchSize = Annotated[int | None, _option(_TRAINING, "Rows side by side.", "--batch-size", metavar="B")]
LearningRate = Annotated[float | None, _option(_TRAINING, "Highest learning rate.", "--learning-rate", metavar="X")]
Dropout = Annotated[float | None, _option(_TRAINING, "Share of outputs dropped.", "--dropout", metavar="P")]
WeightDrop = Annotated[
    float | None, _option(_TRAINING, "Share of recurrent weights dropped in a window.", "--weight-drop", metavar="P")
]
EmbeddingDropout = Annotated[
    float | None, _option(_TRAINING, "Share of words not read in a window.", "--embedding-dropout", metavar="P")
]
WeightDecay = Annotated[
    float | None, _option(_TRAINING, "On matrices. Without it: 0.01.", "--weight-decay", metavar="X")
]
ClipNorm = Annotated[
    float | None, _option(_TRAINING, "Gradient's highest norm. Without it: 1.", "--clip-norm", metavar="X")
]
Seed = Annotated[int | None, _option(_TRAINING, "Random seed. Without it: drawn and printed.", "--seed", metavar="N")]
Threads = Annotated[
    int | None, _option(_TRAINING, "Threads; the result does not depend on them.", "--threads", metavar="N")
]

LevelOfTokens = Annotated[
    _Level | None, _option(_TEXT, "Learn characters or words. Without it: char, or a shipped corpus's own.", "--level")
]
Lines = Annotated[
    bool | None,
    typer.Option("--lines", help="Every line stands alone: names, sentences.", rich_help_panel=_TEXT, metavar=""),
]
MinCount = Annotated[
    int | None, _option(_TEXT, "Leave rarer characters or words out of the vocabulary.", "--min-count", metavar="N")
]
Validation = Annotated[
    float | None,
    _option(
        _TEXT,
        "Share of the end kept aside to measure with. Without it: 0.05, from all over.",
        "--validation",
        metavar="X",
    ),
]
Encoding = Annotated[str | None, _option(_TEXT, "Of the files. Without it: utf-8.", "--encoding", metavar="NAME")]
Errors = Annotated[
    _Decoding | None, _option(_TEXT, "Bytes that are not text: stop, put � for them, or leave them out.", "--errors")
]
KeepNewlines = Annotated[
    bool, _option(_TEXT, "Leave Windows and old Mac line ends as they are.", "--keep-newlines", metavar="")
]
MmapAbove = Annotated[
    float | None,
    _option(
        _TEXT,
        "Keep larger texts in a temporary file, not in memory. Without it: 1000.",
        "--mmap-above",
        metavar="MB",
    ),
]

Quiet = Annotated[bool, _option(OUTPUT, "Say nothing but warnings and errors.", "--quiet", "-q", metavar="")]
JsonEvents = Annotated[
    bool, _option(OUTPUT, "One event a line on standard output, for machines.", "--json", metavar="")
]

# --- sample ---
ModelName = Annotated[
    str | None,
    _option(
        _BASICS,
        "A path, or a name in models/. Without it: the newest there, else ours.",
        "--model",
        "-m",
        metavar="NAME",
    ),
]
Prompt = Annotated[str | None, _option(_BASICS, "Text to go on from.", "--prompt", "-p", metavar="TEXT")]
PromptFile = Annotated[
    str | None, _option(_BASICS, "The same, from a file; - is standard input.", "--prompt-file", metavar="PATH")
]
Length = Annotated[
    int | None,
    _option(_BASICS, "Tokens to write. Without it: 500 characters, 100 words.", "--length", "-n", metavar="N"),
]
NumSamples = Annotated[
    int | None, _option(_BASICS, "How many texts, or lines of a --lines model.", "--num-samples", metavar="N")
]
SampleSeed = Annotated[
    int | None, _option(_BASICS, "Random seed. Without it: drawn and printed.", "--seed", metavar="N")
]

_CHOICE = "Choice of the next token"
Temperature = Annotated[
    float | None,
    _option(
        _CHOICE, "Below 1 careful, above 1 bold, 0 always the likeliest. Without it: 0.8.", "--temperature", metavar="X"
    ),
]
TopK = Annotated[int | None, _option(_CHOICE, "Only among the N likeliest; 0 is off.", "--top-k", metavar="N")]
TopP = Annotated[
    float | None, _option(_CHOICE, "Only among the likeliest that make up P; 1 is off.", "--top-p", metavar="P")
]
MinP = Annotated[
    float | None,
    _option(_CHOICE, "None below P times the likeliest. Without it: off, 0.05 for words.", "--min-p", metavar="P"),
]

WeightPrecision = Annotated[
    _Precision | None,
    _option(_CHOICE, "bf16: weights in half the space, faster for large networks, on CPUs that can.", "--precision"),
]

_STEERING = "Steering"
SetGate = Annotated[
    list[str] | None,
    _option(
        _STEERING,
        "Hold a gate (f, i, o, g) while it runs: f=0, one unit's f.17=0, in a lower layer 0:f=0. May be repeated.",
        "--set-gate",
        metavar="GATE=X",
    ),
]
SetUnit = Annotated[
    list[str] | None,
    _option(
        _STEERING,
        "Hold a unit's output h: 17=1, in a lower layer 0:17=1. May be repeated.",
        "--set-unit",
        metavar="UNIT=X",
    ),
]

_COPIES = "Copies of the training text"
ShowCopies = Annotated[
    bool, _option(_COPIES, "Say what was copied, beside as much held-out text.", "--copies", metavar="")
]
Novel = Annotated[
    int | None,
    _option(
        _COPIES,
        "Copy at most N characters (words) in a row: what would be more is taken back and drawn anew.",
        "--novel",
        metavar="N",
    ),
]
AllowCopies = Annotated[
    bool,
    _option(
        _COPIES,
        "Lines of a --lines model as they come. Without it: only new ones, each once.",
        "--allow-copies",
        metavar="",
    ),
]

Stop = Annotated[str | None, _option(_TEXT, "End before this text.", "--stop", metavar="TEXT")]
UnknownText = Annotated[
    _Unknown | None, _option(_TEXT, "What the model never saw in a prompt: skip and name it, or refuse.", "--unknown")
]
NoEcho = Annotated[bool, _option(OUTPUT, "Do not print the prompt.", "--no-echo", metavar="")]
JsonObject = Annotated[bool, _option(OUTPUT, "One JSON object, for machines.", "--json", metavar="")]
SampleOut = Annotated[str | None, _option(OUTPUT, "Write to this file.", "--out", "-o", metavar="PATH")]
