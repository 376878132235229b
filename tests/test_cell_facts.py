"""The facts of every cell: both names of everything, its sense, and equations that compute what they name."""

import ast
import re
from operator import add, mul, sub
from pathlib import Path

import numpy as np
import pytest

from lstmgen.cell_facts import CELL_FACTS


def test_the_lectures_words_from_possibilities_to_prediction():
    words = [entry.lecture for entry in CELL_FACTS["lstm"].legend]
    assert words == [
        "possibilities", "ignoring", "filtered possibilities", "memory", "forgetting", "collected possibilities",
        "selection", "prediction",
    ]  # fmt: skip
    assert [entry.letter for entry in CELL_FACTS["lstm"].traced] == ["g", "i", "f", "c", "o", "h"]
    assert [entry.letter for entry in CELL_FACTS["rnn"].traced] == ["h"]


def test_names_and_senses():
    found = {entry.letter: entry for entry in CELL_FACTS["peephole"].traced}
    assert found["f"].names == "forgetting f, forget gate"
    assert found["f"].sense == "1 keeps, 0 forgets"
    assert found["i"].sense == "1 lets in, 0 ignores"
    assert found["o"].sense == "1 releases, 0 holds back"
    assert [letter for letter, entry in found.items() if entry.is_gate] == ["i", "f", "o"]
    assert found["c"].sense == ""


def test_a_cell_without_gates_says_so():
    assert "no gates" in CELL_FACTS["rnn"].remark
    assert not any(entry.is_gate for entry in CELL_FACTS["rnn"].legend)


def test_the_wires_from_the_new_information_to_the_prediction():
    letters = [entry.letter for entry in CELL_FACTS["lstm"].wires]
    assert letters == ["x", "h'", "g", "i", "i∘g", "c'", "f", "f∘c'", "c", "tanh(c)", "o", "h"]
    assert [entry.letter for entry in CELL_FACTS["peephole"].wires_with("identity")] == [*letters[:9], *letters[10:]]
    assert [entry.letter for entry in CELL_FACTS["rnn"].wires] == ["x", "W x + b", "h'", "U h'", "z", "h"]
    for cell in CELL_FACTS:
        assert set(CELL_FACTS[cell].traced) <= set(CELL_FACTS[cell].wires)
        assert all(entry.lecture and entry.textbook and entry.equation for entry in CELL_FACTS[cell].wires)


@pytest.mark.parametrize("cell", sorted(CELL_FACTS))
def test_equations_compute_what_they_name(cell):
    """Each right side, read as numpy, gives the left side's value of one hand-made step."""
    rng = np.random.default_rng(0)
    names = ["W", "U", "b", *(f"{kind}_{gate}" for kind in "WUb" for gate in "fiocrzn"), "p_f", "p_i", "p_o", "b_hn"]
    known = {name: rng.normal() for name in names}
    known |= {"x": 0.7, "hb": -0.3, "cb": 0.4, "tanh": np.tanh, "σ": lambda z: 1 / (1 + np.exp(-z)), "σ_h": np.tanh}
    for entry in CELL_FACTS[cell].legend:
        left, _, right = entry.equation.partition(" = ")
        if not right or left in ("c'", "h'"):
            continue
        text = right.replace("h'", "hb").replace("c'", "cb").replace("∘", "*")
        for name in sorted(names, key=len, reverse=True):
            for variable in ("x", "hb"):
                text = text.replace(f"{name} {variable}", f"{name} * {variable}")
        known[left] = _value(text, known)
    if cell == "gru":
        heard = known["U_n"] * -0.3 + known["b_hn"]
        assert known["n"] == pytest.approx(np.tanh(known["W_n"] * 0.7 + known["b_n"] + known["r"] * heard))
        assert known["h"] == pytest.approx(known["z"] * -0.3 + (1 - known["z"]) * known["n"])
    elif cell != "rnn":
        assert known["c"] == known["f"] * known["cb"] + known["i"] * known["g"]
        assert known["h"] == known["o"] * np.tanh(known["c"])
        gate = known["W_o"] * 0.7 + known["U_o"] * -0.3 + known["b_o"]
        gate += known["p_o"] * known["c"] if cell == "peephole" else 0
        assert known["o"] == pytest.approx(1 / (1 + np.exp(-gate)))
    else:
        assert known["h"] == np.tanh(known["W"] * 0.7 + known["U"] * -0.3 + known["b"])


def _value(text, known):
    """An expression of names, numbers, +, -, * and calls, by syntax tree."""
    import ast

    def of(node):
        match node:
            case ast.Expression(body=body):
                return of(body)
            case ast.BinOp(left=left, op=op, right=right):
                return {ast.Add: add, ast.Sub: sub, ast.Mult: mul}[type(op)](of(left), of(right))
            case ast.Constant(value=int(number)):
                return number
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return known[name](of(argument))
            case ast.Name(id=name):
                return known[name]
        raise ValueError(ast.dump(node))

    return of(ast.parse(text, mode="eval"))


HOUSE = Path(__file__).parents[1] / "lstmgen"
ALLOWED = {  # where a cell may be asked for by its name, and why
    "cell_facts.py": "the facts themselves",
    "cells/": "its kernels and the registry of cells",
    "inspect/mistakes/": "the lecture sets a plain RNN against an LSTM",
    "api/mistakes.py": "the same: both are trained",
    "inspect/tour/lesson.py": "the lecture goes from a plain RNN to an LSTM",
    "inspect/step/wiring.py": "each cell's picture in text",
    "export/": "what other programs call each cell, in which order they keep its gates, and its equations in theirs",
}
NAME = re.compile(rf"\b({'|'.join(CELL_FACTS)})s?\b")


def named_cells(source: str) -> list[str]:
    """Texts other than docstrings, and names of any kind, that hold a cell's name."""
    tree, found = ast.parse(source), []
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                found += NAME.findall(text)
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                found += NAME.findall(name.replace("_", " "))
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                found += NAME.findall(name.replace("_", " "))
    return found


def test_no_cells_name_stands_elsewhere():
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        place = path.relative_to(HOUSE).as_posix()
        source = path.read_text(encoding="utf-8")
        if NAME.search(source.replace("_", " ")) and not place.startswith(tuple(ALLOWED)):
            found |= {place: names} if (names := named_cells(source)) else {}
    for path in (HOUSE / "inspect" / "report").glob("*.js"):
        if names := NAME.findall(path.read_text(encoding="utf-8")):
            found[path.name] = names
    assert found == {}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('if cell == "rnn": pass', ["rnn"]),
        ("x = cell.peephole", ["peephole"]),
        ("def f(plain_rnn): pass", ["rnn"]),
        ("from lstmgen.cells import lstm", ["lstm"]),
        ('"""A plain rnn has no gates."""\nimport lstmgen  # of an lstm', []),
    ],
)
def test_a_cells_name_would_be_found(source, names):
    assert named_cells(source) == names
