"""Dots read back from Braille."""

from lstmgen.inspect.canvas.dots import BRAILLE

BITS = {BRAILLE[row][column]: (row, column) for row in range(4) for column in range(2)}


def braille_dots(rows):
    """Places (column, row) of all dots, in dots from the upper left."""
    return {
        (2 * x + column, 4 * y + row)
        for y, line in enumerate(rows)
        for x, character in enumerate(line)
        if 0x2800 < ord(character) < 0x2900
        for bit, (row, column) in BITS.items()
        if (ord(character) - 0x2800) & bit
    }
