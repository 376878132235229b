"""What the network's tests share: sizes, windows with restarts, and a network with the naive twin's numbers."""

from dataclasses import dataclass

import numpy as np

from lstmgen.network import Network
from lstmgen.settings import Architecture
from tests import naive

CELLS = (("lstm", "tanh"), ("peephole", "identity"), ("peephole", "tanh"), ("rnn", "tanh"), ("gru", "tanh"))


@dataclass(frozen=True)
class Case:
    """Sizes of a network and of a window: V vocabulary, E embedding, H units, L layers, T steps, B rows."""

    cell: str
    squashing: str
    V: int
    E: int
    H: int
    L: int
    B: int
    T: int = 6
    tied: bool = False
    skip_sum: bool = False

    def __str__(self) -> str:
        sizes = f"V{self.V} E{self.E} H{self.H} L{self.L} B{self.B} T{self.T}"
        return f"{self.cell}-{self.squashing} {sizes}{' tied' * self.tied}{' summed' * self.skip_sum}"

    @property
    def architecture(self) -> Architecture:
        """The same sizes as the package names them."""
        return Architecture(self.cell, self.V, self.E, self.H, self.L, self.squashing, self.tied, self.skip_sum)

    @property
    def states(self) -> int:
        """S: c and h, or h alone."""
        return len(self.architecture.facts.states)


def grid():
    """Each unit count with each cell; rows, layers, vocabularies and both inputs in turn, so that all pairs meet."""
    for h, H in enumerate((1, 5, 17, 64, 200)):
        for k, (cell, squashing) in enumerate(CELLS):
            V, L, B = (5, 65, 300)[(h + 2 * k) % 3], (1, 2, 3)[(h + k) % 3], (1, 3, 7, 33)[(h + k) % 4]
            E = (0, 9)[(h + k // 2) % 2]
            yield Case(cell, squashing, V, E, H, L, B)
    for k, (cell, squashing) in enumerate(CELLS):
        for H in (5, 64):
            yield Case(cell, squashing, (300, 65)[k % 2], H, H, (1, 2, 3)[k % 3], (3, 33)[k // 2 % 2], tied=True)
            E, rows, summed = (0, 9, H, H)[k % 4], (33, 3)[k // 2 % 2], {"tied": k % 4 > 1, "skip_sum": True}
            yield Case(cell, squashing, (5, 300)[k % 2], E, H, (3, 2)[k % 2], rows, **summed)


def arrays_of(case, rng, scale=1.0):
    """Float64 arrays whose numbers float32 holds exactly, so that both sides start from the same ones."""
    found = naive.random_arrays(case.architecture.shapes(), rng, scale)
    return {name: array.astype(np.float32).astype(np.float64) for name, array in found.items()}


def flat(case, arrays):
    """One float32 vector in the order of the architecture."""
    return np.concatenate([arrays[name].ravel() for name in case.architecture.shapes()]).astype(np.float32)


def network_of(case, arrays, threads=1):
    """The package's network with these numbers."""
    return Network(case.architecture, flat(case, arrays), threads=threads)


def named(case, vector):
    """The arrays inside a flat vector."""
    found, start = {}, 0
    for name, shape in case.architecture.shapes().items():
        size = int(np.prod(shape))
        found[name] = vector[start : start + size].reshape(shape)
        start += size
    assert start == len(vector)
    return found


def decays(case):
    """float64 (n,): 1 where weight decay applies, on matrices, 0 elsewhere."""
    shapes = case.architecture.shapes()
    matrix = {name: name == "embedding" or name.endswith((".W", ".U")) for name in shapes}
    return np.concatenate([np.full(np.prod(shape), float(matrix[name])) for name, shape in shapes.items()])


@dataclass
class Window:
    """Ids and targets (T, B), initial states (S, L, B, H) and dropout masks (L, B, H)."""

    x: np.ndarray
    y: np.ndarray
    state: np.ndarray
    masks: np.ndarray

    @property
    def state64(self):
        """The states as the twin takes them."""
        return self.state.astype(np.float64)

    @property
    def masks64(self):
        """The masks as the twin takes them."""
        return self.masks.astype(np.float64)


def window_of(case, rng, restarts=0.15, unscored=0.2):
    """A window with rows starting anew in its midst and targets that are not scored."""
    x, y = rng.integers(0, case.V, size=(2, case.T, case.B)).astype(np.int32)
    x[rng.random(x.shape) < restarts] = -1
    y[rng.random(y.shape) < unscored] = -1
    x[-1, -1], y[-1, -1] = 0, case.V - 1  # one scored target at least, read through the first row of the table
    state = rng.normal(size=(case.states, case.L, case.B, case.H)).astype(np.float32) / 2
    masks = ((rng.random((case.L, case.B, case.H)) < 0.7) / 0.7).astype(np.float32)
    return Window(x, y, state, masks)


def both(case, seed, threads=1, **keywords):
    """Arrays, the network that has them, and a window."""
    rng = np.random.default_rng(seed)
    arrays = arrays_of(case, rng)
    return arrays, network_of(case, arrays, threads), window_of(case, rng, **keywords)


def assert_outputs(found, expected, name):
    """Equal to 1e-5, of the largest number where that is above 1."""
    assert found.shape == expected.shape, name
    largest = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * largest, err_msg=name)


def assert_gradients(case, found, expected, arrays):
    """Each array's gradient equal to 1e-4 of its largest number."""
    assert found.shape == (case.architecture.parameter_count(),)
    assert found.dtype == np.float32
    for name, array in named(case, found).items():
        largest = float(np.abs(expected.gradients[name]).max())
        floor = 1e-9  # an array without any gradient, as U when every row starts anew
        error = float(np.abs(array - expected.gradients[name]).max())
        assert error <= 1e-4 * largest + floor, f"{case}: {name} is off by {error:.3g}, its largest is {largest:.3g}"
        assert arrays[name].shape == array.shape


def check_gradient(case, seed, threads=1):
    """Loss, count, final states, every gradient and the initial states', with masks and without, against the twin."""
    arrays, network, window = both(case, seed, threads)
    for masks, masks64 in ((window.masks, window.masks64), (None, None)):
        expected = naive.gradient(arrays, window.x, window.y, window.state64, masks64, case.squashing, case.skip_sum)
        found = network.gradient(window.x, window.y, window.state, masks=masks)
        assert found.count == expected.count
        assert abs(found.loss - expected.loss) <= 1e-5 * max(1.0, expected.loss)
        assert_outputs(found.state, expected.state, "state")
        assert_gradients(case, found.gradient, expected, arrays)
        largest = float(np.abs(expected.initial_state).max())
        np.testing.assert_allclose(
            found.initial_state_gradient, expected.initial_state, rtol=0, atol=1e-4 * largest + 1e-9
        )


def check_outputs(case, seed, threads=1):
    """Losses, logits, trace and final states of a window with restarts, against the twin."""
    arrays, network, window = both(case, seed, threads)
    nats, state = naive.losses(arrays, window.x, window.y, window.state64, case.squashing, case.skip_sum)
    found, end = network.losses(window.x, window.y, window.state)
    assert_outputs(found, nats, "nats")
    assert_outputs(end, state, "state after losses")
    assert not found[window.y < 0].any()

    expected, _ = naive.logits(arrays, window.x, window.state64, case.squashing, case.skip_sum)
    found, end = network.logits(window.x, window.state)
    assert_outputs(found, expected, "logits")
    assert_outputs(end, state, "state after logits")

    seen = network.trace(window.x, window.state)
    for name, array in naive.trace(arrays, window.x, window.state64, case.squashing, case.skip_sum).items():
        assert_outputs(np.asarray(seen[name]), array, f"trace {name}")


def check_writing(case, seed, tokens=8):
    """At temperature 0 each token is the most likely one of the twin that has read the same; so are the states."""
    arrays, network, window = both(case, seed)
    last = window.x[0].copy()
    last[0] = -1
    ids, state = network.sampler(case.B).next_tokens(
        last, window.state, np.full((tokens, case.B), 0.5), temperature=0.0
    )
    assert ids.shape == (tokens, case.B)
    read = np.concatenate([last[None], ids[:-1]])
    logits, expected = naive.logits(arrays, read, window.state64, case.squashing, case.skip_sum)
    chosen = np.take_along_axis(logits, ids[:, :, None].astype(np.int64), axis=2)[:, :, 0]
    assert (logits.max(axis=2) - chosen).max() <= 1e-5
    assert_outputs(state, expected, "state after writing")
