"""A terminal picture as SVG: text on a grid of cells, nothing fetched, readable on a light and a dark page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

from lstmgen.inspect.canvas.colours import lightness
from lstmgen.inspect.canvas.picture import Picture

CELL, LINE, MARGIN = 8.4, 18, 14  # a cell's width, a line's height, the edge: in pixels
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
PAPERS = {"dark": "#16161c", "light": "#ffffff"}
INKS = {"dark": "#e4e4e8", "light": "#1c1c22"}
_CONTRAST = 4.5  # of letters in colour to a light ground, as WCAG 2 asks (AA); the colours are made for a dark one
_SIZE = 14  # of the letters, in pixels
FAINTNESS = 0.65

_NAMED = TerminalTheme((22, 22, 28), (228, 228, 232), [(0, 0, 0)] * 8, [(0, 0, 0)] * 8)


def as_svg(picture: Picture, title: str = "", theme: str = "dark") -> str:
    """The whole file. title: for those who cannot see the picture; theme: of PAPERS.

    Letters that XML cannot hold become a blank.
    """
    width = 2 * MARGIN + picture.width * CELL
    height = 2 * MARGIN + len(picture.lines) * LINE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" font-family="{escape(FONT)}" font-size="{_SIZE}">\n'
        f"<title>{_letters(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{PAPERS[theme]}"/>\n'
    )
    body = "".join(_line(line, MARGIN + number * LINE, theme) for number, line in enumerate(picture.lines))
    return f"{head}{body}</svg>\n"


def _line(line: list[Segment], top: float, theme: str) -> str:
    """Grounds first, so that no letter is cut by its neighbour's."""
    at = 0
    grounds: list[str] = []
    letters: list[str] = []
    for piece in line:
        cells = cell_len(piece.text)
        x, room = MARGIN + at * CELL, cells * CELL
        ground = colour_of(piece.style, behind=True)
        if ground and cells:
            grounds.append(f'<rect x="{x:g}" y="{top:g}" width="{room:g}" height="{LINE}" fill="{ground}"/>\n')
        if piece.text.strip():
            letters += _texts(piece, at, top, theme)
        at += cells
    return "".join(grounds + letters)


def _texts(piece: Segment, at: int, top: float, theme: str) -> Iterator[str]:
    """Each run of visible letters at its own place, stretched to its cells whatever font there is."""
    for start, run in _runs(piece.text):
        x, room = MARGIN + (at + start) * CELL, cell_len(run) * CELL
        yield (
            f'<text x="{x:g}" y="{top + LINE - 5:g}" textLength="{room:g}" lengthAdjust="spacingAndGlyphs"'
            f"{_look(piece.style, theme)}>{_letters(run)}</text>\n"
        )


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """Stretches without two blanks running, with the cell each begins at."""
    at, run, begun = 0, "", 0
    for letter in text:
        if letter == " " and (not run or run.endswith(" ")):
            if run.strip():
                yield begun, run.rstrip(" ")
            run = ""
        else:
            if not run:
                begun = at
            run += letter
        at += cell_len(letter)
    if run.strip():
        yield begun, run.rstrip(" ")


def _look(style: Style | None, theme: str) -> str:
    ink = ink_of(style, theme) or INKS[theme]
    bold = ' font-weight="bold"' if style and style.bold else ""
    faint = f' opacity="{FAINTNESS}"' if style and style.dim else ""
    return f' fill="{ink}"{bold}{faint}'


def colour_of(style: Style | None, *, behind: bool) -> str | None:
    """Of a style's letters or ground, as #rrggbb; None where it leaves that open."""
    colour = None if style is None else style.bgcolor if behind else style.color
    if colour is None or colour.is_default:
        return None
    return colour.get_truecolor(_NAMED, foreground=not behind).hex


def ink_of(style: Style | None, theme: str) -> str | None:
    """Of a style's letters: on a light page as dark as it takes to read them; on a ground of their own as they are."""
    ink = colour_of(style, behind=False)
    if ink is None or theme == "dark" or colour_of(style, behind=True):
        return ink
    red, green, blue = (int(ink[at : at + 2], 16) for at in (1, 3, 5))
    darker = 1.05 / _CONTRAST - 0.05
    factor = min(1.0, (darker / max(lightness(red, green, blue), 1e-9)) ** (1 / 2.2))
    return "#" + "".join(f"{int(part * factor):02x}" for part in (red, green, blue))


def _letters(text: str) -> str:
    """Escaped, with a blank for what XML 1.0 does not allow."""
    return escape("".join(c if _is_xml(c) else " " for c in text))


def _is_xml(c: str) -> bool:
    """One that XML 1.0 allows and that is no control character."""
    return c == "\t" or " " <= c < "\x7f" or "\xa0" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
