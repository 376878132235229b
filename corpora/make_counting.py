"""Counting: so many times a, then as many times b, a line each; from once to ten times, equally often.

Who would know when to stop must have counted. More than ten is left for the question whether counting was learned
or ten lines by heart (Gers & Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and
context-sensitive languages").
"""

from dice import Dice
from writing import save

MOST = 10
TIMES = 300  # each


def make() -> str:
    lines = [f"{'a' * n}{'b' * n}" for n in range(1, MOST + 1)]
    return "".join(f"{line}\n" for line in Dice(21).shuffled(lines * TIMES))


if __name__ == "__main__":
    save("counting", make())
