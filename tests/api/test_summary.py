"""How Python and a notebook show a model."""

from __future__ import annotations

from pathlib import Path

import lstmgen
from lstmgen.api import Model
from tests.api.test_model import TOKENS, arrays


def test_a_model_says_what_it_is(tmp_path: Path) -> None:
    model = Model.from_arrays(arrays(), TOKENS)
    assert repr(model) == "<Model: lstm, 1 layer x 5 units, characters, 4 tokens>"
    model.save(tmp_path / "tiny.npz")
    model.header["training"]["final_bits_per_character"] = 1.5
    assert repr(model).startswith("<Model tiny: lstm,") and repr(model).endswith("4 tokens, 1.500 bits per character>")
    assert "\n" not in repr(model)


def test_a_notebook_shows_a_table_and_nothing_that_a_file_says_is_html(tmp_path: Path) -> None:
    model = Model.from_arrays(arrays(), TOKENS)
    model.path = tmp_path / "<script>alert(1)<\x1b>.npz"
    shown = model._repr_html_()
    assert shown.startswith("<table>") and "<script" not in shown and "\x1b" not in shown
    assert "&lt;script&gt;" in shown and "lstm" in shown and "1 layer x 5 units" in shown


def test_the_shipped_model_has_its_bits() -> None:
    assert "bits per character" in repr(lstmgen.load("ready"))
