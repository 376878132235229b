"""The lecture's dinners: pizza, sushi, waffles, pizza, sushi, waffles, whatever the day, the rain or the gym.

What comes depends on what came yesterday, and on nothing else that is told, though much is. On days away nobody
writes down the dinner, but the round goes on: who would know tonight's dinner must carry a prediction through.
"""

from dice import Dice
from writing import save

ROUND = ("pizza", "sushi", "waffles")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# True on any day with the same chance: a network has to find out that they change nothing.
NEWS = (
    "it rained",
    "it snowed a little",
    "the sun shone",
    "the wind blew",
    "I went to the gym",
    "I came home late",
    "I came home early",
    "a friend came round",
    "the bus was late",
    "nothing much happened",
)
WEEKS = 210


def make() -> str:
    dice = Dice(12)
    weeks, dinner, away = [], 0, 0
    for _ in range(WEEKS):
        days = []
        for day in DAYS:
            if away == 0 and dice.chance(0.06):
                away = dice.between(1, 5)
            if away > 0:
                away -= 1
                days.append(f"On {day} I was away.")
            elif dice.chance(0.4):
                days.append(f"On {day} {dice.choice(NEWS)} and we had {ROUND[dinner]}.")
            else:
                days.append(f"On {day} we had {ROUND[dinner]}.")
            dinner = (dinner + 1) % len(ROUND)
        weeks.append(" ".join(days))
    return "\n".join(weeks) + "\n"


if __name__ == "__main__":
    save("dinners", make())
