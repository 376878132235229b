"""The rules for a run that begins with a model's weights: its rate, its warm-up, and how dropout rises."""

from __future__ import annotations

from lstmgen.training.sizes import interpolate

_BEGUN_RATES = ((1.2e4, 0.3), (6e4, 0.6), (6e5, 1.0))
"""(characters, times the rate of a new network) of a run that begins with a model's weights; between, by logarithms.
A long text has enough to teach what is strange to the model, a short one only what the model does not know by heart.
Nats of what was held back: 300 updates from 256 units trained on tiny Shakespeare on 12 KB more of it, times 1 1.429,
0.5 1.382, 0.25 1.373, 0.1 1.384, as it came 1.443; on 60 KB in 600, times 1 1.433, 0.3 1.413. From `ready`, times 0.3,
where a new network is better: 600 KB of plays in 20 s 1.410, 1.386, 600 KB of more stories in a minute 0.753, 0.734."""

FINE_TUNING_WARM_UP, _BEGUN_RISE = 0.1, 40.0
"""Of such a run: share of the budget in which the rate rises, and passes in which what is dropped rises to its full.
800 updates on 12 KB of verse from `ready`, 300 on the 12 KB above: all dropped at once 2.242, 1.436; risen in 15 and 5
passes 0.509, 1.380, in 73 and 27 0.513, 1.366; nothing dropped 0.567, 1.399. On 12 KB of plays from `ready`, risen in
some 260 passes 1.866, in some 780 2.084, in 40 1.851."""


def fine_tuning_factor(characters: int) -> float:
    """From the table `_BEGUN_RATES`."""
    return interpolate(_BEGUN_RATES, characters)


def fine_tuning_rise(passes: float) -> float:
    """Share of the budget in which dropout and weight-drop of a run that begins with a model's weights rise."""
    return min(1.0, _BEGUN_RISE / max(passes, 1e-9))
