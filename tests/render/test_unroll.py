"""The picture of the chain: it fits the screen, says what the links say, and wraps."""

import re

import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.unroll.data import chain_table
from lstmgen.inspect.unroll.measure import Chain, Guess, Link, carried_names
from lstmgen.inspect.unroll.picture import draw_chain

TOKENS = [".", "Doug", "Jane", "Spot", "saw"]


def made_up(text=6, own=10, cell="lstm", tokens=TOKENS, anew=()):
    links, size = [], len(tokens)
    for at in range(text + own + 1):
        guesses = tuple(Guess((at + k) % size, tokens[(at + k) % size], p) for k, p in enumerate((0.62, 0.2, 0.001)))
        last = at == text + own
        links.append(
            Link(
                id=(at - 1) % size if at else -1, token=tokens[(at - 1) % size] if at else None, own=at > text,
                anew=at == 0 or at in anew, predicted=guesses, next_id=None if last else at % size,
                next_p=None if last else 0.62,
            )
        )  # fmt: skip
    return Chain(cell, size, tuple(links))


def plain(chain, **options):
    return draw_chain(chain, Frame(), name="tale", **options).plain


@pytest.mark.parametrize("cell", CELL_FACTS)
@pytest.mark.parametrize("colours", (None, "truecolor", "256"))
@pytest.mark.parametrize(("width", "height"), ((80, 22), (120, 40), (40, 22), (80, 10)))
@pytest.mark.parametrize("sizes", ((6, 24), (400, 24), (0, 24), (3, 2), (30, 0)))
def test_it_fits_one_screen(cell, colours, width, height, sizes):
    picture = draw_chain(made_up(*sizes, cell), Frame(width, height, colours))
    assert picture.width <= width
    assert len(picture.lines) <= max(height, 15)
    text = picture.plain
    assert ("More: --all" in text) == text.startswith("token")
    assert ("More: --all" in text) == (" nothing " not in text.replace("from nothing", ""))
    assert ("⇡" in text) == (sizes[1] > 0)


def test_one_hot_lists_words_and_arrows():
    lines = plain(made_up(3, 2)).splitlines()
    assert lines[0] == "tale · all 3 tokens, then 2 of its own · chain of predictions"
    assert re.split(r"\s{2,}", lines[1].strip()) == [
        "›. .62",
        "›Doug .62",
        "›Jane .62",
        "›Spot .62",
        "›saw .62",
        ". .62",
    ]
    assert lines[3].strip() == ""  # hardly expected
    assert lines[6].split() == ["↑", "↑", "↑", "↑", "⇡", "⇡"]
    assert lines[7].split() == ["nothing", ".", "Doug", "Jane", "Spot", "saw"]
    assert re.findall(r"\[.*?\]", lines[8]) == [
        "[0 0 0 0 0]", "[1 0 0 0 0]", "[0 1 0 0 0]", "[0 0 1 0 0]", "[0 0 0 1 0]", "[0 0 0 0 1]",
    ]  # fmt: skip
    assert lines[5].count("─▸─■") == 3 and lines[5].count("┄▸┄■") == 2


def test_a_large_vocabulary_has_places():
    shown = plain(made_up(3, 2, tokens=[f"word{k}" for k in range(500)]))
    assert re.findall(r"all 0|#\d+", shown) == ["all 0", *(f"#{k}" for k in range(5))]
    assert "one-hot vector of 500 values" in shown.replace("\n", " ")


def test_both_names_of_what_is_carried():
    assert carried_names("lstm") == "memory c (cell state) and prediction h (output)"
    assert carried_names("rnn") == "prediction h (output)"
    assert {entry.lecture for entry in CELL_FACTS["lstm"].legend} >= {"memory", "prediction"}
    assert " h " in plain(made_up(cell="rnn")) and " c h " not in plain(made_up(cell="rnn"))


def test_no_arrow_into_a_line_of_its_own():
    lines = plain(made_up(3, 0, anew=(2,))).splitlines()
    assert lines[5].count("▸") == 2
    assert re.findall(r"\[.*?\]", lines[8])[2] == "[0 0 0 0 0]"


def test_all_wraps_and_asked_steps_stay():
    chain = made_up(100, 24)
    assert plain(chain, whole=True).count("■") == 125
    cut = plain(chain)
    assert 10 < cut.count("■") < 20 and cut.count("⇡") == 5
    assert cut.startswith("tale · tokens 9") and " of 100, " in cut
    asked = plain(made_up(5, 24), own=24)
    assert asked.count("⇡") == 24 and "then 24 of its own" in asked
    assert plain(made_up(5, 3), own=3).count("⇡") == 3


def test_the_table_has_a_row_a_guess():
    table = chain_table(made_up(2, 1))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert len(rows) == 4 * 3
    assert rows[0] == {
        "position": -1, "token": None, "id": -1, "own": False, "rank": 0, "predicted": ".", "predicted_id": 0,
        "p": 0.62, "p_of_next": 0.62,
    }  # fmt: skip
    assert rows[-1]["own"] and rows[-1]["p_of_next"] is None


def test_hostile_tokens_are_cleaned():
    chain = made_up(2, 2, tokens=["\x1b[31m", "\n", "a", "b"])
    shown = draw_chain(chain, Frame()).plain
    assert "\x1b" not in shown and "↵" in shown
