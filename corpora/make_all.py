"""Make every shipped corpus anew: python corpora/make_all.py [NAME ...]"""

import json
import sys
from importlib import import_module
from pathlib import Path

from writing import save

INDEX = Path(__file__).parent / "index.json"


def text_of(name: str) -> str:
    """The text of a corpus, made by its own generator."""
    make = import_module("make_" + name.replace("-", "_")).make
    return str(make())


def main(chosen: list[str]) -> None:
    names = list(json.loads(INDEX.read_text(encoding="utf-8")))
    unknown = [name for name in chosen if name not in names]
    if unknown:
        sys.exit(f"no corpus is called {', '.join(unknown)}; there are {', '.join(names)}")
    for name in chosen or names:
        save(name, text_of(name))


if __name__ == "__main__":
    main(sys.argv[1:])
