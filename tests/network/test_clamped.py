"""With nothing held it is the network; with gates or units held it is what the equations then say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmgen.errors import UsageError
from lstmgen.network import Clamp, ClampedNetwork, merge_clamps, parse_clamp
from lstmgen.settings import Architecture
from tests.naive.cells import logistic
from tests.network.cases import CELLS, Case, both

CASES = [Case(cell, squashing, V=13, E=E, H=17, L=2, B=3) for cell, squashing in CELLS for E in (0, 6)]
SIZES = [Case("lstm", "tanh", V=5, E=0, H=1, L=3, B=7), Case("rnn", "tanh", V=300, E=9, H=64, L=1, B=1)]
SIZES += [Case("lstm", "tanh", V=40, E=17, H=17, L=3, B=3, tied=True, skip_sum=True)]


@pytest.mark.parametrize("case", CASES + SIZES, ids=str)
def test_with_nothing_held_it_agrees_with_the_network(case):
    _, network, window = both(case, 1)
    held = ClampedNetwork(network)
    close = {"rtol": 1e-5, "atol": 1e-5}
    np.testing.assert_array_equal(held.zero_state(case.B), network.zero_state(case.B))
    expected, found = network.trace(window.x, window.state), held.trace(window.x, window.state)
    assert found.keys() == expected.keys()
    for name in expected:
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], expected[name], **close, err_msg=name)
    for theirs, ours in zip(network.logits(window.x, window.state), held.logits(window.x, window.state), strict=True):
        np.testing.assert_allclose(ours, theirs, **close)
    theirs, ours = (net.losses(window.x, window.y, window.state) for net in (network, held))
    np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(ours[1], theirs[1], **close)


@pytest.mark.parametrize("case", CASES[::3], ids=str)
@pytest.mark.parametrize("filters", [{"temperature": 0.0}, {}, {"temperature": 0.7, "top_k": 6, "top_p": 0.9}], ids=str)
def test_with_nothing_held_it_writes_the_same(case, filters):
    _, network, window = both(case, 2)
    uniforms, banned = np.random.default_rng(1).random((7, case.B)), np.zeros(case.V, np.uint8)
    banned[3] = 1
    expected, end = network.sampler(case.B).next_tokens(window.x[0], window.state, uniforms, banned=banned, **filters)
    found, after = (
        ClampedNetwork(network)
        .sampler(case.B)
        .next_tokens(window.x[0], window.state, uniforms, banned=banned, **filters)
    )
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_allclose(after, end, rtol=1e-5, atol=1e-5)
    assert found.dtype == np.int32 and not (found == 3).any()


def by_hand(network, x, holds):
    """Trace of one row, step by step and unit by unit from the equations, with holds {(layer, letter, unit): value}."""
    sizes, views = network.architecture, {name: view.astype(float) for name, view in network.views.items()}
    h, c = np.zeros((2, sizes.layers, sizes.units))
    rows = []
    for token in x:
        if token < 0:
            h[:], c[:] = 0, 0
        seen = {letter: np.zeros((sizes.layers, sizes.units)) for letter in {*sizes.facts.letters, "c"}}
        below = np.zeros(sizes.vocabulary)
        if token >= 0:
            below[token] = 1
        for layer in range(sizes.layers):
            W, U, b = (views[f"layers.{layer}.{name}"] for name in "WUb")
            z = [W[k] @ below + U[k] @ h[layer] + b[k] for k in range(len(W))]
            for n in range(sizes.units):
                p = views[f"layers.{layer}.p"][:, n] if sizes.cell == "peephole" else np.zeros(3)

                def held(letter, value, n=n, layer=layer):
                    return holds.get((layer, letter, n), holds.get((layer, letter, None), value))

                if sizes.cell == "rnn":
                    seen["h"][layer, n] = held("h", np.tanh(z[0][n]))
                    continue
                if sizes.cell == "gru":
                    m = U[2, n] @ h[layer] + views[f"layers.{layer}.b_hn"][n]
                    r, update = held("r", logistic(z[0][n])), held("z", logistic(z[1][n]))
                    new = held("n", np.tanh(W[2, n] @ below + b[2, n] + r * m))
                    out = held("h", update * h[layer, n] + (1 - update) * new)
                    for letter, value in zip("rznh", (r, update, new, out), strict=True):
                        seen[letter][layer, n] = value
                    continue
                before = c[layer, n]
                f = held("f", logistic(z[0][n] + p[0] * before))
                i = held("i", logistic(z[1][n] + p[1] * before))
                g = held("g", np.tanh(z[3][n]))
                after = f * before + i * g
                o = held("o", logistic(z[2][n] + p[2] * after))
                out = held("h", o * (after if sizes.squashing == "identity" else np.tanh(after)))
                for letter, value in zip("fiogch", (f, i, o, g, after, out), strict=True):
                    seen[letter][layer, n] = value
            c[layer], h[layer] = seen["c"][layer], seen["h"][layer]
            below = h[layer]
        rows.append({**seen, "logits": views["output.W"] @ below + views["output.b"]})
    return rows


@pytest.mark.parametrize(
    ("cell", "squashing", "texts"),
    [
        ("lstm", "tanh", ["f=0"]),
        ("lstm", "tanh", ["0:f=0.25", "o.2=1", "0:3=-1.5"]),
        ("lstm", "tanh", ["1:g=-1", "0:i.0=0", "4=0"]),
        ("peephole", "identity", ["f=1", "0:o=0.5", "0:1=2"]),
        ("peephole", "tanh", ["0:o.1=0", "i=1"]),
        ("gru", "tanh", ["z=0", "0:r.1=1"]),
        ("gru", "tanh", ["0:z=0.25", "n.2=-0.5", "0:3=-1.5"]),
        ("rnn", "tanh", ["2=1", "0:0=-0.5"]),
    ],
)
def test_what_is_held_is_what_the_equations_then_say(cell, squashing, texts):
    case = Case(cell, squashing, V=7, E=0, H=5, L=2, B=1, T=6)
    _, network, _ = both(case, 3)
    holds = [parse_clamp(text, case.architecture) for text in texts]
    x = np.array([-1, 3, 3, 0, -1, 5])
    rows = by_hand(network, x, {hold.target: hold.value for hold in holds})
    found = ClampedNetwork(network, holds).trace(x[:, None].astype(np.int32), network.zero_state(1))
    for t, row in enumerate(rows):
        for letter in case.architecture.facts.letters:
            np.testing.assert_allclose(found[letter][t, 0], row[letter], atol=1e-5, err_msg=f"{letter} {t}")
        np.testing.assert_allclose(found["logits"][t, 0], row["logits"], atol=2e-5)


def test_writing_is_steered_and_cut_anywhere():
    case = Case("lstm", "tanh", V=13, E=6, H=17, L=2, B=3)
    _, network, window = both(case, 4)
    held = ClampedNetwork(
        network, [Clamp(1, "h", n, 1.0 - 0.1 * n) for n in range(17)]
    )  # every output: always the same
    ids, _ = held.sampler(3).next_tokens(window.x[0], window.state, np.full((5, 3), 0.5), temperature=0.0)
    logits = held.views["output.W"] @ (1.0 - 0.1 * np.arange(17)) + held.views["output.b"]
    assert (ids == int(np.argmax(logits))).all()
    held, uniforms = ClampedNetwork(network, [Clamp(0, "f", None, 0.0)]), np.random.default_rng(0).random((6, 3))
    whole, end = held.sampler(3).next_tokens(window.x[0], window.state, uniforms)
    first, state = held.sampler(3).next_tokens(window.x[0], window.state, uniforms[:2])
    second, state = held.sampler(3).next_tokens(first[-1], state, uniforms[2:])
    np.testing.assert_array_equal(np.concatenate([first, second]), whole)
    np.testing.assert_allclose(state, end, atol=1e-6)


def test_it_does_not_train():
    _, network, _ = both(CASES[0], 5)
    assert not any(hasattr(ClampedNetwork(network), name) for name in ("gradient", "adamw", "parameters"))


LSTM, RNN = Architecture("lstm", 5, 0, 20, 2), Architecture("rnn", 5, 0, 3, 1)


@pytest.mark.parametrize(
    ("text", "hold", "written"),
    [
        ("f=0", Clamp(1, "f", None, 0.0), "1:f=0"),
        (" F = .5 ", Clamp(1, "f", None, 0.5), "1:f=0.5"),
        ("0:g.17=-1", Clamp(0, "g", 17, -1.0), "0:g.17=-1"),
        ("17=1e1", Clamp(1, "h", 17, 10.0), "1:17=10"),
        ("0:0=-0.25", Clamp(0, "h", 0, -0.25), "0:0=-0.25"),
        ("h.3=1", Clamp(1, "h", 3, 1.0), "1:3=1"),
    ],
)
def test_how_it_is_written(text, hold, written):
    found = parse_clamp(text, LSTM)
    assert found == hold and str(found) == written and parse_clamp(written, LSTM) == hold


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "does not say what to clamp"),
        ("f", "does not say what to clamp"),
        ("f=", "does not say what to clamp"),
        ("f=zero", "does not give a number"),
        ("f=nan", "does not give a number"),
        ("3=inf", "does not give a number"),
        ("x=0", "There is no gate 'x': the lstm has f, i, o, g."),
        ("h=1", "Which unit"),
        ("20=1", "numbered 0 to 19"),
        ("f.20=1", "numbered 0 to 19"),
        ("2:f=0", "There is no layer 2: they are numbered 0 to 1."),
        ("f=1.5", "from 0 to 1, not to 1.5"),
        ("g=-2", "from -1 to 1"),
        ("3=1e9", "from -1000 to 1000"),
        ("-1=0", "does not say what to clamp"),
        ("f=0,i=1", "does not give a number"),
        ("٣=1", "does not say what to clamp"),
    ],
)
def test_what_cannot_be_held(text, says):
    with pytest.raises(UsageError, match="(?s)" + says.replace(".", r"\.")):
        parse_clamp(text, LSTM)


def test_a_plain_rnn_has_no_gates():
    with pytest.raises(UsageError, match="a plain RNN has none"):
        parse_clamp("f=0", RNN)
    with pytest.raises(UsageError, match="this model has only layer 0"):
        parse_clamp("1:2=0", RNN)
    with pytest.raises(UsageError):
        ClampedNetwork(both(Case("rnn", "tanh", V=5, E=0, H=3, L=1, B=1), 0)[1], [Clamp(0, "h", 3, 0.0)])


@given(st.text(alphabet="fiog0123456789.:=-+e h", max_size=12))
@settings(max_examples=300)
def test_any_text_is_a_hold_or_refused(text):
    try:
        hold = parse_clamp(text, LSTM)
    except UsageError as error:
        assert str(error)
    else:
        assert np.isfinite(hold.value) and 0 <= hold.layer < 2 and (hold.unit is None or 0 <= hold.unit < 20)


def test_the_later_one_counts():
    one, all_f, other = Clamp(0, "f", 3, 1.0), Clamp(0, "f", None, 0.0), Clamp(1, "f", 3, 1.0)
    assert merge_clamps((one,), Clamp(0, "f", 3, 0.5)) == (Clamp(0, "f", 3, 0.5),)
    assert merge_clamps((one, other), all_f) == (other, all_f)
    assert merge_clamps((all_f,), one) == (all_f, one)
