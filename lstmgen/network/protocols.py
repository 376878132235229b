"""What the program needs of a network that only reads and writes, so that one with clamps can take its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lstmgen.arrays import Float32Array, Int32Array
from lstmgen.cells import Cell
from lstmgen.kernels.threads import ThreadPool
from lstmgen.network.geometry import Geometry
from lstmgen.network.sampler import TokenSampler
from lstmgen.network.window import ShouldStop
from lstmgen.settings import Architecture


class GenerativeNetwork(Protocol):
    """All that generating text needs of a network; each member is as `Network` has it."""

    @property
    def architecture(self) -> Architecture:
        """Its sizes."""

    @property
    def geometry(self) -> Geometry:
        """The sizes as the kernels see them."""

    def zero_state(self, rows: int) -> Float32Array:
        """States (S, L, B, H) of rows that have read nothing."""

    def advance(self, x: Int32Array, state: Float32Array) -> Float32Array:
        """The states after a window."""

    def sampler(self, rows: int, precision: str = "float32") -> TokenSampler:
        """What generates tokens for `rows` texts side by side."""


class InferenceNetwork(GenerativeNetwork, Protocol):
    """A network with trained weights that scores and traces too."""

    @property
    def cell(self) -> Cell:
        """What its layers are made of."""

    @property
    def views(self) -> Mapping[str, Float32Array]:
        """The trained weights by name."""

    @property
    def threads(self) -> ThreadPool:
        """The threads it may use."""

    def layer_weights(self, layer: int) -> dict[str, Float32Array]:
        """A layer's arrays by their last names."""

    def trace(self, x: Int32Array, state: Float32Array) -> dict[str, Float32Array]:
        """Every gate and state after each step."""

    def logits(self, x: Int32Array, state: Float32Array) -> tuple[Float32Array, Float32Array]:
        """Logits after each step, and the states after the window."""

    def advance(self, x: Int32Array, state: Float32Array, stop: ShouldStop | None = None) -> Float32Array:
        """The states after a window."""

    def losses(
        self, x: Int32Array, y: Int32Array, state: Float32Array, stop: ShouldStop | None = None
    ) -> tuple[Float32Array, Float32Array]:
        """Nats of each target, and the states after the window."""
