"""The children's book of the lecture: 2,000 sentences "A saw B." in one paragraph.

The six sentences are equally frequent (333 or 334 times each), and after each of them each comes equally often
(55 or 56 times), so that the best possible loss of a model, ln 6 / 4 = 0.4479 nats a token, holds for this very text.
No line end follows the last full stop: it would be a sixth token.
"""

from collections import Counter
from itertools import pairwise

from dice import Dice
from writing import save

NAMES = ("Doug", "Jane", "Spot")
SENTENCES = [f"{a} saw {b}." for a in NAMES for b in NAMES if a != b]
COUNT = 2000


def euler_circuit(dice: Dice, copies: int) -> list[int]:
    """Sentence numbers in an order that uses each of the 36 transitions `copies` times and ends where it began."""
    n = len(SENTENCES)
    ways_on = [dice.shuffled([b for b in range(n) for _ in range(copies)]) for _ in range(n)]
    trail, circuit = [0], []
    while trail:  # Hierholzer: walk until stuck, then step back and walk the side loops that are left
        here = trail[-1]
        if ways_on[here]:
            trail.append(ways_on[here].pop())
        else:
            circuit.append(trail.pop())
    return circuit[::-1]


def rest_of_the_way(dice: Dice, start: int, steps: int) -> list[int]:
    """A walk of so many steps that uses no transition twice and visits every sentence about equally often."""
    while True:
        walk = [start]
        for _ in range(steps):
            walk.append(dice.below(len(SENTENCES)))
        visits = Counter(walk)  # the start counts too: the circuit's first and last visit to it
        moves = set(pairwise(walk))
        if len(moves) == steps and len(visits) == len(SENTENCES) and max(visits.values()) - min(visits.values()) <= 1:
            return walk[1:]


def make() -> str:
    dice = Dice(11)
    copies, steps = divmod(COUNT - 1, len(SENTENCES) ** 2)
    order = euler_circuit(dice, copies)
    order += rest_of_the_way(dice, order[-1], steps)
    return " ".join(SENTENCES[i] for i in order)


if __name__ == "__main__":
    save("childrens-book", make())
