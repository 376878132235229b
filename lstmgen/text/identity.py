"""Which text it is: how its documents are read, its digest, and whether another one is the same.

Training and whoever looks for the text again read it here, so that what was learned from is always recognised. The
digest is of the text after a byte order mark was taken off and line ends were treated, and before a last line without
an end is given one: models have always carried that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from lstmgen.text.corpus import Corpus
from lstmgen.text.reading import TextReader
from lstmgen.text.separators import cut_documents, separator_pattern
from lstmgen.text.sources import TextSources, find_sources

REPEATS_TOGETHER = "repeats_together"  # equal lines are learned from or held back together; up to 0.1.0 they were not
UNPACK = "unpack"  # packed files of a folder are read; up to 0.1.0 they were not
DOCUMENT_ENDS = "document_ends"  # of several documents the end is learned; up to 0.1.0 it was not


class Documents:
    """The documents of a text, each once and in order, as chunks; SHA-256 of them as UTF-8.

    lines: a last line without an end is given one, in every document. separator: what stands between the documents of
    a text (`separator_pattern`); without one each text is a document.
    """

    def __init__(self, texts: Iterable[Iterator[str]], lines: bool, separator: str | None = None) -> None:
        self._texts, self._lines = texts, lines
        self._separator = None if separator is None else separator_pattern(separator)
        self._digest = hashlib.sha256()
        self.cuts = 0  # places where the separator stood, of what was read so far

    def __iter__(self) -> Iterator[Iterator[str]]:
        for text in self._texts:
            chunks = self._taken_in(text)
            if self._separator is not None:
                for k, document in enumerate(cut_documents(chunks, self._separator)):
                    self.cuts += k > 0
                    yield document
            else:
                yield _with_last_line_ended(chunks) if self._lines else chunks

    def _taken_in(self, chunks: Iterator[str]) -> Iterator[str]:
        for chunk in chunks:
            self._digest.update(chunk.encode("utf-8"))
            yield chunk

    @property
    def digest(self) -> str:
        """Of what was read so far."""
        return self._digest.hexdigest()


def _with_last_line_ended(chunks: Iterable[str]) -> Iterator[str]:
    r"""The chunks, and a `\n` where the last line has none."""
    last = "\n"
    for chunk in chunks:
        last = chunk[-1:] or last
        yield chunk
    if last != "\n":
        yield "\n"


def open_documents(
    found: TextSources,
    reading: TextReader,
    lines: bool,
    stdin: BinaryIO | None = None,
    separator: str | None = None,
) -> Documents:
    """What was found, to be read one after the other."""

    def texts() -> Iterator[Iterator[str]]:
        for source in found.sources:
            with source.open(stdin) as stream:
                yield reading.stream(stream, source.label)

    return Documents(texts(), lines, separator)


def recorded_load_options(header: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords with which `load_corpus` reads the text of a model's header again, but with every word kept."""
    options: Mapping[str, Any] = header["training"].get("options", {})
    share = options.get("validation")
    return {
        "level": header["level"],
        "lines": bool(header.get("lines")),
        "encoding": str(options.get("encoding", "utf-8")),
        "errors": str(options.get("errors", "strict")),
        "keep_newlines": header["newlines"] == "kept",
        "min_count": 1,
        "validation": share if isinstance(share, float | int) else None,
        REPEATS_TOGETHER: header["corpus"].get(REPEATS_TOGETHER) is True,
        DOCUMENT_ENDS: header["corpus"].get(DOCUMENT_ENDS) is True,
        UNPACK: header["corpus"].get(UNPACK) is True,
        "documents": separator if isinstance(separator := options.get("documents"), str) else None,
    }


def recorded_documents(paths: Sequence[str], header: Mapping[str, Any]) -> Documents:
    """What lies at these paths, read as the text of a model's header was. Raises the errors of `find`."""
    how = recorded_load_options(header)
    reading = TextReader(how["encoding"], how["errors"], how["keep_newlines"])
    return open_documents(find_sources(paths, reading, unpack=how[UNPACK]), reading, how["lines"])


def is_recorded_text(paths: Sequence[str], header: Mapping[str, Any]) -> bool:
    """Whether what lies at these paths is the text of a model's header. Raises the errors of `load_corpus`."""
    documents = recorded_documents(paths, header)
    for document in documents:
        for _ in document:
            pass
    return bool(documents.digest == header["corpus"].get("digest"))


def is_recorded_corpus(corpus: Corpus, header: Mapping[str, Any]) -> bool:
    """Whether a corpus is a model's, cut into the same tokens and with the same part held back."""
    was = header["corpus"]
    now = (corpus.digest, len(corpus.ids), corpus.split)
    return now == (was.get("digest"), was.get("tokens"), was.get("split"))
