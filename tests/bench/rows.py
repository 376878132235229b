"""What is compared: the rows of the bench, and the task both sides learn."""

from dataclasses import asdict, dataclass

import numpy as np

RATE, CLIP, BETAS, EPSILON = 2e-3, 1.0, (0.9, 0.99), 1e-8


@dataclass(frozen=True)
class Row:
    """One network and window: V tokens, embedding E, L layers of H units, T steps, B rows."""

    cell: str
    H: int
    L: int
    T: int
    B: int
    V: int = 65
    E: int = 64

    @property
    def name(self) -> str:
        """How the row is called in tables."""
        kind = "" if self.cell == "lstm" else f"{self.cell} "
        return f"{kind}H={self.H} L={self.L} V={self.V} T={self.T} B={self.B}"

    def flop_per_token(self) -> float:
        """24 H^2 for layer one (its input side is a lookup), 48 H^2 for each further one, 6 H V for the output."""
        per_gate = 6.0 if self.cell == "lstm" else 1.5
        return per_gate * 4 * self.H**2 * (2 * self.L - 1) + 6.0 * self.H * self.V

    def as_dict(self) -> dict:
        """For the other side's process."""
        return asdict(self)


TRAINING = [
    Row("lstm", 128, 1, 50, 50),
    Row("lstm", 256, 2, 50, 50),
    Row("lstm", 512, 2, 64, 64),
]
SAMPLING = [Row("lstm", 128, 2, 1, 1)]


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
