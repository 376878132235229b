"""Measures of the weights are numpy's, reckoned another way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.errors import UsageError
from lstmgen.inspect.weights.measure import (
    find_matrix,
    list_matrices,
    measure_matrix,
    measure_vectors,
    nearest_tokens,
    reduce_blocks,
)
from tests.inspection.traces import network_for

GATES = ["f", "i", "o", "g"]


def test_every_matrix_is_taken_from_its_place():
    arrays = network_for("peephole").views
    found = list_matrices(arrays, GATES, [0, 1])
    assert len({(one.name, one.layer) for one in found}) == len(found) == 2 + 2 * 8
    for one in found:
        if one.layer is None:
            np.testing.assert_array_equal(one.values, arrays[one.name])
        else:
            kind, gate = one.name.split(".")
            np.testing.assert_array_equal(one.values, arrays[f"layers.{one.layer}.{kind}"][GATES.index(gate)])
    assert find_matrix(found, "u.F").name == "U.f"
    with pytest.raises(UsageError, match=r"no matrix 'U'\.\nThere are: embedding, W.f"):
        find_matrix(found, "U")
    plain = list_matrices(network_for("rnn", E=0).views, ["h"], [1])
    assert find_matrix(plain, "U").name == "U.h" and [one.name for one in plain] == ["W.h", "U.h", "output.W"]


@pytest.mark.parametrize("cell", ("lstm", "rnn"))
def test_measures_are_numpys(cell):
    network = network_for(cell, V=9, E=3, H=5)
    network.views["layers.1.U"][0, 2:] *= 0.001
    for one in list_matrices(network.views, GATES if cell == "lstm" else ["h"], [0, 1]):
        w, found = one.values.astype(np.float64), measure_matrix(one)
        assert (found.rows, found.columns) == w.shape
        numbers = [float(v) for row in w for v in row]
        assert found.mean == pytest.approx(sum(numbers) / len(numbers))
        assert found.mean_size == pytest.approx(sum(map(abs, numbers)) / len(numbers))
        assert found.largest == max(map(abs, numbers))
        assert found.near_zero == sum(abs(v) < 0.01 for v in numbers) / len(numbers)
        assert found.norm == pytest.approx(np.linalg.norm(w))
        assert found.stretch == pytest.approx(np.linalg.svd(w)[1][0])
        if one.name[0] == "U":
            values, vectors = np.linalg.eig(w)
            np.testing.assert_allclose(w @ vectors, vectors * values, atol=1e-9)  # they are its eigenvalues
            assert found.radius == pytest.approx(max(abs(values)))
        else:
            assert found.radius is None


def test_a_rotation_has_the_spectral_radius_it_was_made_with():
    network = network_for("rnn", H=2, L=1, E=0)
    network.views["layers.0.U"][0] = 0.5 * np.array([[0, -1], [1, 0]])
    assert measure_matrix(list_matrices(network.views, ["h"], [0])[1]).radius == pytest.approx(0.5)


def test_biases_and_peepholes():
    arrays = network_for("peephole").views
    arrays["layers.1.b"][0] = [1, 1, 1, 1, 1, 7]
    found = {(one.name, one.layer): one for one in measure_vectors(arrays, CELL_FACTS["peephole"], [0, 1])}
    assert len(found) == 2 * 7
    assert (found["b.f", 1].mean, found["b.f", 1].lowest, found["b.f", 1].highest) == (2.0, 1.0, 7.0)
    assert found["p.o", 0].mean == pytest.approx(float(arrays["layers.0.p"][2].astype(float).mean()))
    assert found["b.g", 0].highest == arrays["layers.0.b"][3].max()


@settings(max_examples=60)
@given(st.integers(1, 23), st.integers(1, 23), st.integers(1, 30), st.integers(1, 30), st.sampled_from(["mean", "max"]))
def test_blocks_are_what_they_say(rows, columns, down, across, how):
    values = np.random.default_rng(rows * 31 + columns).normal(size=(rows, columns)).astype(np.float32)
    blocks, tops, lefts = reduce_blocks(values, down, across, how)
    assert blocks.shape == (min(rows, down), min(columns, across)) == (len(tops), len(lefts))
    if blocks.shape == values.shape:
        np.testing.assert_array_equal(blocks, values)
        return
    bottoms, rights = [*tops[1:], rows], [*lefts[1:], columns]
    heights = [b - a for a, b in zip(tops, bottoms, strict=True)]
    assert max(heights) - min(heights) <= 1 and min(heights) >= 1
    for r, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        for c, (left, right) in enumerate(zip(lefts, rights, strict=True)):
            part = np.abs(values[top:bottom, left:right])
            assert blocks[r, c] == pytest.approx(part.mean() if how == "mean" else part.max(), rel=1e-5)


@pytest.mark.parametrize("embedded", (0, 3))
def test_neighbours_are_by_cosine(embedded):
    arrays = network_for(V=8, E=embedded, H=4).views
    found = {one.space: one for one in nearest_tokens(arrays, 5)}
    tables = {"output.W": arrays["output.W"]}
    if embedded:
        tables["embedding"] = arrays["embedding"]
    else:
        tables["W"] = np.array([arrays["layers.0.W"][:, :, token].reshape(-1) for token in range(8)])
    assert found.keys() == tables.keys()
    for space, table in tables.items():
        a = table.astype(np.float64)
        wanted = {k: a[k] @ a[5] / np.sqrt((a[k] @ a[k]) * (a[5] @ a[5])) for k in range(8) if k != 5}
        assert found[space].ids.tolist() == sorted(wanted, key=lambda k: -wanted[k])
        np.testing.assert_allclose(found[space].cosines, sorted(wanted.values(), reverse=True))


def test_a_planted_twin_is_the_nearest_and_a_token_without_direction_the_last():
    arrays = network_for(V=8, E=0, H=4).views
    arrays["layers.0.W"][:, :, 2] = 3 * arrays["layers.0.W"][:, :, 5]
    arrays["layers.0.W"][:, :, 6] = 0
    found = nearest_tokens(arrays, 5)[0]
    assert found.ids[0] == 2 and found.cosines[0] == pytest.approx(1)
    assert found.ids[-1] == 6 and np.isnan(found.cosines[-1])
