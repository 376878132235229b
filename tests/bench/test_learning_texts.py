"""The texts of the results, and the tasks with a right and a wrong."""

import hashlib
import struct
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.bench.learning import tasks, texts
from tests.bench.turns import RowSkippedError


def test_a_text_is_cut_into_nine_tenths_and_the_rest():
    text = texts.Text("x", "", "a" * 1_115_394)
    assert [len(part) for part in text.parts()] == [1_003_854, 111_540]
    lines = texts.Text("x", "", "abc\n" * 10, lines=True)
    assert lines.parts() == ("abc\n" * 10, "")
    assert texts.Text("x", "", "abc\n" * 100, lines=True).parts() == ("abc\n" * 91, "abc\n" * 9)
    assert text.facts()["sha256"] == hashlib.sha256(b"a" * 1_115_394).hexdigest()


def test_both_parts_go_into_files_byte_for_byte(tmp_path):
    text = texts.Text("x", "", "Jané saw\n Spot." * 10, "word")
    paths = text.put(tmp_path)
    assert b"".join(path.read_bytes() for path in paths).decode("utf-8") == text.text
    assert text.options() == ["--level", "word"]


def test_texts_that_a_machine_has(tmp_path, monkeypatch):
    source = texts.python_source()
    assert len(source.text) > 800_000
    assert "class ArgumentParser" in source.parts()[0]
    assert "class ArgumentParser" not in source.parts()[1]
    monkeypatch.setattr(texts, "LOCALES", tmp_path)
    with pytest.raises(RowSkippedError, match=r"no bash\.mo in ru"):
        texts.messages("ru", "Russian")
    for name in texts.CATALOGUES:
        path = tmp_path / "ru" / "LC_MESSAGES" / f"{name}.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(catalogue({"": "Content-Type: text/plain; charset=UTF-8\n", f"of {name}": f"из {name}"}))
    found = texts.messages("ru", "Russian")
    assert sorted(found.text.split()) == sorted(["из", "bash", "из", "coreutils", "из", "dpkg"])
    monkeypatch.setattr(texts, "PACKAGE_LOG", tmp_path / "none.log")
    with pytest.raises(RowSkippedError, match="no log"):
        texts.package_log()


def catalogue(messages: dict) -> bytes:
    """A .mo file."""
    keys = sorted(messages)
    blobs = [key.encode() for key in keys] + [messages[key].encode() for key in keys]
    table, at, data = [], 28 + 16 * len(keys), b""
    for blob in blobs:
        table.append(struct.pack("<II", len(blob), at + len(data)))
        data += blob + b"\0"
    return struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0) + b"".join(table) + data


def test_counting_is_right_when_every_likeliest_token_is():
    lines = tasks.counting_lines(most=3, each=2).splitlines()
    assert sorted(lines) == sorted(["ab", "aabb", "aaabbb"] * 2)

    def speaker(limit: int):
        """Counts up to `limit`, as a stub of a model."""

        def logits(x, state):
            found, a, b = np.zeros((len(x), 1, 3)), 0, 0
            for t, token in enumerate(x[:, 0]):
                a, b = a + (token == 0), b + (token == 1)
                found[t, 0, 2 if b >= min(a, limit) else 1] = 1.0
            return found, state

        encode = lambda text: (np.array(["ab\n".index(c) for c in text], np.int32), [])  # noqa: E731
        network = SimpleNamespace(logits=logits, zero_state=lambda rows: None)
        return SimpleNamespace(network=network, vocabulary=SimpleNamespace(encode=encode))

    assert tasks.counting(speaker(1_000), 40) == {"right": 40, "of": 40, "first_wrong": None}
    assert tasks.counting(speaker(12), 40) == {"right": 12, "of": 40, "first_wrong": 13}


def test_the_reber_task_looks_at_the_last_letter_but_one():
    letters = "BTPSXVE"

    def speaker(place: int):
        """Says the letter that stands at `place`."""

        def logits(x, state):
            found = np.zeros((len(x), 1, len(letters)))
            found[-1, 0, x[1 + place, 0]] = 1.0
            return found, state

        encode = lambda text: (np.array([letters.index(c) for c in text], np.int32), [])  # noqa: E731
        vocabulary = SimpleNamespace(encode=encode, tokens=list(letters))
        network = SimpleNamespace(logits=logits, zero_state=lambda rows: None)
        return SimpleNamespace(network=network, vocabulary=vocabulary)

    found = tasks.reber(speaker(1), 200)
    assert (found["right"], found["right_long"], found["strings"]) == (100.0, 100.0, 200)
    assert found["long_strings"] == 100
    assert tasks.reber(speaker(0), 200)["right"] == 0.0


@given(some.text("ab", max_size=12), some.text("ab", max_size=12))
def test_the_longest_copy_is_the_longest_common_part(text, of):
    spans = {text[a:b] for a in range(len(text) + 1) for b in range(a, len(text) + 1)}
    assert len(tasks.longest_copy(text, of)) == max(len(span) for span in spans if span in of)
    assert tasks.longest_copy(text, of) in of
