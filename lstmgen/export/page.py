"""One page of HTML that writes: opens from a file, fetches nothing, runs only the scripts it was made with.

The page is a template, a style and two scripts in parts, all in webpage/: one for what is seen, one for a Web Worker
that computes, so that the page never freezes. What the model is stands in a block of JSON, in which nothing can end the
block, and its weights in a block of base64. Texts from outside reach the page as text only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from lstmgen.cleaning import on_one_line
from lstmgen.export.records import ExportRequest
from lstmgen.export.rounding import RoundedArray, rounded_arrays
from lstmgen.modelfile import ModelFile, architecture_of, vocabulary_of
from lstmgen.plain_json import plain
from lstmgen.sampling.request import complete_settings
from lstmgen.settings import TOKEN_NOUNS, SamplingSettings
from lstmgen.text import Vocabulary

# In the order in which they need one another; one script each.
_WORKER = ("random", "filters", "drawer", "weights", "network", "worker")
_PAGE = (
    "elements", "tokens", "facts", "book", "sheet", "closer", "gates", "dials", "about", "writing", "start",
)  # fmt: skip

# What HTML reads as a sign, what JavaScript once took for a line end, and what is invisible or turns text around.
_SPELT = re.compile("[<>&\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]")
_PLACE = 4  # bytes: an array begins at a multiple of them


def writing_page(file: ModelFile, request: ExportRequest) -> bytes:
    """The whole page of a model, in UTF-8."""
    listed, weights = _laid_out(rounded_arrays(file.arrays, request.weights))
    facts = page_facts_of(file, request, listed)
    style, script, worker = _read("page.css"), _joined(_PAGE), _joined(_WORKER)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; worker-src blob:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types worker"
    )
    page = Template(_read("page.html")).substitute(
        title=escape(facts["title"]),
        policy=policy,
        style=style,
        facts=json_in_page(facts),
        weights=weights,
        worker=worker,
        script=script,
    )
    return page.encode("utf-8")


def page_facts_of(file: ModelFile, request: ExportRequest, listed: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page knows of the model; listed: its arrays, as `_laid_out` has them."""
    header, vocabulary = file.header, vocabulary_of(file.header)
    architecture = architecture_of(header)
    cell, settings = architecture.facts, _settings(header)
    return {
        "title": on_one_line(request.title) or "A small network that writes",
        "author": on_one_line(request.author),
        "note": request.note,
        "kind": cell.title,
        "cell": architecture.cell,
        "squashing": architecture.squashing,
        "gates": cell.gates,
        "letters": cell.letters,
        "legend": [
            {word: getattr(one, word) for word in ("letter", "lecture", "textbook", "sense", "is_gate")}
            for one in cell.traced
        ],
        "sizes": header["sizes"],
        "skip_sum": architecture.skip_sum,
        "parameters": architecture.parameter_count(),
        "level": vocabulary.level,
        "noun": TOKEN_NOUNS[vocabulary.level],
        "lines": header["lines"],
        "unknown": vocabulary.unknown,
        "end": vocabulary.document_end(header["lines"]),
        "tokens": vocabulary.tokens,
        "spaces": _spaces(vocabulary),
        "length": settings.length,
        "temperature": settings.temperature,
        "min_p": settings.min_p,
        "weights": request.weights,
        "loss": request.loss,
        "arrays": listed,
    }


def _settings(header: Mapping[str, Any]) -> SamplingSettings:
    """The defaults of `sample`."""
    return complete_settings(SamplingSettings(seed=0), header["level"], header["corpus"].get("longest_document"))


def _spaces(vocabulary: Vocabulary) -> str:
    """A digit a token: 1, a space may be understood before it; 2, after it; 3, both. It is where both say so."""
    spelling = vocabulary.spelling
    return "".join(str(k) for k in (spelling.takes_space + 2 * spelling.gives_space).tolist())


def _laid_out(arrays: Mapping[str, RoundedArray]) -> tuple[list[dict[str, Any]], str]:
    """Where each array stands in the bytes, and all bytes in base64."""
    data, listed = bytearray(), list[dict[str, Any]]()

    def place(part: bytes) -> int:
        data.extend(bytes(-len(data) % _PLACE))
        data.extend(part)
        return len(data) - len(part)

    for name, array in arrays.items():
        kind = {"f4": "float32", "f2": "float16", "i1": "int8"}[array.numbers.dtype.str[1:]]
        listed.append(
            {
                "name": name,
                "shape": array.numbers.shape,
                "kind": kind,
                "at": place(array.numbers.tobytes()),
                "scales": None if array.scales is None else place(array.scales.tobytes()),
            }
        )
    return listed, base64.b64encode(data).decode("ascii")


def json_in_page(facts: Mapping[str, Any]) -> str:
    """JSON without a sign that HTML reads: no text in it can end its block."""
    text = json.dumps(plain(facts), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _SPELT.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text)


@cache
def _joined(parts: tuple[str, ...]) -> str:
    return '"use strict";\n' + "\n\n".join(_read(f"{part}.js") for part in parts)


def _read(name: str) -> str:
    return files("lstmgen.export").joinpath("webpage", name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    """As a Content-Security-Policy names what may run: of the element's text, to the letter."""
    return "sha256-" + base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode("ascii")
