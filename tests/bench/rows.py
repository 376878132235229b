"""What is compared: the rows of the bench with their marks, and the task both sides learn."""

from dataclasses import asdict, dataclass

import numpy as np

CLIP, BETAS, EPSILON = 1.0, (0.9, 0.99), 1e-8
RATE, WIDE = 2e-3, 512  # the learning rate of up to so many units
COMPARED = 32  # tokens of each text in which both sides must agree
FILTERS = {"temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.02}


@dataclass(frozen=True)
class Row:
    """One network and window: L layers of H units, T steps, B rows, V tokens, embedding E (0: one-hot)."""

    H: int
    L: int
    T: int = 1
    B: int = 1
    V: int = 65
    E: int = 64
    cell: str = "lstm"

    @property
    def words(self) -> bool:
        """Whether there are more kinds of token than places in a window, so that no table of them saves work."""
        return self.V > self.T * self.B

    @property
    def name(self) -> str:
        """How the row is called in tables."""
        kind = {"lstm": "", "rnn": "plain RNN "}.get(self.cell, f"{self.cell} ")
        words = f"words V={self.V:,} E={self.E} " if self.words else ""
        one_hot = "" if self.E else " one-hot"
        return f"{kind}{words}H={self.H} L={self.L} T={self.T} B={self.B}{one_hot}"

    @property
    def rate(self) -> float:
        """The learning rate. At 2e-3 1,024 units begin so wildly that rounding alone moves the 20th loss by 0.02 to
        0.04 (PyTorch's bfloat16 beside its own float32, too), and nobody could say who does the same work."""
        return RATE if self.H <= WIDE else RATE / 2

    def flop_per_token(self) -> float:
        """To train, with G gates (LSTM: 4): 6 G H^2 a layer for U, as much for W above layer one, 6 H V for the output.

        Layer one's W is looked up by token; with words it is a product: 6 G E H.
        """
        gates = 1 if self.cell == "rnn" else 4
        inputs = self.E if self.words else 0
        return 6.0 * (gates * self.H * (self.H * (2 * self.L - 1) + inputs) + self.H * self.V)

    def as_dict(self) -> dict:
        """For the other side's process."""
        return asdict(self)


@dataclass(frozen=True)
class Training:
    """A row of the training table and its marks: at least `times` the peer's speed and `share` of the limit.

    `times` is of bf16, where the CPU has it; `either`: of the faster precision, whatever the CPU has. `share` is of
    float32, where the CPU has no bf16.
    """

    row: Row
    times: float
    share: float | None = None
    either: bool = False
    peer: str = "PyTorch"


@dataclass(frozen=True)
class Sampling:
    """A row of the sampling table, B texts side by side, and its mark: at least `times` ONNX Runtime's speed."""

    row: Row
    times: float
    precision: str = "float32"

    @property
    def name(self) -> str:
        """How the row is called in tables."""
        texts = "one text" if self.row.B == 1 else f"{self.row.B} texts at once"
        rounded = "" if self.precision == "float32" else f", {self.precision}"
        return f"{texts} H={self.row.H} L={self.row.L}{rounded}"


OUR_LSTM = "our LSTM"  # the peer of a cell that PyTorch does not have
TRAINING = [
    Training(Row(256, 1, 64, 16, E=0), 1.6, 0.75),
    Training(Row(384, 1, 64, 16, E=0), 1.6, 0.75),
    Training(Row(512, 2, 64, 16, E=0), 1.6, 0.75),
    Training(Row(128, 1, 50, 50), 2.1, 0.72),
    Training(Row(128, 2, 50, 50), 2.0, 0.72),
    Training(Row(256, 1, 64, 32), 2.1, 0.75),
    Training(Row(256, 2, 50, 50), 2.2, 0.75),
    Training(Row(512, 1, 64, 32), 2.3, 0.75),
    Training(Row(512, 2, 64, 64), 2.2, 0.75),
    Training(Row(512, 3, 100, 100), 2.0, 0.75),
    Training(Row(1024, 1, 64, 64), 1.9, 0.75),
    Training(Row(200, 2, 35, 20, V=10_000, E=200), 1.8),
    Training(Row(650, 2, 35, 20, V=10_000, E=650), 1.7, 0.75),
    Training(Row(32, 1, 50, 8), 5.0, either=True),
    Training(Row(256, 1, 64, 32, cell="rnn"), 1.5, either=True),
    Training(Row(256, 1, 64, 32, cell="peephole"), 0.94, either=True, peer=OUR_LSTM),
]
SAMPLING = [
    Sampling(Row(128, 2), 3.3),
    Sampling(Row(256, 2), 1.8),
    Sampling(Row(512, 2), 1.0),
    Sampling(Row(512, 2), 1.5, "bf16"),
    Sampling(Row(256, 2, B=64), 1.4),
    Sampling(Row(256, 2, B=64), 1.4, "bf16"),
]
OUTSIDE, OUTSIDE_MARK = Row(128, 1, 50, 50), 0.08  # what an update costs outside the kernels
FILTERED, FILTERED_MARK = Row(128, 2, T=50), 0.10  # what filters cost a text
DRAWN = 10_000  # tokens to draw from, where the draw alone is timed
MANY_THREADS = Row(512, 2, 64, 64)  # on 1, 2, 4, ... threads, as far as there are cores
SCALING_FROM, SCALING_MARK = 256, 0.95  # from this H: our two threads over one, as a share of the limit's


def windows(row: Row, count: int, seed: int = 7):
    """`count` windows of ids x and targets y (T, B): a sequence with something to learn in it."""
    rng = np.random.default_rng(seed)
    length = count * row.T + 1
    ids = np.zeros((length, row.B), np.int32)
    for t in range(1, length):
        noise = rng.integers(0, 3, row.B)
        ids[t] = (ids[t - 1] * 5 + 7 + noise) % row.V
    for k in range(count):
        part = ids[k * row.T : (k + 1) * row.T + 1]
        yield np.ascontiguousarray(part[:-1]), np.ascontiguousarray(part[1:])
