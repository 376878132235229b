"""Three years of weather, a day a line, in the lecture's words.

High is 67 F. Low is 43 F. Wind is 13 mph. .25 inches of rain. Relative humidity is 83%.

A day takes after the day before: slow warm and cold spells ride on the seasons, and fronts pass through in a few
days, with cloud (high and low come closer), wind, rain and moist air.
"""

from dataclasses import dataclass

from dice import Dice
from writing import save

DAYS = 1096
YEAR = 365.25


@dataclass
class Sky:
    spell: float = 0.0  # F above the season's mean
    front: float = 0.0  # 0 clear, 1 and more a passing front


def season(day: int) -> float:
    """From -1 in mid-January to 1 in mid-July, by two parabolas: a sine that needs no C library."""
    turn = (day - 105) % YEAR / YEAR * 2  # 0 in April, 1 in October
    return 4 * turn * (1 - turn) if turn < 1 else -4 * (turn - 1) * (2 - turn)


def pass_a_day(sky: Sky, dice: Dice) -> None:
    sky.spell = 0.8 * sky.spell + 3.6 * dice.bell()
    sky.front *= 0.45
    if dice.chance(0.24):
        sky.front += 0.5 + dice.random()
        sky.spell -= 2.5


def sentence_of(day: int, sky: Sky, dice: Dice) -> str:
    mean = 54 + 19 * season(day) + sky.spell
    half_range = max(3.0, 12 + 2 * season(day) - 5.5 * sky.front + 1.2 * dice.bell())
    high, low = round(mean + half_range), round(mean - half_range)
    wind = max(0, round(5 + 9 * sky.front + 2.2 * dice.bell()))
    wet = sky.front - 0.45 + 0.12 * dice.bell()
    rain = max(1, round(55 * wet * (0.4 + dice.random()))) if wet > 0 else 0
    humidity = round(58 - 8 * season(day) + 26 * min(sky.front, 1.2) + 4 * dice.bell())
    humidity = min(98, max(24, humidity, 70 if rain else 0))
    inches = f"{rain / 100:.2f}".removeprefix("0")
    return (
        f"High is {high} F. Low is {low} F. Wind is {wind} mph. "
        f"{inches} inches of rain. Relative humidity is {humidity}%."
    )


def make() -> str:
    dice, sky, lines = Dice(13), Sky(), []
    for day in range(DAYS):
        pass_a_day(sky, dice)
        lines.append(sentence_of(day, sky, dice))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    save("weather", make())
