"""The storybook: small adventures in the village of Little Wending, a chapter each, some four thousand characters long.

The people, places and things are in tale/*.table, the words in tale/*.grammar; tale/grammar.py says how those are
read, tale/discourse.py who is called he or she and when, tale/plots.py what happens in which order.
"""

from pathlib import Path

from dice import Dice, words
from tale.grammar import read
from tale.plots import Casting
from tale.teller import Teller
from writing import save

CHAPTERS = 188
TITLE = "The Little Wending Storybook"
UNITS = words(
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen "
    "Eighteen Nineteen"
)
TENS = words("- - Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety")


def number_word(n: int) -> str:
    """One, Forty-Two, One Hundred and Seven."""
    if n >= 100:
        return f"{UNITS[n // 100]} Hundred" + (f" and {number_word(n % 100)}" if n % 100 else "")
    if n < 20:
        return UNITS[n]
    return TENS[n // 10] + (f"-{UNITS[n % 10]}" if n % 10 else "")


def make() -> str:
    dice = Dice(19)
    teller = Teller(read(Path(__file__).parent / "tale"), dice)
    casting = Casting(dice)
    chapters = [f"Chapter {number_word(n + 1)}\n{casting.told_by(teller, n)}" for n in range(CHAPTERS)]
    return "\n\n\n".join([TITLE, *chapters]) + "\n"


if __name__ == "__main__":
    save("storybook", make())
