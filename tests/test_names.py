"""One word for each thing: no public name of the package stands for two things."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "lstmgen"
SOURCES = sorted(HOUSE.rglob("*.py"))

# The same thing seen from several rooms, and why each may have the name of the other.
ALLOWED: dict[str, str] = {
    "train": "the command, the call from Python, and what both begin",
    "resume": "the call from Python, and what it begins",
    "follow": "the call from Python, and what it begins",
    "forward": "each cell's time steps",
    "backward": "each cell's time steps back",
    "forward_window": "each cell's kernel for a window up to the loss",
    "training_window": "each cell's kernel for a window's gradient",
    "step": "each cell's step in plain numpy, and the view that shows one",
    "step_back": "the backward of each cell's step in plain numpy",
    "sample_tokens": "each cell's kernel that writes",
    "sample_tokens_bf16": "each cell's kernel that writes with rounded weights",
    "PANEL": "how each cell lies in a panel",
    "TYPE_CHECKING": "Python's own, without loading typing",
}
SIMD = {
    "simd.py",
    "simd_fallback.py",
    "vector.py",
    "tiles.py",
    "tiles_fallback.py",
}  # the same words, emitted or plain, and the choice between them


def public(tree: ast.Module) -> Iterator[str]:
    """The public classes, functions and constants that a module defines."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        else:
            continue
        yield from (name for name in names if not name.startswith("_"))


def doubles(sources: dict[str, str]) -> dict[str, list[str]]:
    """Names that more than one module defines, with the modules; what is allowed is left out."""
    places = defaultdict(set)
    for place, source in sources.items():
        for name in public(ast.parse(source)):
            places[name].add(place)
    return {
        name: sorted(found)
        for name, found in sorted(places.items())
        if len(found) > 1 and name not in ALLOWED and not {Path(place).name for place in found} <= SIMD
    }


def test_no_public_name_means_two_things() -> None:
    assert doubles({path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8") for path in SOURCES}) == {}


@pytest.mark.parametrize("source", ["class A: ...", "def A(): ...", "A = 1", "A: int = 1", "A, B = 1, 2"])
def test_a_double_would_be_found(source: str) -> None:
    assert doubles({"x.py": source, "y.py": "A = 2"}) == {"A": ["x.py", "y.py"]}


@pytest.mark.parametrize("name", ALLOWED)
def test_every_allowed_name_stands_in_several_modules(name: str) -> None:
    count = sum(name in set(public(ast.parse(path.read_text(encoding="utf-8")))) for path in SOURCES)
    assert count > 1, "no longer double: take it off the list"
