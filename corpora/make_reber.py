"""Strings of the embedded Reber grammar, one a line.

A string of Reber's grammar (begin B, walk through its six states by chance, end E) is wrapped in B, T or P in front,
and the same letter again and E behind. The last letter but one is settled by the second, and all between them says
nothing about it: who would know it must remember (Hochreiter & Schmidhuber 1997, "Long short-term memory").
"""

from dice import Dice
from writing import save

STRINGS = 3000
# From each state two ways lead on, equally often: a letter and the state after it; END is left by E.
WAYS = ((("T", 1), ("P", 2)), (("S", 1), ("X", 3)), (("T", 2), ("V", 4)), (("X", 2), ("S", 5)), (("P", 3), ("V", 5)))
END = 5


def inner(dice: Dice) -> str:
    """One string of Reber's grammar."""
    state, letters = 0, "B"
    while state != END:
        letter, state = dice.choice(WAYS[state])
        letters += letter
    return letters + "E"


def make() -> str:
    dice, lines = Dice(22), []
    for _ in range(STRINGS):
        wrapping = dice.choice("TP")
        lines.append(f"B{wrapping}{inner(dice)}{wrapping}E\n")
    return "".join(lines)


if __name__ == "__main__":
    save("reber", make())
