"""The help: examples first, every option in the panel it belongs to, and it fits a screen 80 wide."""

import re

import pytest

import lstmgen
from tests.cli.running import Runner

PANELS = {
    "train": {
        "What to learn from": ["CORPUS"],
        "Basics": ["--time", "--out", "--resume", "--from", "--force", "--dry-run"],
        "Model": [
            "--cell", "--hidden-size", "--num-layers", "--embedding-size", "--tied", "--skip-sum",
            "--output-squashing",
        ],
        "Training": [
            "--steps", "--epochs", "--seq-length", "--batch-size", "--learning-rate", "--dropout", "--weight-drop",
            "--embedding-dropout", "--weight-decay", "--clip-norm", "--precision", "--seed", "--threads", "--shards",
            "--exchange",
        ],
        "Text": [
            "--level", "--lines", "--documents", "--min-count", "--validation", "--encoding", "--errors",
            "--keep-newlines", "--mmap-above",
        ],
        "Output": ["--quiet", "--json", "--help"],
    },
    "sample": {
        "Basics": ["--model", "--prompt", "--prompt-file", "--length", "--num-samples", "--seed"],
        "Choosing the next token": ["--temperature", "--top-k", "--top-p", "--min-p", "--precision"],
        "Steering": ["--set-gate", "--set-unit"],
        "Copies of the training text": ["--copies", "--novel", "--allow-copies"],
        "Better without retraining": ["--adapt", "--adapt-rate", "--ngram-weight", "--corpus"],
        "Text": ["--encoding", "--stop", "--unknown"],
        "Output": ["--no-echo", "--quiet", "--json", "--out", "--help"],
    },
    "export": {
        "What to export": ["MODEL"],
        "Basics": ["--model", "--out", "--list", "--weights", "--corpus"],
        "What is said of the model": ["--title", "--author", "--note"],
        "Output": ["--quiet", "--help"],
    },
}  # fmt: skip
EXAMPLES = {
    "train": [
        "lstmgen train corpus.txt five minutes, sizes chosen for you",
        "lstmgen train storybook --time 1m a corpus that comes with lstmgen",
        "lstmgen train names.txt --lines --time 90 each line is a separate name",
        "lstmgen train corpus.txt --resume continue, also after Ctrl-C",
        "lstmgen train poems.txt --from ready start from another model's weights",
    ],
    "sample": [
        "lstmgen sample write with the newest model",
        'lstmgen sample -p "Once upon a time" continue a prompt',
        "lstmgen sample --num-samples 9 > nine.txt only the text goes into the file",
        "lstmgen sample --set-gate f=0 write without a memory",
    ],
    "export": [
        "lstmgen export story -o story.html a page that writes, offline",
        "lstmgen export -o page.html --weights int8 half as large, less exact",
        "lstmgen export story -o story.onnx a graph for ONNX Runtime",
        "lstmgen export story -o story.py a PyTorch module",
        "lstmgen export --list which forms there are",
    ],
}
FRAME = re.compile(r"^[╭│╰|+]")


def panels(shown: str) -> dict[str, list[str]]:
    """Title -> first words of its rows that name something."""
    found: dict[str, list[str]] = {}
    for line in shown.splitlines():
        if title := re.match(r"^╭─ (.*?) ─*╮$", line):
            found[title[1]] = rows = []
        elif row := re.match(r"^│ [ *] *(--[a-z-]+|\[?corpus\b|[A-Z]{2,})|^│ (--[a-z-]+)", line):
            name = (row[1] or row[2]).lstrip("[")
            rows.append("CORPUS" if name == "corpus" else name)
    return found


@pytest.mark.parametrize("command", PANELS)
def test_panels_and_examples(run: Runner, command: str) -> None:
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert panels(ran.out) == PANELS[command]
    before = [" ".join(line.split()) for line in ran.out.split("╭")[0].splitlines()]
    assert [line for line in before if line.startswith("lstmgen")] == EXAMPLES[command]
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_the_commands(run: Runner) -> None:
    ran = run("--help")
    assert (ran.code, ran.err) == (0, "")
    lines = [" ".join(line.strip("│ ").split()) for line in ran.out.splitlines()]
    assert "Train a recurrent network on your own text, write new text like it, and look" in lines
    assert [line for line in lines if line.startswith("lstmgen")] == [
        "lstmgen train corpus.txt learn the text; saves models/corpus.npz",
        "lstmgen sample --temperature 0.8 write new text",
        "lstmgen inspect gates look inside the network",
        "lstmgen export -o page.html a page that writes in any browser",
        "lstmgen list which models there are",
    ]
    commands = ran.out[ran.out.index("─ Commands") :]
    assert [re.split(r"\s+", line)[1] for line in commands.splitlines() if re.match(r"^│ \w", line)] == [
        "train", "sample", "export", "list", "rm", "inspect",
    ]  # fmt: skip


def test_no_command_is_the_help_and_an_error(run: Runner) -> None:
    bare, asked = run(), run("--help")
    assert bare.code == 2
    assert bare.out.strip() == asked.out.strip()


def test_version(run: Runner) -> None:
    ran = run("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"lstmgen {lstmgen.__version__}\n", "")


def test_slips_of_the_pen(run: Runner) -> None:
    ran = run("sampel")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "Error: No such command 'sampel'. Did you mean 'sample'?\nTry 'lstmgen --help' for help.\n"
    ran = run("sample", "--tmperature", "3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: No such option")
    assert "--temperature" in ran.err
    assert ran.err.endswith("\nTry 'lstmgen sample --help' for help.\n")
