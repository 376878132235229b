"""What other programs get is the trace, number by number."""

import io
import json

import numpy as np
import pytest

from lstmgen.inspect.common.data import write_arrays
from lstmgen.inspect.common.measures import measure
from lstmgen.inspect.gates.data import trace_arrays, trace_facts
from lstmgen.plain_json import as_json
from tests.inspection.traces import made_up


@pytest.mark.parametrize("cell", ("lstm", "rnn"))
def test_json_is_the_trace(cell):
    trace = made_up("Doug\x7f\x1b\u2028😀.", cell=cell, L=2, H=3)
    text = as_json({"model": "x", **trace_facts(trace)})
    found = json.loads(text)
    assert text.endswith("}") and text.isprintable() and text.isascii()
    assert (found["model"], found["cell"], found["tokens"]) == ("x", cell, trace.tokens)
    for name, array in trace.arrays():
        np.testing.assert_array_equal(np.array(found[name], dtype=array.dtype), array)
    for layer in range(2):
        for letter, measures in measure(trace, layer).items():
            seen = found["measures"][layer][letter]
            assert (seen["below"], seen["above"]) == (measures.below, measures.above)
            assert seen["always_open"] == measures.always_open.tolist()
            assert seen["varying"] == measures.varying.tolist()
    assert found["legend"]["h"]["lecture"] == "prediction"


def test_json_numbers_are_short_and_always_json():
    trace = made_up("ab", H=1)
    trace["f"][0], trace["f"][1] = 0.1, np.nan
    text = as_json(trace_facts(trace))
    found = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert found["f"] == [[[0.1]], [[None]]]
    assert found["measures"][0]["f"]["lowest"] is None


@pytest.mark.parametrize("cell", ("lstm", "rnn"))
def test_npz_is_the_trace(cell):
    trace = made_up("Doug 😀\n.", cell=cell, L=2, H=3)
    file = io.BytesIO()
    write_arrays(trace_arrays(trace), file)
    file.seek(0)
    with np.load(file, allow_pickle=False) as found:
        assert set(found.files) == {"tokens", *(name for name, _ in trace.arrays())}
        assert found["tokens"].tolist() == trace.tokens
        for name, array in trace.arrays():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype
