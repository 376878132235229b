"""From Python: times as they are typed, errors that name arguments, and what is no path refused in one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lstmgen
from lstmgen.api import plan
from lstmgen.api.keywords import as_keywords, options_as_typed
from lstmgen.errors import LstmgenError, UsageError
from lstmgen.training.events import Event, Planned
from tests.cli.running import cycle

TEXT = "It was a fine day, and the fox went home.\n" * 60


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("--hidden-size must be a whole number.", "hidden_size must be a whole number."),
        ("Leave --seq-length 64 out, or --cell gru.", 'Leave seq_length=64 out, or cell="gru".'),
        ("--embedding-size 0 means none.", "embedding_size=0 means none."),
        ("Keep both: --out models/ANOTHER.npz. Replace it: --force.",
            'Keep both: out="models/ANOTHER.npz". Replace it: force=True.'),
        ("Continue it: --resume --time 10m", 'Continue it: lstmgen.resume(...) time="10m"'),
        ("Train without --from, or give --untied.", "Train without from_model, or give tied=False."),
        ("Give --num-layers 2 or more.", "Give num_layers=2 or more."),
        ("Try lstmgen train --time 3m", "Try lstmgen train --time 3m"),
        ("This run has no --lines, not --lines.", "This run has lines=False, not lines=True."),
        ("There is no --out to be had.", "There is no out to be had."),
        ("a -- b --- c x--y", "a -- b --- c x--y"),
    ],
)  # fmt: skip
def test_options_become_arguments(typed: str, named: str) -> None:
    assert as_keywords(typed) == named


def message(**arguments: Any) -> str:
    with pytest.raises(LstmgenError) as caught:
        lstmgen.train(text=TEXT, **arguments)
    return str(caught.value)


def test_errors_name_arguments(tmp_path: Path) -> None:
    assert message(hidden_size=0) == "hidden_size must be a whole number from 1 to 65,536, not 0."
    assert message(time=5, steps=3) == "time and steps both set the budget; give only one of them."
    assert message(tied=True, embedding_size=0).startswith("tied=True needs an embedding, but embedding_size=0 means")
    assert message(time="5x") == "time '5x' is not a duration.\nWrite it as 90, 90s, 5m or 1h30m."
    model = cycle(["a", "b"])
    with pytest.raises(UsageError, match=r"^temperature must be a number from 0"):
        model.sample(temperature=-1)
    with pytest.raises(UsageError, match=r"^adapt_rate only has an effect with adapt=True"):
        model.score("abab", adapt_rate=0.1)
    with options_as_typed(), pytest.raises(UsageError, match=r"^--temperature must be"):
        model.sample(temperature=-1)
    assert message(hidden_size=0).startswith("hidden_size")


def test_a_time_as_it_is_typed() -> None:
    events: list[Event] = []
    for time in ("90s", "1m30s", 90):
        plan(text=TEXT, time=time, seed=1, on_event=events.append)
    budgets = [event.plan.budget for event in events if isinstance(event, Planned)]
    assert len(budgets) == 3 and budgets[0] == budgets[1] == budgets[2]
    model = lstmgen.train(text=TEXT, time="0.05s", hidden_size=4, seed=1)
    assert model.header["training"]["budget"] == {"kind": "time", "amount": 0.05}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (TEXT, "'It was a fine day, and the fox...' is not the path of a file; a text itself is given as text=TEXT."),
        ("one\ntwo", "'one\\ntwo' is not the path of a file; a text itself is given as text=TEXT."),
        ("long " * 100, "'long long long long long long ...' is not the path of a file; a text itself is given as "
            "text=TEXT."),
        (["a.txt", "b.txt"], "A list is no path: give several paths one by one, as in train(*paths)."),
        (b"bytes", "Bytes are neither a path nor a text: decode them and give text=data.decode()."),
        (None, "None is no path: give the path of a text as a str or Path; a text itself is given as text=TEXT."),
        (7, "A value of type int is no path: give the path of a text as a str or Path; a text itself is given as "
            "text=TEXT."),
    ],
)  # fmt: skip
def test_what_is_no_path(path: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        lstmgen.train(path, steps=1)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"bytes", "text= takes a str, not bytes: decode it first, as in text.decode()."),
        (["a", "b"], 'text= takes a str, not list: join its parts first, as in "\\n".join(text).'),
        (7, "text= takes a str, not int."),
    ],
)
def test_what_is_no_text(text: Any, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        lstmgen.train(text=text, steps=1)
    assert str(caught.value) == said


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    odd = tmp_path / "two\nlines.txt"
    odd.write_text(TEXT, encoding="utf-8")
    for path in (odd, str(odd)):
        assert lstmgen.train(path, steps=2, hidden_size=4).header["corpus"]["characters"] == len(TEXT)
