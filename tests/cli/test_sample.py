"""`lstmgen sample` as it is typed: the product alone on stdout, everything else on stderr."""

import json
from pathlib import Path

import pytest

from tests.cli.running import Runner, cycle, run_alone

ABOUT = "model abc (plain RNN 1 x 3, characters, ./models)\n"
HELP = "Try 'lstmgen sample --help' for help.\n"


@pytest.fixture
def abc(folder: Path) -> Path:
    """A model that writes abcabc... for ever."""
    (folder / "models").mkdir()
    path = Path("models/abc.npz")
    cycle(list("abc")).save(path)
    return path


def test_the_product_and_the_talk(run: Runner, abc: Path) -> None:
    ran = run("sample", "-n", "7", "--seed", "5")
    assert (ran.code, ran.out, ran.err) == (0, "abcabca\n", ABOUT)


def test_a_drawn_seed_is_printed_and_repeats_the_run(run: Runner, abc: Path) -> None:
    first = run("sample", "-n", "40", "--temperature", "1e6")
    about, seed = first.err.splitlines()
    assert about + "\n" == ABOUT
    assert seed.startswith("seed ")
    again = run("sample", "-n", "40", "--temperature", "1e6", "--seed", seed.removeprefix("seed "))
    assert again.out == first.out


def test_default_length_is_500_characters(run: Runner, abc: Path) -> None:
    assert run("sample", "-q").out == ("abc" * 167)[:500] + "\n"


def test_prompt_echo_and_stop(run: Runner, abc: Path) -> None:
    assert run("sample", "-q", "-n", "3", "-p", "ab").out == "abcab\n"
    assert run("sample", "-q", "-n", "3", "-p", "ab", "--no-echo").out == "cab\n"
    assert run("sample", "-q", "-p", "ab", "--stop", "bc").out == "abca\n"
    Path("prompt.txt").write_text("ca", encoding="utf-8")
    assert run("sample", "-q", "-n", "2", "--prompt-file", "prompt.txt").out == "cabc\n"


def test_a_prompt_from_standard_input(abc: Path, folder: Path) -> None:
    ran = run_alone("sample", "-n", "2", "--seed", "1", "--prompt-file", "-", cwd=folder, stdin=b"bc")
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (0, b"bcab\n", ABOUT)


def test_several_samples_are_separated_by_an_empty_line(run: Runner, abc: Path) -> None:
    assert run("sample", "-q", "-n", "3", "--num-samples", "3").out == "abc\n\nabc\n\nabc\n"


def test_to_a_file(run: Runner, abc: Path) -> None:
    ran = run("sample", "-n", "3", "--seed", "1", "-o", "new.txt")
    assert (ran.code, ran.out, ran.err) == (0, "", ABOUT + "wrote new.txt\n")
    assert Path("new.txt").read_bytes() == b"abc\n"


def test_json_is_one_object(run: Runner, abc: Path) -> None:
    ran = run("sample", "--json", "-n", "4", "--num-samples", "2", "--seed", "9", "-p", "b", "--stop", "bc")
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "model": "models/abc.npz",
        "prompt": "b",
        "settings": {
            "length": 4, "temperature": 0.8, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "num_samples": 2, "stop": "bc",
            "seed": 9, "precision": "float32", "novel": None, "allow_copies": False,
        },
        "notes": [],
        "held": [],
        "aids": None,
        "samples": [{"text": "ca", "tokens": 4, "stopped": "stop", "again": 0}] * 2,
        "copies": None,
    }  # fmt: skip
    assert ran.out.count("\n") == 1


def test_unseen_characters(run: Runner, abc: Path) -> None:
    ran = run("sample", "-n", "2", "--seed", "1", "-p", "aXb")
    assert (ran.code, ran.out) == (0, "abca\n")
    assert ran.err == ABOUT + "The model does not know the character 'X' (U+0058): skipped.\n"
    ran = run("sample", "-n", "2", "-p", "aX", "--unknown", "error")
    assert (ran.code, ran.out) == (3, "")
    assert "does not know the character 'X' (U+0058)" in ran.err


def test_lines_and_how_many_are_copies(run: Runner, folder: Path) -> None:
    (folder / "models").mkdir()
    Path("names.txt").write_bytes(b"ab\nba\n" * 3)
    assert run("train", "names.txt", "--lines", "--steps", "2", "--seed", "1", "-q").code == 0
    ran = run("sample", "--num-samples", "20", "--seed", "3", "--temperature", "1", "--allow-copies")
    lines = ran.out.removesuffix("\n").split("\n")
    assert len(lines) == 20
    known = sum(line in {"ab", "ba"} for line in lines)
    assert ran.err.splitlines()[-1] == f"{known} of 20 lines are in the training text."
    Path("names.txt").write_bytes(b"ab\nba\n" * 4)
    ran = run("sample", "--num-samples", "2", "--seed", "3", "--allow-copies")
    cannot = "Whether these lines are in the training text is unknown: it is no longer here, or has changed."
    assert ran.err.splitlines()[-1] == cannot


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--temperature", "nan"], 2, "Error: --temperature must be a number from 0 to 1e+09, not nan.\n" + HELP),
        (["--temperature", "-1"], 2, "Error: --temperature must be a number from 0 to 1e+09, not -1.0.\n" + HELP),
        (["--temperature", "0,5"], 2, "Error: --temperature must be a number, with a point, not '0,5'.\n" + HELP),
        (["-n", "many"], 2, "Error: --length must be a whole number, not 'many'.\n" + HELP),
        (["--precision", "half"], 2, "Error: --precision must be one of float32, bf16, not 'half'.\n" + HELP),
        (["Once upon a time"], 2, "Error: Got unexpected extra argument(s) (Once upon a time)\n"
            "A model is named by -m, a prompt by -p.\n" + HELP),
        (["--top-p", "1.5"], 2, "Error: --top-p must be a number from 0 to 1, not 1.5.\n" + HELP),
        (["--length", "-1"], 2, "Error: --length must be a whole number from 0 to 1,099,511,627,776, not -1.\n" + HELP),
        (["--stop", ""], 2, "Error: --stop must be a text of at least one character.\n" + HELP),
        (["-m", "abd"], 2, "Error: There is no model 'abd'.\nDid you mean 'abc'?\n"),
        (["-p", "a", "--prompt-file", "b"], 2,
            "Error: --prompt and --prompt-file both give the prompt.\nUse only one of them.\n"),
        (["--prompt-file", "no"], 2, "Error: No such file or directory: no.\nCheck the path.\n"),
        (["--prompt-file", "bytes"], 3, ABOUT + "Error: bytes is not UTF-8: byte 0xe9 at offset 1 (line 1): the text "
            "ends in the middle of a character.\nIt would read:\n  --encoding cp1252  aé\n"
            "Choose the --encoding that reads right, or save it as UTF-8.\n"),
        (["-p", "a", "--encoding", "cp1252"], 2, "Error: --encoding is that of a file, but none is read.\n"
            "Name one with --prompt-file, or leave it out.\n"),
        (["--prompt-file", "bytes", "--encoding", "cp-1252x"], 2,
            "Error: --encoding 'cp-1252x' is not a text encoding that Python knows.\nDid you mean cp1252?\n"),
        (["-o", "a.npz"], 2, "Error: --out a.npz is a name for a model, but sample writes text.\n"
            "Name a text file: --out new.txt\n"),
        (["-o", "no/a.txt"], 2, "Error: --out no/a.txt is in a folder that does not exist.\n"
            "Name a file in an existing folder.\n"),
        (["-o", "models"], 2, "Error: --out models is a folder.\nName a file in an existing folder.\n"),
    ],
)  # fmt: skip
def test_errors(run: Runner, abc: Path, arguments: list[str], code: int, said: str) -> None:
    Path("bytes").write_bytes(b"a\xe9")
    ran = run("sample", *arguments)
    assert (ran.code, ran.out, ran.err) == (code, "", said)


def test_a_file_that_is_no_model(run: Runner, folder: Path) -> None:
    Path("text.npz").write_bytes(b"no model")
    ran = run("sample", "-m", "text.npz")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.startswith("Error: text.npz cannot be used: ")


def test_a_reader_that_goes_away_ends_it_quietly(abc: Path, folder: Path) -> None:
    import subprocess

    from tests.cli.running import COMMAND, environment

    with subprocess.Popen(
        [*COMMAND, "sample", "-q", "-n", "100000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(),
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read(6) == b"abcabc"
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


def test_a_full_disk_is_said(abc: Path, folder: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    import subprocess

    from tests.cli.running import COMMAND, environment

    with full.open("wb") as out:
        ran = subprocess.run(
            [*COMMAND, "sample", "-q", "-n", "9"], stdout=out, stderr=subprocess.PIPE, cwd=folder, env=environment(),
            timeout=60, check=False,
        )  # fmt: skip
    assert ran.returncode == 5
    assert ran.stderr.decode() == "Error: No space left on device.\nCheck the disk, or give another path with --out.\n"
