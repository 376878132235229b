"""The ingredients of the recipe, each left out or set otherwise: by an option of `train`, else by a hook.

A new one is one line in INGREDIENTS.
"""

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from tests.bench.learning.hooks import Hook, instead, patched

WHOLE = "the full recipe"


@dataclass(frozen=True)
class Ingredient:
    """name: what is done to the full recipe; settings: keywords of `lstmgen.train`; hooks: what no option can do.

    updates: times those of the full recipe, so that rows and windows of other sizes see as many tokens. beside: the
    ingredient it is compared with, if not the full recipe. level: the only one it is for.
    """

    name: str
    settings: dict = field(default_factory=dict)
    hooks: tuple[Hook, ...] = ()
    updates: float = 1.0
    beside: str = WHOLE
    level: str | None = None


def option(
    name: str, updates: float = 1.0, beside: str = WHOLE, level: str | None = None, **settings: Any
) -> Ingredient:
    """By options."""
    return Ingredient(name, settings, updates=updates, beside=beside, level=level)


def hook(name: str, target: str, make) -> Ingredient:
    """By a hook."""
    return Ingredient(name, hooks=(Hook(target, make),))


def _scaled(factor: float):
    """A peak rate so many times as high."""
    return lambda peak_rate: lambda *what: factor * peak_rate(*what)


def _restarting(**given: Any):
    """Streams with other restarts."""
    return lambda streams: lambda *args, **more: streams(*args, **(more | given))


def _unturned(arrange):
    """Every epoch begins at the same places."""

    def arranged(self) -> None:
        arrange(self)
        self._first = np.arange(self.batch_size) * len(self._ids) // self.batch_size

    return arranged


def _forgetful(update):
    """Every window begins from nothing."""

    def updated(self, rate, schedule, drops=1.0):
        self.state.carried = np.zeros_like(self.state.carried)
        return update(self, rate, schedule, drops)

    return updated


def _without_frequencies(initialise):
    """The output's bias is zero."""
    return lambda architecture, rng, frequencies=None: initialise(architecture, rng)


def _forget_bias(value: float, initialise):
    """Another first bias of the forget gate."""

    def made(architecture, rng, frequencies=None):
        from lstmgen.network import parameter_views

        flat = initialise(architecture, rng, frequencies)
        for name, view in parameter_views(architecture, flat).items():
            if name.startswith("layers.") and name.endswith(".b") and architecture.num_gates == 4:
                view[0] = value
        return flat

    return made


def _normal(rng: np.random.Generator, size: int):
    """U like W: normal, variance 1 / fan-in."""
    return rng.standard_normal((size, size)) / math.sqrt(size)


def _never_surely(try_average):
    """The best weights are never surely better than the mean."""

    def tried(run):
        with patched([Hook("lstmgen.training.validation:SIGNIFICANT_ERRORS", instead(math.inf))]):
            try_average(run)

    return tried


UPDATE, SESSION, HANDOVER = (f"lstmgen.training.{room}" for room in ("update", "session", "handover"))
FULL = Ingredient(WHOLE)
INGREDIENTS = [
    option("no dropout", dropout=0.0),
    option("dropout 0.1", dropout=0.1),
    option("dropout 0.3", dropout=0.3),
    option("no weight-drop", weight_drop=0.0),
    option("weight-drop 0.3", weight_drop=0.3),
    option("no weight decay", weight_decay=0.0),
    option("weight decay 0.1", weight_decay=0.1),
    option("no clipping", clip_norm=1e9),
    option("1 % held back to measure with, not 5 %", validation=0.01),
    option("nothing held back", validation=0.0),
    hook("half the peak rate", "lstmgen.training.plan:peak_rate", _scaled(0.5)),
    hook("double the peak rate", "lstmgen.training.plan:peak_rate", _scaled(2.0)),
    hook("rate falls to nothing (floor 0)", "lstmgen.training.plan:FINAL_RATE_SHARE", instead(0.0)),
    hook("rate stays at its peak (floor 1)", "lstmgen.training.plan:FINAL_RATE_SHARE", instead(1.0)),
    hook("no warm-up", "lstmgen.training.plan:WARM_UP_SHARE", instead(1e-9)),
    hook("no mean of the last weights", f"{UPDATE}:AVERAGING_START", instead(2.0)),
    hook("mean over the last fifth", f"{UPDATE}:AVERAGING_START", instead(0.8)),
    hook("the mean kept in any case", "lstmgen.training.finalize:_try_average", _never_surely),
    hook("no softmax temperature", "lstmgen.training.finalize:_try_temperature", instead(lambda run: None)),
    hook("AdamW beta2 0.999", f"{UPDATE}:BETA2", instead(0.999)),
    hook("no state carried", f"{UPDATE}:Updater.update", _forgetful),
    hook("no restarts", f"{HANDOVER}:Streams", _restarting(restart=0.0)),
    hook("restarts in 1 of 100 windows", f"{HANDOVER}:Streams", _restarting(restart=0.01)),
    hook("restarts anywhere", f"{HANDOVER}:Streams", _restarting(beginnings=None)),
    hook("no rotation", "lstmgen.text.streams:Streams._arrange", _unturned),
    hook("output bias 0", f"{SESSION}:initialise", _without_frequencies),
    hook("forget bias 0", f"{SESSION}:initialise", partial(_forget_bias, 0.0)),
    hook("forget bias 2", f"{SESSION}:initialise", partial(_forget_bias, 2.0)),
    hook("U normal, not orthogonal", "lstmgen.network.parameters:_orthogonal", instead(_normal)),
    option("8 rows", updates=2.0, batch_size=8),
    option("32 rows", updates=0.5, batch_size=32),
    option("window 32", updates=2.0, seq_length=32),
    option("window 128", updates=0.5, seq_length=128),
    option("2 layers", num_layers=2),
    option("2 layers, not summed", num_layers=2, skip_sum=False, beside="2 layers"),
    option("3 layers", num_layers=3),
    option("3 layers, not summed", num_layers=3, skip_sum=False, beside="3 layers"),
    option("input and output not tied", tied=False, level="word"),
    option("embedding dropout 0.1", embedding_dropout=0.1, level="word"),
    option("embedding dropout 0.3", embedding_dropout=0.3, level="word"),
]
