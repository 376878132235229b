"""The chain of predictions as a picture: what came below, what is predicted above, the state from left to right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from lstmgen.cell_facts import CELL_FACTS
from lstmgen.inspect.canvas.colours import shade
from lstmgen.inspect.canvas.columns import token_label
from lstmgen.inspect.canvas.picture import FAINT, STRONG, Picture, fill, fit, wrap
from lstmgen.inspect.common.data import Table
from lstmgen.inspect.unroll.measure import Chain, Guess, Link

_SMALL = 7  # tokens of a vocabulary whose lists are written out
_SHOWN = 3  # predictions a link
_ROWS = _SHOWN + 5  # lines of a row of links: predictions, arrow, step, arrow, token, list
_HARDLY = 0.005  # probability that two digits would show as nothing
_LABEL = 10  # cells of a token among the predictions
_BOX = 3  # cells of a step
_OWN_AT_LEAST = 5  # links of the net's own that stay in sight of a long text

_Clean = Callable[[str], str]


@dataclass(frozen=True)
class ChainView:
    """whole: the whole text, in as many rows as it takes; else its end, on one screen.

    own: how many steps were asked for; None: as many as fit, of those the chain has.
    """

    whole: bool = False
    own: int | None = None
    colours: str | None = None
    width: int = 80
    height: int = 22


def draw_chain(chain: Chain, view: ChainView, clean: _Clean, name: str = "") -> Picture:
    """The picture. clean: makes a token fit for a terminal; name: of the model, cleaned."""
    pad = 2 + max(len(_carried(chain.cell)), 3) + 2  # an arrow with its letters
    width = min(max(_width(link, chain.vocabulary, clean) for link in chain.links) + 2, max(view.width - 1, 8))
    width = max(width, _BOX + pad)
    per_row = max(1, (view.width - 1) // width)
    key = _key(chain, view.width)
    first, last = _shown(chain, view, per_row * max(1, (view.height - 1 - len(key)) // (_ROWS + 1)))
    more = "" if first == 0 else "   More: --all"
    picture = Picture()
    picture.add(Segment(fit(_title(chain, first, last, name), view.width - len(more)), STRONG), Segment(more, FAINT))
    shown = chain.links[first:last]
    for start in range(0, len(shown), per_row):
        _draw_row(picture, shown[start : start + per_row + 1], per_row, chain, width, view, clean)
        picture.add()
    for line in key:
        picture.add(Segment(line, FAINT))
    return picture.crop(view.width)


def _carried(cell: str) -> str:
    """What goes from step to step, by letter: "c h", of the RNN "h"."""
    return " ".join(CELL_FACTS[cell].states)


def carried_names(cell: str) -> str:
    """The same in both vocabularies: "memory c (cell state) and prediction h (output)"."""
    entries = {entry.letter: entry for entry in CELL_FACTS[cell].legend}
    names = [f"{entries['h'].lecture} h ({entries['h'].textbook})"]
    if "c" in entries:
        names.insert(0, f"{entries[_BEFORE].lecture} c ({entries['c'].textbook})")
    return " and ".join(names)


_BEFORE = "c'"  # what is carried is the memory of the step after


def _shown(chain: Chain, view: ChainView, room: int) -> tuple[int, int]:
    """First link and one past the last. The text is cut at its beginning, so that its end and what follows are seen."""
    given = len(chain.links) - chain.own
    if view.whole:
        return 0, given + (chain.own if view.own is None else min(view.own, chain.own))
    own = chain.own if view.own is not None else min(chain.own, max(room - given, min(_OWN_AT_LEAST, room - 1)))
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
    return " · ".join(part for part in (name, text, "the chain of predictions") if part)


def _key(chain: Chain, width: int) -> list[str]:
    """How to read it."""
    size = chain.vocabulary
    came = "its list of values" if size <= _SMALL else f"where the 1 is in its list of {size:,} values"
    text = f"Below: what came, and {came}. Above: the prediction, › what then came. "
    text += f"─▸ carries {carried_names(chain.cell)}."
    if chain.own:
        text += " Dotted: its own likeliest prediction stands in for what came."
    return wrap(text, width)


def _draw_row(
    picture: Picture, near: Sequence[Link], count: int, chain: Chain, width: int, view: ChainView, clean: _Clean
) -> None:
    """The first `count` links of `near`; one more says where the last arrow goes."""
    links, letters = near[:count], _carried(chain.cell)
    for place in range(_SHOWN):
        picture.add(*[piece for link in links for piece in _guess(link, place, width, view, clean)])
    picture.add("".join(fill(" ↑", width) for _ in links))
    steps: list[Segment] = []
    for link, after in zip(links, [*near[1:], None][: len(links)], strict=True):
        stroke = " " if after is None else _stroke_into(after)
        arrow = " " * (width - _BOX + 1) if stroke == " " else f" {letters} ".center(width - _BOX, stroke) + "▸"
        steps += [Segment(f"{_stroke_into(link)}■"), Segment(arrow, FAINT)]
    picture.add(*steps)
    picture.add("".join(fill(" ⇡" if link.own else " ↑", width) for link in links))
    picture.add(*[Segment(fill(" " + _came(link, clean), width), FAINT if link.own else STRONG) for link in links])
    picture.add("".join(fill(_list(link, chain.vocabulary), width) for link in links))


def _stroke_into(link: Link) -> str:
    return " " if link.anew else "┄" if link.own else "─"


def _guess(link: Link, place: int, width: int, view: ChainView, clean: _Clean) -> list[Segment]:
    """What is hardly expected is left out, unless it came."""
    guess = link.predicted[place] if place < len(link.predicted) else None
    if guess is None or (guess.p < _HARDLY and guess.id != link.next_id):
        return [Segment(" " * width)]
    text = fit(_guess_text(guess, clean), width - 2)
    style = shade(guess.p, signed=False, colours=view.colours) if view.colours else None
    mark = "›" if guess.id == link.next_id else " "
    return [Segment(mark, STRONG), Segment(text, style), Segment(" " * (width - 1 - cell_len(text)))]


def _guess_text(guess: Guess, clean: _Clean) -> str:
    if guess.p < _HARDLY:
        p = "<.01"
    else:
        p = "?" if guess.p != guess.p else "1.00" if guess.p >= 1 - _HARDLY else f"{guess.p:.2f}"[1:]
    return f"{fit(token_label(guess.token, clean), _LABEL)} {p}"


def _came(link: Link, clean: _Clean) -> str:
    return "nothing" if link.token is None else token_label(link.token, clean)


def _list(link: Link, size: int) -> str:
    """[0 0 1 0 0] or, of a longer list, the place of its 1; all zeros where nothing is read."""
    place = None if link.anew else link.id
    if size <= _SMALL:
        return "[" + " ".join("1" if k == place else "0" for k in range(size)) + "]"
    return " all 0" if place is None else f" 1 at {place:,}"


def _width(link: Link, size: int, clean: _Clean) -> int:
    texts = [1 + cell_len(_guess_text(guess, clean)) for guess in link.predicted[:_SHOWN]]
    return max([*texts, 1 + cell_len(_came(link, clean)), cell_len(_list(link, size))])


def chain_table(chain: Chain) -> Table:
    """A row for each link and predicted token."""
    rows = (
        [step - 1, link.token, link.id, link.own, rank, guess.token, guess.id, guess.p, link.next_p]
        for step, link in enumerate(chain.links)
        for rank, guess in enumerate(link.predicted)
    )
    columns = ["position", "token", "id", "own", "rank", "predicted", "predicted_id", "p", "p_of_next"]
    return Table(columns, rows)
