"""Results that are kept: one JSON file, written anew after each, so that an interrupted run goes on where it stopped.

A result has a key and a version, which says what it was measured under; one of the same key and version is not
measured again.
"""

import hashlib
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

from lstmgen import __version__
from tests.bench.compare import cpu_name
from tests.bench.turns import ROOT


def cores() -> int:
    """Those this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> dict:
    """What the figures depend on."""
    names = ("numpy", "numba")
    versions = {"lstmgen": __version__, "Python": platform.python_version()} | {name: version(name) for name in names}
    return {"cpu": cpu_name(), "cores": cores(), "versions": versions, "date": time.strftime("%Y-%m-%d")}


def source() -> str:
    """A name for the state of the package's source, so that it can be told which rows are of the same."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "lstmgen").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


class Store:
    """What was found so far, by key, in a file of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self.source = source()

    def get(self, key: str, version: str) -> dict | None:
        """What was found under this version; None where nothing was."""
        entry = self.kept.get(key)
        return entry["found"] if entry is not None and entry["version"] == version else None

    def put(self, key: str, version: str, found: dict) -> None:
        """Keep it, on the disk, at once."""
        date = time.strftime("%Y-%m-%d")
        self.kept[key] = {"version": version, "source": self.source, "date": date, "found": found}
        self.save()

    def forget(self, key: str) -> None:
        """So that it is measured again."""
        if self.kept.pop(key, None) is not None:
            self.save()

    def save(self) -> None:
        """Whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(".part")
        half.write_text(json.dumps(self.kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        half.replace(self.path)

    def states(self, keys: list[str]) -> set:
        """Of how many states of the source these results are."""
        return {self.kept[key]["source"] for key in keys if key in self.kept}


def of_states(what: str, states: set, file: str) -> str:
    """A sentence where results of several states of the source stand side by side, else nothing."""
    return f"The {what} are of {len(states)} states of the source; {file} says which." if len(states) > 1 else ""


def counted(version: int) -> str:
    """What a run of so many updates is made under: the machine does not matter."""
    return f"{version}, lstmgen {__version__}"


def about_machine(facts: dict) -> str:
    """The first line of every table: CPU, cores, versions, date."""
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    return f"{facts['cpu']}, {facts['cores']} cores, {versions}, {facts['date']}. Seen on this one machine."
