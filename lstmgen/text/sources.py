"""What the user named becomes a list of things to read: files, folders, "-", shipped corpora."""

from __future__ import annotations

import difflib
import os
import stat
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lstmgen.errors import ResourceError, TextError, UsageError
from lstmgen.paths import checked_path, text_stem
from lstmgen.shipped import shipped_corpora
from lstmgen.text.opening import NotPlainTextError
from lstmgen.text.reading import TextReader
from lstmgen.text.undecodable import UndecodableError


@dataclass(frozen=True)
class _Source:
    """One document to be read; `path` is None for standard input. `label` is what messages call it."""

    label: str
    path: Path | None

    def file_id(self) -> tuple[int, int] | None:
        """What tells one file from another, whatever its names; None where that cannot be told."""
        try:
            facts = None if self.path is None else self.path.stat()
        except OSError:
            return None
        return (
            (facts.st_dev, facts.st_ino) if facts is not None and stat.S_ISREG(facts.st_mode) and facts.st_ino else None
        )

    @contextmanager
    def open(self, stdin: BinaryIO | None) -> Iterator[BinaryIO]:
        """Its bytes; a file that cannot be opened is a ResourceError."""
        if self.path is None:
            yield stdin if stdin is not None else sys.stdin.buffer
            return
        try:
            stream = self.path.open("rb")
        except OSError as error:
            raise ResourceError(f"{self.label} cannot be opened: {error.strerror or error}.") from error
        with stream:
            yield stream


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count:,} times"


@dataclass
class TextSources:
    """Everything the names stand for; `names` and `paths` are one for each name given, `shipped` where all were."""

    sources: list[_Source] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    stem: str = "corpus"
    skipped: list[str] = field(default_factory=list)
    shipped: list[str] = field(default_factory=list)

    def repeated(self) -> list[str]:
        """A sentence on files that are read more than once: named twice, or linked to one another."""
        same: dict[tuple[int, int], list[str]] = {}
        for source in self.sources:
            if (file := source.file_id()) is not None:
                same.setdefault(file, []).append(source.label)
        twice = [labels for labels in same.values() if len(labels) > 1]
        if not twice:
            return []
        names = list(dict.fromkeys(twice[0]))
        which = f"{names[0]} is" if len(names) == 1 else f"{' and '.join(names[:2])} are one file, which is"
        others = len(twice) - 1
        more = (f"; so are {others:,} other files" if others > 1 else "; so is another file") if others else ""
        return [f"{which} read {_times(len(twice[0]))} and counts as often{more}."]


def find_sources(names: Sequence[str], reading: TextReader, *, unpack: bool = True) -> TextSources:
    """Look each name up: "-", a path, a shipped corpus. UsageError with a suggestion for one that is none."""
    if not names:
        raise UsageError("No text was given.\nName a file, a folder, - for standard input, or a shipped corpus.")
    if sum(name == "-" for name in names) > 1:
        raise UsageError("Standard input (-) can be read only once.\nName it once.")
    found = TextSources()
    for name in names:
        _find_one(name, found, reading, unpack)
        if len(found.names) == 1:
            found.stem = _stem(name, found)
    return found


def _stem(name: str, found: TextSources) -> str:
    only = found.names[0]
    return (only if Path(found.paths[0]).is_dir() or name == "-" else text_stem(Path(only))) or "corpus"


def _find_one(name: str, found: TextSources, reading: TextReader, unpack: bool) -> None:
    if name == "-":
        found.sources.append(_Source("standard input", None))
        found.names.append("stdin")
        found.paths.append("-")
        return
    path, shipped = checked_path(name), shipped_corpora()
    if not _exists(path):
        if name not in shipped:
            raise UsageError(_no_such(name, path, list(shipped)))
        found.shipped.append(name)
        found.names.append(name)
        found.paths.append(str(shipped[name]))
        found.sources.append(_Source(f"the shipped corpus {name}", shipped[name]))
        return
    if path.is_dir():
        found.sources += _in_folder(path, found.skipped, reading, unpack)
    else:
        _refuse_device(name, path)
        found.sources.append(_Source(_readable(name), path))
    whole = path.absolute()
    found.names.append(
        _readable((whole.name if path.name not in {"", ".", ".."} else whole.resolve().name) or "corpus")
    )
    found.paths.append(str(whole))


def _refuse_device(name: str, path: Path) -> None:
    """Many devices never end; a pipe does."""
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise UsageError(f"{_readable(name)} is a device, not a text.\nName a file, or - for standard input.")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or one that no file can have
        return False


def _readable(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 become replacement marks."""
    return os.fsencode(name).decode("utf-8", "replace")


def _no_such(name: str, path: Path, shipped: list[str]) -> str:
    try:
        if path.is_symlink():
            link = f"{_readable(name)} is a link to {_readable(str(path.readlink()))}, which is not there."
            return f"{link}\nName the text itself."
        beside = [str(path.parent / entry) for entry in sorted(os.listdir(path.parent))]  # noqa: PTH208 - names only
    except (OSError, ValueError):
        beside = []
    candidates = [entry if os.sep in name else Path(entry).name for entry in beside] + shipped
    near = difflib.get_close_matches(name, candidates, 1, 0.6)
    head = f"There is no file, folder or shipped corpus called {_readable(name)}."
    if near:
        return f"{head}\nDid you mean {_readable(near[0])}?"
    return f"{head}\nThe shipped corpora are {', '.join(shipped)}." if shipped else f"{head}\nName a text file."


def _in_folder(folder: Path, skipped: list[str], reading: TextReader, unpack: bool) -> list[_Source]:
    """Files below a folder that are text, in path order; hidden, binary and unreadable ones are listed as skipped."""
    kept, readable = [], Counter[str]()
    for path in _walk(folder, skipped):
        why, encoding = _unfit(path, reading, unpack)
        if why is None:
            kept.append(_Source(_readable(str(path)), path))
        else:
            skipped.append(f"{_readable(str(path))} ({why})")
            readable.update([encoding] if encoding else [])
    if not kept:
        why = "Name a folder with text files, or a file."
        if skipped:
            unlike = f"hidden, empty or not {reading.encoding.upper()} text"
            ways = [f"try --encoding {encoding} for {count:,} of them" for encoding, count in readable.most_common(1)]
            why = f"{len(skipped):,} skipped as {unlike}; {', or '.join([*ways, 'name the files themselves'])}."
        raise TextError(f"The folder {_readable(str(folder))} has no text in it.\n{why}")
    return kept


def _walk(folder: Path, skipped: list[str]) -> list[Path]:
    paths: list[Path] = []
    for root, folders, files in os.walk(folder):
        hidden = [entry for entry in (*folders, *files) if entry.startswith(".")]
        told = sorted(entry for entry in hidden if not entry.endswith(".lock"))  # such as that of the run itself
        skipped += [f"{_readable(str(Path(root) / entry))} (hidden)" for entry in told]
        folders[:] = [entry for entry in folders if not entry.startswith(".")]
        paths += [Path(root) / entry for entry in files if not entry.startswith(".")]
    return sorted(paths)


def _unfit(path: Path, reading: TextReader, unpack: bool) -> tuple[str | None, str]:
    """Why a file of a folder cannot be used, and in which encoding it could be: all of it is read once to see that."""
    if not path.is_file():
        return "not a file", ""
    trial = TextReader(reading.encoding, reading.errors, reading.keep_newlines)
    why, encoding = "empty", ""
    try:
        with _Source(str(path), path).open(None) as stream:
            for chunk in trial.stream(stream, str(path)):
                why = ""
                if trial.unpacked and not unpack:
                    return "packed", ""
                if "\0" in chunk:
                    return "binary", ""
    except NotPlainTextError as error:
        why = error.what
    except UndecodableError as error:
        why = f"not {reading.encoding.upper()}"
        for best in error.readings[:1]:
            why, encoding = f"{why}; it may be {best.encoding}: {best.glimpse()}", best.encoding
    except TextError as error:
        why = str(error).splitlines()[0].removeprefix(f"{path} is ").rstrip(".")
    except ResourceError:
        why = "cannot be read"
    return why or None, encoding
