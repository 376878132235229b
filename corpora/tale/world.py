"""Who lives in Little Wending, what they own, where things are: read from the tables beside this file."""

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Thing:
    """Something that is carried about, lost and found."""

    name: str
    like: str  # adjectives before the name
    tail: str  # a relative clause or the like after it
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Someone:
    """A villager or a stranger. Lists are told in turn."""

    name: str
    kind: str
    she: bool
    tags: frozenset[str]
    thing: Thing | None
    facts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Place:
    """Somewhere: `name` after a verb, `at` for being there, `to` for going."""

    name: str
    at: str
    to: str
    tags: frozenset[str]
    facts: dict[str, list[str]] = field(default_factory=dict)


def records(path: Path) -> list[dict[str, list[str]]]:
    """Blocks of 'key: value; value' lines, parted by empty lines."""
    blocks = []
    for block in path.read_text(encoding="ascii").strip().split("\n\n"):
        record: dict[str, list[str]] = {}
        for line in block.splitlines():
            if not line.startswith("#"):
                key, _, value = line.partition(": ")
                record[key] = value.split("; ")
        blocks.append(record)
    return blocks


def _thing(record: dict[str, list[str]]) -> Thing | None:
    if "thing" not in record:
        return None
    like, name, tail = record["thing"][0].split(" / ")
    return Thing(name, like, tail, frozenset(name.split()))


def people(table: str) -> dict[str, Someone]:
    """Everyone in the table by name."""
    found = {}
    for r in records(FOLDER / table):
        name, kind, gender, able = r["name"][0].split(" / ")
        tags = {gender, kind.split()[-1], *able.split()}
        found[name] = Someone(name, kind, gender == "she", frozenset(tags), _thing(r), r)
    return found


def places() -> list[Place]:
    """Every place."""
    found = []
    for r in records(FOLDER / "places.table"):
        name, at, to = r["place"][0].split(" / ")
        found.append(Place(name, at, to, frozenset(" ".join(r["tags"]).split()), r))
    return found
