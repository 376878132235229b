"""Dance tunes in ABC notation: jigs, reels, polkas and waltzes, each of two parts, each part played twice.

A part is eight bars: a phrase, an answer, the phrase again, and a close on the key note; the second part lies higher
and comes home by the same close. Strong beats take notes of the bar's chord, the others walk or leap between them.
"""

from dataclasses import dataclass

from dice import Dice, words
from writing import save

COUNT = 280
LETTERS = ("G,", "A,", "B,", *"CDEFGABcdefgab")  # by step of the scale, from LOWEST up; C is step 0
LOWEST, HIGHEST = -3, 13
KEYS = {  # key: (step of the key note, a mode that shares its chords)
    "D": (1, "major"), "G": (4, "major"), "A": (5, "major"), "C": (0, "major"), "F": (3, "major"),
    "Em": (2, "minor"), "Am": (5, "minor"), "Dm": (1, "minor"), "Bm": (6, "minor"),
    "Ador": (5, "minor"), "Edor": (2, "minor"), "Dmix": (1, "open"), "Amix": (5, "open"),
}  # fmt: skip
CHORDS = {  # roots of two bars, counted from the key note
    "major": ((0, 0), (0, 3), (0, 4), (0, 5), (3, 4), (5, 3), (3, 0), (1, 4)),
    "minor": ((0, 0), (0, 6), (0, 3), (5, 6), (3, 6), (0, 4), (2, 6)),
    "open": ((0, 0), (0, 6), (6, 0), (0, 3), (3, 6)),
}
CLOSING = {"major": (4, 0), "minor": (6, 0), "open": (6, 0)}


@dataclass(frozen=True)
class Dance:
    """A kind of tune: eighths in a group of notes, groups in a bar, rhythms of a group and of the last bar."""

    metre: str
    groups: int
    rhythms: tuple[tuple[int, ...], ...]
    weights: tuple[int, ...]
    last: tuple[tuple[int, ...], ...]


DANCES = {
    "jig": Dance("6/8", 2, ((1, 1, 1), (2, 1), (3,)), (12, 5, 1), ((2, 1), (3,))),
    "reel": Dance("4/4", 2, ((1, 1, 1, 1), (2, 1, 1), (1, 1, 2), (3, 1)), (12, 5, 2, 3), ((2, 1, 1), (4,))),
    "polka": Dance("2/4", 2, ((1, 1), (2,)), (5, 3), ((1, 1), (2,))),
    "waltz": Dance(
        "3/4", 1, ((2, 2, 2), (4, 2), (2, 1, 1, 2), (3, 1, 2), (2, 2, 1, 1)), (6, 5, 3, 4, 2), ((6,),)
    ),
}  # fmt: skip
WHOSE = words(
    "Miller Piper Ferryman Weaver Goose Widow Tinker Shepherd Cobbler Owl Baker Sailor Beekeeper Postman Badger "
    "Drummer Blacksmith Schoolmaster Fiddler Gardener Heron Hatter Fishwife Toad"
)
LIKE = words(
    "Wet Merry Broken Last Crooked New Old Little Painted Lazy Silver Runaway Borrowed Left-Hand Sunday Second-Best "
    "Dusty Lucky Patched Early"
)
WHAT = words(
    "Boots Wedding Kettle Goodbye Hat Fiddle Breakfast Wheel Journey Lantern Boat Waistcoat Daughter Ladder Pony "
    "Gate Pudding Morning Whistle Candle Garden Umbrella Bridge Secret"
)


def title(dice: Dice) -> str:
    form = dice.between(0, 3)
    if form == 0:
        return f"The {dice.choice(LIKE)} {dice.choice(WHAT)}"
    if form == 1:
        return f"The {dice.choice(WHOSE)} and the {dice.choice(WHOSE)}"
    return f"The {dice.choice(WHOSE)}'s {dice.choice(LIKE) + ' ' if form == 2 else ''}{dice.choice(WHAT)}"


@dataclass
class Singer:
    """Where the melody stands, the key it is in, and the note it is drawn to when it strays."""

    dice: Dice
    tonic: int
    note: int
    centre: int

    def chord_note(self, root: int) -> int:
        """A note of the chord near the last one, mostly not the same."""
        of_chord = [n for n in range(LOWEST, HIGHEST + 1) if (n - self.tonic - root) % 7 in (0, 2, 4)]
        home = 1 if self.note < self.centre else -1
        near = sorted(of_chord, key=lambda n: (abs(n - self.note), -n * home))[:4]
        return self.dice.weighted(near, (2, 6, 3, 2))

    def passing_note(self) -> int:
        home = 1 if self.note < self.centre else -1
        step = home * self.dice.weighted((-1, 1, 2), (4, 6, 2))
        return self.note + step if LOWEST + 2 <= self.note + step <= HIGHEST else self.note - step

    def group(self, rhythm: tuple[int, ...], root: int) -> str:
        """Some notes under one beam: a chord note first, and another on the way if there are four."""
        notes = []
        for place, length in enumerate(rhythm):
            on_beat = place == 0 or length > 1 or self.dice.chance(0.3)
            self.note = self.chord_note(root) if on_beat else self.passing_note()
            notes.append(spell(self.note, length))
        return "".join(notes)


def spell(note: int, length: int) -> str:
    return LETTERS[note - LOWEST] + (str(length) if length > 1 else "")


def phrase(singer: Singer, dance: Dance, roots: tuple[int, int]) -> list[str]:
    """Two bars."""
    return [
        " ".join(singer.group(singer.dice.weighted(dance.rhythms, dance.weights), root) for _ in range(dance.groups))
        for root in roots
    ]


def close(singer: Singer, dance: Dance, mode: str) -> list[str]:
    """Two bars that end on the key note, held."""
    first, _ = phrase(singer, dance, CLOSING[mode])
    homes = [n for n in range(LOWEST, HIGHEST + 1) if (n - singer.tonic) % 7 == 0]
    singer.note = min(homes, key=lambda n: abs(n - singer.note))
    groups = [singer.group(rhythm, 0) for rhythm in dance.last[:-1]]
    home = min(homes, key=lambda n: abs(n - singer.note))
    return [first, " ".join([*groups, spell(home, sum(dance.last[-1]))])]


def part(phrases: list[list[str]]) -> str:
    bars = [bar for two in phrases for bar in two]
    return "|:" + "|".join(bars[:4]) + "|\n" + "|".join(bars[4:]) + ":|\n"


def tune(number: int, dice: Dice) -> str:
    kind = dice.choice(tuple(DANCES))
    key = dice.choice(tuple(KEYS))
    dance, (tonic, mode) = DANCES[kind], KEYS[key]
    singer = Singer(dice, tonic, tonic + dice.choice((0, 2, 4)), centre=min(tonic + 3, 7))
    low = phrase(singer, dance, dice.choice(CHORDS[mode]))
    answer = phrase(singer, dance, dice.choice(CHORDS[mode]))
    ending = close(singer, dance, mode)
    singer.note = singer.centre = min(tonic + 7, 10)
    high = phrase(singer, dance, dice.choice(CHORDS[mode]))
    reply = answer if dice.chance(0.5) else phrase(singer, dance, dice.choice(CHORDS[mode]))
    head = f"X:{number}\nT:{title(dice)}\nR:{kind}\nM:{dance.metre}\nL:1/8\nK:{key}\n"
    return head + part([low, answer, low, ending]) + part([high, reply, high, ending])


def make() -> str:
    dice = Dice(16)
    return "\n".join(tune(number, dice) for number in range(1, COUNT + 1))


if __name__ == "__main__":
    save("tunes", make())
