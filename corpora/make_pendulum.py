"""Readings of a swinging pendulum: its angle in degrees, a reading a line, five in a second.

It is pulled aside, let go, and swings until friction has nearly stopped it; then comes an empty line and the next
pull. Wide swings take longer than narrow ones, as with a real pendulum (the sine is not replaced by its angle).
"""

from dice import Dice
from writing import save

READINGS = 10500
DEGREES = 57.29577951308232  # in a radian
STIFFNESS = 9.81 / 1.1  # gravity over length, a second squared
FRICTION = 0.11  # a second
STEPS = 10  # of the integration, in a reading
TICK = 0.2 / STEPS  # seconds


def sine(x: float) -> float:
    """sin x by its series: additions and products only, so the bytes do not depend on a C library. For |x| < 2."""
    square, term, total = x * x, x, x
    for n in range(2, 20, 2):
        term = -term * square / (n * (n + 1))
        total += term
    return total


def pull(angle: float, speed: float) -> float:
    """The angle's acceleration, radians a second squared."""
    return -STIFFNESS * sine(angle) - FRICTION * speed


def step(angle: float, speed: float) -> tuple[float, float]:
    """One tick later, by the classical Runge-Kutta rule."""
    a1, s1 = speed, pull(angle, speed)
    a2, s2 = speed + TICK / 2 * s1, pull(angle + TICK / 2 * a1, speed + TICK / 2 * s1)
    a3, s3 = speed + TICK / 2 * s2, pull(angle + TICK / 2 * a2, speed + TICK / 2 * s2)
    a4, s4 = speed + TICK * s3, pull(angle + TICK * a3, speed + TICK * s3)
    return angle + TICK / 6 * (a1 + 2 * a2 + 2 * a3 + a4), speed + TICK / 6 * (s1 + 2 * s2 + 2 * s3 + s4)


def swing(angle: float) -> list[str]:
    """The readings of one pull, from the angle (radians) till it has been under four degrees for three seconds."""
    speed, quiet, readings = 0.0, 0, []
    while quiet < 15:
        readings.append(f"{angle * DEGREES:.1f}")
        quiet = quiet + 1 if abs(angle) * DEGREES < 4 else 0
        for _ in range(STEPS):
            angle, speed = step(angle, speed)
    return readings


def make() -> str:
    dice, swings, count = Dice(18), [], 0
    while count < READINGS:
        side = dice.choice((-1, 1))
        readings = swing(side * dice.between(15, 80) / DEGREES)
        swings.append("\n".join(readings) + "\n")
        count += len(readings)
    return "\n".join(swings)


if __name__ == "__main__":
    save("pendulum", make())
