"""Tables of mistakes: they fit the screen and their numbers are the results."""

import re

import pytest

from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.mistakes.measure import SENTENCE_KINDS, WritingSample
from lstmgen.inspect.mistakes.memory_tasks import COUNTS, FILLERS, LENGTHS, TaskResult
from lstmgen.inspect.mistakes.picture import MistakesResults, draw_mistakes, mistakes_table, whole_percent

COUNTED = (166, 85, 245, 503, 1)


def made_up():
    writings = {
        "no memory: word pairs": WritingSample("", dict(zip(SENTENCE_KINDS, COUNTED, strict=True)), 0.89583),
        "plain RNN, 32 units": WritingSample("", dict(zip(SENTENCE_KINDS, (1000, 0, 0, 0, 0), strict=True)), 0.4481),
        "LSTM, 32 units": WritingSample("", dict(zip(SENTENCE_KINDS, (998, 2, 0, 0, 0), strict=True)), 0.448),
    }
    places = {"fillers": FILLERS, "counting": COUNTS, "reber": [f"{a}-{b}" for a, b in LENGTHS]}
    tasks = {
        task: {
            net: TaskResult(tuple(map(str, at)), tuple((k * 37 + n) % 101 for k in range(len(at))), 100)
            for n, net in enumerate(["plain RNN, 32 units", "LSTM, 32 units"])
        }
        for task, at in places.items()
    }
    return MistakesResults(writings, tasks, {"steps": 6000, "seed": 1})


@pytest.mark.parametrize("colours", (None, "truecolor", "256"))
def test_all_tables_are_one_screen(colours):
    picture = draw_mistakes(made_up(), Frame(80, colours=colours))
    assert len(picture.lines) <= 22
    assert picture.width <= 80
    assert "…" not in picture.plain
    assert picture.plain == draw_mistakes(made_up(), Frame(80, colours=None)).plain
    assert draw_mistakes(made_up(), Frame(40, colours=colours)).width <= 40


def test_numbers_are_the_results():
    results = made_up()
    lines = draw_mistakes(results, Frame(80, colours=None)).plain.splitlines()
    assert lines[1].split() == [
        "6,000",
        "updates,",
        "seed",
        "1",
        "right",
        "same",
        "name",
        "run-on",
        "fragment",
        "other",
        "nats",
        "a",
        "token",
    ]
    assert lines[2].split()[-6:] == ["166", "85", "245", "503", "1", "0.8958"]
    assert lines[3].split()[-6:] == ["1,000", "0", "0", "0", "0", "0.4481"]
    assert "0.4479" in lines[5] and lines[5].startswith("the best")
    for title, task in (("very", "fillers"), ("aaabbb", "counting"), ("Reber", "reber")):
        at = next(k for k, line in enumerate(lines) if title in line)
        first = next(iter(results.tasks[task].values()))
        assert tuple(lines[at + 1].split()) == first.at
        for row, series in enumerate(results.tasks[task].values()):
            numbers = lines[at + 2 + row].split()[-len(series.hits) :]
            assert numbers == [str(hits) for hits in series.hits]
            ends = [[found.end() for found in re.finditer(r"\S+", lines[at + k])] for k in (1, 2 + row)]
            assert ends[0] == ends[1][-len(ends[0]) :]


@pytest.mark.parametrize(
    ("hits", "of", "text"),
    ((0, 300, "0"), (1, 300, "<1"), (2, 300, "1"), (150, 300, "50"), (299, 300, ">99"), (300, 300, "100")),
)
def test_percentages(hits, of, text):
    assert whole_percent(hits, of) == text


def test_fewer_sentences_are_said():
    writing = WritingSample("", dict(zip(SENTENCE_KINDS, (3, 0, 0, 0, 0), strict=True)), 1.0)
    none = WritingSample("", dict.fromkeys(SENTENCE_KINDS, 0), 1.0)
    assert (
        "on and on" in draw_mistakes(MistakesResults({"a": writing, "b": none}), Frame(80, colours="truecolor")).plain
    )
    assert "on and on" not in draw_mistakes(made_up(), Frame(80, colours=None)).plain


def test_the_table_has_every_number():
    results = made_up()
    rows = list(mistakes_table(results).rows)
    assert ["book", "no memory: word pairs", "fragment", 503, 1000] in rows
    assert ["book", "LSTM, 32 units", "nats a token", 0.448, None] in rows
    assert ["counting", "LSTM, 32 units", "20", results.tasks["counting"]["LSTM, 32 units"].hits[-1], 100] in rows
    assert len(rows) == 3 * 6 + 1 + 2 * (len(FILLERS) + len(COUNTS) + len(LENGTHS))
