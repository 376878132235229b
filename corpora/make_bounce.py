"""A bouncing ball filmed in letters: frames of 12 x 5, an empty line between frames, two between shots.

Each shot begins with a throw into an empty room; the ball flies in a parabola, loses a quarter of its speed at the
floor and a little at the walls, and rolls to rest. All in whole numbers of a 64th of a letter, so every frame is exact.
"""

from dataclasses import dataclass

from dice import Dice
from writing import save

WIDTH, HEIGHT = 12, 5
UNIT = 64
RIGHT, FLOOR = WIDTH * UNIT - 1, HEIGHT * UNIT - 1
GRAVITY = 10  # units a frame squared
SHOTS, REST = 30, 4
EMPTY, BALL = ".", "O"


@dataclass
class Ball:
    """Where the ball is and how fast, in units and units a frame; y counts up from the floor."""

    x: int
    y: int
    across: int
    up: int

    def move(self) -> None:
        self.x += self.across
        if not 0 <= self.x <= RIGHT:
            self.x = -self.x if self.x < 0 else 2 * RIGHT - self.x
            self.across = -self.across * 7 // 8
        self.y += self.up - GRAVITY // 2  # the mean of the speeds before and after, as in a true parabola
        self.up -= GRAVITY
        if self.y < 0:
            self.y = -self.y * 3 // 4
            self.up = -self.up * 3 // 4
            if self.up < 4 * GRAVITY:  # such a hop would not be seen
                self.y = self.up = 0
        elif self.y > FLOOR:
            self.y, self.up = 2 * FLOOR - self.y, -self.up
        if self.y == 0 and self.up <= 0:  # it rolls, and rolling wears it out
            self.up = 0
            self.across = self.across * 3 // 4 if self.across >= 0 else -(-self.across * 3 // 4)

    def at_rest(self) -> bool:
        return self.y == self.up == self.across == 0

    def frame(self) -> str:
        column, row = self.x // UNIT, HEIGHT - 1 - self.y // UNIT
        still = EMPTY * WIDTH
        drawn = still[:column] + BALL + still[column + 1 :]
        return "".join((drawn if y == row else still) + "\n" for y in range(HEIGHT))


def shot(dice: Dice) -> str:
    """One throw, until the ball has lain still for some frames."""
    speed = dice.between(20, 90) * dice.choice((-1, 1))
    ball = Ball(dice.below(RIGHT), dice.between(FLOOR // 4, FLOOR), speed, dice.between(-10, 50))
    frames, still = [], 0
    while still < REST:
        frames.append(ball.frame())
        ball.move()
        still += ball.at_rest()
    return "\n".join(frames)


def make() -> str:
    dice = Dice(17)
    return "\n\n".join(shot(dice) for _ in range(SHOTS))


if __name__ == "__main__":
    save("bounce", make())
