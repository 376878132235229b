"""A trace is what the network did, row by row."""

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import TextError
from lstmgen.inspection.trace import longest_trace, trace_ids, trace_text
from lstmgen.text import Vocabulary
from tests.inspection.traces import network_for

CELLS = list(CELL_FACTS)
TOKENS = list("abcdefg")
IDS = np.array([0, 3, 3, 6, 1, 2], np.int32)


def test_a_trace_is_taken_like_a_dictionary_of_its_letters():
    trace = trace_ids(network_for("lstm"), TOKENS, IDS)
    assert list(trace) == list(trace.keys()) == ["f", "i", "o", "g", "c", "h"]
    assert "f" in trace and "z" not in trace and 0 not in trace
    assert all(values is trace[letter] for letter, values in dict(trace).items())
    with pytest.raises(KeyError, match="'z' is not in this trace; it has f, i, o, g, c, h"):
        trace["z"]


@pytest.mark.parametrize("cell", CELLS)
def test_shapes_and_names(cell):
    trace = trace_ids(network_for(cell), TOKENS, IDS)
    assert set(trace.values) == {entry.letter for entry in CELL_FACTS[cell].traced}
    assert {values.shape for values in trace.values.values()} == {(6, 2, 6)}
    assert {name: values.shape for name, values in trace.initial.items()} == {
        name: (2, 6) for name in ("c", "h") if name in trace.values
    }
    assert trace.logits.shape == (6, 7)
    assert trace.first_logits.shape == (7,)
    assert trace.tokens == ["a", "d", "d", "g", "b", "c"]
    assert (len(trace), trace.layers, trace.units) == (6, 2, 6)


@pytest.mark.parametrize("cell", CELLS)
def test_row_t_is_after_reading_token_t(cell):
    network = network_for(cell)
    trace = trace_ids(network, TOKENS, IDS)
    logits, state = network.logits(np.array([[-1]], np.int32), network.zero_state(1))
    np.testing.assert_array_equal(trace.first_logits, logits[0, 0])
    np.testing.assert_array_equal(trace.initial["h"], state[-1, :, 0])
    for t, token in enumerate(IDS):
        logits, state = network.logits(np.array([[token]], np.int32), state)
        np.testing.assert_allclose(trace.logits[t], logits[0, 0], atol=1e-6)
        np.testing.assert_allclose(trace["h"][t], state[-1, :, 0], atol=1e-6)
        if "c" in trace.values:
            np.testing.assert_allclose(trace["c"][t], state[0, :, 0], atol=1e-6)


@pytest.mark.parametrize("cell", ("lstm", "peephole"))
def test_memory_is_what_was_kept_and_what_was_let_in(cell):
    trace = trace_ids(network_for(cell), TOKENS, IDS)
    before = np.concatenate([trace.initial["c"][None], trace["c"][:-1]])
    np.testing.assert_allclose(trace["c"], trace["f"] * before + trace["i"] * trace["g"], atol=1e-6)
    squashed = trace["c"] if cell == "peephole" else np.tanh(trace["c"])
    np.testing.assert_allclose(trace["h"], trace["o"] * squashed, atol=1e-6)


def test_a_long_text_is_read_in_windows_without_a_seam():
    network = network_for(L=1)
    ids = np.random.default_rng(3).integers(0, 7, 600).astype(np.int32)
    trace = trace_ids(network, TOKENS, ids)
    x = np.concatenate([[-1], ids]).astype(np.int32)[:, None]
    whole = network.trace(x, network.zero_state(1))
    for name in "fiogch":
        np.testing.assert_array_equal(trace[name], whole[name][1:, 0])
    np.testing.assert_array_equal(trace.logits, whole["logits"][1:, 0])


def test_after_a_line_everything_starts_anew():
    network, document_end = network_for(), 6
    trace = trace_ids(network, TOKENS, IDS, document_end=document_end)
    alone = trace_ids(network, TOKENS, IDS[4:])
    for name in trace.values:
        np.testing.assert_array_equal(trace[name][4:], alone[name])
    np.testing.assert_array_equal(trace["c"][3], alone.initial["c"])
    assert trace.tokens[3] == "g"


def test_a_text_and_what_of_it_was_never_seen():
    vocabulary = Vocabulary("char", TOKENS)
    trace, unseen = trace_text(network_for(), vocabulary, "dazed")
    assert (trace.tokens, unseen) == (["d", "a", "e", "d"], ["z"])


@pytest.mark.parametrize("text", ("", "xyz"))
def test_nothing_to_look_at(text):
    with pytest.raises(TextError, match=r"nothing to look at: .*\nGive another text\.$"):
        trace_text(network_for(), Vocabulary("char", TOKENS), text)


def test_lines_need_a_newline_in_the_vocabulary():
    vocabulary = Vocabulary("char", [*"abcdef", "\n"])
    network = network_for()
    trace, _ = trace_text(network, vocabulary, "ab\ncd", lines=True)
    alone, _ = trace_text(network, vocabulary, "cd", lines=True)
    np.testing.assert_array_equal(trace["h"][3:], alone["h"])
    carried, _ = trace_text(network, vocabulary, "ab\ncd")
    assert np.abs(carried["h"][3:] - alone["h"]).max() > 1e-3


def test_room_for_so_many_tokens():
    assert longest_trace(network_for(), 1000) == 1000 // (6 * 2 * 6 + 7)
    assert longest_trace(network_for("rnn"), 1000) == 1000 // (2 * 6 + 7)
    assert longest_trace(network_for(), 1) == 1


def test_arrays_are_all_there_is():
    trace = trace_ids(network_for(), TOKENS, IDS)
    assert [name for name, _ in trace.arrays()] == [
        "ids", "f", "i", "o", "g", "c", "h", "initial_c", "initial_h", "logits", "first_logits",
    ]  # fmt: skip
