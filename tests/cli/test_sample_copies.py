"""`sample` and copies of the training text: what is said of them, and what is not written."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from lstmgen.api import load
from lstmgen.sampling.novel import MAX_LINE_TRIES
from lstmgen.text import load_corpus
from tests.cli.running import Runner, cycle
from tests.naive import copies as naive
from tests.training.runs import text

NAMES = ["ab", "ba", "abba", "baab", "aabb"]
MISSING = "it is no longer here, or has changed"


@pytest.fixture
def story(run: Runner, folder: Path) -> str:
    """A model of a small text, and the part of it that it learned from."""
    whole = text(6_000)
    (folder / "models").mkdir()
    Path("story.txt").write_text(whole, encoding="utf-8")
    train = ("train", "story.txt", "--steps", "300", "--hidden-size", "32", "--learning-rate", "0.01", "--seed", "1")
    assert run(*train, "--validation", "0.05", "-q").code == 0
    return whole[: load("story").header["corpus"]["split"]]


@pytest.fixture
def names(run: Runner, folder: Path) -> None:
    (folder / "models").mkdir()
    Path("names.txt").write_text("".join(f"{name}\n" for name in NAMES * 3), encoding="utf-8")
    assert run("train", "names.txt", "--lines", "--steps", "30", "--hidden-size", "12", "--seed", "1", "-q").code == 0


def longest(learned: str, written: str) -> int:
    return naive.longest([list(learned)], [[list(written)]])


def test_copies_beside_held_out_text(run: Runner, story: str) -> None:
    ran = run("sample", "--copies", "-n", "100", "--seed", "4", "-q")
    assert ran.code == 0
    written, held_out = ran.out.removesuffix("\n"), text(6_000)[len(story) :]
    pieces = [[list(held_out[k : k + 100])] for k in (0, 100, 200)]
    there, beside = longest(story, written), naive.longest([list(story)], pieces, 2)
    new = naive.new_share([story], [written], 10)
    held = naive.new_share([story], [held_out[k : k + 100] for k in (0, 100, 200)], 10)
    found = ran.err.splitlines()
    assert found[:2] == [
        f"Longest passage copied from the training text: {there} of 100 generated characters "
        f"(in as much validation text: {beside}).",
        f"10-character sequences that are new: {100 * new:.1f} % (in validation text: {100 * held:.1f} %).",
    ]
    shown = found[2].removeprefix("The longest copied passage: ").replace("\\n", "\n")
    assert (len(shown), shown in story, shown in written) == (there, True, True)
    ran = run("sample", "--copies", "-n", "100", "--seed", "4", "-q", "--json")
    copies = json.loads(ran.out)["copies"]
    assert copies["example"] == shown
    assert copies["written"] == {"tokens": 100, "longest": there, "new": pytest.approx(new), "lines": None}
    assert copies["held_out"] == {"tokens": 100, "longest": beside, "new": pytest.approx(held), "lines": None}
    assert (copies["searched"], copies["whole"], copies["pieces"]) == (len(story), True, 3)


def test_novel_text_copies_no_more(run: Runner, story: str) -> None:
    how = ("-n", "200", "--seed", "4", "--temperature", "0.5")
    assert longest(story, run("sample", "-q", *how).out[:-1]) > 10
    ran = run("sample", "--novel", "10", *how)
    assert (ran.code, len(ran.out)) == (0, 201)
    assert longest(story, ran.out[:-1]) == 10
    said = re.fullmatch(
        r"Steps taken back to avoid copying more than 10 characters: ([\d,]+)\.", ran.err.splitlines()[-1]
    )
    assert said
    found = json.loads(run("sample", "--novel", "10", *how, "--json").out)
    assert found["samples"] == [
        {"text": ran.out[:-1], "tokens": 200, "stopped": "length", "again": int(said[1].replace(",", ""))}
    ]
    assert found["settings"]["novel"] == 10


def test_novel_words(run: Runner, folder: Path) -> None:
    Path("story.txt").write_text(text(6_000), encoding="utf-8")
    Path("models").mkdir()
    train = ("train", "story.txt", "--level", "word", "--steps", "60", "--hidden-size", "12", "--seed", "1", "-q")
    assert run(*train).code == 0
    ran = run("sample", "--novel", "4", "-n", "60", "--seed", "1", "-p", "Doug saw", "--no-echo", "--copies", "-q")
    corpus = load_corpus(["story.txt"], level="word")
    new = corpus.vocabulary.encode(ran.out[:-1].lstrip(" "))[0]
    assert naive.longest([corpus.training.tolist()], [[new.tolist()]]) == 4
    assert ran.err.startswith(
        f"Longest passage copied from the training text: 4 of {len(new)} generated words (in as m"
    )


def test_without_the_training_text(run: Runner, story: str) -> None:
    Path("story.txt").write_text("another", encoding="utf-8")
    ran = run("sample", "--copies", "-n", "9", "--seed", "4", "-q")
    assert (ran.code, len(ran.out)) == (0, 10)
    assert ran.err == f"What was copied cannot be determined without the training text: {MISSING}.\n"
    ran = run("sample", "--novel", "9", "--seed", "4", "-q", "-o", "new.txt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"Error: --novel needs the text that the model learned from: {MISSING}.\n"
        "Name that text with --corpus, put it beside the model, or leave --novel out.\n"
    )
    assert not Path("new.txt").exists()


def test_lines_are_new_and_unique(run: Runner, names: None) -> None:
    how = ("--num-samples", "20", "--seed", "3", "--temperature", "1")
    plain = run("sample", *how, "--allow-copies").out.split("\n")[:-1]
    assert len(set(plain) - set(NAMES)) < 20
    ran = run("sample", *how)
    lines = ran.out.split("\n")[:-1]
    assert (ran.code, len(lines), len(set(lines)), set(lines) & set(NAMES)) == (0, 20, 20, set())
    again = sum(sample["again"] for sample in json.loads(run("sample", *how, "--json").out)["samples"])
    assert again > 0
    assert ran.err.splitlines()[-1] == f"20 lines that are not in the training text. Redrawn: {again}."
    assert run("sample", "--num-samples", "6", *how[2:], "-q").out.split("\n")[:-1] == lines[:6]
    Path("names.txt").unlink()
    ran = run("sample", *how)
    lines = ran.out.split("\n")[:-1]
    assert (len(lines), len(set(lines))) == (20, 20)
    assert f"Whether these lines are in the training text is unknown: {MISSING}." in ran.err.splitlines()[-1]


def test_a_last_line_without_an_end_is_a_line_too(run: Runner, names: None) -> None:
    Path("names.txt").write_text("\n".join(NAMES * 3), encoding="utf-8")
    how = ("train", "names.txt", "--lines", "--steps", "30", "--hidden-size", "12", "--seed", "1", "-q", "--force")
    assert run(*how).code == 0
    ran = run("sample", "--num-samples", "20", "--seed", "3", "--temperature", "1")
    lines = ran.out.split("\n")[:-1]
    assert (ran.code, len(lines), set(lines) & set(NAMES)) == (0, 20, set())
    assert "20 lines that are not in the training text." in ran.err
    ran = run("sample", "--num-samples", "20", "--seed", "3", "--allow-copies")
    many = sum(line in NAMES for line in ran.out.split("\n")[:-1])
    assert many > 0 and f"{many} of 20 lines are in the training text." in ran.err


def test_lines_that_had_not_ended_are_not_counted(run: Runner, names: None) -> None:
    how = ("--num-samples", "20", "--seed", "3", "--temperature", "1")
    whole = run("sample", *how, "--allow-copies").out.split("\n")[:-1]
    ended = [line for line in whole if len(line) < 4]  # with its end, a line of four letters is of five tokens
    ran = run("sample", *how, "--allow-copies", "--length", "4")
    assert [line for line in ran.out.split("\n")[:-1] if len(line) < 4] == ended
    cut, old = 20 - len(ended), sum(line in NAMES for line in ended)
    assert 0 < cut < 20
    assert ran.err.splitlines()[-1] == (
        f"{old} of {20 - cut} lines are in the training text. {cut} of 20 lines were cut at 4 characters and not "
        "counted; with --length 5 more of them would end."
    )
    ran = run("sample", "--num-samples", "1", "--seed", "3", "-n", "1", "--allow-copies")
    assert ran.err.splitlines()[-1] == (
        "1 of 1 line was cut at 1 character and not counted; with --length 5 more of them would end."
    )
    cycle(list("abc"), lines=True).save("m.npz")  # it knows no line's end, and its file no longest line
    ran = run("sample", "-m", "m.npz", "--num-samples", "2", "--allow-copies", "-n", "7")
    assert ran.err.splitlines()[-1] == (
        "2 of 2 lines were cut at 7 characters and not counted; with --length 14 more of them would end."
    )


def test_the_next_command_works_where_few_lines_are_different(run: Runner, folder: Path) -> None:
    (folder / "models").mkdir()
    Path("answers.txt").write_text("yes\nno\nmaybe\n" * 400, encoding="utf-8")
    ran = run("train", "answers.txt", "--lines", "--steps", "300", "--seed", "1", "--hidden-size", "16")
    assert ran.code == 0
    assert ran.err.startswith(
        "1,197 of 1,200 lines repeat another line. With only 3 different lines none is set aside, so there will be "
        "no validation loss.\n"
    )
    (command,) = (line.split() for line in ran.err.splitlines() if line.startswith("  lstmgen sample"))
    assert command == ["lstmgen", "sample", "-m", "answers", "--num-samples", "20", "--allow-copies"]
    ran = run(*command[1:])
    assert (ran.code, len(ran.out.splitlines())) == (0, 20)
    ran = run("sample", "--num-samples", "20")
    assert ran.code == 2 and "allow repeats with --allow-copies" in ran.err


def test_a_text_from_standard_input(run: Runner, names: None, monkeypatch: pytest.MonkeyPatch) -> None:
    data = "\n".join(NAMES * 3).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    how = ("train", "-", "--lines", "--steps", "30", "--hidden-size", "12", "--seed", "1", "-q", "-o", "m.npz")
    assert run(*how).code == 0
    sample = ("sample", "-m", "m.npz", "--num-samples", "3", "--seed", "3")
    nowhere = "it came from standard input, and no file here or beside the model contains it."
    assert run(*sample).err.splitlines()[-1].endswith(f"is unknown: {nowhere}")
    (folder_elsewhere := Path("elsewhere")).mkdir()
    there = folder_elsewhere / "some.txt"
    there.write_bytes(data)
    assert run(*sample, "--corpus", str(there)).err.splitlines()[-1].startswith("3 lines that are not in the training")
    assert run(*sample, "--novel", "9", "--corpus", str(there)).code == 0
    ran = run(*sample, "--novel", "9", "--corpus", "names.txt")  # which ends with a newline
    assert (ran.code, "learned from: names.txt is another one or has changed.\n" in ran.err) == (2, True)
    ran = run(*sample, "--novel", "9", "--corpus", "nowhere.txt")
    assert (ran.code, "There is no file" in ran.err) == (2, True)
    there.rename("some.txt")
    assert run(*sample).err.splitlines()[-1].startswith("3 lines that are not in the training text.")


def test_copies_among_lines(run: Runner, names: None) -> None:
    ran = run("sample", "--num-samples", "20", "--seed", "3", "--allow-copies", "--copies", "-q")
    lines = ran.out.split("\n")[:-1]
    many = sum(line in NAMES for line in lines)
    assert ran.err.startswith(f"Generated lines that are in the training text: {many} of 20.\n")
    loud = run("sample", "--num-samples", "20", "--seed", "3", "--allow-copies", "--copies").err
    assert loud.endswith(ran.err) and loud.count("training text: ") == ran.err.count("training text: ")  # said once
    assert "lines are in the training text" not in loud
    there = naive.longest([list(name) for name in NAMES], [[list(line) for line in lines]])
    assert (
        f"Longest passage copied from the training text: {there} of {sum(map(len, lines))} generated characters"
        in ran.err
    )


def test_all_by_heart(run: Runner, folder: Path) -> None:
    cycle(["a", "b", "\n"], lines=True).save("m.npz")
    ran = run("sample", "-m", "m.npz", "--num-samples", "3", "--seed", "1", "-q")
    assert (ran.code, ran.out) == (2, "ab\n")
    assert ran.err == (
        f"Error: Only 1 of 3 lines could be written: {MAX_LINE_TRIES} attempts at the next one gave lines that are in "
        "the training text or had been written already.\n"
        "Try a higher --temperature, or allow repeats with --allow-copies.\n"
    )
    ran = run("sample", "-m", "m.npz", "--num-samples", "3", "--seed", "1", "-q", "--json")
    assert (ran.code, [sample["text"] for sample in json.loads(ran.out)["samples"]]) == (2, ["ab"])
    assert run("sample", "-m", "m.npz", "--num-samples", "3", "--allow-copies", "-q").out == "ab\nab\nab\n"


def test_no_way_on_is_said(run: Runner, folder: Path) -> None:
    Path("pairs.txt").write_text("".join(a + b for a in "ab\n" for b in "ab\n"), encoding="utf-8")  # every pair
    assert run("train", "pairs.txt", "--steps", "2", "--seed", "1", "-q", "-o", "m.npz").code == 0
    ran = run("sample", "-m", "m.npz", "--novel", "1", "--seed", "1", "-q")
    assert (ran.code, ran.out) == (2, "\n")
    assert ran.err == (
        "Error: 1 of 1 samples ended early, the first after 0 tokens: every continuation would have copied more than "
        "1.\nTry a larger --novel, or a higher --temperature.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--novel", "0"], "--novel must be a whole number from 1 to 1,000,000, not 0.\n"
            "Try 'lstmgen sample --help' for help.\n"),
        (["--allow-copies"], "--allow-copies only applies to models trained with --lines.\n"
            "Leave it out: this model's text is not filtered for copies.\n"),
        (["--corpus", "abc.txt"], "--corpus names the training text, but no option given here needs it.\n"
            "Add --ngram-weight auto, --novel N or --copies, or leave it out.\n"),
    ],
)  # fmt: skip
def test_errors(run: Runner, folder: Path, arguments: list[str], said: str) -> None:
    cycle(list("abc")).save("m.npz")
    ran = run("sample", "-m", "m.npz", "-q", *arguments)
    assert (ran.code, ran.out, ran.err) == (2, "", "Error: " + said)


def test_from_python(run: Runner, story: str, folder: Path) -> None:
    model = load("story")
    assert longest(story, model.sample(length=150, seed=2, novel=5)) == 5
    lines = cycle(["a", "b", "\n"], lines=True)
    assert lines.samples(3, seed=1) == ["ab"] * 3
    assert np.all([piece.text == "ab" for piece in lines.write(lines.request(seed=1, allow_copies=False))])
