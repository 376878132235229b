"""Reading *.grammar files: rules of alternatives, each a line of text with slots.

    greeting:                        a rule; its alternatives follow, indented, one a line
      "Hello, {f}!" said {h}.        {x.form} is a slot: someone or something of the chapter, see teller.py
      (winter !h:bear) <shiver>      <rule a=h> tells another rule, with a standing for h;
      It was [hot|warm|fine].        (tags) in front must all hold; [a|b] is one of several, [a|] may be nothing
      A [X=cat|dog]. The {X} ran.    [X=a|b] is kept, and {X} is the same again
    # a comment

{^x} and <^rule> begin with a capital letter; // begins a new paragraph; ~ a new line of verse.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

PIECES = re.compile(r"\[|\]|\||\{[^}]*\}|<[^>]*>|[^\[\]|{<]+")


@dataclass(frozen=True)
class Slot:
    """Someone or something of the chapter, in the form asked for."""

    key: str
    form: str
    capital: bool


@dataclass(frozen=True)
class Call:
    """Another rule, with keys of its own standing for keys of ours."""

    rule: str
    names: tuple[tuple[str, str], ...]
    capital: bool


@dataclass(frozen=True)
class Choice:
    """One of several continuations, kept under a name if it has one."""

    name: str
    ways: tuple[tuple["Node", ...], ...]


Node = str | Slot | Call | Choice


@dataclass
class Alternative:
    """One line of a rule, and how often it has been told."""

    conditions: tuple[str, ...]
    nodes: tuple[Node, ...]
    told: int = field(default=0, compare=False)


def parse(text: str) -> tuple[Node, ...]:
    """The nodes of one line."""
    pieces = PIECES.findall(text)
    if "".join(pieces) != text:
        raise ValueError(f"a bracket is not closed: {text}")
    nodes, rest = _sequence(pieces)
    if rest:
        raise ValueError(f"a bracket too many: {text}")
    return nodes


def _sequence(pieces: list[str]) -> tuple[tuple[Node, ...], list[str]]:
    """Nodes up to the next | or ], and the pieces from there on."""
    nodes: list[Node] = []
    while pieces and pieces[0] not in ("|", "]"):
        piece, pieces = pieces[0], pieces[1:]
        if piece == "[":
            name, kept, first = pieces[0].partition("=")
            name, pieces = (name, [first, *pieces[1:]]) if kept else ("", pieces)
            ways, mark = [], "|"
            while mark == "|":
                way, pieces = _sequence(pieces)
                ways.append(way)
                mark, pieces = pieces[0], pieces[1:]
            nodes.append(Choice(name, tuple(ways)))
        elif piece[0] == "{":
            key, _, form = piece[1:-1].removeprefix("^").partition(".")
            nodes.append(Slot(key, form, piece[1] == "^"))
        elif piece[0] == "<":
            rule, *names = piece[1:-1].removeprefix("^").split()
            nodes.append(Call(rule, tuple(tuple(n.split("=")) for n in names), piece[1] == "^"))
        else:
            nodes.append(piece)
    return tuple(nodes), pieces


def read(folder: Path) -> dict[str, list[Alternative]]:
    """Every rule of every *.grammar file in the folder; a rule may be continued in another file."""
    rules: dict[str, list[Alternative]] = {}
    rule = ""
    for path in sorted(folder.glob("*.grammar")):
        for line in path.read_text(encoding="ascii").splitlines():
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            if not line.startswith(" "):
                rule = text.removesuffix(":")
                rules.setdefault(rule, [])
                continue
            conditions: tuple[str, ...] = ()
            if text.startswith("("):
                head, _, text = text[1:].partition(") ")
                conditions = tuple(head.split())
            rules[rule].append(Alternative(conditions, parse(text)))
    return rules
