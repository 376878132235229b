"""The order of the house, read off the source: who may import whom, and what nobody writes.

By syntax tree, not by text, so that comments and strings may speak of anything.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "lstmgen"

# A file imports only files of its own room and of rooms that stand above it here, and from outside only what is named
# beside its room. A room is a pattern of paths; where several fit a file, the longest is its room.
ROOMS: dict[str, set[str]] = {
    "errors.py": set(),
    "version.py": set(),
    "arrays.py": {"numpy"},
    "lazy.py": set(),
    "deprecated.py": set(),
    "records.py": set(),
    "plain_json.py": {"numpy"},
    "cleaning.py": set(),
    "durations.py": set(),
    "standard_errors.py": {"numpy"},
    "paths.py": set(),
    "signals.py": set(),
    "output_file.py": set(),
    "cell_facts.py": set(),
    "settings.py": set(),
    "shipped.py": set(),
    "text/": {"numpy"},
    "kernels/": {"numpy", "numba", "llvmlite"},  # llvmlite is numba's own part: the tile is emitted with it
    "cells/": {"numpy", "numba"},
    "network/": {"numpy"},
    "compiling.py": {"numba"},
    "modelfile/": {"numpy"},
    "ranks/": {"numpy", "mpi4py"},  # all that knows of several processes
    "sampling/": {"numpy"},
    "export/": {"numpy"},
    "training/": {"numpy"},
    "inspection/": {"numpy"},
    "inspect/common/": {"numpy"},
    "inspect/*/": {"numpy"},  # measures and what is made of them for other programs: no picture, no command
    "inspect/canvas/": {"numpy", "rich"},
    "inspect/*/*picture.py": {"numpy", "rich"},
    "inspect/*/view.py": {"numpy"},
    "api/": {"numpy"},  # what it hands out is arrays
    "terminal/": {"typer", "click", "rich"},  # click is typer's own part
    "inspect/commands/": {"typer", "rich"},
    "inspect/*/*command.py": {"typer", "rich"},
    "inspect/registry.py": set(),
    "inspect/app.py": {"typer"},
    "cli/": {"typer", "click", "rich"},
}
ORDER = list(ROOMS)
SOURCES = sorted(HOUSE.rglob("*.py"))
DOORS = {"__init__.py": "", "__main__.py": "cli/", "inspect/__init__.py": "errors.py"}


def room_of(path: Path) -> str:
    """The room a file of the package belongs to; "" for the package's own __init__.py; __main__ is the cli's door."""
    place = path.relative_to(HOUSE).as_posix()
    if place in DOORS:
        return DOORS[place]
    fitting = [room for room in ROOMS if fnmatch(place, room + "*" * room.endswith("/"))]
    return max(fitting, key=lambda room: ("*" not in room, len(room)), default=place)


def file_of(name: tuple[str, ...]) -> Path | None:
    """The file in the house that a dotted name stands in: a module, or what one holds."""
    for end in (len(name), len(name) - 1):
        base = ROOT.joinpath(*name[:end])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if end and path.is_file():
                return path
    return None


def imports(tree: ast.AST, package: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Dotted names of everything imported anywhere in a file, inside functions too.

    package: the file's own, to resolve relative imports. `from lstmgen import api` is ("lstmgen", "api").
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(name.name.split(".")) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((*module, name.name) for name in node.names)


def misplaced(room: str, tree: ast.AST, package: tuple[str, ...] = ()) -> list[str]:
    """What a file in this room imports though it may not."""
    wrong = []
    for name in imports(tree, package):
        if name[0] == "lstmgen":
            path = file_of(name)
            own = "" if path is None else room_of(path)
            right = own in ORDER and (own == room or ORDER.index(own) < ORDER.index(room))
        else:
            right = name[0] in sys.stdlib_module_names or name[0] in ROOMS[room]
        if not right:
            wrong.append(".".join(name))
    return wrong


def package_of(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).parent.parts


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    room, tree = room_of(path), ast.parse(path.read_bytes())
    if room == "":
        assert {name[0] for name in imports(tree, package_of(path))} <= {"__future__", "typing", "lstmgen"}
        assert not [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "lstmgen"]
        return
    assert room in ROOMS, "a room the design does not know"
    assert misplaced(room, tree, package_of(path)) == []


def circles(edges: dict[str, set[str]]) -> list[set[str]]:
    """Files that import each other, directly or by way of others."""
    reached: dict[str, set[str]] = {}
    for file in edges:
        seen, waiting = set[str](), [file]
        while waiting:
            new = edges.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        reached[file] = seen
    found = [{other for other in reached[file] if file in reached.get(other, set())} for file in edges]
    return [circle for place, circle in enumerate(found) if circle and circle not in found[:place]]


def test_no_files_import_each_other() -> None:
    """Inside functions and for types alone neither: whoever reads a file need not have read one that needs it."""
    edges = {}
    for path in SOURCES:
        names = imports(ast.parse(path.read_bytes()), package_of(path))
        files = {file_of(name) for name in names if name[0] == "lstmgen"} - {None, path, HOUSE / "__init__.py"}
        edges[path.relative_to(HOUSE).as_posix()] = {file.relative_to(HOUSE).as_posix() for file in files if file}
    assert circles(edges) == []


def test_a_circle_would_be_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set()}) == [{"a", "b", "c"}]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def called(node: ast.Call) -> str:
    """The dotted name of what a call calls, as far as it is one: "np.load"."""
    return ast.unparse(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""


PICKLES = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
UNSAFE_MATH = {"fast", "nnan", "ninf"}  # each lets the compiler decide that NaN cannot be
ARRAY_FILES = {"load", "save", "savez", "savez_compressed", "loadtxt", "savetxt", "fromfile", "genfromtxt", "memmap"}


def pickles(tree: ast.AST, room: str) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [name.name for name in node.names] + [getattr(node, "module", None) or ""]
            if any(name.split(".")[0] in PICKLES for name in names):
                yield node
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and not is_constant(node.value, False):
            yield node


def is_constant(node: ast.AST, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def evals(tree: ast.AST, room: str) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in {"eval", "exec", "__import__"}:
            yield node
        if isinstance(node, ast.Attribute) and node.attr in {"eval", "exec"}:
            yield node


def unsafe_math(tree: ast.AST, room: str) -> Iterator[ast.AST]:
    """fastmath=True, as a keyword, a dictionary's item or an assignment; or flags that amount to it."""
    for node in ast.walk(tree):
        values: list[ast.AST] = []
        if isinstance(node, ast.keyword) and node.arg == "fastmath":
            values = [node.value]
        elif isinstance(node, ast.Dict):
            values = [v for k, v in zip(node.keys, node.values, strict=True) if k and is_text(k, {"fastmath"})]
        elif isinstance(node, ast.Assign):
            values = [node.value for t in node.targets if "fastmath" in ast.unparse(t).lower()]
        for value in values:
            if is_constant(value, True) or any(is_text(inner, UNSAFE_MATH) for inner in ast.walk(value)):
                yield value


def is_text(node: ast.AST, texts: set[str]) -> bool:
    return isinstance(node, ast.Constant) and node.value in texts


def array_files(tree: ast.AST, room: str) -> Iterator[ast.AST]:
    """numpy reading or writing files, outside the two rooms that may."""
    if room in {"modelfile/", "inspect/common/"}:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ARRAY_FILES and ast.unparse(node.value) in {"np", "numpy"}:
            yield node
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "numpy":
            yield from (node for name in node.names if name.name in ARRAY_FILES)


def prints(tree: ast.AST, room: str) -> Iterator[ast.AST]:
    if room in ("signals.py", *ORDER[ORDER.index("terminal/") :]):  # a signal's last word has no one else to say it
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in {"print", "pprint", "pprint.pprint", "rich.print"}:
            yield node
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "builtins.print"}:
            yield node


Finder = Callable[[ast.AST, str], Iterator[ast.AST]]
FORBIDDEN: dict[str, Finder] = {
    "pickle": pickles,
    "eval": evals,
    "fastmath": unsafe_math,
    "np.load": array_files,
    "print": prints,
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nobody_writes(what: str) -> None:
    found = []
    for path in SOURCES:
        for node in FORBIDDEN[what](ast.parse(path.read_bytes()), room_of(path)):
            line = getattr(node, "lineno", "?")
            found.append(f"{path.relative_to(ROOT)}:{line}: {ast.unparse(node)}")
    assert found == []


@pytest.mark.parametrize(
    ("what", "source"),
    [
        ("pickle", "import pickle"),
        ("pickle", "def f():\n    from _pickle import loads"),
        ("pickle", "np.load(p, allow_pickle=True)"),
        ("pickle", "np.load(p, allow_pickle=trusted)"),
        ("eval", "eval(x)"),
        ("eval", "run = exec"),
        ("eval", "builtins.eval(x)"),
        ("fastmath", "@njit(fastmath=True)\ndef f(): pass"),
        ("fastmath", "njit(fastmath={'nnan'})"),
        ("fastmath", "njit(**{'fastmath': True})"),
        ("fastmath", "FASTMATH = {'contract', 'ninf'}"),
        ("np.load", "np.load(p)"),
        ("np.load", "numpy.savez(p, a=a)"),
        ("np.load", "from numpy import savez_compressed"),
        ("print", "print(1)"),
        ("print", "sys.stdout.write('x')"),
    ],
)
def test_it_would_be_found(what: str, source: str) -> None:
    assert list(FORBIDDEN[what](ast.parse(source), "network/"))


@pytest.mark.parametrize(
    "source",
    [
        "# print(eval(pickle))\n'np.load'",
        "np.load(p, allow_pickle=False)",
        "njit(fastmath={'contract', 'nsz', 'arcp'})",
        "njit(fastmath=False)",
        "model.evaluate(x)",
    ],
)
def test_what_is_right_is_let_be(source: str) -> None:
    for find in FORBIDDEN.values():
        assert list(find(ast.parse(source), "modelfile/")) == []


@pytest.mark.parametrize(
    ("room", "source", "wrong"),
    [
        ("text/", "import numba", ["numba"]),
        ("text/", "def f():\n    from lstmgen.network import Network", ["lstmgen.network.Network"]),
        ("cells/", "from lstmgen import api, kernels", ["lstmgen.api"]),
        ("cells/", "from ..training import loop", ["lstmgen.training.loop"]),
        ("network/", "import lstmgen", ["lstmgen"]),
        ("network/", "from lstmgen.version import __version__", []),
        ("network/", "import json, numpy.linalg\nfrom lstmgen.kernels import product", []),
        ("training/", "import torch", ["torch"]),
    ],
)
def test_misplaced_imports_would_be_found(room: str, source: str, wrong: list[str]) -> None:
    assert misplaced(room, ast.parse(source), ("lstmgen", room.strip("/"))) == wrong
