"""A terminal picture as one page of HTML: opens without a network, fetches nothing, runs nothing."""

from __future__ import annotations

from html import escape

from rich.segment import Segment

from lstmgen.inspect.canvas.picture import Picture
from lstmgen.inspect.canvas.svg import FAINTNESS, FONT, INKS, PAPERS, colour_of, ink_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def as_webpage(picture: Picture, title: str = "", theme: str = "dark") -> str:
    """The whole file; the picture's text stays text, to be read aloud, searched and copied. theme: of PAPERS."""
    lines = "\n".join("".join(_piece(piece, theme) for piece in line) for line in picture.lines)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(_visible(title))}</title>\n"
        f"<style>body {{ margin: 1rem; background: {PAPERS[theme]}; color: {INKS[theme]} }} "
        f"pre {{ font: 14px/1.3 {FONT}; overflow-x: auto }} .faint {{ opacity: {FAINTNESS} }}</style>\n"
        f"</head>\n<body>\n<pre>{lines}\n</pre>\n</body>\n</html>\n"
    )


def _piece(piece: Segment, theme: str) -> str:
    style, text = piece.style, escape(_visible(piece.text))
    looks = [
        f"{name}:{value}"
        for name, value in (
            ("color", ink_of(style, theme)),
            ("background", colour_of(style, behind=True)),
            ("font-weight", "bold" if style and style.bold else None),
        )
        if value
    ]
    faint = ' class="faint"' if style and style.dim else ""
    if not looks and not faint:
        return text
    look = f' style="{";".join(looks)}"' if looks else ""
    return f"<span{faint}{look}>{text}</span>"


def _visible(text: str) -> str:
    """What HTML can hold: control characters and halves of pairs become a blank."""
    return "".join(c if _is_shown(c) else " " for c in text)


def _is_shown(c: str) -> bool:
    return c == "\t" or not (c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c < "\ue000")
