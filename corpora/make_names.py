"""Invented names, one a line, from a sound system of their own.

A name is two or three syllables with a beat on the first. Vowels keep company: a name is bright (e, i) or dark
(a, o, u), and only i goes with both ("harmony", as in Finnish or Turkish). Clusters begin names but never end them;
between vowels a consonant may be doubled after the beat; a name ends in a vowel or in l, n, r, s or th. What the
tongue stumbles over (Rierer, Thathel) is left out, and so is what a reader somewhere would blush at.
"""

import re

from dice import Dice, words
from writing import save

COUNT = 4200
FIRST = words("b d f g h k l m n p r s t v w br dr fl gr kl kr pr th tr st sw")
FIRST_WEIGHTS = (6, 6, 4, 5, 6, 6, 7, 8, 7, 4, 7, 7, 8, *[2] * 13)
BETWEEN = words("b d f g k l m n p r s t v th")
BETWEEN_WEIGHTS = (4, 6, 2, 3, 4, 10, 7, 9, 2, 10, 5, 5, 5, 3)
MEETINGS = {  # what may close a syllable, and what may open the next after it
    "l": words("d t v m k b s"),
    "n": words("d t k s g"),
    "r": words("d t m n v k b l s"),
    "m": words("b p l r"),
    "s": words("t k p m"),
    "th": words("r l m"),
}
DOUBLED = words("l n r s t m d")
VOWELS = {"bright": ("e", "i", "ei", "ie"), "dark": ("a", "o", "u", "au", "i")}
VOWEL_WEIGHTS = {"bright": (10, 8, 2, 1.5), "dark": (12, 9, 6, 1.5, 2.5)}
ENDINGS = {
    "bright": words("e el en er es i il in ie is eth ith eren iel inne"),
    "dark": words("a al an ar as o ol on or os u un ath oth ari olan una"),
}
CLUMSY = re.compile(r"(th|[lrst])[aeiou]+\1|([^aeiou])[aeiou]+\2[aeiou]+\2|st.*st|ei.*ie|ie.*ei")
BLUSHES = re.compile("anal|ass[aeo]|bum|dik|dill|fag|fart|fuk|hor|ka[kr]e|kak|kil|kum|nig|pis|puss|rap|tit")


def vowel(dice: Dice, kind: str, plain: bool) -> str:
    """One of the kind's vowels; a plain one is a single letter."""
    while True:
        found = dice.weighted(VOWELS[kind], VOWEL_WEIGHTS[kind])
        if not plain or len(found) == 1:
            return found


def opening(dice: Dice) -> str:
    if dice.chance(0.14):
        return ""
    return dice.weighted(FIRST, FIRST_WEIGHTS)


def middle(dice: Dice, after_beat: bool) -> str:
    """What stands between two vowels: one consonant, a doubled one, or two that may meet."""
    roll = dice.random()
    if after_beat and roll < 0.16:
        return dice.choice(DOUBLED) * 2
    if roll < 0.48:
        close = dice.weighted(tuple(MEETINGS), (8, 8, 9, 3, 4, 1.5))
        return close + dice.choice(MEETINGS[close])
    return dice.weighted(BETWEEN, BETWEEN_WEIGHTS)


def name(dice: Dice) -> str:
    kind = dice.choice(("bright", "dark"))
    stem = opening(dice) + vowel(dice, kind, plain=False) + middle(dice, after_beat=True)
    if dice.chance(0.42):
        between = dice.weighted(BETWEEN, BETWEEN_WEIGHTS) if len(stem) > 5 else middle(dice, after_beat=False)
        stem += vowel(dice, kind, plain=True) + between
    return (stem + dice.choice(ENDINGS[kind])).capitalize()


def make() -> str:
    dice, found = Dice(14), {}
    while len(found) < COUNT:
        candidate = name(dice)
        if 3 < len(candidate) < 10 and not CLUMSY.search(candidate.lower()) and not BLUSHES.search(candidate.lower()):
            found[candidate] = None
    return "\n".join(dice.shuffled(sorted(found))) + "\n"


if __name__ == "__main__":
    save("names", make())
