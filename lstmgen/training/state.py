"""Everything that changes while a network is trained, in one record that goes to arrays and back without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from lstmgen.arrays import AnyArray, Float32Array, Float64Array
from lstmgen.training.checking import (
    COUNTER_RULES,
    check_counter_order,
    check_generator_record,
    check_record,
    unusable_state,
)
from lstmgen.training.ngram_baseline import NgramBaseline, baseline_from_record

_ARRAYS = ("weights", "best", "first", "second", "carried")
_GENERATORS = ("data", "dropout", "samples")
_RETIRED = ("epoch", "best_tokens")  # counters that states of 0.1.0 have
MEASURED = 1  # how the validation loss on the way is measured (subset.py); 0: in rows that began anywhere (0.1.0)


@dataclass
class Counters:
    """The plain numbers of a state; all go into the file's header as they are."""

    step: int = 0
    moments_step: int = 0  # updates since the moments were last zero, for Adam's bias correction
    tokens_seen: int = 0
    seconds: float = 0.0  # of all sessions
    smoothed: float | None = None  # training loss as shown
    first_step: int = 0  # of this leg (see schedule.Leg)
    first_second: float = 0.0
    stopped: float | None = None
    stopped_step: int | None = None
    best_loss: float | None = None
    best_step: int = 0
    best_averaged: bool = False
    best_temperature: float = 1.0  # by which the model's logits are divided; `best` itself is without it
    low: float | None = None  # lowest validation of this leg, by which stopping early is judged
    low_train: float | None = None  # training loss there
    low_step: int = 0
    low_second: float = 0.0
    worse: int = 0  # evaluations running above it
    suspicious: bool = False  # whether a trial of stopping early is due
    tried: float = -1.0  # share of the leg's budget at the last trial
    measured: int = 0  # see MEASURED; what a state does not say is of an earlier version
    evaluated_step: int = 0
    evaluated_second: float = 0.0
    loss_sum: float = 0.0  # since the last evaluation, over `updates` updates
    norm_sum: float = 0.0
    clipped: int = 0
    updates: int = 0
    train: float | None = None  # mean loss of the last evaluation's stretch
    averaged: int = 0  # weights summed up in `average`
    failures: int = 0  # updates undone in a row
    skipped: int = 0  # undone in all
    halvings: int = 0
    finished: bool = False
    bf16_updates: int = 0  # of a run that began in bf16 and went on in float32, where the CPU cannot: those before


@dataclass
class TrainingState:
    """Weights in hand and best, Adam's two moments, mean of the last weights: (n,); carried states (S, L, B, H)."""

    weights: Float32Array
    best: Float32Array
    first: Float32Array
    second: Float32Array
    average: Float32Array
    carried: Float32Array
    generators: dict[str, np.random.Generator]
    cursor: dict[str, Any]
    counters: Counters = field(default_factory=Counters)
    history: list[tuple[float, ...]] = field(default_factory=list)
    clock: list[tuple[float, float]] = field(default_factory=list)
    baseline: NgramBaseline | None = None  # what counting reached; here so that a run that goes on need not count again

    def keep_as_best(self, weights: Float32Array, loss: float | None, *, averaged: bool = False) -> None:
        """Weights (n,) of the present step become the best, with this loss; averaged: they are the mean of several."""
        counters = self.counters
        self.best[:] = weights
        counters.best_loss, counters.best_step = loss, counters.step
        counters.best_averaged, counters.best_temperature = averaged, 1.0

    def reset_moments(self) -> None:
        """Adam starts again, with its bias correction."""
        self.first[:], self.second[:], self.counters.moments_step = 0.0, 0.0, 0

    def to_arrays(self) -> tuple[dict[str, AnyArray], dict[str, Any]]:
        """Arrays and plain numbers; `from_arrays` of them is this state."""
        arrays: dict[str, AnyArray] = {name: getattr(self, name) for name in _ARRAYS}
        if self.counters.averaged:
            arrays["average"] = self.average
        header = {
            "counters": dict(vars(self.counters)),
            "generators": {name: generator_state(g) for name, g in self.generators.items()},
            "cursor": {name: _plain(value) for name, value in self.cursor.items()},
            "mark": None if self.baseline is None else asdict(self.baseline),
        }
        return arrays, header

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, AnyArray],
        header: Mapping[str, Any],
        history: Float64Array,
        clock: Float64Array,
    ) -> TrainingState:
        """The inverse; ModelFileError when something is missing, of the wrong kind, or out of its range."""
        try:
            own = {name: _float32(name, arrays[name]) for name in _ARRAYS}
            counters = _counters(header["counters"])
            average = arrays["average"] if counters.averaged else np.zeros_like(own["weights"])
            state = cls(
                **own,
                average=_float32("average", average),
                generators={
                    name: generator_from(check_generator_record(name, header["generators"][name]))
                    for name in _GENERATORS
                },
                cursor=dict(header["cursor"]),
                counters=counters,
                history=[tuple(float(v) for v in row) for row in history],
                clock=[(float(a), float(b)) for a, b in clock],
                baseline=baseline_from_record(header.get("mark")),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            missing = isinstance(error, KeyError)
            raise unusable_state(f"it has no {str(error).strip(chr(39))}" if missing else error) from error
        state.check()
        return state

    def check(self) -> None:
        """ModelFileError unless the flat arrays are of one length and finite, the squares' mean not below 0."""
        flat = (self.weights, self.best, self.first, self.second, self.average)
        right = all(a.shape == self.weights.shape and a.ndim == 1 and np.isfinite(a).all() for a in flat)
        if not right or (self.second < 0).any() or not np.isfinite(self.carried).all():
            raise unusable_state("it holds arrays that do not fit together")


def _float32(name: str, array: AnyArray) -> Float32Array:
    if array.dtype != np.float32:
        raise ValueError(f"{name} holds {array.dtype}")
    return np.array(array)


def _counters(header: Mapping[str, Any]) -> Counters:
    record = check_record("the counters", header, COUNTER_RULES)
    counters = Counters(**{name: value for name, value in record.items() if name not in _RETIRED})
    check_counter_order(vars(counters))
    for one, default in zip(fields(Counters), vars(Counters()).values(), strict=True):
        value = getattr(counters, one.name)
        right = type(value) is type(default) or (default is None and (value is None or type(value) in (int, float)))
        if not right:
            raise ValueError(f"{one.name} is {value!r}")
    return counters


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def generators_from(seed: int) -> dict[str, np.random.Generator]:
    """Four streams that never touch each other: showing or evaluating something cannot disturb training."""
    children = np.random.SeedSequence(seed).spawn(4)
    names = ("initialisation", *_GENERATORS)
    return {name: np.random.Generator(np.random.PCG64(child)) for name, child in zip(names, children, strict=True)}


def generator_state(generator: np.random.Generator) -> dict[str, Any]:
    """PCG64's state as JSON can hold it: the two 128-bit numbers in hexadecimal."""
    state = generator.bit_generator.state
    return {
        "state": f"{state['state']['state']:032x}",
        "increment": f"{state['state']['inc']:032x}",
        "kept": int(state["uinteger"]) if state["has_uint32"] else None,
    }


def generator_from(record: Mapping[str, Any]) -> np.random.Generator:
    """The inverse of `generator_state`."""
    kept = record["kept"]
    bits = np.random.PCG64(0)
    bits.state = {
        "bit_generator": "PCG64",
        "state": {"state": int(record["state"], 16), "inc": int(record["increment"], 16)},
        "has_uint32": int(kept is not None),
        "uinteger": int(kept or 0),
    }
    return np.random.Generator(bits)
