"""The chain of predictions as a picture: what came below, what is predicted above, the state from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.frame import Frame
from lstmgen.inspect.canvas.labels import title_line, token_label
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit, wrap
from lstmgen.inspect.unroll.measure import Chain, Guess, Link, carried_names

_SMALL = 7  # tokens of a vocabulary whose one-hot vectors are written out
_SHOWN = 3  # predictions a link
_ROWS = _SHOWN + 5  # lines of a row of links: predictions, arrow, step, arrow, token, one-hot vector
_UNLIKELY = 0.005  # probability that two digits would show as nothing
_LABEL = 10  # cells of a token among the predictions
_BOX = 3  # cells of a step
_OWN_AT_LEAST = 5  # links of the model's own that stay in sight of a long text


def draw_chain(chain: Chain, frame: Frame, *, whole: bool = False, own: int | None = None, name: str = "") -> Picture:
    """The picture. whole: the whole text, in as many rows as it takes; else its end, on one screen.

    own: how many steps were asked for; None: as many as fit, of those the chain has. name: of the model, cleaned.
    """
    pad = 2 + max(len(_carried(chain.cell)), 3) + 2  # an arrow with its letters
    width = min(max(_width(link, chain.vocabulary) for link in chain.links) + 2, max(frame.width - 1, 8))
    width = max(width, _BOX + pad)
    per_row = max(1, (frame.width - 1) // width)
    key = _key(chain, frame.width)
    room = per_row * max(1, (frame.height - len(key)) // (_ROWS + 1))
    first, last = _whole_range(chain, own) if whole else _fitting_range(chain, own, room)
    more = "" if first == 0 else "   More: --all"
    picture = Picture()
    picture.add(Segment(fit(_title(chain, first, last, name), frame.width - len(more)), STRONG), Segment(more, FAINT))
    shown = chain.links[first:last]
    for start in range(0, len(shown), per_row):
        if start:
            picture.add()
        _draw_row(picture, shown[start : start + per_row + 1], per_row, chain, width, frame)
    for line in key:
        picture.add(Segment(line, FAINT))
    return picture.crop(frame.width)


def _carried(cell: str) -> str:
    """What goes from step to step, by letter: "c h", of the RNN "h"."""
    return " ".join(CELL_FACTS[cell].states)


def _whole_range(chain: Chain, own: int | None) -> tuple[int, int]:
    """First link and one past the last."""
    return 0, len(chain.links) - chain.own + (chain.own if own is None else min(own, chain.own))


def _fitting_range(chain: Chain, own: int | None, room: int) -> tuple[int, int]:
    """As many links as fit. The text is cut at its beginning, so that its end and what follows are seen."""
    given = len(chain.links) - chain.own
    own = min(chain.own, max(room - given, min(_OWN_AT_LEAST, room - 1))) if own is None else chain.own
    return max(0, given + own - max(room, own + 1)), given + own


def _title(chain: Chain, first: int, last: int, name: str) -> str:
    """What is seen: "tale · all 9 tokens, then 4 of its own · the chain of predictions"."""
    given = len(chain.links) - chain.own - 1
    own = last - 1 - given
    if not given:
        text = "from nothing"
    elif first < 2:
        text = f"all {given} tokens" if given > 1 else "1 token"
    else:
        text = f"tokens {first - 1}-{given - 1} of {given}" if first < given else f"token {given - 1} of {given}"
    text += f", then {own} of its own" if own else ""
    return title_line(name, text, "chain of predictions")


def _key(chain: Chain, width: int) -> list[str]:
    """How to read it."""
    size, place, values = chain.vocabulary, "", ""
    if size > _SMALL:
        place, values = "# the place of the 1 in ", f" of {size:,} values"
    text = f"Below: the token that came, and {place}its one-hot vector{values}. "
    text += "Above: what was predicted, › what then came. "
    text += f"─▸ carries {carried_names(chain.cell)}."
    if chain.own:
        text += " Dotted: it reads its own best guess."
    return wrap(text, width)


def _draw_row(picture: Picture, near: Sequence[Link], count: int, chain: Chain, width: int, frame: Frame) -> None:
    """The first `count` links of `near`; one more says where the last arrow goes."""
    links, letters = near[:count], _carried(chain.cell)
    for place in range(_SHOWN):
        picture.add(*[piece for link in links for piece in _guess(link, place, width, frame.colours)])
    picture.add("".join(fill(" ↑", width) for _ in links))
    steps: list[Segment] = []
    for link, after in zip(links, [*near[1:], None][: len(links)], strict=True):
        stroke = " " if after is None else _stroke_into(after)
        arrow = " " * (width - _BOX + 1) if stroke == " " else f" {letters} ".center(width - _BOX, stroke) + "▸"
        steps += [Segment(f"{_stroke_into(link)}■"), Segment(arrow, FAINT)]
    picture.add(*steps)
    picture.add("".join(fill(" ⇡" if link.own else " ↑", width) for link in links))
    picture.add(*[Segment(fill(" " + _came(link), width), FAINT if link.own else STRONG) for link in links])
    picture.add("".join(fill(_one_hot(link, chain.vocabulary), width) for link in links))


def _stroke_into(link: Link) -> str:
    return " " if link.anew else "┄" if link.own else "─"


def _guess(link: Link, place: int, width: int, colours: str | None) -> list[Segment]:
    """One prediction; what is too improbable is left out, unless it came."""
    guess = link.predicted[place] if place < len(link.predicted) else None
    if guess is None or (guess.p < _UNLIKELY and guess.id != link.next_id):
        return [Segment(" " * width)]
    text = fit(_guess_text(guess), width - 2)
    style = shade(guess.p, signed=False, colours=colours) if colours else None
    mark = "›" if guess.id == link.next_id else " "
    return [Segment(mark, STRONG), Segment(text, style), Segment(" " * (width - 1 - cell_len(text)))]


def _guess_text(guess: Guess) -> str:
    if guess.p < _UNLIKELY:
        p = "<.01"
    else:
        p = "?" if guess.p != guess.p else "1.00" if guess.p >= 1 - _UNLIKELY else f"{guess.p:.2f}"[1:]
    return f"{fit(token_label(guess.token), _LABEL)} {p}"


def _came(link: Link) -> str:
    return "nothing" if link.token is None else token_label(link.token)


def _one_hot(link: Link, size: int) -> str:
    """[0 0 1 0 0] or, of a longer vector, the place of its 1; all zeros where nothing is read."""
    place = None if link.anew else link.id
    if size <= _SMALL:
        return "[" + " ".join("1" if k == place else "0" for k in range(size)) + "]"
    return " all 0" if place is None else f" #{place:,}"


def _width(link: Link, size: int) -> int:
    texts = [1 + cell_len(_guess_text(guess)) for guess in link.predicted[:_SHOWN]]
    return max([*texts, 1 + cell_len(_came(link)), cell_len(_one_hot(link, size))])
