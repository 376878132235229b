"""Every shipped corpus: its entry, its size, and that its generator makes it byte for byte."""

import pytest

from tests.corpora.shipped import FOLDER, INDEX, made_anew, text


def test_the_index_names_what_is_there():
    assert {entry["file"] for entry in INDEX.values()} == {path.name for path in FOLDER.glob("*.txt")}
    for name, entry in INDEX.items():
        assert set(entry) == {"file", "level", "lines", "about"}
        assert entry["level"] in ("char", "word")
        assert isinstance(entry["lines"], bool)
        assert entry["about"].endswith(".")
        assert (FOLDER / f"make_{name.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("name", INDEX)
def test_the_generator_makes_the_very_bytes(name):
    assert made_anew(name, hash_seed="7") == (FOLDER / INDEX[name]["file"]).read_bytes()


@pytest.mark.parametrize("name", INDEX)
def test_plain_text_of_a_moderate_size(name):
    assert text(name).isascii()
    assert all(c == "\n" or c.isprintable() for c in text(name))
    low, high = (500_000, 900_000) if name == "storybook" else (20_000, 120_000)
    assert low <= len(text(name)) <= high
