"""A notebook, executed: training updates one display, and every view is a picture."""

import pytest

pytest.importorskip("nbconvert")
pytest.importorskip("ipykernel")

from tests.peers.notebook import executed, page


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    return executed(tmp_path_factory.mktemp("notebook"))


def html_of(cell) -> list[str]:
    return [output["data"].get("text/html", "") for output in cell.outputs if "data" in output]


def test_training_updates_one_display(notebook):
    (shown,) = html_of(notebook.cells[0])
    assert "updates" in shown
    assert "bits" in shown
    assert not [output for output in notebook.cells[0].outputs if output.output_type == "stream"]


def test_a_model_says_what_it_is(notebook):
    (shown,) = html_of(notebook.cells[1])
    assert "<table" in shown
    assert "lstm" in shown


@pytest.mark.parametrize("place", [2, 3, 4])
def test_views_are_pictures(notebook, place):
    (shown,) = html_of(notebook.cells[place])
    assert shown.count("<svg") == 1
    assert shown.count("<text") > 20


def test_the_command_line_prints_plain_rows(notebook):
    printed = "".join(output.text for output in notebook.cells[5].outputs)
    assert "Saved small.npz" in printed
    assert "\x1b" not in printed
    assert "\r" not in printed.replace("\r\n", "\n")


def test_it_becomes_a_page(notebook):
    assert page(notebook).count("<svg") >= 3
