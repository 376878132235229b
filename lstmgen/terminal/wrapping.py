"""Text that is wider than a terminal, broken between words while it is being written."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len

_NARROWEST = 20  # cells; on a terminal still narrower the terminal breaks the lines
_TAB = 8


class WordWrap:
    """Takes text piece by piece and gives it back with line ends between words where a line would be too long.

    Line ends of the text stay, and so does what stands before a line's first word. A blank at which a line is broken
    goes. Scripts without blanks may be broken at any of their wide characters. columns: how wide the terminal is now.
    """

    def __init__(self, columns: Callable[[], int]) -> None:
        self._columns = columns
        self._at = 0  # the cell after what is written of the line
        self._blanks = ""  # read, and not written yet; so is the beginning of a word after them
        self._word = ""

    def feed(self, text: str) -> str:
        """What may be written now; the word that has not ended waits."""
        columns, written = max(self._columns(), _NARROWEST), list[str]()
        for character in text:
            if character in " \t":
                written.append(self._placed(columns))
                self._blanks += character
            elif character == "\n":
                written += [self._placed(columns), self._blanks, "\n"]
                self._at, self._blanks = 0, ""
            elif cell_len(character) > 1:
                written.append(self._placed(columns))
                self._word = character
                written.append(self._placed(columns))
            else:
                self._word += character
        return "".join(written)

    def rest(self) -> str:
        """What still waits, when nothing more comes."""
        written = self._placed(max(self._columns(), _NARROWEST)) + self._blanks
        self._blanks = ""
        return written

    def _placed(self, columns: int) -> str:
        """The word that waits, on this line or the next."""
        word, blanks = self._word, self._blanks
        if not word:
            return ""
        self._word = self._blanks = ""
        begin = self._at
        for blank in blanks:
            begin += _TAB - begin % _TAB if blank == "\t" else 1
        room = cell_len(word)
        if self._at and room and begin + room > columns:
            blanks, begin = "\n", 0
        self._at = begin + room
        if self._at > columns:  # longer than a line: the terminal itself has broken it
            self._at = (self._at - 1) % columns + 1
        return blanks + word
