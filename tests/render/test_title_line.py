"""The first line of a picture."""

from lstmgen.inspect.canvas.labels import title_line


def test_a_model_without_a_name_leaves_no_mark() -> None:
    assert title_line("ready", "a text", "9 tokens") == "ready · a text · 9 tokens"
    assert title_line("", "a text") == "a text"
