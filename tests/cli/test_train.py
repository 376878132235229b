"""`lstmgen train` as it is typed: what it says, what it leaves on the disk, what it refuses."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from lstmgen.api import load
from tests.cli.running import COMMAND, Runner, environment, run_alone
from tests.training.runs import members

TEXT = "the cat saw the dog and the dog saw the cat. " * 40  # 1,800 characters: enough for a validation part
STEPS = ["--steps", "3", "--seed", "7", "--hidden-size", "8", "--batch-size", "4", "--seq-length", "16"]
FILES = ["tale.npz", "tale.state.npz"]
HELP = "Try 'lstmgen train --help' for help.\n"


@pytest.fixture
def tale(folder: Path) -> Path:
    path = folder / "tale.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def left() -> list[str]:
    return sorted(path.name for path in Path("models").iterdir()) if Path("models").exists() else []


def test_a_run_is_told_row_by_row(run: Runner, tale: Path) -> None:
    ran = run("train", "tale.txt", *STEPS)
    assert (ran.code, ran.out) == (0, "")
    assert left() == FILES
    lines = ran.err.splitlines()
    assert not any("kernels" in line for line in lines)  # they are in the cache
    plan = lines[lines.index("Plan") :]
    rows = {line.split()[0]: line.split()[1] for line in plan[1:12] if line.startswith("  ")}
    assert rows["cell"] == "lstm"
    assert rows["layers"] == "1"
    assert rows["precision"] == "float32"
    assert rows["seed"] == "7"
    assert any(
        re.fullmatch(r"  [\d,]+ parameters \(numbers to learn\), about [\d.]+ [KM]B of memory", line) for line in plan
    )
    table = plan[plan.index("   update   tokens     time   train  validation    best bits/char  tokens/s") + 1 :]
    assert [line.split()[0] for line in table if re.match(r" +\d+ ", line)][-1] == "3"
    assert any(
        re.match(
            r"Validation: \d\.\d{3} bits per character on all \d+ validation tokens \(lower is better\)\. A 7-", line
        )
        for line in table
    )
    assert any(
        re.fullmatch(
            r"Saved models/tale\.npz \(\d+ KB\): 3 updates in .* s of training \(.* s for the whole command\), \d\.\d "
            r"passes over the text\. More figures: lstmgen inspect model -m tale",
            line,
        )
        for line in table
    )
    written = [line for line in table if line.endswith(":") and "--temperature" in line]
    assert written == ["  careful, --temperature 0.5:", "  usual, --temperature 0.8:", "  wild, --temperature 1.1:"]
    assert table[-4:] == [
        "Next (the last command continues training, to 1 min in total):",
        "  lstmgen sample -m tale --temperature 0.8",
        "  lstmgen inspect gates -m tale",
        "  lstmgen train --resume --time 1m",
    ]


def test_the_n_gram_is_told_and_compared_with(run: Runner, tale: Path) -> None:
    said = run("train", "tale.txt", *STEPS).err.splitlines()
    above = next(k for k, line in enumerate(said) if line.startswith("   update "))
    found = load("tale").header["training"]
    ngram = found["ngram"]
    assert (ngram["order"], ngram["tokens"]) == (7, 1_710)
    assert said[above - 2] == (
        "  Baseline, a 7-gram (counting only): validation "
        f"{ngram['sample_nats']:.3f}, {ngram['sample_bits']:.3f} bits/char"
    )
    (how_good,) = (line for line in said if line.startswith("Validation: "))
    gap = round(found["final_bits_per_character"], 3) - round(ngram["bits"], 3)
    assert how_good.endswith(
        f"A 7-gram baseline, which only counts, needs {ngram['bits']:.3f}: this model is worse by {gap:.3f}. "
        "What helps: more time (the last command below), more text, --level word for a text this short."
    )
    card = " ".join(run("inspect", "model").out.split())
    assert f"; baseline, a 7-gram: {ngram['nats']:.4f} nats, {ngram['bits']:.4f} bits" in card
    assert "ngram" not in card
    again = run("train", "--resume", "--steps", "5").err
    assert said[above - 2] in again
    Path("short.txt").write_text(TEXT[:500], encoding="utf-8")
    assert "gram" not in run("train", "short.txt", *STEPS).err


def test_the_same_command_gives_the_same_model(run: Runner, tale: Path) -> None:
    for name in ("a", "b"):
        assert run("train", "tale.txt", *STEPS, "-q", "-o", f"{name}.npz").code == 0
    a, b = load("a.npz"), load("b.npz")
    assert a.header == b.header
    assert a.header["training"]["updates"] == 3
    assert all((a.file.arrays[name] == b.file.arrays[name]).all() for name in a.file.arrays)
    assert a.history.tobytes() == b.history.tobytes()


def test_zero_is_a_value(run: Runner, tale: Path) -> None:
    assert run("train", "tale.txt", *STEPS, "-q", "--seed", "0", "--dropout", "0", "--embedding-size", "0").code == 0
    training = load("tale").header["training"]
    assert (training["seed"], training["options"]["dropout"], training["options"]["embedding-size"]) == (0, 0.0, 0)


def test_quiet_says_nothing(run: Runner, tale: Path) -> None:
    ran = run("train", "tale.txt", *STEPS, "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert left() == FILES


def test_json_is_one_event_a_line(run: Runner, tale: Path) -> None:
    ran = run("train", "tale.txt", "--level", "char", *STEPS, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = [json.loads(line, parse_constant=pytest.fail) for line in ran.out.splitlines()]
    names = [event["event"] for event in found]
    assert names[:3] == ["compiling", "compiled", "planned"]
    assert names[-1] == "finished"
    assert {"progress", "evaluated", "saved"} <= set(names)
    assert found[2]["plan"]["architecture"]["units"] == 8
    assert found[3]["event"] == "counted"
    assert found[3]["training"] == found[3]["mark"]["tokens"] == 1_710
    losses = {(e["ngram"], e["ngram_bits_per_character"]) for e in found if e["event"] == "evaluated"}
    assert losses == {(found[3]["mark"]["sample_nats"], found[3]["mark"]["sample_bits"])}
    assert found[-1]["mark"] == found[3]["mark"]
    assert found[-1]["path"] == "models/tale.npz"
    assert found[-1]["model"]["training"]["seed"] == 7


def test_the_plan_alone(run: Runner, tale: Path) -> None:
    ran = run("train", "tale.txt", *STEPS, "--dry-run")
    assert (ran.code, ran.out) == (0, "")
    assert "\nPlan\n" in "\n" + ran.err
    assert ran.err.endswith("of memory\n")
    assert sorted(path.name for path in Path().iterdir()) == ["tale.txt"]


def test_nothing_is_replaced_unless_told(run: Runner, tale: Path) -> None:
    assert run("train", "tale.txt", *STEPS, "-q").code == 0
    before = Path("models/tale.npz").read_bytes()
    ran = run("train", "tale.txt", *STEPS)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "Error: models/tale.npz already exists, from a finished run (3 updates).\n"
        "Continue it to twice its budget: --resume --steps 6\n"
        "Start from its weights: --from tale --out models/ANOTHER.npz\n"
        "Keep both: --out models/ANOTHER.npz. Replace it: --force.\n"
    )
    assert Path("models/tale.npz").read_bytes() == before
    assert run("train", "tale.txt", *STEPS, "-q", "--force", "--seed", "8").code == 0
    assert load("tale").header["training"]["seed"] == 8


def test_resume_goes_on(run: Runner, tale: Path) -> None:
    assert run("train", "tale.txt", *STEPS, "-q").code == 0
    ran = run("train", "--resume", "--steps", "5")
    assert (ran.code, ran.out) == (0, "")
    assert "Continuing after update 3" in ran.err
    assert f"Resuming {Path('models') / 'tale.state.npz'}\nContinuing after update 3" in ran.err
    assert load("tale").header["training"]["updates"] == 5
    ran = run("train", "tale.txt", "--resume", "--steps", "5")
    assert ran.code == 2
    assert ran.err.startswith("Error: There is nothing left to do")
    for option in (["--hidden-size", "9"], ["--level", "word"], ["--seed", "3"]):
        ran = run("train", "tale.txt", "--resume", "--steps", "9", *option)
        assert ran.code == 2
        assert ran.err.splitlines()[-2].startswith(f"Error: This run has {option[0]} ")
    assert run("train", "tale.txt", "--resume", "--steps", "6", "-q", "-o", "b.npz").code == 0
    assert load("b.npz").header["training"]["updates"] == 6
    assert load("tale").header["training"]["updates"] == 5
    tale.write_text(TEXT.replace("cat", "cow"), encoding="utf-8")
    ran = run("train", "--resume", "--steps", "9", "-o", "b.npz")
    assert ran.code == 3
    assert "not the text this run was started with (tale.txt)" in ran.err


def test_words_are_read_and_written_by_one_table_unless_told_otherwise(run: Runner, folder: Path) -> None:
    words = [f"w{chr(97 + k % 20)}{chr(97 + k // 20)}" for k in range(200)]
    (folder / "many.txt").write_text("\n".join(" ".join(words[k:] + words[:k]) for k in range(0, 200, 9)))
    for name, options, requires in (("a", [], ["tied"]), ("b", ["--untied"], []), ("c", ["--tied"], ["tied"])):
        ran = run("train", "many.txt", *STEPS, "--level", "word", *options, "-o", f"{name}.npz")
        assert ran.code == 0
        assert (" 8 values, tied " in ran.err) == bool(requires)
        header = load(f"{name}.npz").header
        assert header["requires"] == requires
        assert ("--tied" in header["training"]["command"].split()) == bool(requires)
        again = header["training"]["command"].split()[1:]
        assert run(*again, "-q", "-o", "again.npz", "--force").code == 0
        assert members(Path("again.npz")) == members(Path(f"{name}.npz"))
        written = run("sample", "-q", "-m", f"{name}.npz", "-n", "9", "--seed", "1")
        assert written.code == 0 and len(written.out.split()) > 3
    assert members(Path("a.npz")) == members(Path("c.npz"))
    ran = run("train", "--resume", "-o", "a.npz", "--steps", "9", "--untied")
    assert ran.code == 2 and "Error: This run has --tied, not --untied; a resumed run keeps" in ran.err
    assert run("train", "--resume", "-o", "b.npz", "--steps", "5", "--untied", "-q").code == 0
    ran = run("train", "many.txt", "--level", "word", "--tied", "--hidden-size", "8", "--embedding-size", "9")
    assert ran.code == 2 and "not --embedding-size 9 and --hidden-size 8." in ran.err


def test_two_layers_or_more_are_all_read_out_unless_told_otherwise(run: Runner, tale: Path) -> None:
    few, many = ["--num-layers", "2"], ["--num-layers", "3"]
    for name, options, requires in (
        ("c", [*many, "--skip-sum"], ["skip-sum"]), ("d", [*many, "--no-skip-sum"], []),
        ("a", few, ["skip-sum"]), ("b", [*few, "--no-skip-sum"], []),
    ):  # fmt: skip
        ran = run("train", "tale.txt", *STEPS, *options, "-o", f"{name}.npz")
        assert ran.code == 0
        assert (f" {options[1]} x 8 units, summed " in ran.err) == bool(requires)
        header = load(f"{name}.npz").header
        assert header["requires"] == requires
        again = header["training"]["command"].split()[1:]
        assert ("--skip-sum" if requires else "--no-skip-sum") in again
        assert run(*again, "-q", "-o", "again.npz", "--force").code == 0
        assert members(Path("again.npz")) == members(Path(f"{name}.npz"))
        assert run("sample", "-q", "-m", f"{name}.npz", "-n", "9", "--seed", "1").code == 0
        for view in ("gates", "step", "unroll", "reach"):
            assert run("inspect", view, "-q", "-m", f"{name}.npz", "--text", TEXT[:90]).code == 0
    assert (
        "2 layers of 8 units, their sum fed to the output, one-hot input" in run("inspect", "model", "-m", "a.npz").out
    )
    ran = run("train", "--resume", "-o", "a.npz", "--steps", "9", "--no-skip-sum")
    assert ran.code == 2 and "Error: This run has --skip-sum, not --no-skip-sum; a resumed" in ran.err
    ran = run("train", "tale.txt", *STEPS, "--skip-sum", "-o", "e.npz")
    assert ran.code == 2 and "Give --num-layers 2 or more with it" in ran.err


def test_a_finished_run_can_be_looked_at_without_going_on(run: Runner, tale: Path) -> None:
    assert run("train", "tale.txt", *STEPS, "-q").code == 0
    before = {path.name: path.read_bytes() for path in Path("models").iterdir()}
    ran = run("train", "--resume", "--steps", "50", "--dry-run")
    assert ran.code == 0
    assert "Continuing after update 3" in ran.err
    assert {path.name: path.read_bytes() for path in Path("models").iterdir()} == before


def test_a_text_from_standard_input(folder: Path) -> None:
    ran = run_alone("train", "-", *STEPS, "-q", cwd=folder, stdin=TEXT.encode())
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert load("stdin").header["corpus"]["characters"] == len(TEXT)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Error: No text was given.\n"
            "Name a file, a folder, - for standard input, or a shipped corpus: lstmgen train storybook\n"),
        (["tale.txt", "--time", "5x"], 2, "Error: --time '5x' is not a duration.\nWrite it as 90, 90s, 5m or 1h30m.\n"),
        (["tale.txt", "--time", "5", "--steps", "3"], 2,
            "Error: --time and --steps both set the budget; give only one of them.\n" + HELP),
        (["no.txt", "--learning-rate", "inf"], 2,
            "Error: --learning-rate must be a number from 1e-09 to 100, not inf.\n" + HELP),
        (["tale.txt", "--output-squashing", "identity"], 2,
            "Error: --output-squashing identity belongs to --cell peephole; the lstm has tanh.\n" + HELP),
        (["tale.txt", "-o", "x.state.npz"], 2,
            "Error: --out x.state.npz is the name of a state file.\nName the model: --out x.npz\n"),
        (["tale.txt", "-o", "tale.txt/x"], 2,
            "Error: tale.txt is a file, not a folder.\nChoose another place with --out.\n"),
        (["no.txt", "--mmap-above", "-1"], 2,
            "Error: --mmap-above must be a number from 0 to 1e+09, not -1.0.\n" + HELP),
        (["--resume"], 2, "Error: There is no run to resume in models/.\nStart one: lstmgen train corpus.txt\n"),
        (["names", "--resume"], 2,
            "Error: There is no run to resume: models/names.state.npz does not exist.\nLeave --resume out.\n"),
    ],
)  # fmt: skip
def test_refusals(run: Runner, tale: Path, arguments: list[str], code: int, said: str) -> None:
    ran = run("train", *arguments)
    assert (ran.code, ran.out, ran.err) == (code, "", said)
    assert left() == []


@pytest.mark.parametrize(
    ("name", "data", "code", "begins", "way_out"),
    [
        ("bad.txt", b"caf\xe9 noir", 3, "Error: bad.txt is not UTF-8: byte 0xe9 at offset 3 (line 1)", "--encoding"),
        ("empty.txt", b"", 3, "Error: empty.txt is empty.", "Give a text"),
        ("there.txt", None, 2, "Error: There is no file, folder or shipped corpus called there.txt.", ""),
        ("childrens-bok", None, 2, "Error: There is no file", "Did you mean childrens-book?"),
    ],
)
def test_texts_that_cannot_be_used(
    run: Runner, folder: Path, name: str, data: bytes | None, code: int, begins: str, way_out: str
) -> None:
    if data is not None:
        Path(name).write_bytes(data)
    ran = run("train", name, "--steps", "1")
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(begins)
    assert way_out in ran.err.splitlines()[-1]
    assert left() == []


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such devices here")
def test_a_device_is_refused_and_a_pipe_is_read(run: Runner, folder: Path) -> None:
    for name in ("/dev/zero", "/dev/null"):
        ran = run("train", name, "--steps", "1")
        assert ran.code == 2
        assert ran.err == f"Error: {name} is a device, not a text.\nName a file, or - for standard input.\n"
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_text(TEXT, encoding="utf-8"))
    writer.start()
    assert run("train", "pipe", *STEPS, "-q").code == 0
    writer.join()
    assert load("pipe").header["corpus"]["characters"] == len(TEXT)


@pytest.mark.parametrize("level", ["char", "word"])
def test_ids_in_a_file_change_nothing(run: Runner, tale: Path, level: str) -> None:
    for name, more in (("memory", []), ("file", ["--mmap-above", "0"])):
        assert run("train", "tale.txt", *STEPS, "-q", "--level", level, *more, "-o", f"{name}.npz").code == 0
    assert members(Path("memory.npz")) == members(Path("file.npz"))
    assert b"mmap" not in Path("file.state.npz").read_bytes()
    for name, more in (("memory", ["--mmap-above", "0"]), ("file", [])):
        assert run("train", "tale.txt", "--resume", "-q", "--steps", "5", *more, "-o", f"{name}.npz").code == 0
    assert members(Path("memory.npz")) == members(Path("file.npz"))


def test_a_full_disk_while_reading(run: Runner, tale: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "gone"))
    ran = run("train", "tale.txt", *STEPS, "--mmap-above", "0.001")
    assert (ran.code, left()) == (5, [])
    assert ran.err.startswith("Error: The text is too long to be kept in a temporary file in ")
    assert "--mmap-above" in ran.err.splitlines()[-1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_saves_and_ends(tale: Path, folder: Path, number: signal.Signals, code: int) -> None:
    options = ["--steps", "10000000", "--seed", "1", "--hidden-size", "8", "--json"]
    with subprocess.Popen(
        [*COMMAND, "train", "tale.txt", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        while b'"saved"' not in (line := process.stdout.readline()):
            assert line
        began = time.monotonic()
        process.send_signal(number)
        process.stdout.read()
        assert process.wait(timeout=60) == code
        assert time.monotonic() - began < 30  # a machine may be busy; the promise of half a second is timed elsewhere
        said = process.stderr.read().decode()
    assert re.fullmatch(
        r"Interrupted after [\d,]+ updates; the state is saved\.\nTo continue, repeat the command with --resume\.\n",
        said,
    )
    assert left() == FILES
    assert load(folder / "models" / "tale.npz").header["training"]["updates"] >= 1
