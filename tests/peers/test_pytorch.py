"""LSTM, GRU and plain RNN against torch.nn with the same weights, in float64 there: loss, states, every gradient."""

import numpy as np
import pytest

from tests import naive
from tests.network.cases import Case, assert_gradients, assert_outputs, both
from tests.peers.mapping import TORCH, torch_parameters

torch = pytest.importorskip("torch")

CASES = [
    Case(cell, "tanh", V=V, E=E, H=H, L=L, B=B, T=12)
    for cell in ("lstm", "gru", "rnn")
    for V, E, H, L, B in ((5, 0, 1, 1, 1), (65, 9, 17, 2, 7), (300, 0, 64, 3, 5), (65, 16, 200, 1, 33))
]


def tensor(array, gradient=False):
    """The array in float64, as a leaf that may collect a gradient."""
    return torch.tensor(np.asarray(array, dtype=np.float64), requires_grad=gradient)


def by_torch(case, arrays, window):
    """The same as naive.gradient, by autograd."""
    table = tensor(arrays["embedding"] if case.E else np.eye(case.V), gradient=True)
    kind = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[case.cell]
    layers = kind(case.E or case.V, case.H, case.L).double()
    with torch.no_grad():
        for layer in range(case.L):
            for name, array in torch_parameters(arrays, layer).items():
                getattr(layers, name).copy_(tensor(array))
    W, b = tensor(arrays["output.W"], True), tensor(arrays["output.b"], True)
    state = tensor(window.state, True)
    out, end = layers(table[window.x], state[0] if len(state) == 1 else (state[1], state[0]))
    logits = out @ W.T + b
    targets = torch.tensor(window.y.astype(np.int64)).reshape(-1)
    loss = torch.nn.functional.cross_entropy(logits.reshape(-1, case.V), targets, ignore_index=-1)
    loss.backward()
    gradients = {"output.W": W.grad.numpy(), "output.b": b.grad.numpy()}
    if case.E:
        gradients["embedding"] = table.grad.numpy()
    for layer in range(case.L):
        gradients |= ours(layers, layer, len(arrays["layers.0.b"]), case.H)
    final = np.stack([s.detach().numpy() for s in ((end,) if len(state) == 1 else (end[1], end[0]))])
    return naive.Result(loss.item(), int((window.y >= 0).sum()), gradients, state.grad.numpy(), final)


def ours(layers, layer, G, H):
    """Gradients of one torch layer in our shapes and gate order."""
    order = list(TORCH[G])  # swapping f with i and o with g is its own inverse
    found = {}
    for name, theirs in (("W", "weight_ih"), ("U", "weight_hh"), ("b", "bias_ih")):
        array = getattr(layers, f"{theirs}_l{layer}").grad.numpy()
        found[f"layers.{layer}.{name}"] = array.reshape(G, H, *array.shape[1:])[order]
    if G == 3:
        found[f"layers.{layer}.b_hn"] = getattr(layers, f"bias_hh_l{layer}").grad.numpy()[2 * H :]
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_network_equals_pytorch(case):
    arrays, network, window = both(case, 1, restarts=0.0)
    expected = by_torch(case, arrays, window)
    found = network.gradient(window.x, window.y, window.state)
    assert found.count == expected.count
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    assert_outputs(found.state, expected.state, "state")
    assert_gradients(case, found.gradient, expected, arrays)
    largest = np.abs(expected.initial_state).max()
    np.testing.assert_allclose(found.initial_state_gradient, expected.initial_state, rtol=0, atol=1e-4 * largest)


@pytest.mark.parametrize("case", CASES[:3] + CASES[4:7] + CASES[8:11], ids=str)
def test_the_twin_equals_pytorch(case):
    arrays, _, window = both(case, 2, restarts=0.0)
    expected = by_torch(case, arrays, window)
    found = naive.gradient(arrays, window.x, window.y, window.state64)
    assert found.loss == pytest.approx(expected.loss, rel=1e-12)
    np.testing.assert_allclose(found.initial_state, expected.initial_state, rtol=0, atol=1e-12)
    for name, gradient in expected.gradients.items():
        np.testing.assert_allclose(found.gradients[name], gradient, rtol=0, atol=1e-12, err_msg=name)


def test_adamw_equals_pytorch():
    rng = np.random.default_rng(3)
    parameters, keywords = rng.normal(size=9), {"rate": 0.1, "beta1": 0.9, "beta2": 0.98, "epsilon": 1e-8}
    theirs = torch.nn.Parameter(tensor(parameters))
    optimiser = torch.optim.AdamW([theirs], lr=0.1, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.3)
    first = second = np.zeros(9)
    for step in range(1, 6):
        gradient = rng.normal(size=9)
        theirs.grad = tensor(gradient)
        optimiser.step()
        parameters, first, second = naive.adamw(
            parameters, gradient, first, second, np.ones(9), **keywords, weight_decay=0.3, step=step
        )
    np.testing.assert_allclose(theirs.detach().numpy(), parameters, rtol=1e-12)
