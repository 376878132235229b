"""Seeded chance for the corpus generators, the same bytes on every machine and in every Python.

Only `random.Random(seed).random()` is promised to stay as it is, so everything else is built on it here, from
additions and multiplications alone (which IEEE 754 rounds the same everywhere; logarithms and sines it does not).
"""

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Dice:
    """A seeded source of choices."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def below(self, n: int) -> int:
        """An integer from 0 to n - 1."""
        return int(self.random() * n)

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def choice(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[Item], weights: Sequence[float]) -> Item:
        """One of the items, each with a chance in proportion to its weight."""
        left = self.random() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            left -= weight
            if left < 0:
                return item
        return items[-1]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """A new list of the items in random order (Fisher and Yates)."""
        order = list(items)
        for i in range(len(order) - 1, 0, -1):
            j = self.below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order

    def bell(self) -> float:
        """A number around 0 with standard deviation 1: the sum of twelve uniform ones, less six."""
        return sum(self.random() for _ in range(12)) - 6.0


def words(text: str) -> list[str]:
    """A list typed as one string."""
    return text.split()
